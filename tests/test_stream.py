"""What the stream promises, the same on the embedded broker and on Apache Kafka."""

import gc
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from brokers import AnyBroker, Apache, Embedded, free_port, why_no_apache
from kafka import KafkaAdminClient, KafkaProducer, TopicPartition
from kafka.admin import ConfigResource

from listeners import stream
from listeners.stream import (
    Connection,
    GroupConsumer,
    Message,
    OffsetConsumer,
    OffsetMismatch,
    Producer,
    Refused,
    Unreachable,
    cluster_and_topic_id,
    create_topics,
    lag,
    move_group,
    partition_for,
    read_compacted,
)

PATIENCE_S = 60

# kafka-python does not always close the socket of an attempt to connect that it gives up; under load it gives some up.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket.socket fd=:ResourceWarning")


@pytest.fixture(autouse=True)
def gathered() -> Iterator[None]:
    """What a test leaves to be collected is collected in it, not in the test of another file."""
    yield
    gc.collect()


def send(connection: Connection, count: int, name: str = "posts", start: int = 0) -> None:
    with Producer(connection) as producer:
        for number in range(start, start + count):
            producer.send(name, b"key %d" % (number % 50), b"%d" % number)


def read(consumer: GroupConsumer | OffsetConsumer, count: int) -> list[Message]:
    """As many messages, or fewer when they do not come."""
    messages: list[Message] = []
    patience = time.monotonic() + PATIENCE_S
    while len(messages) < count and time.monotonic() < patience:
        messages += consumer.poll(0.5, 1000)
    return messages


def wait_until(true: Callable[[], bool]) -> None:
    patience = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < patience
        time.sleep(0.1)


@contextmanager
def reading(connection: Connection, positions: dict[int, int] | None = None) -> Iterator[OffsetConsumer]:
    consumer = OffsetConsumer(connection, "posts", positions or {})
    try:
        yield consumer
    finally:
        consumer.close()


@contextmanager
def sharing(connection: Connection, group: str = "taggers") -> Iterator[GroupConsumer]:
    consumer = GroupConsumer(connection, "posts", group)
    try:
        yield consumer
    finally:
        consumer.close()


def test_a_message_arrives_whole(connection: Connection) -> None:
    with Producer(connection) as producer:
        producer.send("posts", "clé".encode(), b"\x00\xff value", headers=[("kind", b"post"), ("kind", b"")])
        producer.send("posts", None, b"on a partition", partition=7)
    with reading(connection) as consumer:
        keyed, placed = sorted(read(consumer, 2), key=lambda message: message.key is None)
    assert (keyed.topic, keyed.key, keyed.value) == ("posts", "clé".encode(), b"\x00\xff value")
    assert keyed.headers == (("kind", b"post"), ("kind", b""))
    assert keyed.partition == partition_for("clé".encode())
    assert abs(keyed.timestamp_ms / 1000 - time.time()) < 60
    assert (placed.partition, placed.offset, placed.key) == (7, 0, None)


def test_messages_of_a_key_keep_their_order(connection: Connection) -> None:
    send(connection, 5_000)
    with reading(connection) as consumer:
        messages = read(consumer, 5_000)
    by_key: dict[bytes | None, list[int]] = {}
    for message in messages:
        by_key.setdefault(message.key, []).append(int(message.value))
    assert sorted(number for numbers in by_key.values() for number in numbers) == list(range(5_000))
    assert all(numbers == sorted(numbers) for numbers in by_key.values())
    assert all(message.partition == partition_for(message.key or b"") for message in messages)


def test_keys_spread_over_the_partitions_as_in_any_kafka_client() -> None:
    # From the reference values of Kafka's own murmur2: the hash of each, made positive, modulo 12.
    reference = {b"21": -973932308, b"foobar": -790332482, b"a-little-bit-long-string": -985981536}
    assert {key: partition_for(key) for key in reference} == {k: (h & 0x7FFFFFFF) % 12 for k, h in reference.items()}


