"""The time that stands in an X post id. A pure function of the id: no clock here."""

from datetime import UTC, datetime, timedelta

FIRST = 29_700_859_247  # ids up to here (November 2010) were counted, not timed
EPOCH = datetime(2010, 11, 4, 1, 42, 54, 657000, UTC)
EPOCH_MS = 1_288_834_974_657
LARGEST = 2**63 - 1
_MILLISECOND = timedelta(milliseconds=1)


def time_of_id(post_id: str | int) -> datetime | None:
    """Give the moment at which X made this id, to the millisecond; None for ids older than November 2010."""
    number = int(post_id)
    if not FIRST < number <= LARGEST:
        return None
    return EPOCH + timedelta(milliseconds=number >> 22)


def newest_id(moment: datetime) -> int:
    """Give the largest id that X can have made up to `moment`."""
    return ((moment - EPOCH) // _MILLISECOND + 1 << 22) - 1
