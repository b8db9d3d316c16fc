"""What only the embedded broker is asked: kills, retention, compaction, bad requests, clients of another family."""

import os
import random
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from brokers import ROOT, Embedded
from confluent_kafka import Consumer, TopicPartition
from confluent_kafka import Producer as RdKafkaProducer
from kafka.protocol.metadata import ApiVersionsRequest, ApiVersionsResponse
from kafka.record.default_records import DefaultRecordBatchBuilder

from listeners.broker_log import Damaged, Limits, Log
from listeners.broker_refusal import Code, Refusal
from listeners.stream import (
    Connection,
    OffsetConsumer,
    OffsetMismatch,
    Producer,
    cluster_and_topic_id,
    create_topics,
    read_compacted,
)

NOW_MS = 1_800_000_000_000


def batch(
    values: list[bytes], producer: int = -1, sequence: int = -1, epoch: int = 0, key: bytes | None = None
) -> bytes:
    """A batch as a producer sends it."""
    builder = DefaultRecordBatchBuilder(2, 0, False, producer, epoch if producer >= 0 else -1, sequence, 1 << 30)
    for offset, value in enumerate(values):
        builder.append(offset, NOW_MS, key, value, [])
    return bytes(builder.build())


def append(log: Log, values: list[bytes], now_ms: int = NOW_MS, **numbering: int) -> int:
    return log.append(memoryview(batch(values, **numbering)), now_ms)


def sync(log: Log) -> None:
    mark = log.mark()
    os.fdatasync(mark.file)
    os.close(mark.file)
    mark.synced()


def refused(code: Code) -> "pytest.RaisesExc[Refusal]":
    return pytest.raises(Refusal, match=code.name)


def test_nothing_is_served_before_the_disk_has_it(tmp_path: Path) -> None:
    log = Log(tmp_path, Limits())
    append(log, [b"a", b"b"])
    assert (log.end, log.durable_end, log.read(0, 1000, True)) == (2, 0, b"")
    mark = log.mark()
    append(log, [b"c"])
    os.close(mark.file)
    mark.synced()
    assert (log.end, log.durable_end) == (3, 2)
    assert bytes(log.read(0, 1000, True)) == batch([b"a", b"b"])
    log.close()


def test_reads_are_whole_batches_within_the_limit_but_the_first(tmp_path: Path) -> None:
    log = Log(tmp_path, Limits(segment_bytes=4_000))
    for number in range(100):
        append(log, [b"%03d" % number * 20])
    sync(log)
    one = len(batch([b"000" * 20]))
    assert len(log.segments) > 2
    assert len(log.read(0, 10, True)) == one
    assert log.read(0, 10, False) == b""
    assert len(log.read(0, 3 * one + 1, False)) == 3 * one
    for offset in random.Random(3).sample(range(100), 50):
        (base,) = struct.unpack_from(">q", log.read(offset, 2 * one, True))
        assert base == offset
    with refused(Code.OFFSET_OUT_OF_RANGE):
        log.read(101, 10, True)
    assert log.read(100, 10, True) == b""
    log.close()


def test_a_repeated_batch_is_written_once_and_a_missing_one_is_noticed(tmp_path: Path) -> None:
    log = Log(tmp_path, Limits())
    assert append(log, [b"a", b"b"], producer=7, sequence=0) == 0
    assert append(log, [b"c"], producer=7, sequence=2) == 2
    assert append(log, [b"a", b"b"], producer=7, sequence=0) == 0
    with refused(Code.OUT_OF_ORDER_SEQUENCE_NUMBER):
        append(log, [b"e"], producer=7, sequence=4)
    log.close()
    again = Log(tmp_path, Limits(segment_bytes=10))
    assert append(again, [b"c"], producer=7, sequence=2) == 2
    assert append(again, [b"d"], producer=7, sequence=3) == 3
    assert append(again, [b"e"], producer=7, sequence=4) == 4
    again.close()
    sealed = Log(tmp_path, Limits())
    assert append(sealed, [b"d"], producer=7, sequence=3) == 3
    assert append(sealed, [b"new epoch"], producer=7, sequence=0, epoch=1) == 5
    with refused(Code.INVALID_PRODUCER_EPOCH):
        append(sealed, [b"old epoch"], producer=7, sequence=5)
    sealed.close()


