"""The vault: who stands behind a pseudonym, and where a post can be opened. Each opening is noted in it, and why."""

from datetime import datetime

import msgspec

from warehouse.database import Warehouse, transaction


class Person(msgspec.Struct, frozen=True):
    """What the vault knows of an author."""

    platform: str
    author: str
    author_id: str | None
    handle: str | None
    name: str | None
    bio: str | None
    role: str | None


class Opening(msgspec.Struct, frozen=True):
    """Who opens the vault, and for what: noted before anything is read."""

    opened_by: str
    reason: str
    now: datetime


def person(warehouse: Warehouse, platform: str, author: str, opening: Opening) -> Person | None:
    """Give who stands behind a pseudonym, by id or by handle."""
    note_opening(warehouse, opening)
    rows = warehouse.run("vault", "identity", {"platform": platform, "author": author})
    return Person(*rows[0]) if rows else None


def permalink(warehouse: Warehouse, platform: str, post_id: str, opening: Opening) -> str | None:
    """Give where a post can be opened at its platform, where that was stated."""
    note_opening(warehouse, opening)
    rows = warehouse.run("vault", "permalink", {"platform": platform, "post_id": post_id})
    return rows[0][0] if rows else None


def note_opening(warehouse: Warehouse, opening: Opening) -> None:
    """Note in the vault who opens it, and for what."""
    with transaction(warehouse.connection):
        warehouse.run("vault", "opened", msgspec.to_builtins(opening, builtin_types=(datetime,)))
