"""Times as archives write them, read to aware UTC. Pure: `now` is passed in."""

import re
from datetime import UTC, datetime, timedelta

EARLIEST = datetime(2006, 3, 21, tzinfo=UTC)  # X's first post
_LATER = timedelta(days=1)
_MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, 1)}
_X_V1 = re.compile(r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d\d) (\d\d):(\d\d):(\d\d) ([+-]\d{4}|UTC|GMT) (\d{4})")
_EPOCH = re.compile(r"\d{9,10}(?:\.\d+)?|\d{12,13}(?:\.0+)?")
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})(?:,? (\d{1,2}):(\d\d)(?::(\d\d))?(?: ([AaPp])\.?[Mm]\.?)?)?")
_NAMED = ("%d %b %Y %H:%M:%S", "%a, %d %b %Y %H:%M:%S %z", "%a, %d %b %Y %H:%M:%S GMT", "%b %d, %Y · %I:%M %p UTC")


class Unreadable(ValueError):
    """A time that cannot be read, or that cannot be true."""


class Moment:
    """A time, and whether only its day is known."""

    __slots__ = ("at", "day_only")

    def __init__(self, at: datetime, day_only: bool) -> None:
        self.at = at
        self.day_only = day_only


def moment(cell: str, now: datetime, platform: str = "x") -> Moment:
    """Give the time in `cell`. A time without a zone is UTC; 02/04/14 is February 4th unless that is no date.

    Read: ISO 8601, X's own "Thu Mar 05 23:50:16 +0000 2020", seconds or milliseconds of the epoch, 02/04/14 with or
    without a time, the date alone, mail dates. Raises Unreadable for anything else, for the future beyond a day, and
    for times at which X was not there.
    """
    cell = cell.strip()
    try:
        at, day_only = _read(cell)
    except (ValueError, OverflowError, OSError) as error:
        raise Unreadable(f"expected a date and time, got `{cell[:60]}`") from error
    if at > now + _LATER:
        raise Unreadable(f"expected a time in the past, got `{cell[:60]}`")
    if at < EARLIEST and platform == "x":
        raise Unreadable(f"expected a time since X began in March 2006, got `{cell[:60]}`")
    return Moment(at, day_only)


def _read(cell: str) -> tuple[datetime, bool]:
    if cell[4:5] == "-" and cell[:4].isdecimal() and len(cell) >= 10:
        return _utc(datetime.fromisoformat(cell.removesuffix(" UTC").replace(" +", "+"))), len(cell) == 10
    if found := _X_V1.fullmatch(cell):
        return _of_x_v1(found), False
    if _EPOCH.fullmatch(cell):
        seconds = float(cell)
        return datetime.fromtimestamp(seconds / 1000 if seconds > 1e11 else seconds, UTC), False
    if found := _SLASHED.fullmatch(cell):
        return _of_slashes(found), found[4] is None
    return _named(cell), False


def _of_x_v1(found: re.Match[str]) -> datetime:
    month, day, hour, minute, second, zone, year = found.groups()
    at = datetime(int(year), _MONTHS.get(month, 0), int(day), int(hour), int(minute), int(second), tzinfo=UTC)
    if zone[0] not in "+-":
        return at
    away = timedelta(hours=int(zone[1:3]), minutes=int(zone[3:5]))
    return at - away if zone[0] == "+" else at + away


def _of_slashes(found: re.Match[str]) -> datetime:
    month, day, year, hour, minute, second, half = found.groups()
    if int(month) > 12:
        month, day = day, month
    hours = int(hour or 0)
    if half:
        if not 1 <= hours <= 12:
            raise ValueError(hour)
        hours = hours % 12 + (12 if half in "Pp" else 0)
    full_year = int(year) + 2000 if len(year) == 2 else int(year)
    return datetime(full_year, int(month), int(day), hours, int(minute or 0), int(second or 0), tzinfo=UTC)


def _named(cell: str) -> datetime:
    for form in _NAMED:
        try:
            return _utc(datetime.strptime(cell, form))
        except ValueError:
            continue
    raise ValueError(cell)


def _utc(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
