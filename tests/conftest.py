"""Fixtures that many tests share: a broker of either kind, and a stream on it that no other test uses."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from brokers import AnyBroker, Apache, Embedded, why_no_apache
from kafka import KafkaAdminClient

from listeners.stream import Connection, create_topics

_PREFIXES = (f"test{number}" for number in itertools.count())


@pytest.fixture(scope="session", params=["embedded", "apache"])
def broker(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AnyBroker]:
    """A running broker of each kind, one for all tests. Who stops it starts it again."""
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "apache" and (reason := why_no_apache()):
        pytest.skip(reason)
    running: AnyBroker = Embedded(folder) if request.param == "embedded" else Apache(folder)
    yield running
    running.kill()


@pytest.fixture
def connection(broker: AnyBroker) -> Iterator[Connection]:
    """A stream with its topics on each kind of broker, under a prefix of its own."""
    connection = _stream(broker)
    yield connection
    # Hundreds of partitions that nobody needs any more would slow the brokers' restarts down.
    with KafkaAdminClient(bootstrap_servers=broker.bootstrap) as admin:
        admin.delete_topics([name for name in admin.list_topics() if name.startswith(f"{connection.prefix}.")])


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[Embedded]:
    """An embedded broker for one test alone."""
    running = Embedded(tmp_path / "broker")
    yield running
    running.kill()


@pytest.fixture
def embedded_connection(embedded: Embedded) -> Connection:
    """A stream with its topics on an embedded broker for one test alone."""
    return _stream(embedded)


def _stream(broker: AnyBroker) -> Connection:
    connection = Connection(broker.bootstrap, next(_PREFIXES))
    create_topics(connection, 7)
    return connection
