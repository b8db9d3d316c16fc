"""Tagging against tokenising alone, in one run on the same real posts:

    python tests/benchmarks/tagging_speed.py [POSTS]

prints posts/s of `spacy.blank("en")`, of the first pass (`Tagger.tag` without the careful reader) and the ratio of
their times (the promise: at most 1.35), then what the careful reader costs apart: its share of the posts, and its time
beside tokenising all of them; and the peak memory.
"""

import csv
import gzip
import resource
import sys
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import spacy

from nlp.pipeline import Tagger
from nlp.reader import CarefulReader
from nlp.tags import Document, Tags

ARCHIVE = Path(__file__).parents[2].parent / "shared" / "data" / "hashtag_posts_2014"
BATCH = 1000


def posts() -> Iterator[str]:
    """Give the distinct posts of the archive, in the order of its files."""
    seen = set()
    csv.field_size_limit(2**31)
    for path in sorted(ARCHIVE.glob("*.csv.gz")):
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row["id"] not in seen:
                    seen.add(row["id"])
                    yield row["text"]


def seconds(work: Callable[[list[str]], object], texts: list[str]) -> float:
    """Give the CPU seconds that `work` needs for all texts, batch by batch."""
    started = time.process_time()
    for place in range(0, len(texts), BATCH):
        work(texts[place : place + BATCH])
    return time.process_time() - started


def main(count: int) -> None:
    """Print the comparison."""
    texts = list(islice(posts(), 30_000, 30_000 + count))
    pipe = spacy.blank("en")
    tagger = Tagger(careful=False)

    def tokenise(batch: list[str]) -> None:
        with pipe.memory_zone():
            for _ in pipe.pipe(batch):
                pass

    tags: list[Tags] = []

    def tag(batch: list[str]) -> None:
        tags.extend(tagger.tag([Document(text) for text in batch]))

    tokenise(texts[:BATCH])
    tag(texts[:BATCH])
    tags.clear()
    rest = texts[BATCH:]
    alone, tagged = seconds(tokenise, rest), seconds(tag, rest)
    candidates = [text for text, said in zip(rest, tags, strict=True) if said.candidate]
    reader = CarefulReader()
    read = seconds(lambda batch: reader.read(batch), candidates)
    print(f"posts {len(rest)}, distinct texts {len(set(rest))}")
    print(f"tokenising alone {len(rest) / alone:,.0f} posts/s")
    print(f"tagging          {len(rest) / tagged:,.0f} posts/s")
    print(f"ratio of times   {tagged / alone:.2f}")
    print(f"careful reader   {len(candidates) / len(rest):.1%} of the posts, {len(candidates) / read:,.0f} posts/s")
    print(f"                 {read / alone:.2f} times the time of tokenising all posts")
    print(f"peak memory      {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40_000)