def test_damaged_batches_are_refused(tmp_path: Path) -> None:
    log = Log(tmp_path, Limits(message_bytes=1_000))
    good = batch([b"a", b"b"])
    flipped = bytearray(good)
    flipped[-1] ^= 1
    for records, code in (
        (bytes(flipped), Code.CORRUPT_MESSAGE),
        (good[:-1], Code.INVALID_RECORD),
        (good + good, Code.INVALID_RECORD),
        (b"", Code.CORRUPT_MESSAGE),
        (b"\0" * 61, Code.CORRUPT_MESSAGE),
        (batch([b"x" * 1_000]), Code.MESSAGE_TOO_LARGE),
    ):
        with refused(code):
            log.append(memoryview(records), NOW_MS)
    assert log.end == 0
    log.close()


def test_every_torn_end_is_cut_and_nothing_else(tmp_path: Path) -> None:
    log = Log(tmp_path / "whole", Limits())
    ends = [0]
    for number in range(3):
        append(log, [b"%d" % number] * 3)
        ends.append(log.size)
    log.close()
    content = next((tmp_path / "whole").glob("*.log")).read_bytes()
    for length in range(0, len(content) + 1, 3):
        folder = tmp_path / str(length)
        folder.mkdir()
        (folder / f"{0:020}.log").write_bytes(content[:length])
        torn = Log(folder, Limits())
        assert torn.durable_end == 3 * sum(end <= length for end in ends[1:])
        assert append(torn, [b"next"]) == torn.end - 1
        torn.close()


def test_damage_that_no_kill_leaves_is_an_error(tmp_path: Path) -> None:
    log = Log(tmp_path, Limits(segment_bytes=200))
    for number in range(10):
        append(log, [b"%d" % number * 50])
    log.close()
    first = min(tmp_path.glob("*.log"))
    first.with_suffix(".summary").unlink()
    os.truncate(first, first.stat().st_size - 1)
    with pytest.raises(Damaged, match=first.name):
        Log(tmp_path, Limits())


def test_a_full_disk_leaves_no_half_batch(tmp_path: Path) -> None:
    code = """
import resource, signal, sys
from pathlib import Path
from test_broker import append, sync
from listeners.broker_log import Limits, Log
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
log = Log(Path(sys.argv[1]), Limits())
for number in range(100):
    try:
        append(log, [b"%d" % number * 500])
    except OSError as error:
        print(number, log.end, error)
        break
sync(log)
"""
    answer = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"},
    )
    number, end, *why = answer.stdout.split()
    assert number == end != "0"
    assert "large" in why
    log = Log(tmp_path, Limits())
    assert log.end == int(end)
    log.close()


def test_retention_by_time_drops_whole_segments(tmp_path: Path) -> None:
    hour = 3_600_000
    log = Log(tmp_path, Limits(retention_ms=24 * hour, segment_ms=2 * hour))
    for number in range(48):
        append(log, [b"%d" % number], now_ms=NOW_MS - (47 - number) * hour)
    # The producer's clock says NOW_MS for all of them: what lies in the future counts as now.
    log.expire(NOW_MS)
    assert 20 <= log.start <= 24
    assert len(list(tmp_path.glob("*.log"))) == len(log.segments) < 16
    with refused(Code.OFFSET_OUT_OF_RANGE):
        log.available(log.start - 1)
    log.expire(NOW_MS + 100 * hour)
    assert log.start == log.end == 48
    log.close()
    again = Log(tmp_path, Limits())
    assert (again.start, again.end) == (48, 48)
    again.close()