def test_creating_topics_again_changes_nothing(connection: Connection) -> None:
    send(connection, 10)
    before = cluster_and_topic_id(connection, "posts")
    create_topics(connection, 7)
    assert cluster_and_topic_id(connection, "posts") == before
    with reading(connection) as consumer:
        assert len(read(consumer, 10)) == 10


def test_the_retention_of_topics_that_exist_is_set(connection: Connection, broker: AnyBroker) -> None:
    send(connection, 10)
    create_topics(connection, 1 / 86_400)
    if isinstance(broker, Apache):
        # It drops messages only every five minutes, and a setting that it took is read a moment later.
        wait_until(lambda: retention_of(broker, connection) == "929")
        return
    time.sleep(1.2)
    wait_until(lambda: lag(connection, "posts", "loader") == 0)


def retention_of(broker: AnyBroker, connection: Connection) -> str:
    name = f"{connection.prefix}.posts"
    with KafkaAdminClient(bootstrap_servers=broker.bootstrap) as admin:
        settings = admin.describe_configs([ConfigResource("TOPIC", name)])["topic"][name]
        value: str = settings["retention.ms"]["value"]
        return value


def test_a_topic_with_other_partitions_is_refused(broker: AnyBroker) -> None:
    admin = KafkaAdminClient(bootstrap_servers=broker.bootstrap)
    admin.create_topics({"other.posts": {"num_partitions": 4, "replication_factor": 1}})
    admin.close()
    with pytest.raises(Refused, match=r"topic other\.posts: expected 12 partitions, it has 4"):
        create_topics(Connection(broker.bootstrap, "other"), 7)


def test_topics_that_do_not_exist_are_named_and_never_created(broker: AnyBroker) -> None:
    nowhere = Connection(broker.bootstrap, "nowhere")
    for attempt in (
        lambda: OffsetConsumer(nowhere, "posts", {}),
        lambda: GroupConsumer(nowhere, "posts", "taggers"),
        lambda: cluster_and_topic_id(nowhere, "posts"),
    ):
        with pytest.raises(Refused, match=r"topic nowhere\.posts does not exist"):
            attempt()
    with Producer(nowhere, patience_s=1) as producer, pytest.raises(Unreachable, match=r"nowhere\.posts"):
        producer.send("posts", b"key", b"value")
    assert lag(nowhere, "posts", "taggers") is None


def test_a_topic_can_be_created_after_it_was_missed(broker: AnyBroker) -> None:
    late = Connection(broker.bootstrap, "late")
    with pytest.raises(Refused):
        OffsetConsumer(late, "posts", {})
    create_topics(late, 7)
    send(late, 3)
    with reading(late) as consumer:
        assert len(read(consumer, 3)) == 3


def test_reading_goes_on_where_the_caller_says(connection: Connection) -> None:
    with Producer(connection) as producer:
        for number in range(20):
            producer.send("posts", None, b"%d" % number, partition=3)
    with reading(connection, {3: 15}) as consumer:
        assert [message.value for message in read(consumer, 5)] == [b"15", b"16", b"17", b"18", b"19"]
        assert consumer.bounds()[3] == (0, 20)
        assert consumer.bounds()[4] == (0, 0)


def test_a_position_beyond_the_end_stops(connection: Connection) -> None:
    send(connection, 50)
    with pytest.raises(OffsetMismatch, match="beyond the log's end") as caught:
        OffsetConsumer(connection, "posts", {2: 1_000_000})
    assert (caught.value.partition, caught.value.stored, caught.value.start) == (2, 1_000_000, 0)


def test_a_position_behind_the_start_stops(connection: Connection, broker: AnyBroker) -> None:
    with Producer(connection) as producer:
        for number in range(20):
            producer.send("posts", None, b"%d" % number, partition=3)
    delete_before(broker, connection, 3, 12)
    with pytest.raises(OffsetMismatch, match="messages are missing") as caught:
        OffsetConsumer(connection, "posts", {3: 5})
    assert (caught.value.start, caught.value.end) == (12, 20)
    with reading(connection, {3: 12}) as consumer:
        assert [message.offset for message in read(consumer, 8)] == list(range(12, 20))


