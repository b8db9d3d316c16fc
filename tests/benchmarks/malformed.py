"""Damage messages and files in every way we know, and count: no crash, nothing lost.

    python tests/benchmarks/malformed.py [--cases 6000] [--seed 1]

Each case is a small file in which one row is damaged and its neighbours are whole (or a whole file is damaged). Laws:
nothing raises; both neighbours arrive; every row ends as exactly one post or one `Rejected`; every event can be
pseudonymised, written to the stream and read back.
"""

import argparse
import csv
import gzip
import io
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from listeners import archive
from listeners.events import PostDeleted, PostSeen, Rejected, decode, encode
from listeners.privacy import Pseudonyms, pseudonymise

NOW = datetime(2026, 11, 22, tzinfo=UTC)
PSEUDONYMS = Pseudonyms(bytes(32), frozenset({"who"}))
FIRST, DAMAGED, LAST = "483801670191554560", "483801670191554577", "483820896558534656"
CSV_HEADER = b"id,created_at,author,text,query\n"
TRACKBACK_HEADER = (
    b"hashtags,id,content,retweet_count,description,user_mentions,firstpost_date,trackback_author_nick,"
    b"trackback_permalink\n"
)

HOSTILE: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1.5, 1e308, -1e-7, 10**30, 2**63, 1.23e17, 483801670191554560.0),
    *("", " ", "\0", "a\0b", "1.23E+17", "4,83E+17", "NaN", "١٢٣", "٢٠٢٠-01-01", "x" * 300_000, "\u202e", "\ud800"),
    *("9999-12-31T23:59:59Z", "1601-01-01", "-0001-01-01", "+58231-07-01T00:00:00Z", "Thu Foo 99 99:99:99 +9999 2020"),
    *("0", "-20", "99999999999999999999999", "1" * 5000, "2014-02-30", "1388638800e5", "9" * 400, "02/30/14 25:61"),
    *([], {}, [[]], [{}], [None], {"a": 1}, ["a", 1], {"id": {"id": {}}}, [1e400], "@" * 3000, "#" * 3000, "&" * 3000),
)


class Case(NamedTuple):
    """A file and what it must give: at least these ids, and this many rows (None: unknown)."""

    kind: str
    content: bytes
    ids: frozenset[str]
    rows: int | None


def v1(post_id: str) -> dict[str, Any]:
    """Give a whole post as X API v1.1 has it."""
    user = {"id": 5550001, "id_str": "5550001", "screen_name": "ward_tester", "name": "Ward", "description": "Tests"}
    entities = {"hashtags": [{"text": "Sepsis"}], "user_mentions": [{"screen_name": "who"}], "urls": []}
    words = {"full_text": "Wash your hands #Sepsis @who", "lang": "en", "retweet_count": 3, "favorite_count": 1}
    quoted = {"id_str": "483801670191554000", "id": 1, "user": user, "full_text": "before", "entities": entities}
    return {
        "id_str": post_id,
        "id": int(post_id),
        "created_at": "Tue Jul 01 02:38:01 +0000 2014",
        **words,
        "entities": entities,
        "user": user,
        "quoted_status": quoted,
    }


def v2(post_id: str) -> dict[str, Any]:
    """Give a whole flattened post as X API v2 has it."""
    return {
        "id": post_id,
        "text": "Wash your hands #Sepsis @who",
        "created_at": "2014-07-01T02:38:01.000Z",
        "author_id": "5550001",
        "author": {"id": "5550001", "username": "ward_tester", "name": "Ward"},
        "conversation_id": post_id,
        "entities": {"hashtags": [{"tag": "Sepsis"}], "mentions": [{"username": "who"}], "urls": []},
        "referenced_tweets": [{"type": "replied_to", "id": "483801670191554000"}],
        "edit_history_tweet_ids": [post_id],
        "public_metrics": {"like_count": 1, "retweet_count": 0, "reply_count": 0, "quote_count": 0},
        "attachments": {"media_keys": ["3_1"]},
        "lang": "en",
    }


def page(post_id: str) -> dict[str, Any]:
    """Give a line of the stream as X API v2 has it."""
    post = v2(post_id)
    author = post.pop("author")
    return {"data": post, "includes": {"users": [author], "tweets": [v2("483801670191554000")]}, "matching_rules": []}


def table_row(post_id: str) -> list[str]:
    """Give a row of the plain archive."""
    return [post_id, "2014-07-01T02:38:01.431+00:00", "ward_tester", "Wash, your\nhands #sepsis", "Sepsis"]


