"""What waits for a reviewer, from a snapshot: signals to judge, and posts in which a person may be in danger."""

from datetime import datetime
from pathlib import Path

import msgspec

from warehouse.query import connect
from warehouse.statements import statements


class Waiting(msgspec.Struct, frozen=True):
    """A post and a claim that wait for a verdict, and the stance that the tagger says the post takes."""

    queue: str
    position: int
    platform: str
    post_id: str
    claim_id: str
    family: str
    stance: str
    is_signal: bool
    score: float
    created_at: datetime | None
    text: str
    text_version: str
    evidence: list[str]
    cues: list[str]


class Danger(msgspec.Struct, frozen=True):
    """A post in which a person may be in danger of harming themselves. Nothing of its author."""

    platform: str
    post_id: str
    created_at: datetime | None
    text: str


class Precision(msgspec.Struct, frozen=True):
    """How many of a family's signals reviewers confirm, with the 95 % interval; None while none is judged."""

    family: str
    signals: int
    verdicts: int
    confirmed: int
    precision: float | None
    low: float | None
    high: float | None


def waiting(snapshot: Path, queue: str | None = None, most: int = 200) -> list[Waiting]:
    """Give what waits in `queue` (random or uncertain; both without), the next one first."""
    with connect(snapshot) as connection:
        rows = connection.execute(statements("review")["queue"], {"queue": queue, "most": most}).fetchall()
    return [Waiting(*row) for row in rows]


def text_version(snapshot: Path, platform: str, post_id: str) -> str | None:
    """Give the version of a post's text, empty while it has none; None where there is no such post."""
    asked = {"platform": platform, "post_id": post_id}
    with connect(snapshot) as connection:
        found: tuple[str] | None = connection.execute(statements("review")["text_version"], asked).fetchone()
    return found[0] if found else None


def in_danger(snapshot: Path, most: int = 100) -> tuple[list[Danger], int]:
    """Give the posts in which a person may be in danger, the newest first, and how many there are in all."""
    with connect(snapshot) as connection:
        rows = connection.execute(statements("review")["danger"], {"most": most}).fetchall()
    return [Danger(*row[:-1]) for row in rows], rows[0][-1] if rows else 0


def is_in_danger(snapshot: Path, platform: str, post_id: str) -> bool:
    """Tell whether a post is among those in which a person may be in danger."""
    asked = {"platform": platform, "post_id": post_id}
    with connect(snapshot) as connection:
        found: tuple[bool] | None = connection.execute(statements("review")["is_in_danger"], asked).fetchone()
    return bool(found and found[0])


def precision(snapshot: Path) -> list[Precision]:
    """Give the precision of each family's signals, and last of all."""
    with connect(snapshot) as connection:
        return [Precision(*row) for row in connection.execute(statements("review")["precision"]).fetchall()]
