"""The questions that commands ask of a snapshot, by name; their SQL stands in `questions.sql`."""

from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from warehouse.query import Result, run
from warehouse.statements import statements


class Totals(msgspec.Struct, frozen=True):
    """How much a snapshot holds. `dead_letters`: those not replayed; `newest_post`: UTC, None when empty."""

    posts: int
    tagged: int
    newest_post: datetime | None
    dead_letters: int
    capture_gaps: int


def asked(snapshot: Path, question: str, *parameters: Any) -> Result:
    """Give the answer to a named question."""
    return run(snapshot, statements("questions")[question], parameters=parameters)


def marked_partitions(snapshot: Path, marker_id: str) -> int:
    """Give in how many partitions the snapshot has met the marker."""
    return int(asked(snapshot, "marked_partitions", marker_id).rows[0][0])


def new_posts(snapshot: Path, import_id: str) -> int:
    """Give how many posts were first imported by this import."""
    return int(asked(snapshot, "new_posts", import_id).rows[0][0])


def totals(snapshot: Path) -> Totals:
    """Give how much the snapshot holds."""
    return Totals(*asked(snapshot, "totals").rows[0])
