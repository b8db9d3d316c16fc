"""`python -m flows.judge PLATFORM POST CLAIM STANCE`: sends one verdict, and says in one line why it could not."""

import sys

from flows.attach import OwnerFailed
from flows.review import STANCES, UnknownPost, submit
from flows.settings import BadSetting
from listeners.stream import Refused, Unreachable


def judge(platform: str, post_id: str, claim_id: str, stance: str) -> None:
    """Send a verdict in the home that the environment names. Ends with one line for a person if it cannot."""
    try:
        submit(platform, post_id, claim_id, next(known for known in STANCES if known == stance))
    except (UnknownPost, OwnerFailed, BadSetting, Unreachable, Refused) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    judge(*sys.argv[1:])
