"""What a page is narrowed to: which hashtag, which days. No widget here."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from warehouse.dashboard.moments import Span, days, duration


class Filters(msgspec.Struct, frozen=True):
    """What the visitor chose. `spellings`: of the hashtag; none: all posts."""

    hashtag: str | None
    spellings: list[str] | None
    span: Span
    zone: str

    def parameters(self) -> dict[str, Any]:
        """Give the parameters that the statements name."""
        return {"spellings": self.spellings, "since": self.span.since, "until": self.span.until}

    def words(self) -> str:
        """Say what is shown."""
        zone = ZoneInfo(self.zone)
        first, last = self.span.since.astimezone(zone), (self.span.until - timedelta(seconds=1)).astimezone(zone)
        stretch = days(first.date(), last.date())
        return f"#{self.hashtag}, {stretch}" if self.hashtag else f"All hashtags, {stretch}"

    def time_before(self, oldest: datetime | None) -> str | None:
        """Name the time of the same length before, if posts of it were captured: `oldest` is the first that was."""
        if oldest is None or oldest > self.span.before + (self.span.until - self.span.since) / 2:
            return None
        return f"the {duration(self.span.until - self.span.since)} before"
