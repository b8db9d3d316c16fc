"""Forget posts and authors, purge, and search every file of the home for what they wrote and who they were.

    python tests/benchmarks/forgetting.py [--posts 3000] [--authors 5] [--seed 1]

Plays the simulated week, notes texts that nobody else wrote and the handles, names and bios of some authors (and of
one post's), tags them again, finds them in the files first, since a search that finds nothing proves nothing, then runs
`auscult forget author`, `auscult forget post` and `auscult purge`. Searched are the bytes of each file, the messages of
the broker's log as they read unpacked, and every value of every table of each database. Exit 1 if anything is left.
Words that others repeat in reposts of their own are not looked for: how many such reposts still stand is said at the
end.
"""

import argparse
import json
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import duckdb
from kafka.record import MemoryRecords

sys.path.insert(0, str(Path(__file__).parents[1]))

from homes import asked, end_owner, said

from listeners.events import Post, PostSeen, encode
from listeners.simulated import week

SHORTEST = 12


class Person(NamedTuple):
    """An author to be forgotten, and all that they wrote."""

    handle: str
    posts: tuple[Post, ...]
    needles: tuple[bytes, ...]


def main() -> None:
    """Forget, purge and search."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=3000)
    parser.add_argument("--authors", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--data", type=Path, help="not read: what is forgotten is simulated")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home, claims = Path(folder) / "home", Path(folder) / "claims"
        claims.mkdir()  # another folder of claims is another release, so that every post is tagged again
        try:
            left = forget(home, claims, chosen)
        finally:
            end_owner(home)
    sys.exit(1 if left else 0)


def forget(home: Path, claims: Path, chosen: argparse.Namespace) -> dict[bytes, list[str]]:
    """Play, tag again, forget, purge; print what was found before and what is left, and give the latter."""
    people = forgettable(list(week(chosen.seed, chosen.posts)), chosen.authors + 1)
    said(home, "demo", "--posts", str(chosen.posts), "--seed", str(chosen.seed), "--no-dashboard")
    said(home, "retag", AUSCULT_CLAIMS=str(claims))
    end_owner(home)
    *authors, writer = people
    needles = {needle for person in authors for needle in person.needles}
    needles |= {text for post in writer.posts for text in fragments(post)} & set(writer.needles)
    before = found(home, needles)
    print(f"{len(authors)} authors with {sum(len(person.posts) for person in authors)} posts, and", end=" ")
    print(f"{len(writer.posts)} posts of one who stays: {len(needles)} texts, handles, names and bios")
    report("before", before, needles)
    for person in authors:
        said(home, "forget", "author", f"@{person.handle}", "--platform", "simulated")
    for post in writer.posts:
        said(home, "forget", "post", post.post_id, "--platform", "simulated")
    report("forgotten", found(home, needles), needles)
    said(home, "purge")
    end_owner(home)
    left = found(home, needles)
    report("purged", left, needles)
    gone = [post.post_id for person in people for post in person.posts]
    kept = f"select count(*) as n from posts where list_contains({gone}, repost_of)"
    print(f"reposts by others, whose own words those are not, still stand: {asked(home, kept)[0]['n']}")
    for needle, places in left.items():
        print(f"LEFT: {needle.decode()!r} in {', '.join(places)}")
    return left


def forgettable(events: list[object], count: int) -> list[Person]:
    """Give so many authors, those with most posts among them, with the words that stand nowhere but with them."""
    seen = [event for event in events if isinstance(event, PostSeen) and event.identity and event.identity.handle]
    by_handle: dict[str, list[PostSeen]] = {}
    for event in seen:
        assert event.identity is not None and event.identity.handle is not None
        by_handle.setdefault(event.identity.handle, []).append(event)
    people = []
    for handle, theirs in sorted(by_handle.items(), key=lambda pair: -len(pair[1])):
        others = b"\n".join(encode(event) for event in seen if event not in theirs).lower()
        own = [needle for needle in needles_of(handle, theirs) if needle.lower() not in others]
        if len(own) >= 4 and handle.lower().encode() not in others:
            people.append(Person(handle, tuple({e.post.post_id: e.post for e in theirs}.values()), tuple(own)))
        if len(people) == count:
            break
    return people


def needles_of(handle: str, theirs: Iterable[PostSeen]) -> set[bytes]:
    """Give the words to look for: texts without handles and links, handle, name, bio."""
    needles = {handle.encode()}
    for event in theirs:
        assert event.identity is not None
        needles |= set(fragments(event.post))
        needles |= {part.encode() for part in (event.identity.name, event.identity.bio) if part}
    return needles


def fragments(post: Post) -> list[bytes]:
    """Give the longest run of each text that pseudonyms and JSON leave as it is."""
    runs = re.split(r'@\w+|https?://\S+|["\\\n]', post.text or "")
    longest = max((run.strip() for run in runs), key=len, default="")
    return [longest.encode()] if len(longest) >= SHORTEST else []


def found(home: Path, needles: Iterable[bytes]) -> dict[bytes, list[str]]:
    """Give where each of the needles stands in the home; none where it stands nowhere."""
    places: dict[bytes, list[str]] = {}
    lowered = {needle: needle.lower() for needle in needles}
    for path in sorted(home.rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        for how, content in readings(path):
            for needle, low in lowered.items():
                if low in content:
                    places.setdefault(needle, []).append(f"{path.relative_to(home)} ({how})")
    return places


def readings(path: Path) -> Iterator[tuple[str, bytes]]:
    """Give what a file holds: its bytes, and what they say once unpacked."""
    yield "bytes", path.read_bytes().lower()
    if path.suffix == ".log" and path.stem.isdigit():
        yield "messages", b"\n".join(messages(path.read_bytes())).lower()
    if path.suffix == ".duckdb":
        for table, rows in tables(path):
            yield table, "\n".join(rows).lower().encode()


def messages(segment: bytes) -> Iterator[bytes]:
    """Give keys and values of the messages in a segment of the broker's log."""
    records = MemoryRecords(segment)
    while records.has_next():
        for record in records.next_batch():
            yield (record.key or b"") + b" " + (record.value or b"")


def tables(path: Path) -> Iterator[tuple[str, list[str]]]:
    """Give each table of a database, and its rows as text."""
    with duckdb.connect(str(path), read_only=True) as connection:
        named = connection.sql("select schema_name, table_name from duckdb_tables()").fetchall()
        for schema, table in named:
            rows = connection.sql(f'select * from "{schema}"."{table}"').fetchall()
            yield f"{schema}.{table}", [" ".join(map(_text, row)) for row in rows]


def _text(cell: object) -> str:
    return cell.decode(errors="replace") if isinstance(cell, bytes) else str(cell)


def report(when: str, places: dict[bytes, list[str]], needles: set[bytes]) -> None:
    """Print how many of the needles stand in how many files of which kinds."""
    files = sorted({re.sub(r"[0-9a-f-]{36}/\d+/|\d{12,}", "…", place) for each in places.values() for place in each})
    print(f"{when:<10} {len(places):>4} of {len(needles)} found: {json.dumps(files)}")


if __name__ == "__main__":
    main()