def trackback_row(post_id: str) -> list[str]:
    """Give a row of a trackback export."""
    link = f"http://twitter.com/Ward_Tester/status/{post_id}"
    return ["Sepsis~who", post_id, "RT @a: Wash your hands", "3", "Tests", "who", "07/01/14", "ward_tester", link]


def line_of(cells: list[str]) -> bytes:
    """Give the cells as a line of CSV."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(cells)
    return out.getvalue().encode(errors="surrogatepass")


def damaged_value(whole: dict[str, Any], rng: random.Random) -> bytes:
    """Give the object with a hostile value, or nothing, at a random place."""
    target: Any = whole
    while True:
        key = rng.choice(list(target)) if isinstance(target, dict) else rng.randrange(len(target))
        inner = target[key]
        if not (isinstance(inner, dict | list) and inner and rng.random() < 0.6):
            break
        target = inner
    if isinstance(target, dict) and rng.random() < 0.15:
        del target[key]
    else:
        target[key] = rng.choice(HOSTILE)
    return json.dumps(whole).encode()


def damaged_bytes(line: bytes, rng: random.Random) -> bytes:
    """Give the line with some of its bytes gone wrong; it stays one line."""
    at, length = rng.randrange(1, len(line)), rng.randrange(1, 40)
    ways: tuple[Callable[[], bytes], ...] = (
        lambda: line[:at],
        lambda: line[:at] + line[at + length :],
        lambda: line[:at] + bytes([rng.randrange(256)]) + line[at + 1 :],
        lambda: (
            line[:at] + rng.choice([b"\0", b"\xff\xfe", b"\xed\xa0\x80", b"\xc3", b"\\ud800", b'"', b"\r"]) + line[at:]
        ),
        lambda: line[:at] + b"[" * rng.choice([10, 2000, 100_000]) + line[at:],
        lambda: line[:at] + b'{"a":' * rng.choice([10, 2000, 60_000]) + line[at:],
        lambda: line[:at] + b"x" * rng.choice([1000, 2_000_000]) + line[at:],
        lambda: line + line,
        lambda: line[:at] + bytes(rng.randrange(256) for _ in range(length)) + line[at:],
    )
    return rng.choice(ways)().replace(b"\n", b" ")


def json_case(rng: random.Random) -> Case:
    """Give JSON Lines of three posts, one of which is damaged: the first or the second."""
    shape = rng.choice([v1, v2, page])
    if rng.random() < 0.5:
        damaged = damaged_value(shape(DAMAGED), rng)
    else:
        damaged = damaged_bytes(json.dumps(shape(DAMAGED)).encode(), rng)
    lines = [json.dumps(shape(FIRST)).encode(), damaged, json.dumps(shape(LAST)).encode()]
    if damaged[:1] in (b"{", b"[") and rng.random() < 0.3:
        lines[0], lines[1] = lines[1], lines[0]
    return Case(f"json {shape.__name__}", b"\n".join(lines), frozenset({FIRST, LAST}), 2 + rows_of(damaged))


def rows_of(line: bytes) -> int:
    """Give how many rows a line of JSON holds: a page as many as it has posts."""
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return 1 if line.strip() else 0
    posts = value.get("data") if isinstance(value, dict) else None
    return len(posts) if isinstance(posts, list) else 1


def csv_case(rng: random.Random) -> Case:
    """Give a table of three rows, a cell of the second of which is hostile."""
    header, row = rng.choice([(CSV_HEADER, table_row), (TRACKBACK_HEADER, trackback_row)])
    cells = row(DAMAGED)
    cells[rng.randrange(len(cells))] = str(rng.choice(HOSTILE))
    return Case(
        "csv cell", header + line_of(row(FIRST)) + line_of(cells) + line_of(row(LAST)), frozenset({FIRST, LAST}), 3
    )


def csv_bytes_case(rng: random.Random) -> Case:
    """Give a table of three rows, the bytes of the second of which have gone wrong; it is one line."""
    line = line_of([cell.replace("\n", " ") for cell in table_row(DAMAGED)])[:-1]
    damaged = damaged_bytes(line, rng)
    content = CSV_HEADER + line_of(table_row(FIRST)) + damaged + b"\n" + line_of(table_row(LAST))
    return Case("csv bytes", content, frozenset({FIRST, LAST}), 3 if damaged.strip() else 2)


def file_case(rng: random.Random) -> Case:
    """Give a whole file that has gone wrong: cut, flipped, of another encoding, or noise."""
    whole = CSV_HEADER + b"".join(line_of(table_row(str(int(FIRST) + n))) for n in range(200))
    if rng.random() < 0.4:
        whole = b"\n".join(json.dumps(v1(str(int(FIRST) + n))).encode() for n in range(50))
    if rng.random() < 0.2:
        whole = json.dumps([v2(str(int(FIRST) + n)) for n in range(50)], indent=1).encode()
    if rng.random() < 0.4:
        whole = gzip.compress(whole, mtime=0)
    at = rng.randrange(len(whole))
    ways: tuple[Callable[[], bytes], ...] = (
        lambda: whole[:at],
        lambda: whole[at:],
        lambda: bytes(byte if rng.random() > 0.002 else rng.randrange(256) for byte in whole),
        lambda: whole[:at] + rng.randbytes(2000) + whole[at:],
        lambda: rng.randbytes(3000),
        lambda: whole.decode("latin-1").encode(rng.choice(["utf-16", "utf-32", "utf-16-be", "utf-7"])),
        lambda: b"PAR1" + whole,
        lambda: gzip.compress(gzip.compress(whole)),
        lambda: rng.choice([b"", b"\0" * 500, b"\n" * 500, b"{" * 70_000, b"[" * 70_000, b'"' * 999, b",\n" * 99]),
    )
    return Case("file", rng.choice(ways)(), frozenset(), None)


def cases(number: int, seed: int) -> Iterator[Case]:
    """Give so many cases, the same for the same seed."""
    rng = random.Random(seed)
    kinds = (json_case, json_case, json_case, csv_case, csv_case, csv_bytes_case, csv_bytes_case, file_case)
    for n in range(number):
        yield kinds[n % len(kinds)](rng)


def outcome(case: Case, folder: Path) -> Counter[str]:
    """Read one case and count what came of it; raises AssertionError where a law is broken."""
    path = folder / "case"
    path.write_bytes(case.content)
    found: Counter[str] = Counter()
    ids: Counter[str] = Counter()
    for row in archive.rows(folder, now=NOW, import_id="import-1"):
        event = pseudonymise(row.event, PSEUDONYMS)
        assert decode(encode(event)) == event
        if not row.counted:
            continue
        found[type(event).__name__] += 1
        if isinstance(event, Rejected):
            assert event.reason, event
            assert "\n" not in event.reason, event
            assert event.place.startswith("case:"), event
        elif isinstance(event, PostSeen | PostDeleted):
            ids[event.post.post_id if isinstance(event, PostSeen) else event.post_id] += 1
    assert case.ids <= ids.keys(), f"lost: {case.ids - ids.keys()}"
    assert case.rows is None or found.total() == case.rows, f"{found.total()} rows, expected {case.rows}"
    return found


def message_outcome(rng: random.Random) -> str:
    """Damage one event as it travels in the stream, and say what reading it gives."""
    event = next(iter(archive_events()))
    raw = damaged_bytes(encode(event), rng) if rng.random() < 0.5 else damaged_value(json.loads(encode(event)), rng)
    try:
        decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return type(error).__name__
    return "read"


def archive_events() -> Iterator[PostSeen]:
    """Give a whole event to damage."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "one").write_bytes(json.dumps(v1(FIRST)).encode())
        for row in archive.rows(Path(folder), now=NOW, import_id="import-1"):
            if isinstance(row.event, PostSeen):
                yield row.event