def test_retention_by_bytes_bounds_the_disk(tmp_path: Path) -> None:
    log = Log(tmp_path, Limits(retention_bytes=100_000, segment_bytes=10_000))
    for _ in range(100):
        append(log, [b"x" * 5_000])
        log.expire(NOW_MS)
    assert 90_000 < sum(path.stat().st_size for path in tmp_path.glob("*.log")) < 111_000
    assert log.end == 100
    log.close()


def run_with_load(broker: Embedded, connection: Connection, accidents: Callable[[], None]) -> Counter[bytes]:
    """What is in the log after messages were sent during `accidents`, each of them once if all is well."""
    done = threading.Event()
    sent = 0

    def send() -> None:
        nonlocal sent
        with Producer(connection) as producer:
            while not done.is_set():
                for _ in range(200):
                    producer.send("posts", b"key %d" % (sent % 97), b"%d" % sent)
                    sent += 1
                time.sleep(0.01)

    sender = threading.Thread(target=send)
    sender.start()
    try:
        accidents()
    finally:
        done.set()
        sender.join(120)
    assert not sender.is_alive()
    return _read_all(connection, sent)


def _read_all(connection: Connection, sent: int) -> Counter[bytes]:
    consumer = OffsetConsumer(connection, "posts", {})
    assert sum(end for _, end in consumer.bounds().values()) == sent
    seen: Counter[bytes] = Counter()
    newest: dict[bytes | None, int] = {}
    while seen.total() < sent:
        for message in consumer.poll(20, 5_000):
            seen[message.value] += 1
            assert int(message.value) > newest.get(message.key, -1)
            newest[message.key] = int(message.value)
    consumer.close()
    assert seen == Counter(b"%d" % number for number in range(sent))
    return seen


def test_kills_under_load_lose_nothing_and_repeat_nothing(embedded: Embedded, embedded_connection: Connection) -> None:
    chance = random.Random(11)

    def kills() -> None:
        for _ in range(8):
            time.sleep(chance.uniform(0.2, 1.2))
            embedded.kill()
            embedded.start()

    ids = cluster_and_topic_id(embedded_connection, "posts")
    assert run_with_load(embedded, embedded_connection, kills).total() > 2_000
    assert cluster_and_topic_id(embedded_connection, "posts") == ids


def test_a_wiped_log_has_other_ids(embedded: Embedded, embedded_connection: Connection) -> None:
    before = cluster_and_topic_id(embedded_connection, "posts")
    embedded.stop()
    shutil.rmtree(embedded.folder)
    embedded.start()
    create_topics(embedded_connection, 7)
    after = cluster_and_topic_id(embedded_connection, "posts")
    assert before[0] != after[0]
    assert before[1] != after[1]


def test_committed_offsets_survive_a_kill(embedded: Embedded, embedded_connection: Connection) -> None:
    client = Consumer({"bootstrap.servers": embedded.bootstrap, "group.id": "anyone"})
    topic = f"{embedded_connection.prefix}.posts"
    for offset in range(20):
        client.commit(offsets=[TopicPartition(topic, 3, offset)], asynchronous=False)
    embedded.kill()
    with (embedded.folder / "offsets").open("ab") as file:
        file.write(b"0badc0de [torn")
    embedded.start()
    committed = client.committed([TopicPartition(topic, 3), TopicPartition(topic, 4)], timeout=20)
    assert [partition.offset for partition in committed] == [19, -1001]
    client.close()


