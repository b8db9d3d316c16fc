"""The stream: bytes with a key, a partition and headers, through Kafka. It knows no record, no post, no warehouse.

Nothing is lost in silence here. Producers are idempotent and wait for every acknowledgement; consumers never jump: a
stored position that the log does not hold raises `OffsetMismatch` (the client's default would skip what is retained).
No call creates a topic but `create_topics`.
"""

import functools
import socket
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, TypeVar

import msgspec
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition  # type: ignore[import-untyped]
from kafka import errors as kafka_errors
from kafka.admin import ConfigResource  # type: ignore[import-untyped]
from kafka.net.compat import KafkaNetClient  # type: ignore[import-untyped]
from kafka.partitioner.default import murmur2  # type: ignore[import-untyped]
from kafka.structs import OffsetAndMetadata  # type: ignore[import-untyped]

_T = TypeVar("_T")

PARTITIONS = 12
MESSAGE_BYTES = 2 * 1024 * 1024
"""The largest message; what is larger is the caller's to cut or to keep elsewhere."""

_BATCH_BYTES = 256 * 1024
_UNFLUSHED_BYTES = 32 * 1024 * 1024
_FILES = ("ssl_cafile", "ssl_certfile", "ssl_keyfile", "ssl_crlfile")
_DAY_MS = 86_400_000
_SEGMENTS_A_RETENTION = 14


class Connection(msgspec.Struct, frozen=True):
    """Where the broker is and who we are. `security` holds kafka-python's settings (`security_protocol`, `ssl_cafile`,
    `sasl_mechanism`, `sasl_plain_username`, …); topics and groups are called `{prefix}.{name}` there."""

    bootstrap: str
    prefix: str
    security: dict[str, str] = {}


class Message(NamedTuple):
    """One message as the log holds it; `topic` is the short name, `timestamp_ms` when it was sent."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes
    headers: tuple[tuple[str, bytes], ...]
    timestamp_ms: int


class Unreachable(Exception):
    """The broker cannot be reached, or stopped answering. Trying again later may help."""


class Refused(Exception):
    """The broker answers and says no: a topic that is missing or of another shape, a message too large, no rights."""


class OffsetMismatch(Exception):
    """A stored position that the log does not hold: before its start (a gap), or beyond its end (another log)."""

    def __init__(self, topic: str, partition: int, stored: int, start: int, end: int) -> None:
        where = "behind the log's start: messages are missing" if stored < start else "beyond the log's end"
        super().__init__(f"{topic}[{partition}]: stored offset {stored} is {where} ({start} to {end})")
        self.topic, self.partition, self.stored, self.start, self.end = topic, partition, stored, start, end


def _settings(connection: Connection) -> dict[str, Any]:
    security: dict[str, Any] = dict(connection.security)
    for name in security:
        if name not in KafkaAdminClient.DEFAULT_CONFIG:
            raise Refused(f"setting {name}: kafka-python knows none of that name")
        if name in _FILES and not Path(security[name]).is_file():
            raise Refused(f"setting {name}: there is no file {security[name]}")
    if "ssl_check_hostname" in security:
        security["ssl_check_hostname"] = security["ssl_check_hostname"].lower() not in ("false", "0", "no")
    return {
        "bootstrap_servers": connection.bootstrap.split(","),
        "bootstrap_timeout_ms": 10_000,
        "reconnect_backoff_max_ms": 1_000,
        **security,
    }


@contextmanager
def _reaching(connection: Connection) -> Iterator[None]:
    """Turns the client's errors into ours: what another try may cure, and what it will not."""
    try:
        yield
    except kafka_errors.RetriableError as error:
        raise Unreachable(f"the broker at {connection.bootstrap} does not answer: {_one_line(error)}") from error
    except kafka_errors.KafkaError as error:
        raise Refused(f"the broker at {connection.bootstrap} refuses: {_one_line(error)}") from error


def _client(kind: Callable[..., Any], connection: Connection, patience_s: float = 10, **settings: Any) -> Any:
    """A client of kafka-python. One that cannot begin is closed: left alone, it would try on in its thread for ever."""
    settings.update(_settings(connection))
    _find(connection, patience_s)
    begun: list[Any] = []

    def remember(**config: Any) -> Any:
        begun.append(KafkaNetClient(**config))
        return begun[-1]

    try:
        return kind(kafka_client=remember, **settings)
    except BaseException as error:
        for client in begun:
            client.close()
        if isinstance(error, kafka_errors.KafkaTimeoutError):
            why = "something listens, but does not answer as Kafka: are the TLS and SASL settings right?"
            raise Unreachable(f"{connection.bootstrap}: {why}") from error
        raise


