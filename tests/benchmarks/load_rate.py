"""How fast decoded batches of the stream become committed rows: `python tests/benchmarks/load_rate.py [batches]`.

Invented posts of the size of real ones, with topics, claims, identities and counts, in batches of 5,000 on one thread;
then a tenth repeated, and a batch of posts scattered over all that stands. No broker takes part.
"""

import random
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from listeners.events import Collected, Counts, Identity, Link, Post, PostSeen
from nlp.tags import ClaimMention, Span, Tags, TopicMention
from warehouse import tagged
from warehouse.database import StreamId, Warehouse, open_warehouse
from warehouse.load import load
from warehouse.publish import publish
from warehouse.rows import Incoming

BATCH = 5000
PARTITIONS = 12
BEGAN = datetime(2026, 3, 1, tzinfo=UTC)
WORDS = [
    "afib",
    "stroke",
    "heart",
    "doctor",
    "patient",
    "trial",
    "study",
    "shows",
    "people",
    "diabetes",
    "should",
    "talk",
    "today",
    "meeting",
    "great",
    "session",
]


class Feed:
    """Loads messages, and says how long that took, in wall and in processor seconds."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.warehouse = warehouse
        self.next = [0] * PARTITIONS

    def load(self, values: list[bytes]) -> tuple[float, float]:
        messages = []
        for number, value in enumerate(values):
            partition = number % PARTITIONS
            messages.append(Incoming(partition, self.next[partition], value))
            self.next[partition] += 1
        wall, processor = time.perf_counter(), time.process_time()
        load(self.warehouse, messages, StreamId("benchmark", "benchmark"), BEGAN)
        return time.perf_counter() - wall, time.process_time() - processor


def message(number: int, chance: random.Random) -> bytes:
    """Give one tagged post."""
    written = BEGAN + timedelta(seconds=7 * number, milliseconds=chance.randrange(1000))
    post_id = str((int(written.timestamp() * 1000) - 1_288_834_974_657 << 22) | chance.randrange(1 << 22))
    author = f"u{chance.randrange(20_000):016x}"
    text = "#afib " + " ".join(chance.choices(WORDS, k=14)) + " https://t.test/abcdef"
    post = Post(
        platform="x",
        post_id=post_id,
        created_at=written,
        text=text,
        language="en",
        author=author,
        links=(Link("https://t.test/abcdef", resolved="https://www.example.org/a/b"),),
        hashtags=("afib",),
        counts=Counts(likes=chance.randrange(9), reposts=2) if chance.random() < 0.5 else None,
    )
    identity = Identity(
        author=author, alias=f"h{author[1:]}", author_id=author, handle=author, name="N N", bio="MD, views mine"
    )
    seen = PostSeen(post, Collected("archive", "import", "#afib", "20260301-a"), written, identity)
    return tagged.encode(tagged.Tagged(event=seen, origin=tagged.Origin(0, number), tags=tags(chance)))


def tags(chance: random.Random) -> Tags:
    """Give what a tagger may say: one or two topics, a claim in three posts of a hundred."""
    span = Span(start=1, end=5, text="afib")
    topics = tuple(
        TopicMention(f"DOID:{chance.randrange(2000)}", "atrial fibrillation", "disease", span)
        for _ in range(chance.choice((0, 1, 1, 2, 3)))
    )
    claim = ClaimMention("garlic-cures-afib", "chronic-disease-cure", "falsifiable", "promotes", 0.8, (span,), (span,))
    claims = (claim,) if chance.random() < 0.03 else ()
    fingerprint = chance.randrange(1 << 63)
    return Tags(bool(claims), 0.1, "en", "clinician", topics, claims, fingerprint, "2026.1", "m1")


def main(batches: int) -> None:
    """Load, repeat, scatter and publish, and print a line for each."""
    chance = random.Random(7)
    kept: list[bytes] = []
    with tempfile.TemporaryDirectory() as home, open_warehouse(Path(home), BEGAN, threads=1) as warehouse:
        feed = Feed(warehouse)
        for number in range(batches):
            values = [message(number * BATCH + place, chance) for place in range(BATCH)]
            report(f"batch {number + 1}", *feed.load(values))
            kept += chance.sample(values, BATCH // batches + 1)
        fresh = [message(batches * BATCH + place, chance) for place in range(BATCH * 9 // 10)]
        report("a tenth repeated", *feed.load(fresh + fresh[: BATCH - len(fresh)]))
        chance.shuffle(kept)
        report("scattered repeats", *feed.load(kept[:BATCH]))
        snapshot = publish(warehouse, BEGAN)
        assert snapshot is not None
        print(f"publish: {snapshot.seconds:.2f} s, {snapshot.path.stat().st_size / 1e6:.0f} MB")
    print(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


def report(what: str, wall: float, processor: float) -> None:
    """Print the rate of one batch."""
    print(f"{what}: {BATCH / wall:,.0f} events/s, {BATCH / processor:,.0f} per processor second", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 8)
