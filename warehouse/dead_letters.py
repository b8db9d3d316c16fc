"""Dead letters: what could not be read, listed from a snapshot, with bytes from the vault, to be sent again."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from warehouse.database import Warehouse, transaction
from warehouse.query import connect
from warehouse.statements import statements


class DeadLetter(msgspec.Struct, frozen=True):
    """One message or row that could not be read; (source, place, sha256) is its identity."""

    source: str
    place: str
    sha256: str
    reason: str
    size: int
    observed_at: datetime
    import_id: str | None
    replayed_at: datetime | None


def letters(snapshot: Path, most: int = 100, replayed: bool = False) -> list[DeadLetter]:
    """Give the newest dead letters; those already sent again only if `replayed`."""
    parameters = {"most": most, "replayed": replayed}
    with connect(snapshot) as connection:
        rows = connection.execute(statements("dead_letters")["letters"], parameters).fetchall()
    return [DeadLetter(*row) for row in rows]


def raw(warehouse: Warehouse, letter: DeadLetter) -> bytes | None:
    """Give the bytes of a dead letter, from the vault or from where they were spooled; None if they were erased."""
    rows = warehouse.run("dead_letters", "raw", _identity(letter))
    if not rows:
        return None
    stored, spooled = rows[0]
    if stored is None and spooled is not None:
        path = warehouse.home / spooled
        return path.read_bytes() if path.exists() else None
    return bytes(stored) if stored is not None else None


def mark_replayed(warehouse: Warehouse, replayed: Sequence[DeadLetter], now: datetime) -> None:
    """Note that these letters were sent again."""
    with transaction(warehouse.connection):
        for letter in replayed:
            warehouse.run("dead_letters", "replayed", {**_identity(letter), "now": now})
        warehouse.run("load_records", "count_load")


def erase_bytes(warehouse: Warehouse, needles: Sequence[bytes]) -> int:
    """Erase the bytes of every dead letter that holds one of `needles`, and give how many. The letters stay listed."""
    found = [
        (source, place, sha256)
        for source, place, sha256, stored in warehouse.run("dead_letters", "with_bytes")
        if any(needle in bytes(stored) for needle in needles)
    ]
    with transaction(warehouse.connection):
        for source, place, sha256 in found:
            warehouse.run("dead_letters", "erase", {"source": source, "place": place, "sha256": sha256})
    return len(found)


def _identity(letter: DeadLetter) -> dict[str, str]:
    return {"source": letter.source, "place": letter.place, "sha256": letter.sha256}
