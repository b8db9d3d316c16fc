"""Loading: a batch of the stream becomes rows, dead letters and the next offsets, in one transaction.

What stands in the tables afterwards depends on what was said, never on when it arrived. No Kafka here.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec

from warehouse.database import StreamId, Warehouse, transaction
from warehouse.failures import DataFailure, OffsetHole, disk_watched
from warehouse.rows import Incoming, Line, dead_letter, grouped, lines

RECORDS = ("dead_letters", "gaps", "windows", "imports", "cursors", "markers", "verdicts")


class Loaded(msgspec.Struct, frozen=True):
    """What a batch held: posts seen, posts that are new to the warehouse, what was rejected, markers met."""

    messages: int = 0
    posts: int = 0
    new: int = 0
    rejected: int = 0
    markers: tuple[tuple[str, int], ...] = ()


def load(warehouse: Warehouse, messages: Sequence[Incoming], stream: StreamId, now: datetime) -> Loaded:
    """Load `messages` and the next offsets of `stream`, all or nothing; what was loaded before is passed over.

    A message that no table can hold becomes a dead letter. Raises OffsetHole when messages are missing before
    these, WrongStream when the warehouse has read another stream, DiskFull when the disk is.
    """
    unread, positions = _unread(warehouse, messages, stream)
    if not unread:
        return Loaded()
    spoken = [lines(message, now) for message in unread]
    with disk_watched("loading"):
        try:
            new = _write(warehouse, spoken, stream, positions)
        except DataFailure:
            spoken = _without_culprits(warehouse, unread, spoken, now)
            new = _write(warehouse, spoken, stream, positions)
    return _loaded(spoken, len(unread), new)


def accept_gap(warehouse: Warehouse, stream: StreamId, ends: dict[int, int], since: datetime, now: datetime) -> None:
    """Go on at `ends` (offset by partition) although the messages before are gone, and record it as a capture gap."""
    stored = warehouse.positions(stream.cluster_id, stream.topic_id, stream.topic)
    skipped = ", ".join(f"partition {part}: {stored.get(part, 0)} to {end}" for part, end in sorted(ends.items()))
    gap = {
        "source": "stream",
        "started_at": since,
        "ended_at": now,
        "reason": f"topic {stream.topic} no longer held {skipped}",
        "observed_at": now,
    }
    with disk_watched("loading"), transaction(warehouse.connection):
        warehouse.run("load_records", "insert_gap", gap)
        _write_positions(warehouse, stream, ends)


def _unread(
    warehouse: Warehouse, messages: Sequence[Incoming], stream: StreamId
) -> tuple[list[Incoming], dict[int, int]]:
    positions = warehouse.positions(stream.cluster_id, stream.topic_id, stream.topic)
    unread = []
    for message in messages:
        expected = positions.get(message.partition, message.offset)
        if message.offset > expected:
            raise OffsetHole(
                f"topic `{stream.topic}`, partition {message.partition}: expected offset {expected}, "
                f"got {message.offset}; what lies between was not loaded"
            )
        if message.offset == expected:
            unread.append(message)
            positions[message.partition] = expected + 1
    return unread, positions


def _write(warehouse: Warehouse, spoken: Sequence[Sequence[Line]], stream: StreamId, positions: dict[int, int]) -> int:
    tables = grouped(spoken)
    removing = _stage(warehouse, tables)
    with transaction(warehouse.connection):
        _write_vault(warehouse, tables, removing)
    with transaction(warehouse.connection):
        new = _write_tables(warehouse, tables, removing)
        _write_positions(warehouse, stream, positions)
    return new


def _rehearse(warehouse: Warehouse, spoken: Sequence[Sequence[Line]]) -> None:
    """Do all that writing the lines does, and roll it back."""
    tables = grouped(spoken)
    removing = _stage(warehouse, tables)
    with transaction(warehouse.connection, keep=False):
        _write_vault(warehouse, tables, removing)
    with transaction(warehouse.connection, keep=False):
        _write_tables(warehouse, tables, removing)


def _stage(warehouse: Warehouse, tables: dict[str, list[str]]) -> bool:
    """Put the lines into temporary tables; true if some post or author must go, or was told to."""
    warehouse.run("load_posts", "stage", {"lines": tables.get("posts", [])})
    warehouse.run("load_posts", "stage_removals", {"lines": tables.get("removals", [])})
    warehouse.run("load_authors", "stage", {"lines": tables.get("identities", [])})
    gone = bool(warehouse.run("load_authors", "any_gone")[0][0])
    warehouse.run("load_authors", "find_gone_authors" if gone else "none_gone")
    return gone or "removals" in tables


def _write_vault(warehouse: Warehouse, tables: dict[str, list[str]], removing: bool) -> None:
    if "identities" in tables:
        _run_all(
            warehouse,
            "load_vault",
            _IDENTIFYING,
        )
    if removing:
        _run_all(
            warehouse,
            "load_vault",
            ("delete_gone_identities", "delete_gone_permalinks", "delete_removed_permalinks"),
        )
    if "dead_letter_bytes" in tables:
        warehouse.run("load_vault", "dead_letter_bytes", {"lines": tables["dead_letter_bytes"]})


def _write_tables(warehouse: Warehouse, tables: dict[str, list[str]], removing: bool) -> int:
    if "identities" in tables:
        _run_all(warehouse, "load_authors", ("find_existing_aliases", "insert_aliases"))
    if removing:
        _run_all(warehouse, "load_posts", _REMOVING)
    new = _write_posts(warehouse) if "posts" in tables else 0
    if "retaggings" in tables:
        warehouse.run("load_retaggings", "stage", {"lines": tables["retaggings"]})
        _run_all(warehouse, "load_retaggings", ("find_existing_taggings", "find_met", "find_posts"))
        _run_all(warehouse, "load_taggings", _TAGGING)
    if "identities" in tables:
        _run_all(
            warehouse,
            "load_authors",
            ("find_existing_authors", "find_changed_authors", "delete_changed_authors", "insert_authors"),
        )
    for table in RECORDS:
        if table in tables:
            warehouse.run("load_records", table, {"lines": tables[table]})
    if removing or "verdicts" in tables:
        warehouse.run("load_records", "delete_removed_verdicts")
    return new


_IDENTIFYING = (
    "find_existing",
    "find_changed",
    "delete_changed",
    "insert_changed",
    "find_existing_aliases",
    "insert_aliases",
    "permalinks",
)
_REMOVING = (
    "keep_removed_authors",
    "date_removed_authors",
    "find_removed_keys",
    "keep_removed_posts",
    "date_removed_posts",
    "note_days_of_removed_posts",
    "delete_removed_posts",
    "delete_removed_taggings",
    "delete_removed_counts",
)
_FINDING = (
    "drop_removed_from_batch",
    "find_keys",
    "find_existing_posts",
    "find_existing_taggings",
    "drop_repeats",
    "find_met",
)
_MERGING = ("merge_posts", "find_changed_posts", "delete_changed_posts")
_INSERTING = ("insert_posts", "note_days")
_COUNTING = ("stage_counts", "find_existing_counts", "find_changed_counts", "delete_changed_counts", "insert_counts")
_TAGGING = (
    "merge_taggings",
    "find_changed_taggings",
    "delete_changed_taggings",
    "insert_changed_taggings",
    "note_days_of_taggings",
)


def _write_posts(warehouse: Warehouse) -> int:
    """Insert the posts that stand alone as they are; merge those met before, in the tables or in this batch."""
    _run_all(warehouse, "load_posts", _FINDING)
    met = warehouse.run("load_posts", "any_met")[0][0]
    _run_all(warehouse, "load_posts", (_MERGING if met else ("nothing_merged",)) + _INSERTING)
    warehouse.run("load_taggings", "insert_fresh_taggings")
    if met:
        _run_all(warehouse, "load_taggings", _TAGGING)
    _run_all(warehouse, "load_posts", _COUNTING)
    return int(warehouse.run("load_posts", "count_new")[0][0])


def _write_positions(warehouse: Warehouse, stream: StreamId, positions: dict[int, int]) -> None:
    parameters = {**msgspec.to_builtins(stream), "positions": positions}
    warehouse.run("load_records", "positions", parameters)
    warehouse.run("load_records", "count_load")


def _run_all(warehouse: Warehouse, file: str, names: Sequence[str]) -> None:
    for name in names:
        warehouse.run(file, name)


def _without_culprits(
    warehouse: Warehouse, unread: Sequence[Incoming], spoken: list[list[Line]], now: datetime
) -> list[list[Line]]:
    """Give `spoken` with each message that fails on its own replaced by its dead letter."""

    def rehearse(first: int, last: int) -> str | None:
        try:
            _rehearse(warehouse, spoken[first:last])
        except DataFailure as error:
            return str(error).splitlines()[0]
        return None

    culprits = _bisect(rehearse, 0, len(spoken))
    return [
        dead_letter(unread[place], f"no table can hold it: {culprits[place]}", now) if place in culprits else said
        for place, said in enumerate(spoken)
    ]


def _bisect(rehearse: Callable[[int, int], str | None], first: int, last: int) -> dict[int, str]:
    """Give place → reason of the single ones that fail in [first, last)."""
    reason = rehearse(first, last)
    if reason is None:
        return {}
    if last - first == 1:
        return {first: reason}
    middle = (first + last) // 2
    return _bisect(rehearse, first, middle) | _bisect(rehearse, middle, last)


def _loaded(spoken: Sequence[Sequence[Line]], messages: int, new: int) -> Loaded:
    tables = grouped(spoken)
    markers = (msgspec.json.decode(line) for line in tables.get("markers", ()))
    return Loaded(
        messages=messages,
        posts=len(tables.get("posts", ())),
        new=new,
        rejected=len(tables.get("dead_letters", ())),
        markers=tuple((marker["marker_id"], marker["partition"]) for marker in markers),
    )
