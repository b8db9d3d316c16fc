"""How fast a post goes from Kafka to a committed row, beside what spaCy needs for tokenising alone.

    python tests/benchmarks/throughput.py [--posts 60000] [--data ../shared/data] [--brokers embedded,apache]

One run, the same real posts for all: tokenising alone (`spacy.blank("en").pipe`), tagging alone (`Tagger.tag`), and
the whole way: the posts stand in the topic, real taggers tag them, the real loader writes them. The clock of the whole
way runs from the first commit to the last, over the posts between them: processes that start cost nothing, and the
publishing that happens meanwhile is in it. The promise: whole way ÷ tokenising at least 0.5. CPU seconds are those of
the same time. Tokenising is measured before and after, since other work on the machine slows either.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple, TypeVar

import spacy
from processes import cpu_seconds, spent_since
from real_posts import DATA, events, messages

sys.path.insert(0, str(Path(__file__).parents[1]))

from brokers import AnyBroker, Apache, Embedded, why_no_apache

from flows.children import Children, worker
from flows.home import connection, open_home
from flows.loading import Loading
from flows.settings import Settings
from flows.tagging import document
from listeners.stream import Connection, Producer, create_topics
from nlp.pipeline import Tagger
from nlp.tags import Document

T = TypeVar("T")
BATCH = 1000
PATIENCE = 300.0


class Rate(NamedTuple):
    """Posts a second, and the CPU seconds that each process spent on a thousand of them."""

    posts_per_second: float
    cpu: dict[str, float]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=60_000)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--brokers", default="embedded,apache")
    parser.add_argument("--taggers", default="1,2")
    chosen = parser.parse_args()
    alone = [in_a_process(tokenise, chosen.data, chosen.posts)]
    tagging = in_a_process(tag, chosen.data, chosen.posts)
    whole: list[tuple[str, Rate]] = []
    sent = messages(chosen.data, chosen.posts)
    for kind in chosen.brokers.split(","):
        if kind == "apache" and (reason := why_no_apache()):
            print(f"real Kafka skipped: {reason}")
            continue
        for count in (int(number) for number in chosen.taggers.split(",")):
            whole.append((f"whole way, {kind}, {count} tagger(s)", whole_way(kind, sent, count)))
    alone.append(in_a_process(tokenise, chosen.data, chosen.posts))
    tokenising = Rate(sum(rate.posts_per_second for rate in alone) / len(alone), alone[0].cpu)
    print_table(chosen.posts, [("tokenising alone", tokenising), ("tagging alone", tagging), *whole])


def in_a_process(work: Callable[[Path, int], Rate], data: Path, count: int) -> Rate:
    """Measure in a fresh process, which carries nothing of what was measured before."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, data, count).result()


def tokenise(data: Path, count: int) -> Rate:
    """Measure spaCy's tokenising alone."""
    texts = [event.post.text or "" for event in events(data, count)]
    pipe = spacy.blank("en")

    def work(batch: Sequence[str]) -> None:
        with pipe.memory_zone():
            for _ in pipe.pipe(batch):
                pass

    return timed(work, texts)


def tag(data: Path, count: int) -> Rate:
    """Measure the tagger alone."""
    documents = [document(event) for event in events(data, count)]
    pipe = Tagger(careful=False)

    def work(batch: Sequence[Document]) -> None:
        pipe.tag(batch)

    return timed(work, documents)


def timed(work: Callable[[Sequence[T]], None], things: Sequence[T]) -> Rate:
    """Measure `work` over batches; the first warms up and is not counted."""
    work(things[:BATCH])
    before, started = time.process_time(), time.perf_counter()
    for place in range(BATCH, len(things), BATCH):
        work(things[place : place + BATCH])
    counted = max(1, len(things) - BATCH)
    spent = {"this process": (time.process_time() - before) / counted * 1000}
    return Rate(counted / (time.perf_counter() - started), spent)


def whole_way(kind: str, sent: list[tuple[bytes, bytes]], taggers: int) -> Rate:
    """Measure from the topic to committed rows, with so many taggers."""
    with tempfile.TemporaryDirectory() as folder, running(kind, Path(folder) / "broker") as bootstrap:
        home = open_home(Path(folder) / "home")
        config = Settings(home=str(home.path), kafka_bootstrap=bootstrap)
        stream = connection(config, home)
        create_topics(stream, config.retention_days)
        fill(stream, sent)
        children = Children([worker(home, bootstrap, "tag", number) for number in range(taggers)])
        try:
            with Loading(home, config, stream) as loading:
                children.keep()
                return loaded(loading, len(sent))
        finally:
            children.end()


def fill(stream: Connection, sent: list[tuple[bytes, bytes]]) -> None:
    """Put the posts into the topic."""
    with Producer(stream) as producer:
        for key, value in sent:
            producer.send("posts", key, value)


@contextmanager
def running(kind: str, folder: Path) -> Iterator[str]:
    """A broker of that kind; gives its address."""
    broker: AnyBroker = Embedded(folder) if kind == "embedded" else Apache(folder)
    try:
        yield broker.bootstrap
    finally:
        broker.kill()


def loaded(loading: Loading, count: int) -> Rate:
    """Load until all are committed; what the first commit held is not counted."""
    until = time.monotonic() + PATIENCE
    while loading.totals.posts == 0:
        loading.step()
        if time.monotonic() > until:
            raise RuntimeError("no tagger delivered anything")
    first, started, before = loading.totals.posts, time.perf_counter(), cpu_seconds()
    while loading.totals.posts < count:
        loading.step()
        if time.monotonic() > until:
            raise RuntimeError(f"only {loading.totals.posts} of {count} posts arrived in {PATIENCE:.0f} s")
    counted, took, spent = count - first, time.perf_counter() - started, spent_since(before)
    return Rate(counted / took, {name: seconds / counted * 1000 for name, seconds in spent.items()})


def print_table(count: int, rows: list[tuple[str, Rate]]) -> None:
    """Print a line for each way: its rate, its rate beside tokenising alone, and its CPU by process."""
    base = rows[0][1].posts_per_second
    print(f"{count:,} posts of {os.cpu_count()} cores; CPU: seconds for a thousand posts")
    print(f"{'':<34}{'posts/s':>9}{'÷ tokenising':>14}   CPU")
    for label, rate in rows:
        cpu = "  ".join(f"{name} {spent:.2f}" for name, spent in sorted(rate.cpu.items()) if spent >= 0.005)
        print(f"{label:<34}{rate.posts_per_second:>9,.0f}{rate.posts_per_second / base:>14.2f}   {cpu}")


if __name__ == "__main__":
    main()
