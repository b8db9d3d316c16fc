"""Check what must hold of the newest snapshot, and fail loudly where it does not."""

import os

from prefect import flow

from flows.home import Home, open_home
from flows.recorded import leave_summary
from flows.settings import settings
from warehouse import checks
from warehouse.query import newest


class CheckFailed(RuntimeError):
    """Something that must hold of the tables does not; the message says what."""


def failures(home: Home) -> list[checks.Failure]:
    """Give what does not hold of the newest snapshot; nothing where none is published yet."""
    snapshot = newest(home.path)
    return checks.check(snapshot) if snapshot is not None else []


@flow(name="check")
def check() -> int:
    """Check the home that the environment names. Raises CheckFailed naming each check that found something."""
    found = failures(open_home(settings(os.environ).home_path))
    leave_summary("check", {failure.check: failure for failure in found})
    if found:
        raise CheckFailed("; ".join(map(str, found)))
    return 0
