"""The script that `auscult dashboard` gives to Streamlit: the dashboard, with a way for its readers to judge posts.

The dashboard knows nothing of the stream; what a reader says of a post goes there from here.
"""

import os
import subprocess
import sys
from pathlib import Path

from flows.settings import settings
from listeners.events import Judged, Queue
from warehouse.dashboard.app import main


def judged(platform: str, post_id: str, claim_id: str, stance: Judged, queue: Queue) -> str | None:
    """Send what a reader says of a post, and where they met it.

    Gives None when it is safe in the stream, else one line that says why not.

    It takes a process of its own: this one holds the snapshot open with its settings locked, so it cannot open the
    same snapshot a second time.
    """
    command = [sys.executable, "-m", "flows.judge", platform, post_id, claim_id, stance, queue]
    sent = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if sent.returncode == 0:
        return None
    lines = sent.stderr.strip().splitlines()
    return lines[-1] if lines else "it ended without a word"


if __name__ == "__main__":
    os.environ["AUSCULT_HOME"] = sys.argv[1]  # verdicts go to the home whose posts are shown
    main(Path(sys.argv[1]), settings(os.environ).time_zone, submit=judged)