def delete_before(broker: AnyBroker, connection: Connection, partition: int, offset: int) -> None:
    admin = KafkaAdminClient(bootstrap_servers=broker.bootstrap)
    admin.delete_records({TopicPartition(f"{connection.prefix}.posts", partition): offset})
    admin.close()


@pytest.mark.parametrize("offset", [3, 1_000_000])
def test_a_group_never_jumps(connection: Connection, broker: AnyBroker, offset: int) -> None:
    send(connection, 500)
    move_group(connection, "posts", "taggers", {2: offset})
    delete_before(broker, connection, 2, 10)
    with sharing(connection) as consumer, pytest.raises(OffsetMismatch) as caught:
        for _ in range(PATIENCE_S):
            consumer.poll(1, 1000)
    assert (caught.value.partition, caught.value.stored, caught.value.start) == (2, offset, 10)
    move_group(connection, "posts", "taggers", {2: 10})
    with sharing(connection) as consumer:
        assert len(read(consumer, 490)) == 490


def test_a_group_goes_on_after_its_last_commit(connection: Connection) -> None:
    send(connection, 1_000)
    with sharing(connection) as consumer:
        committed = read(consumer, 1_000)
        consumer.commit()
        send(connection, 100, start=1_000)
        assert len(read(consumer, 100)) == 100
    assert len(committed) == 1_000
    assert lag(connection, "posts", "taggers") == 100
    with sharing(connection) as consumer:
        assert sorted(int(message.value) for message in read(consumer, 100)) == list(range(1_000, 1_100))


def test_a_commit_covers_only_what_poll_returned(connection: Connection) -> None:
    send(connection, 1_000)
    with sharing(connection) as consumer:
        returned = 0
        while not returned:
            returned = len(consumer.poll(1, 30))
        consumer.commit()
    assert returned <= 30
    assert lag(connection, "posts", "taggers") == 1_000 - returned


def test_the_loader_shows_its_lag(connection: Connection) -> None:
    assert lag(connection, "posts", "loader") == 0
    send(connection, 100)
    assert lag(connection, "posts", "loader") == 100
    with reading(connection) as consumer:
        assert len(read(consumer, 100)) == 100
        consumer.commit("loader")
        assert lag(connection, "posts", "loader") == 0
        send(connection, 7)
        assert lag(connection, "posts", "loader") == 7


class Tagger:
    """A consumer of a group in a process of its own, which commits what it has read and says so."""

    CODE = """
import sys
from listeners.stream import Connection, GroupConsumer
consumer = GroupConsumer(Connection(sys.argv[1], sys.argv[2]), "posts", "taggers")
while True:
    messages = consumer.poll(0.2, 100)
    consumer.commit()
    print(*(f"{m.partition}:{m.value.decode()}" for m in messages), flush=True)
"""

    def __init__(self, connection: Connection) -> None:
        self.read: list[tuple[int, int]] = []
        command = [sys.executable, "-c", self.CODE, connection.bootstrap, connection.prefix]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self._reader = threading.Thread(target=self._listen, daemon=True)
        self._reader.start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            for word in line.split():
                partition, number = word.split(":")
                self.read.append((int(partition), int(number)))

    @property
    def numbers(self) -> set[int]:
        return {number for _, number in self.read}

    @property
    def partitions(self) -> set[int]:
        return {partition for partition, _ in self.read}

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self._reader.join()
        assert self.process.stdout is not None
        self.process.stdout.close()


@contextmanager
def tagging(connection: Connection) -> Iterator[Tagger]:
    tagger = Tagger(connection)
    try:
        yield tagger
    finally:
        tagger.kill()


