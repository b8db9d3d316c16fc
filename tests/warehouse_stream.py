"""Events as tests need them, and a stream that gives each message its partition and offset."""

import atexit
import shutil
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from listeners.events import Collected, Event, Identity, Post, PostSeen, key
from nlp.tags import ClaimMention, Span, Tags, TopicMention
from warehouse import marts, tagged
from warehouse.database import StreamId, Warehouse, open_warehouse
from warehouse.load import Loaded, load
from warehouse.rows import Incoming

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
STREAM = StreamId(cluster_id="cluster-1", topic_id="topic-1")


def at(minutes: float) -> datetime:
    """Give a moment so many minutes after a fixed one."""
    return datetime(2026, 3, 1, 9, 30, tzinfo=UTC) + timedelta(minutes=minutes)


def seen(post_id: str = "1", text: str | None = "#afib is no joke", minutes: float = 0, **known: Any) -> PostSeen:
    """Give a post seen; `known` are fields of the post, or `identity`, `collected`."""
    identity = known.pop("identity", None)
    collected = known.pop("collected", Collected(source="files", method="import", import_id="20260301-a"))
    post = Post(platform=known.pop("platform", "simulated"), post_id=post_id, text=text, **known)
    return PostSeen(post=post, collected=collected, observed_at=at(minutes), identity=identity)


def person(author: str, **known: Any) -> Identity:
    """Give an identity behind a pseudonym."""
    return Identity(author=author, **known)


def tags(
    *claims: ClaimMention,
    topics: tuple[TopicMention, ...] = (),
    rules: str = "2026.1",
    role: str = "other",
    **said: Any,
) -> Tags:
    """Give what a tagger says."""
    signal = any(claim.stance == "promotes" and claim.kind == "falsifiable" for claim in claims)
    fields: dict[str, Any] = {"score": 0.5, "language": "en", "fingerprint": 7, "model": "m1", "signal": signal} | said
    return Tags(role=role, topics=topics, claims=claims, rules=rules, **fields)


def claim(claim_id: str = "garlic-cures-afib", stance: str = "promotes", kind: str = "falsifiable") -> ClaimMention:
    """Give a claim in play."""
    evidence = (Span(start=0, end=5, text="#afib"),)
    return ClaimMention(claim_id, "chronic-disease-cure", kind, stance, 0.9, evidence)


def topic(topic_id: str = "DOID:0060224", start: int = 1, end: int = 5, text: str = "afib") -> TopicMention:
    """Give a topic named in the text."""
    return TopicMention(topic_id, "atrial fibrillation", "disease", Span(start, end, text))


class Feed:
    """A topic `tagged` that hands out offsets, over `partitions` partitions."""

    def __init__(self, warehouse: Warehouse, stream: StreamId = STREAM, partitions: int = 2) -> None:
        self.warehouse = warehouse
        self.stream = stream
        self.partitions = partitions
        self.next: dict[int, int] = {}

    def message(self, value: bytes, partition: int = 0) -> Incoming:
        """Give `value` its place."""
        offset = self.next.get(partition, 0)
        self.next[partition] = offset + 1
        return Incoming(partition, offset, value)

    def messages(self, events: Iterable[Event | tuple[PostSeen, Tags]]) -> list[Incoming]:
        """Give the messages of some events, or of posts with their tags."""
        placed = []
        for spoken in events:
            event, said = spoken if isinstance(spoken, tuple) else (spoken, None)
            partition = sum(key(event)) % self.partitions
            origin = tagged.Origin(partition, self.next.get(partition, 0))
            placed.append(self.message(tagged.encode(tagged.Tagged(event=event, origin=origin, tags=said)), partition))
        return placed

    def load(self, *events: Event | tuple[PostSeen, Tags]) -> Loaded:
        """Load some events as one batch."""
        return load(self.warehouse, self.messages(events), self.stream, NOW)


def fresh(home: Path) -> Feed:
    """Open a new warehouse, with its marts, and a stream into it."""
    shutil.copytree(_template(), home, dirs_exist_ok=True)
    return Feed(open_warehouse(home, NOW))


@cache
def _template() -> Path:
    """Make one empty warehouse for all tests of this process: migrating takes longer than copying."""
    home = Path(tempfile.mkdtemp(prefix="auscult-template-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    with open_warehouse(home, NOW) as warehouse:
        marts.create(warehouse)
    return home


def rows(warehouse: Warehouse, sql: str) -> list[tuple[Any, ...]]:
    """Ask the warehouse itself."""
    return warehouse.connection.execute(sql).fetchall()
