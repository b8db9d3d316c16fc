"""What the broker keeps, handed to everything that answers a request. No sockets and no codec here."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from listeners.broker_commit import Commits
from listeners.broker_groups import Groups
from listeners.broker_offsets import Offsets
from listeners.broker_topics import Topics

NODE = 1
HOST = "127.0.0.1"


class Store(NamedTuple):
    """All that one broker holds, and the port that it tells clients."""

    topics: Topics
    groups: Groups
    offsets: Offsets
    commits: Commits
    port: int


class Asked(NamedTuple):
    """A decoded request, the class of its answer (whose attributes are the classes of its parts), and who asks."""

    request: Any
    answer: Any
    client: str


def each_partition(
    topics: Iterable[Any], topic_answer: Any, partition_answer: Any, one: Callable[[str, Any, Any], Any]
) -> list[Any]:
    """Answers topic by topic and partition by partition, as most requests are shaped."""
    return [
        topic_answer(name=topic.name, partitions=[one(topic.name, part, partition_answer) for part in topic.partitions])
        for topic in topics
    ]
