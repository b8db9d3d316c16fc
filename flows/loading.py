"""Load what the taggers give and publish it: the hands of the one process that writes the warehouse."""

import time
from contextlib import closing
from datetime import UTC, datetime
from types import TracebackType

import msgspec

from flows.errands import run_errands
from flows.home import Home
from flows.settings import Settings
from listeners.hashtags import registry
from listeners.stream import (
    PARTITIONS,
    Connection,
    Message,
    OffsetConsumer,
    OffsetMismatch,
    Unreachable,
    cluster_and_topic_id,
    lag,
)
from warehouse import marts
from warehouse.database import StreamId, Warehouse, open_warehouse, set_hashtags
from warehouse.load import accept_gap, load
from warehouse.publish import publish
from warehouse.rows import Incoming

BATCH = 5000
GATHERING = 2.0
"""Seconds that a batch may gather: a transaction costs 0.1 s whatever it holds, so 5,000 in one cost a third of 1,000
in each of five."""
GROUP = "loader"
TAGGERS = "taggers"
READERS = "readers"
RETAGGERS = "retaggers"
SPACING = 30.0
SPACING_FACTOR = 20.0


class Totals(msgspec.Struct):
    """What this process loaded and published so far."""

    loaded: int = 0
    posts: int = 0
    rejected: int = 0
    published: int = 0


class Loading:
    """Loads batch by batch, and publishes when something changed: no oftener than every 30 s or 20 times what the last
    took, but at once when a marker stands in every partition, since someone waits for it."""

    def __init__(self, home: Home, config: Settings, stream: Connection, *, gap: bool = False) -> None:
        self.totals = Totals()
        self._home, self._stream, self._careful = home, stream, config.careful
        self._warehouse: Warehouse = open_warehouse(home.path, datetime.now(UTC))
        marts.create(self._warehouse)
        set_hashtags(self._warehouse, registry(config.hashtags_path))
        self._id = StreamId(*cluster_and_topic_id(stream, "tagged"))
        if gap:
            self._pass_gap()
        positions = self._warehouse.positions(self._id.cluster_id, self._id.topic_id)
        self._consumer = OffsetConsumer(stream, "tagged", positions)
        self._marked: dict[str, set[int]] = {}
        self._due, self._next = True, 0.0

    def _pass_gap(self) -> None:
        """Record what the log no longer holds as a capture gap, and go on behind it."""
        stored = self._warehouse.positions(self._id.cluster_id, self._id.topic_id)
        with closing(OffsetConsumer(self._stream, "tagged", {})) as consumer:
            starts = {partition: start for partition, (start, _) in consumer.bounds().items()}
        missing = {partition: start for partition, start in starts.items() if stored.get(partition, 0) < start}
        if missing:
            now = datetime.now(UTC)
            since = self._warehouse.run("publish", "last_published")[0][0] or now
            accept_gap(self._warehouse, self._id, missing, since, now)

    def __enter__(self) -> "Loading":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._consumer.close()
        self._warehouse.close()

    def step(self) -> int:
        """Load what has come, at most 5,000 events; publish if it is time. Gives how many.

        Waits half a second for the first, and goes on gathering for 2 s while more come.
        """
        messages = self._gathered()
        if messages:
            self._load([Incoming(m.partition, m.offset, m.value) for m in messages])
        done = run_errands(self._home, self._warehouse)
        if self._due and time.monotonic() >= self._next:
            self.publish()
        return len(messages) + done

    def _gathered(self) -> list[Message]:
        messages = self._consumer.poll(0.5, BATCH)
        until = time.monotonic() + GATHERING
        while messages and len(messages) < BATCH and time.monotonic() < until:
            try:
                more = self._consumer.poll(0.2, BATCH - len(messages))
            except (Unreachable, OffsetMismatch):
                break  # those at hand first: the consumer is past them, and will say the same again
            if not more:
                break
            messages += more
        return messages

    def _load(self, incoming: list[Incoming]) -> None:
        loaded = load(self._warehouse, incoming, self._id, datetime.now(UTC))
        self.totals.loaded += len(incoming)
        self.totals.posts += loaded.posts
        self.totals.rejected += loaded.rejected
        self._due = True
        for marker_id, partition in loaded.markers:
            partitions = self._marked.setdefault(marker_id, set())
            partitions.add(partition)
            if len(partitions) == PARTITIONS:
                self._next = 0.0
                del self._marked[marker_id]
        self._consumer.commit(GROUP)  # last: it may find no broker, and what was loaded must be known all the same

    def publish(self) -> None:
        """Publish now, if anything changed since the newest snapshot."""
        started = time.monotonic()
        if publish(self._warehouse, datetime.now(UTC)) is not None:
            self.totals.published += 1
        took = time.monotonic() - started
        self._due, self._next = False, time.monotonic() + max(SPACING, SPACING_FACTOR * took)

    def lags(self) -> tuple[int | None, int | None, int | None]:
        """Give how many events wait to be tagged, to be loaded and to be read again; None where nobody can say."""
        try:
            reading = lag(self._stream, "tagged", READERS) if self._careful else 0
            return lag(self._stream, "posts", TAGGERS), lag(self._stream, "tagged", GROUP), reading
        except Unreachable:
            return None, None, None
