"""What is new, from a snapshot: phrases that burst against their own past and belong to no listed claim."""

from datetime import datetime
from pathlib import Path

import msgspec

from warehouse.query import connect
from warehouse.statements import statements


class Burst(msgspec.Struct, frozen=True):
    """A hashtag, link or pair of words that is suddenly frequent; see the mart `bursts`."""

    kind: str
    phrase: str
    posts: int
    unlisted_posts: int
    authors: int
    author_days: int
    past_author_days: int
    score: float
    first_post_at: datetime
    last_post_at: datetime
    examples: list[str]


def bursts(snapshot: Path, kind: str | None = None, most: int = 50) -> list[Burst]:
    """Give what bursts, of one kind (hashtag, link, words) or all: most false claims first, then most surprising."""
    with connect(snapshot) as connection:
        rows = connection.execute(statements("bursts")["bursts"], {"kind": kind, "most": most}).fetchall()
    return [Burst(*row) for row in rows]
