"""How things stand, as the newest snapshot says it."""

from datetime import datetime
from pathlib import Path

import msgspec

from warehouse.query import connect
from warehouse.statements import statements


class Summary(msgspec.Struct, frozen=True):
    """Counts of what stands, and how fresh it is. `dead_letters`: those that were not replayed."""

    posts: int
    tagged: int
    newest_post: datetime | None
    newest_seen: datetime | None
    dead_letters: int
    capture_gaps: int
    version: int
    published_at: datetime


class Cursor(msgspec.Struct, frozen=True):
    """How far the listener of a query is, and what it spent."""

    source: str
    query: str
    position: str
    spent_usd: float
    observed_at: datetime


def summary(snapshot: Path) -> Summary:
    """Give how things stood when `snapshot` was published."""
    with connect(snapshot) as connection:
        return Summary(*connection.execute(statements("status")["summary"]).fetchall()[0])


def cursors(snapshot: Path) -> list[Cursor]:
    """Give each listener's cursor as it was loaded last."""
    with connect(snapshot) as connection:
        return [Cursor(*row) for row in connection.execute(statements("status")["cursors"]).fetchall()]