def test_taggers_share_the_work_and_take_over_a_dead_ones(connection: Connection) -> None:
    sent = 0

    def more() -> None:
        nonlocal sent
        send(connection, 50, start=sent)
        sent += 50

    with tagging(connection) as first, tagging(connection) as second:

        def both_work() -> bool:
            more()
            return bool(first.read) and bool(second.read)

        wait_until(both_work)
        wait_until(lambda: len(first.numbers | second.numbers) == sent)
        second.read.clear()
        first.read.clear()
        more()
        wait_until(lambda: len(first.read) + len(second.read) >= 50)
        assert not first.partitions & second.partitions
        second.kill()
        more()
        wait_until(lambda: len(first.numbers | second.numbers) == 100)
    assert lag(connection, "posts", "taggers") == 0


def test_a_consumer_that_leaves_is_followed_at_once(connection: Connection) -> None:
    with sharing(connection) as first:
        send(connection, 100)
        assert len(read(first, 100)) == 100
        first.commit()
    began = time.monotonic()
    with sharing(connection) as second:
        send(connection, 100, start=100)
        assert len(read(second, 100)) == 100
    assert time.monotonic() - began < 8


def test_a_message_of_a_megabyte_passes(connection: Connection) -> None:
    noise = random.Random(7).randbytes(1024 * 1024)
    with Producer(connection) as producer:
        producer.send("posts", b"noise", noise)
        producer.send("posts", b"largest", b"x" * stream.MESSAGE_BYTES)
        with pytest.raises(Refused, match="at most"):
            producer.send("posts", b"larger", b"x" * (stream.MESSAGE_BYTES + 1))
    with reading(connection) as consumer:
        values = {message.key: message.value for message in read(consumer, 2)}
    assert values == {b"noise": noise, b"largest": b"x" * stream.MESSAGE_BYTES}


@pytest.mark.parametrize("codec", [None, "gzip", "lz4"])
def test_what_other_producers_compress_is_read(connection: Connection, codec: str | None) -> None:
    producer = KafkaProducer(bootstrap_servers=connection.bootstrap, compression_type=codec, linger_ms=50)
    for number in range(500):
        producer.send(f"{connection.prefix}.posts", b"%d" % number)
    producer.close()
    with reading(connection) as consumer:
        assert sorted(int(message.value) for message in read(consumer, 500)) == list(range(500))


def test_the_newest_value_of_each_key_is_kept(connection: Connection) -> None:
    assert read_compacted(connection, "cursors") == {}
    with Producer(connection) as producer:
        for number in range(1_000):
            producer.send("cursors", b"x", b"%d" % number)
            producer.send("cursors", b"bluesky", b"%d" % -number)
        producer.send("cursors", b"spent", b"1")
        producer.send("cursors", b"bluesky", None)
    assert read_compacted(connection, "cursors") == {b"x": b"999", b"spent": b"1"}


def test_a_failure_to_write_is_raised_and_stays(connection: Connection, broker: AnyBroker) -> None:
    producer = Producer(connection)
    producer.send("posts", b"key", b"value")
    producer.flush()
    producer.send("posts", b"key", b"x" * stream.MESSAGE_BYTES, headers=[("much", b"y" * 60_000)])
    producer.flush()
    admin = KafkaAdminClient(bootstrap_servers=broker.bootstrap)
    admin.create_topics({f"{connection.prefix}.small": {"configs": {"max.message.bytes": "1000"}}})
    admin.close()
    producer.send("small", None, random.Random(1).randbytes(2_000), partition=0)
    for attempt in (producer.flush, lambda: producer.send("posts", b"key", b"value"), producer.close):
        with pytest.raises(Refused, match="MessageSizeTooLarge"):
            attempt()


