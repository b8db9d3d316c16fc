"""X API JSON to rows: v1.1 posts, v2 pages, stream lines and flattened posts; JSON Lines, or one document.

A row is one post of the file's own: of a v2 page, each post in `data`. What came along with it (`includes`, quoted
and reposted posts) is not counted, nor are notices of deletion.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from listeners.archive_cells import cell
from listeners.archive_documents import documents
from listeners.archive_ids import Refused, post_id
from listeners.archive_layouts import mapped
from listeners.archive_lines import Line, Lines
from listeners.archive_moments import Unreadable, moment
from listeners.archive_rows import Reading, Row
from listeners.archive_table import Table
from listeners.archive_v1 import v1_rows
from listeners.events import Post, PostDeleted, PostSeen, Rejected
from listeners.snowflake import LARGEST, newest_id
from listeners.x_posts import read_page

_WITHHELD = re.compile(r"@\w+'s account has been withheld in |This (?:Tweet|Post) from @\w+ has been withheld in ")


class Twarc(msgspec.Struct, frozen=True):
    """What the archiving tool twarc adds: when it asked."""

    retrieved_at: str | None = None


class Deleted(msgspec.Struct, frozen=True):
    """Which post is gone: `status` in v1.1, `tweet` in v2."""

    status: "DeletedPost | None" = None
    tweet: "DeletedPost | None" = None


class DeletedPost(msgspec.Struct, frozen=True):
    """The id of a post that is gone."""

    id: int | str | None = None
    id_str: str | None = None


class Shape(msgspec.Struct, frozen=True):
    """The fields by which a line is recognised."""

    data: msgspec.Raw = msgspec.Raw(b"")
    errors: msgspec.Raw = msgspec.Raw(b"")
    meta: msgspec.Raw = msgspec.Raw(b"")
    id: msgspec.Raw = msgspec.Raw(b"")
    id_str: msgspec.Raw = msgspec.Raw(b"")
    user: msgspec.Raw = msgspec.Raw(b"")
    full_text: msgspec.Raw = msgspec.Raw(b"")
    delete: msgspec.Raw = msgspec.Raw(b"")
    twarc: Twarc | None = msgspec.field(name="__twarc", default=None)


_object = msgspec.json.Decoder(dict[str, Any]).decode
_shape = msgspec.json.Decoder(Shape).decode
_deleted = msgspec.json.Decoder(Deleted).decode
_parts = msgspec.json.Decoder(list[msgspec.Raw]).decode
Rows = Callable[[bytes, int, Reading], Iterator[Row]]
UNREADABLE = (Refused, msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def json_rows(lines: Lines, reading: Reading, mapping: Mapping[str, str] | None = None) -> Iterator[Row]:
    """Give the rows of a file of JSON: one value a line, or values over many lines.

    Without a `mapping` they are posts as X gives them; with one, flat objects with these keys.
    """
    rows = _mapped(mapping, reading) if mapping else _x_rows
    for line in documents(lines):
        if line.whole:
            yield from _value_rows(line, reading, rows)
        else:
            yield reading.rejected(line.number, f"longer than {len(line.raw)} bytes; only its start is kept", line.raw)


def _value_rows(line: Line, reading: Reading, rows: Rows) -> Iterator[Row]:
    """Give the rows of one value: a list holds several."""
    raw = line.raw.strip()
    if not raw.startswith(b"["):
        yield from _object_rows(raw, line.number, reading, rows)
        return
    try:
        parts = _parts(raw)
    except UNREADABLE as error:
        yield reading.rejected(line.number, _reason(error), raw)
        return
    for part in parts:
        yield from _object_rows(bytes(part), line.number, reading, rows)


def _object_rows(raw: bytes, number: int, reading: Reading, rows: Rows) -> Iterator[Row]:
    try:
        yield from rows(raw, number, reading)
    except UNREADABLE as error:
        yield reading.rejected(number, _reason(error), raw)


def _x_rows(raw: bytes, number: int, reading: Reading) -> Iterator[Row]:
    """Give the rows of an object by its shape; raises one of UNREADABLE, before any, where it has none of X's."""
    shape = _shape(raw)
    if shape.delete:
        return _deletions(bytes(shape.delete), reading)
    if shape.data or shape.errors or shape.meta:
        return _v2_rows(raw, number, shape, reading)
    if shape.id_str or shape.user or shape.full_text:
        return v1_rows(raw, reading)
    if shape.id:
        return _v2_rows(raw, number, shape, reading)
    raise Refused("expected a post, or a page with `data`; found no `id`")


def _mapped(mapping: Mapping[str, str], reading: Reading) -> Rows:
    """Give the reader of flat objects with the keys that the user names."""
    keys = list(mapping.values())
    table = Table(mapped(mapping), keys, reading)

    def rows(raw: bytes, _: int, __: Reading) -> Iterator[Row]:
        found = _object(raw)
        return table.rows([cell(found.get(key)) for key in keys])

    return rows


def _deletions(raw: bytes, reading: Reading) -> Iterator[Row]:
    """Give the deletion that a notice reports."""
    notice = _deleted(raw)
    gone = notice.status or notice.tweet
    if gone is None:
        raise Refused("a notice of deletion without `status` or `tweet`")
    found = post_id(str(gone.id_str or gone.id or ""), LARGEST)
    yield Row(False, PostDeleted("x", found, reading.now))


def _v2_rows(raw: bytes, number: int, shape: Shape, reading: Reading) -> Iterator[Row]:
    at = _retrieved_at(shape, reading.now)
    read = read_page(raw, reading.collected(), at or reading.now, place=reading.place(number), own_time=at is None)
    if not (read.posts or read.included or read.reported) and shape.errors and not shape.data:
        raise Refused("no post: X reports an error")
    for own in read.posts:
        yield Row(True, _checked(own, reading, number, raw))
    for other in (*read.included, *read.reported):
        yield Row(False, _checked(other, reading, number, raw))


def _checked(
    event: PostSeen | Rejected | PostDeleted, reading: Reading, number: int, raw: bytes
) -> PostSeen | Rejected | PostDeleted:
    """Give the event without the notice that X puts in place of a text withheld in some country."""
    if isinstance(event, Rejected):
        return reading.kept(event, raw)
    if isinstance(event, PostSeen) and _to_come(event.post, reading.now):
        return reading.rejected(number, "a post of the future", raw).event
    if isinstance(event, PostSeen) and event.post.text and _WITHHELD.match(event.post.text):
        return msgspec.structs.replace(event, post=msgspec.structs.replace(event.post, text=None))
    return event


def _to_come(post: Post, now: datetime) -> bool:
    """Say whether X cannot have made this post yet."""
    latest = now + timedelta(days=1)
    return int(post.post_id) > newest_id(latest) or (post.created_at is not None and post.created_at > latest)


def _retrieved_at(shape: Shape, now: datetime) -> datetime | None:
    if shape.twarc is None or shape.twarc.retrieved_at is None:
        return None
    try:
        return moment(shape.twarc.retrieved_at, now).at
    except Unreadable:
        return None


def _reason(error: Exception) -> str:
    """Say in one line why something could not be read."""
    if isinstance(error, RecursionError):
        return "nested too deep"
    return str(error).splitlines()[0][:300] if str(error) else type(error).__name__