def _find(connection: Connection, patience_s: float) -> None:
    """Returns when one of the addresses accepts a connection; raises `Unreachable` when none does for so long."""
    patience = time.monotonic() + patience_s
    while True:
        for address in connection.bootstrap.split(","):
            host, _, port = address.strip().rpartition(":")
            try:
                socket.create_connection((host, int(port)), timeout=5).close()
                return
            except OSError as error:
                failure = error
        if time.monotonic() > patience:
            raise Unreachable(f"no broker answers at {connection.bootstrap}: {_one_line(failure)}")
        time.sleep(0.1)


def _one_line(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())


def _full(connection: Connection, name: str) -> str:
    return f"{connection.prefix}.{name}"


def partition_for(key: bytes) -> int:
    """The partition of a key, as Kafka's default partitioner has it: the same key always goes to the same one."""
    hashed: int = murmur2(key)
    return (hashed & 0x7FFFFFFF) % PARTITIONS


@contextmanager
def _admin(connection: Connection, patience_s: float = 10) -> Iterator[Any]:
    with _reaching(connection):
        admin = _client(KafkaAdminClient, connection, patience_s)
        try:
            yield admin
        finally:
            admin.close()


def _topics(retention_days: float) -> dict[str, tuple[int, dict[str, str]]]:
    """Partitions and settings of each topic. A segment is dropped when its newest message reaches the retention, so
    the retention is shortened by a segment's span: no message outlives `retention_days`."""
    retention = int(retention_days * _DAY_MS)
    span = max(1, retention // _SEGMENTS_A_RETENTION)
    largest = {"max.message.bytes": str(2 * MESSAGE_BYTES)}
    passing = {"cleanup.policy": "delete", "retention.ms": str(retention - span), "segment.ms": str(span), **largest}
    kept = {"cleanup.policy": "compact", "segment.ms": str(span), "segment.bytes": str(1024 * 1024), **largest}
    return {
        "posts": (PARTITIONS, passing),
        "tagged": (PARTITIONS, passing),
        "retag": (PARTITIONS, passing),
        "cursors": (1, kept),
    }


def create_topics(connection: Connection, retention_days: float) -> None:
    """Creates what is missing of `posts`, `tagged`, `retag` and `cursors`, and sets the retention of what is there.

    Refused: a topic of that name with another number of partitions, for keys would change theirs.
    """
    wanted = {_full(connection, name): topic for name, topic in _topics(retention_days).items()}
    with _admin(connection) as admin:
        there = {topic["name"] for topic in admin.describe_topics()}
        _create(admin, {name: topic for name, topic in wanted.items() if name not in there})
        for topic in admin.describe_topics(list(wanted)):
            _check_partitions(topic, wanted[topic["name"]][0])
        _set_settings(admin, {name: wanted[name][1] for name in wanted if name in there})


def _check_partitions(topic: Mapping[str, Any], expected: int) -> None:
    if len(topic["partitions"]) != expected:
        raise Refused(f"topic {topic['name']}: expected {expected} partitions, it has {len(topic['partitions'])}")


def _create(admin: Any, topics: dict[str, tuple[int, dict[str, str]]]) -> None:
    if not topics:
        return
    wanted = {
        name: {"num_partitions": partitions, "replication_factor": -1, "configs": settings}
        for name, (partitions, settings) in topics.items()
    }
    for topic in admin.create_topics(wanted, raise_errors=False)["topics"]:
        error = kafka_errors.for_code(topic["error_code"])
        if error not in (kafka_errors.NoError, kafka_errors.TopicAlreadyExistsError):
            raise error(f"topic {topic['name']}: {topic.get('error_message')}")
    admin.wait_for_topics(list(topics))


def _set_settings(admin: Any, topics: dict[str, dict[str, str]]) -> None:
    resources = [ConfigResource("TOPIC", name, settings) for name, settings in topics.items()]
    if resources:
        for name, answer in admin.alter_configs(resources, raise_on_unknown=False)["topic"].items():
            if answer != "OK":
                raise Refused(f"topic {name}: its retention cannot be set: {answer}")


def cluster_and_topic_id(connection: Connection, name: str) -> tuple[str, str]:
    """What tells this log from any other: both change when the log is wiped, an offset means nothing without them."""
    with _admin(connection) as admin:
        cluster = admin.describe_cluster()["cluster_id"]
        topic = admin.describe_topics([_full(connection, name)])[0]
    if topic["error_code"]:
        raise _missing(connection, name)
    return str(cluster), str(topic["topic_id"])


def _missing(connection: Connection, name: str) -> Refused:
    return Refused(f"topic {_full(connection, name)} does not exist at {connection.bootstrap}")


class Producer:
    """Sends messages: idempotent, acknowledged by every replica, compressed, in order within a partition.

    `send` returns at once; what it sent is safe when `flush` or `close` has returned. The first failure is raised by
    whichever of the three comes next, and by every later one: after it, what was acknowledged is not known.
    A topic that is not there is waited for, `patience_s` seconds.
    """

    def __init__(self, connection: Connection, patience_s: float = 15) -> None:
        self._connection = connection
        self._failure: BaseException | None = None
        self._unflushed = 0
        with _reaching(connection):
            self._producer = _client(
                KafkaProducer,
                connection,
                acks="all",
                enable_idempotence=True,
                compression_type="lz4",
                linger_ms=20,
                batch_size=_BATCH_BYTES,
                max_request_size=MESSAGE_BYTES + 64 * 1024,
                max_block_ms=int(patience_s * 1000),
                allow_auto_create_topics=False,
                metrics_enabled=False,
            )

    def send(
        self,
        name: str,
        key: bytes | None,
        value: bytes | None,
        partition: int | None = None,
        headers: Iterable[tuple[str, bytes]] = (),
    ) -> None:
        """Queues one message; value None deletes the key from a compacted topic. Waits when too much is under way."""
        self._raise_failure()
        size = len(value or b"")
        if size > MESSAGE_BYTES:
            raise Refused(f"a message of {size} bytes for {name}: at most {MESSAGE_BYTES}")
        if partition is None and key is not None and name != "cursors":
            partition = partition_for(key)
        try:
            future = self._producer.send(_full(self._connection, name), value, key, list(headers), partition)
        except kafka_errors.KafkaTimeoutError as error:
            raise Unreachable(f"topic {_full(self._connection, name)} was not found: {_one_line(error)}") from error
        future.add_errback(self._note)
        self._unflushed += size
        if self._unflushed > _UNFLUSHED_BYTES:
            self.flush()

    def _note(self, error: BaseException) -> None:
        if self._failure is None:
            self._failure = error

    def _raise_failure(self) -> None:
        if self._failure is not None:
            with _reaching(self._connection):
                raise self._failure

    def flush(self) -> None:
        """Returns when every message sent so far is durable; raises the first failure otherwise."""
        self._producer.flush()
        self._unflushed = 0
        self._raise_failure()

    def close(self) -> None:
        """Flushes and ends. Raises as `flush` does, after the connection is closed."""
        self._producer.close()
        self._raise_failure()

    def __enter__(self) -> "Producer":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if kind is None:
            self.close()
        else:
            self._producer.close()


class _Consumer:
    """What both consumers share: fetching without ever jumping."""

    def __init__(self, connection: Connection, name: str, group: str | None) -> None:
        self._connection, self._name, self._topic = connection, name, _full(connection, name)
        with _reaching(connection):
            self._consumer = _client(
                KafkaConsumer,
                connection,
                group_id=group and _full(connection, group),
                auto_offset_reset="none",
                enable_auto_commit=False,
                allow_auto_create_topics=False,
                fetch_min_bytes=64 * 1024,
                fetch_max_wait_ms=100,
                fetch_max_bytes=16 * 1024 * 1024,
                max_partition_fetch_bytes=2 * MESSAGE_BYTES,
                session_timeout_ms=10_000,
                heartbeat_interval_ms=2_000,
                metadata_max_age_ms=60_000,
                metrics_enabled=False,
            )
        try:
            self._check_topic()
        except BaseException:
            self.close()
            raise

    def _check_topic(self) -> None:
        with _reaching(self._connection):
            partitions = self._consumer.partitions_for_topic(self._topic)
        if not partitions:
            raise _missing(self._connection, self._name)
        self._partitions = [TopicPartition(self._topic, number) for number in sorted(partitions)]

    def poll(self, timeout_s: float, max_messages: int) -> list[Message]:
        """Up to `max_messages`, in order within each partition; empty after `timeout_s` without one.

        While the broker is away nothing comes, and the client reconnects by itself.
        """
        try:
            with _reaching(self._connection):
                fetched = self._fetch(int(timeout_s * 1000), max_messages)
        except Refused as refused:
            if isinstance(refused.__cause__, kafka_errors.OffsetOutOfRangeError):
                raise self._mismatch(refused.__cause__) from refused
            raise
        name = self._name
        return [
            Message(name, r.partition, r.offset, r.key, r.value or b"", tuple(r.headers), r.timestamp)
            for records in fetched.values()
            for r in records
        ]

    def _fetch(self, timeout_ms: int, max_messages: int) -> dict[Any, list[Any]]:
        fetched: dict[Any, list[Any]] = self._consumer.poll(timeout_ms, max_messages)
        return fetched

    def _mismatch(self, error: Any) -> OffsetMismatch:
        partition, stored = next(iter(error.args[0].items()))
        start, end = self.bounds()[partition.partition]
        return OffsetMismatch(self._name, partition.partition, stored, start, end)

    def bounds(self) -> dict[int, tuple[int, int]]:
        """First retained and next offset of each partition."""
        with _reaching(self._connection):
            starts = self._consumer.beginning_offsets(self._partitions)
            ends = self._consumer.end_offsets(self._partitions)
        return {p.partition: (starts[p], ends[p]) for p in self._partitions}

    def close(self) -> None:
        """Leaves the group, if any, so that others take over at once. Commits nothing."""
        self._consumer.close(autocommit=False, timeout_ms=5_000)


class GroupConsumer(_Consumer):
    """One of several that share a topic's partitions; a dead one's are taken over within some ten seconds.

    A partition for which the group has committed nothing starts at the earliest message.
    """

    def __init__(self, connection: Connection, name: str, group: str) -> None:
        super().__init__(connection, name, group)
        self._consumer.subscribe([self._topic])

    def _fetch(self, timeout_ms: int, max_messages: int) -> dict[Any, list[Any]]:
        try:
            return super()._fetch(timeout_ms, max_messages)
        except kafka_errors.NoOffsetForPartitionError as error:
            self._consumer.seek_to_beginning(*error.args[0])
            return super()._fetch(timeout_ms, max_messages)

    def commit(self) -> None:
        """Commits what `poll` returned so far, before it returns itself.

        Where another consumer has taken a partition over meanwhile, it is not committed: that one repeats the work.
        """
        try:
            with _reaching(self._connection):
                self._consumer.commit(timeout_ms=10_000)
        except Refused as refused:
            if not isinstance(refused.__cause__, _REBALANCED):
                raise


_REBALANCED = (
    kafka_errors.CommitFailedError,
    kafka_errors.RebalanceInProgressError,
    kafka_errors.IllegalGenerationError,
    kafka_errors.UnknownMemberIdError,
)


class OffsetConsumer(_Consumer):
    """Reads all partitions of a topic from positions that its caller keeps; an absent one starts at the log's start."""

    def __init__(self, connection: Connection, name: str, positions: Mapping[int, int]) -> None:
        self._admin: Any = None
        super().__init__(connection, name, None)
        try:
            self._start(positions)
        except BaseException:
            self.close()
            raise

    def _start(self, positions: Mapping[int, int]) -> None:
        self._consumer.assign(self._partitions)
        for partition, (start, end) in self.bounds().items():
            position = positions.get(partition, start)
            if not start <= position <= end:
                raise OffsetMismatch(self._name, partition, position, start, end)
            self._consumer.seek(TopicPartition(self._topic, partition), position)

    def commit(self, group: str) -> None:
        """Notes how far `poll` came under a group's name, for `lag` only: positions stay the caller's."""
        positions = {p.partition: self._consumer.position(p) for p in self._partitions}
        with _reaching(self._connection):
            if self._admin is None:
                self._admin = _client(KafkaAdminClient, self._connection)
            _set_offsets(self._admin, self._topic, _full(self._connection, group), positions)

    def close(self) -> None:
        """Ends; the positions are the caller's to keep."""
        super().close()
        if self._admin is not None:
            self._admin.close()


def move_group(connection: Connection, name: str, group: str, positions: Mapping[int, int]) -> None:
    """Sets where a group goes on, after a gap was accepted. Refused while one of its consumers is alive."""
    with _admin(connection) as admin:
        _set_offsets(admin, _full(connection, name), _full(connection, group), positions)


def _set_offsets(admin: Any, topic: str, group: str, positions: Mapping[int, int]) -> None:
    offsets = {TopicPartition(topic, p): OffsetAndMetadata(offset, "", -1) for p, offset in positions.items()}

    def ask() -> None:
        for answer in admin.alter_group_offsets(group, offsets).values():
            if answer is not kafka_errors.NoError:
                raise answer(f"group {group} on {topic}")

    _patiently(ask)


def _patiently(ask: Callable[[], _T]) -> _T:
    """Asks again for some seconds: a real broker, just started or asked for its first group, is not ready at once."""
    patience = time.monotonic() + 10
    while True:
        try:
            return ask()
        except kafka_errors.RetriableError:
            if time.monotonic() > patience:
                raise
            time.sleep(0.1)


def lag(connection: Connection, name: str, group: str) -> int | None:
    """Messages that the group has not committed yet, retained ones only; None without a broker or without the topic."""
    try:
        with _admin(connection, patience_s=0) as admin:
            return _lag(admin, _full(connection, name), _full(connection, group))
    except Unreachable:
        return None


def _lag(admin: Any, topic: str, group: str) -> int | None:
    described = admin.describe_topics([topic])[0]
    if described["error_code"]:
        return None
    partitions = [TopicPartition(topic, p["partition_index"]) for p in described["partitions"]]
    ends = admin.list_partition_offsets(dict.fromkeys(partitions, -1))
    starts = admin.list_partition_offsets(dict.fromkeys(partitions, -2))
    committed = _patiently(lambda: admin.list_group_offsets({group: partitions}))[group]
    missing = (ends[p].offset - max(starts[p].offset, committed[p].offset if p in committed else 0) for p in partitions)
    return sum(max(0, int(offsets)) for offsets in missing)


def pass_gap(connection: Connection, name: str, group: str) -> None:
    """Lets a group go on at the log's start where what it had not read yet is gone. Changes nothing elsewhere."""
    topic, full = _full(connection, name), _full(connection, group)
    with _reaching(connection), _admin(connection) as admin:
        partitions = [TopicPartition(topic, partition) for partition in range(PARTITIONS)]
        committed = _patiently(lambda: admin.list_group_offsets({full: partitions}))[full]
        starts = admin.list_partition_offsets(dict.fromkeys(partitions, -2))
        behind = {p.partition: starts[p].offset for p, at in committed.items() if 0 <= at.offset < starts[p].offset}
        if behind:
            _once_nobody_is_left(functools.partial(_set_offsets, admin, topic, full, behind))


def _once_nobody_is_left(change: Callable[[], None]) -> None:
    """Changes a group's offsets, waiting for the session of a member that was killed to run out."""
    patience = time.monotonic() + 30
    while True:
        try:
            return change()
        except (kafka_errors.UnknownMemberIdError, kafka_errors.NonEmptyGroupError):
            if time.monotonic() > patience:
                raise
            time.sleep(0.5)


def drop_read(connection: Connection, name: str, groups: Sequence[str]) -> None:
    """Deletes from the topic what every one of the groups has committed, without waiting for its retention."""
    topic = _full(connection, name)
    partitions = [TopicPartition(topic, partition) for partition in range(PARTITIONS)]
    with _reaching(connection), _admin(connection) as admin:
        read = dict.fromkeys(partitions, sys.maxsize)
        for group in (_full(connection, group) for group in groups):
            asked = {group: partitions}
            committed = _patiently(functools.partial(admin.list_group_offsets, asked))[group]
            read = {p: min(end, committed[p].offset if p in committed else 0) for p, end in read.items()}
        starts = admin.list_partition_offsets(dict.fromkeys(partitions, -2))
        behind = {p: end for p, end in read.items() if end > starts[p].offset}
        if behind:
            admin.delete_records(behind)


def read_compacted(connection: Connection, name: str) -> dict[bytes, bytes]:
    """The newest value of each key, as of now; deleted keys are left out."""
    newest: dict[bytes, bytes] = {}
    reader = _Compacted(connection, name, {})
    try:
        for key, value in reader.until_now():
            if value is None:
                newest.pop(key, None)
            else:
                newest[key] = value
    finally:
        reader.close()
    return newest


class _Compacted(OffsetConsumer):
    def until_now(self) -> Iterator[tuple[bytes, bytes | None]]:
        ends = {TopicPartition(self._topic, p): end for p, (_, end) in self.bounds().items()}
        patience = time.monotonic() + 30
        while any(self._consumer.position(p) < end for p, end in ends.items()):
            fetched = self._fetch(500, 5_000)
            yield from ((r.key or b"", r.value) for records in fetched.values() for r in records)
            if fetched:
                patience = time.monotonic() + 30
            elif time.monotonic() > patience:
                raise Unreachable(f"topic {self._topic}: the broker stopped answering before its end")