def test_a_broker_that_goes_away_and_comes_back(connection: Connection, broker: AnyBroker) -> None:
    ids = cluster_and_topic_id(connection, "posts")
    send(connection, 200)
    with sharing(connection) as group, reading(connection) as consumer, Producer(connection) as producer:
        assert len(read(consumer, 200)) == 200
        assert len(read(group, 200)) == 200
        group.commit()
        producer.send("posts", b"key 0", b"200")
        producer.flush()
        broker.kill()
        for number in range(201, 300):
            producer.send("posts", b"key %d" % (number % 50), b"%d" % number)
        assert consumer.poll(1, 1000) == []
        broker.start()
        producer.flush()
        assert sorted(int(message.value) for message in read(consumer, 100)) == list(range(200, 300))
        taken = {int(message.value) for message in read(group, 100)}
        group.commit()

        def all_committed() -> bool:
            # A group that had to form anew repeats what it could not commit.
            taken.update(int(message.value) for message in group.poll(0.2, 1000))
            group.commit()
            return lag(connection, "posts", "taggers") == 0

        wait_until(all_committed)
        assert taken == set(range(200, 300))
    assert cluster_and_topic_id(connection, "posts") == ids
    with reading(connection) as consumer:
        assert sorted(int(message.value) for message in read(consumer, 300)) == list(range(300))


def test_no_broker_is_one_clear_line() -> None:
    nobody = Connection(f"127.0.0.1:{free_port()}", "test")
    assert lag(nobody, "posts", "taggers") is None
    with pytest.raises(Unreachable, match=r"no broker answers at 127\.0\.0\.1:\d+") as caught:
        create_topics(nobody, 7)
    assert "\n" not in str(caught.value)


def test_settings_that_cannot_be_are_named() -> None:
    for security, why in (
        (
            {"security_protocol": "SSL", "ssl_cafile": "/nowhere/ca.pem"},
            "setting ssl_cafile: there is no file /nowhere",
        ),
        ({"sasl_mechanisms": "PLAIN"}, "setting sasl_mechanisms"),
    ):
        with pytest.raises(Refused, match=why):
            create_topics(Connection("127.0.0.1:9", "test", security), 7)


@pytest.mark.filterwarnings(
    "ignore:unclosed <ssl.SSLSocket:ResourceWarning"
)  # kafka-python's, after a failed handshake
def test_settings_for_tls_reach_the_client(embedded: Embedded) -> None:
    security = {"security_protocol": "SSL", "ssl_check_hostname": "false"}
    with pytest.raises(Unreachable, match="are the TLS and SASL settings right"):
        create_topics(Connection(embedded.bootstrap, "test", security), 7)
    create_topics(Connection(embedded.bootstrap, "test", {"security_protocol": "PLAINTEXT"}), 7)


SASL = """
listeners=SASL_PLAINTEXT://127.0.0.1:PORT,CONTROLLER://127.0.0.1:CONTROLLER_PORT
advertised.listeners=SASL_PLAINTEXT://127.0.0.1:PORT
listener.security.protocol.map=SASL_PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=SASL_PLAINTEXT
sasl.enabled.mechanisms=PLAIN
sasl.mechanism.inter.broker.protocol=PLAIN
listener.name.sasl_plaintext.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required \
  username="auscult" password="secret" user_auscult="secret";
"""


@pytest.mark.skipif(why_no_apache() is not None, reason=why_no_apache() or "")
def test_a_password_opens_apache_kafka(tmp_path: Path) -> None:
    broker = Apache(tmp_path / "kafka", SASL)
    security = {"security_protocol": "SASL_PLAINTEXT", "sasl_mechanism": "PLAIN", "sasl_plain_username": "auscult"}
    try:
        connection = Connection(broker.bootstrap, "test", {**security, "sasl_plain_password": "secret"})
        create_topics(connection, 7)
        send(connection, 10)
        with sharing(connection) as consumer:
            assert len(read(consumer, 10)) == 10
        with pytest.raises(Unreachable, match="TLS and SASL settings"):
            create_topics(Connection(broker.bootstrap, "test", {**security, "sasl_plain_password": "wrong"}), 7)
    finally:
        broker.kill()
