"""The posts that the benchmarks carry: those of the archive `hashtag_posts_2014`, as an import reads them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from listeners import archive
from listeners.events import PostSeen, encode, key
from listeners.privacy import Pseudonyms, pseudonymise

DATA = Path(__file__).parents[2].parent / "shared" / "data"
ARCHIVE = "hashtag_posts_2014"


def events(archives: Path, count: int) -> Iterator[PostSeen]:
    """Give the first so many distinct posts of the archive, handles replaced."""
    pseudonyms = Pseudonyms(bytes(32), frozenset())
    for event in islice(_distinct(archives), count):
        pseudonymous = pseudonymise(event, pseudonyms)
        assert isinstance(pseudonymous, PostSeen)
        yield pseudonymous


def _distinct(archives: Path) -> Iterator[PostSeen]:
    seen: set[str] = set()
    for row in archive.rows(archives / ARCHIVE, now=datetime.now(UTC), import_id="benchmark"):
        if isinstance(row.event, PostSeen) and row.event.post.text and row.event.post.post_id not in seen:
            seen.add(row.event.post.post_id)
            yield row.event


def messages(archives: Path, count: int) -> list[tuple[bytes, bytes]]:
    """Give the same posts as the stream carries them: key and value."""
    return [(key(event), encode(event)) for event in events(archives, count)]
