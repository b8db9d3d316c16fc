"""`python -m flows.judge PLATFORM POST CLAIM STANCE QUEUE`: sends one verdict, or says in one line why not."""

import sys

import msgspec

from flows.attach import OwnerFailed
from flows.review import UnknownPost, submit
from flows.settings import BadSetting
from listeners.events import Judged, Queue
from listeners.stream import Refused, Unreachable


def judge(platform: str, post_id: str, claim_id: str, stance: str, queue: str) -> None:
    """Send a verdict in the home that the environment names. Ends with one line for a person if it cannot."""
    try:
        submit(platform, post_id, claim_id, msgspec.convert(stance, Judged), msgspec.convert(queue, Queue))
    except (UnknownPost, OwnerFailed, BadSetting, Unreachable, Refused) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    judge(*sys.argv[1:])
