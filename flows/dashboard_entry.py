"""The script that `auscult dashboard` gives to Streamlit: the dashboard, with a way for its readers to judge posts.

The dashboard knows nothing of the stream; what a reader says of a post goes there from here.
"""

import os
import sys
from pathlib import Path

from flows.attach import OwnerFailed
from flows.review import Stance, UnknownPost, submit
from flows.settings import BadSetting, settings
from listeners.stream import Refused, Unreachable
from warehouse.dashboard.app import main


def judged(platform: str, post_id: str, claim_id: str, stance: Stance) -> str | None:
    """Send what a reader says of a post. Gives None when it is safe in the stream, else one line that says why not."""
    try:
        submit(platform, post_id, claim_id, stance)
    except (UnknownPost, OwnerFailed, BadSetting, Unreachable, Refused) as error:
        return str(error)
    return None


if __name__ == "__main__":
    os.environ["AUSCULT_HOME"] = sys.argv[1]  # verdicts go to the home whose posts are shown
    main(Path(sys.argv[1]), settings(os.environ).time_zone, submit=judged)