def run(number: int, seed: int) -> dict[str, Counter[str]]:
    """Run so many cases, and as many messages of the stream; give the counts by kind. Stops at a broken law."""
    totals: dict[str, Counter[str]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for n, case in enumerate(cases(number, seed)):
            try:
                found = outcome(case, Path(folder))
            except AssertionError as broken:
                broken.add_note(f"case {n} of seed {seed}: {case.kind}, {case.content[:2000]!r}")
                raise
            totals.setdefault(case.kind, Counter())["cases"] += 1
            totals[case.kind].update(found)
    rng = random.Random(seed)
    messages = Counter(message_outcome(rng) for _ in range(number // 4))
    return {**totals, "stream message": Counter({"cases": messages.total(), **messages})}


def main() -> None:
    """Run and print the figures."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--cases", type=int, default=6000)
    arguments.add_argument("--seed", type=int, default=1)
    chosen = arguments.parse_args()
    started = time.monotonic()
    totals = run(chosen.cases, chosen.seed)
    for kind, counts in sorted(totals.items()):
        sys.stdout.write(f"{kind:16} " + "  ".join(f"{name} {count}" for name, count in sorted(counts.items())) + "\n")
    every = sum(counts["cases"] for counts in totals.values())
    seconds = time.monotonic() - started
    sys.stdout.write(f"{every} damaged files and messages in {seconds:.0f} s: no crash, nothing lost\n")


if __name__ == "__main__":
    main()