def test_cursors_are_compacted_and_kept(tmp_path: Path) -> None:
    broker = Embedded(tmp_path / "broker")
    connection = Connection(broker.bootstrap, "test")
    create_topics(connection, 7)
    noise = random.Random(5)
    with Producer(connection) as producer:
        for number in range(600):
            producer.send("cursors", b"source %d" % (number % 5), b"%d " % number + noise.randbytes(10_000))
            if number % 20 == 0:
                producer.flush()
        producer.send("cursors", b"gone", b"soon")
        producer.send("cursors", b"gone", None)
    before = read_compacted(connection, "cursors")
    broker.stop()
    broker.start()  # maintenance comes with each start
    size = _size_until_below(broker.folder, 3_000_000)
    assert size < 3_000_000
    assert read_compacted(connection, "cursors") == before
    assert {value.split(b" ")[0] for value in before.values()} == {b"595", b"596", b"597", b"598", b"599"}
    broker.kill()
    broker.start()
    assert read_compacted(connection, "cursors") == before
    broker.kill()


def _size_until_below(folder: Path, enough: int) -> int:
    patience = time.monotonic() + 30
    while True:
        size = sum(path.stat().st_size for path in folder.rglob("*.log"))
        if size < enough or time.monotonic() > patience:
            return size
        time.sleep(0.2)


def test_a_retention_that_passes_a_reader_is_a_mismatch(tmp_path: Path) -> None:
    broker = Embedded(tmp_path / "broker")
    connection = Connection(broker.bootstrap, "test")
    create_topics(connection, 1 / 86_400)
    with Producer(connection) as producer:
        for number in range(10):
            producer.send("posts", None, b"%d" % number, partition=0)
    time.sleep(1.2)
    broker.stop()
    broker.start()
    time.sleep(1)
    with pytest.raises(OffsetMismatch, match="messages are missing") as caught:
        OffsetConsumer(connection, "posts", {0: 5})
    assert (caught.value.start, caught.value.end) == (10, 10)
    broker.kill()


