"""Moments as people read them, in a zone, and the stretches of time that a filter chooses."""

from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo


class Span(NamedTuple):
    """The time from `since` up to `until`."""

    since: datetime
    until: datetime

    @property
    def before(self) -> datetime:
        """When the time of the same length before it began."""
        return self.since - (self.until - self.since)

    def unit(self) -> str:
        """Give the step in which a chart of this time counts."""
        days = (self.until - self.since).days
        return "day" if days <= 62 else "week" if days <= 400 else "month"


def moment(at: datetime | None, zone: str) -> str:
    """Give day and time in the zone: 'Wed 22 Apr 2026, 14:03'."""
    return "never" if at is None else f"{at.astimezone(ZoneInfo(zone)):%a %-d %b %Y, %H:%M}"


def days(first: date, last: date) -> str:
    """Give a stretch of days: '20 to 26 Apr 2026'."""
    if first == last:
        return f"{first:%-d %b %Y}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first:%-d} to {last:%-d %b %Y}"
    return f"{first:%-d %b}{'' if first.year == last.year else f' {first.year}'} to {last:%-d %b %Y}"


def label(day: date, unit: str) -> str:
    """Give the name of a chart's step."""
    return f"{day:%b %Y}" if unit == "month" else f"{day:%-d %b %y}" if unit == "week" else f"{day:%a %-d %b}"


def steps(span: Span, unit: str, zone: str) -> list[date]:
    """Give every step of the time, those without a post too."""
    step = _start(span.since.astimezone(ZoneInfo(zone)).date(), unit)
    last = (span.until - timedelta(microseconds=1)).astimezone(ZoneInfo(zone)).date()
    found = []
    while step <= last:
        found.append(step)
        step = _start(step + timedelta(days={"day": 1, "week": 7, "month": 31}[unit]), unit)
    return found


def day_start(day: date, zone: str) -> datetime:
    """Give the moment at which a day begins in the zone."""
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))


def whole_days(first: date, last: date, zone: str) -> Span:
    """Give the time of the days from `first` to `last`, both included."""
    return Span(day_start(first, zone), day_start(last + timedelta(days=1), zone))


def duration(length: timedelta) -> str:
    """Give a length of time in its largest fitting unit."""
    minutes = round(length.total_seconds() / 60)
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes / 60:.0f} h" if minutes < 72 * 60 else f"{minutes / 1440:.0f} days"


def _start(day: date, unit: str) -> date:
    if unit == "month":
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if unit == "week" else day