def _talk(port: int, content: bytes) -> bytes:
    """What the broker answers before it closes the connection, or within a second."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
        client.sendall(content)
        client.settimeout(1)
        answer = b""
        try:
            while piece := client.recv(65536):
                answer += piece
        except (TimeoutError, ConnectionResetError):
            pass
        return answer


def test_garbage_closes_its_own_connection_only(embedded: Embedded, embedded_connection: Connection) -> None:
    noise = random.Random(13)
    good = ApiVersionsRequest[3](client_software_name="a", client_software_version="1")
    good.with_header(correlation_id=5)
    frame = bytes(good.encode(header=True, framed=True))
    produce = struct.pack(">ihhih", 100, 0, 8, 1, -1)
    for content in (
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"\xff\xff\xff\xff",
        b"\x00\x00\x00\x00",
        struct.pack(">i", 2**31 - 1),
        struct.pack(">ihhih", 10, 999, 0, 1, -1),
        struct.pack(">ihhih", 10, 3, 99, 1, -1),
        produce + noise.randbytes(90),
        *(frame[:4] + noise.randbytes(len(frame) - 4) for _ in range(20)),
        *(struct.pack(">ihhih", 110, key, 2, 1, -1) + noise.randbytes(100) for key in range(25)),
    ):
        threading.Thread(target=_talk, args=(embedded.port, content)).start()
    answer = _talk(embedded.port, frame)
    decoded = ApiVersionsResponse.decode(answer[8:], version=3)
    assert {api.api_key for api in decoded.api_keys} >= {0, 1, 3, 11}
    with Producer(embedded_connection) as producer:
        producer.send("posts", b"key", b"still here")
    assert embedded.process.poll() is None


def test_a_newer_client_learns_what_is_spoken(embedded: Embedded) -> None:
    answer = _talk(embedded.port, struct.pack(">ihhih", 10, 18, 99, 77, -1))
    assert struct.unpack_from(">ih", answer, 4) == (77, Code.UNSUPPORTED_VERSION)


def test_it_listens_on_loopback_only(embedded: Embedded) -> None:
    listening = f"0100007F:{embedded.port:04X}"
    table = Path("/proc/net/tcp")
    if not table.exists():
        pytest.skip("this system has no /proc/net/tcp")
    local = [line.split()[1] for line in table.read_text().splitlines()[1:] if line.split()[3] == "0A"]
    assert [address for address in local if address.endswith(f":{embedded.port:04X}")] == [listening]


def test_two_brokers_never_share_a_folder(embedded: Embedded) -> None:
    second = subprocess.run(
        [sys.executable, "-m", "listeners.broker", str(embedded.folder)], capture_output=True, text=True, cwd=ROOT
    )
    assert second.returncode == 1
    assert second.stderr.strip() == f"{embedded.folder}: another broker is running here"


def test_it_ends_with_its_parent(tmp_path: Path) -> None:
    parent = subprocess.Popen(["sleep", "60"])
    broker = subprocess.Popen(
        [sys.executable, "-m", "listeners.broker", str(tmp_path), "--with-parent", str(parent.pid)],
        stdout=subprocess.PIPE,
        cwd=ROOT,
    )
    assert broker.stdout is not None
    with broker.stdout as lines:
        assert lines.readline().startswith(b'{"port": ')
    assert broker.poll() is None
    parent.kill()
    parent.wait()
    assert broker.wait(10) == 0


def test_an_interrupt_ends_it_too(embedded: Embedded) -> None:
    embedded.process.send_signal(signal.SIGINT)
    assert embedded.process.wait(10) == 0
    embedded.start()


@pytest.mark.parametrize("codec", ["none", "gzip", "snappy", "lz4", "zstd"])
def test_librdkafka_writes_and_reads_in_every_codec(
    embedded: Embedded, embedded_connection: Connection, codec: str
) -> None:
    topic = f"{embedded_connection.prefix}.posts"
    delivered: Counter[object] = Counter()
    settings = {"bootstrap.servers": embedded.bootstrap, "enable.idempotence": True, "compression.type": codec}
    producer = RdKafkaProducer({**settings, "linger.ms": 20})
    for number in range(5_000):
        producer.produce(
            topic, b"%d" % number, b"%d" % (number % 50), on_delivery=lambda error, _: delivered.update([error])
        )
        producer.poll(0)
    assert producer.flush(30) == 0
    assert delivered == {None: 5_000}
    assert _codecs(embedded.folder) == {("none", "gzip", "snappy", "lz4", "zstd").index(codec)}
    consumer = Consumer({"bootstrap.servers": embedded.bootstrap, "group.id": "rd", "auto.offset.reset": "earliest"})
    consumer.subscribe([topic])
    values: list[int] = []
    patience = time.monotonic() + 30
    while len(values) < 5_000 and time.monotonic() < patience:
        for message in consumer.consume(1_000, 0.5):
            assert message.error() is None
            values.append(int(message.value() or b""))
    consumer.commit(asynchronous=False)
    consumer.close()
    assert sorted(values) == list(range(5_000))


def _codecs(folder: Path) -> set[int]:
    """The codecs of the batches at the beginnings of logs."""
    return {path.read_bytes()[22] & 7 for path in folder.rglob("*.log") if path.stat().st_size}


def test_librdkafka_consumers_share_and_take_over(embedded: Embedded, embedded_connection: Connection) -> None:
    topic = f"{embedded_connection.prefix}.posts"
    settings = {"bootstrap.servers": embedded.bootstrap, "group.id": "rd", "auto.offset.reset": "earliest"}
    pair = [Consumer({**settings, "session.timeout.ms": 6_000}) for _ in range(2)]
    for consumer in pair:
        consumer.subscribe([topic])
    assert _assigned(pair) == [6, 6]
    pair.pop().close()
    assert _assigned(pair) == [12]
    pair[0].close()


def _assigned(consumers: list[Consumer]) -> list[int]:
    """How many partitions each has, once they have all of them."""
    patience = time.monotonic() + 30
    while True:
        for consumer in consumers:
            consumer.poll(0.1)
        counts = [len(consumer.assignment()) for consumer in consumers]
        if (sum(counts) == 12 and min(counts) > 0) or time.monotonic() > patience:
            return counts
