"""X API JSON to rows: v1.1 posts, v2 pages, stream lines and flattened posts; JSON Lines, or one document.

A row is one post of the file's own: of a v2 page, each post in `data`. What came along with it (`includes`, quoted
and reposted posts) is not counted, nor are notices of deletion.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime

import msgspec

from listeners.archive_documents import documents
from listeners.archive_lines import Line, Lines
from listeners.archive_moments import Unreadable, moment
from listeners.archive_rows import Reading, Row
from listeners.archive_table import Refused, x_id
from listeners.archive_v1 import v1_rows
from listeners.events import PostDeleted, PostSeen, Rejected
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


_shape = msgspec.json.Decoder(Shape).decode
_deleted = msgspec.json.Decoder(Deleted).decode
_parts = msgspec.json.Decoder(list[msgspec.Raw]).decode
UNREADABLE = (Refused, msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def json_rows(lines: Lines, reading: Reading) -> Iterator[Row]:
    """Give the rows of a file of JSON: one value a line, or (where the first line is none) values over many lines."""
    for line in documents(lines):
        if line.whole:
            yield from _value_rows(line, reading)
        else:
            yield reading.rejected(line.number, f"longer than {len(line.raw)} bytes; only its start is kept", line.raw)


def _value_rows(line: Line, reading: Reading) -> Iterator[Row]:
    """Give the rows of one value: a list holds several."""
    raw = line.raw.strip()
    if not raw.startswith(b"["):
        yield from _object_rows(raw, line.number, reading)
        return
    try:
        parts = _parts(raw)
    except UNREADABLE as error:
        yield reading.rejected(line.number, _reason(error), raw)
        return
    for part in parts:
        yield from _object_rows(bytes(part), line.number, reading)


def _object_rows(raw: bytes, number: int, reading: Reading) -> Iterator[Row]:
    try:
        yield from _reader(raw, number, reading)()
    except UNREADABLE as error:
        yield reading.rejected(number, _reason(error), raw)


def _reader(raw: bytes, number: int, reading: Reading) -> Callable[[], Iterator[Row]]:
    """Give the reader that fits the shape of an object; raises one of UNREADABLE where none does."""
    shape = _shape(raw)
    if shape.delete:
        return lambda: _deletions(bytes(shape.delete), reading)
    if shape.data or shape.errors or shape.meta:
        return lambda: _v2_rows(raw, number, shape, reading)
    if shape.id_str or shape.user or shape.full_text:
        return lambda: v1_rows(raw, reading)
    if shape.id:
        return lambda: _v2_rows(raw, number, shape, reading)
    raise Refused("expected a post, or a page with `data`; found no `id`")


def _deletions(raw: bytes, reading: Reading) -> Iterator[Row]:
    """Give the deletion that a notice reports."""
    notice = _deleted(raw)
    gone = notice.status or notice.tweet
    if gone is None:
        raise Refused("a notice of deletion without `status` or `tweet`")
    post_id = x_id(str(gone.id_str or gone.id or ""), 2**63 - 1)
    yield Row(False, PostDeleted("x", post_id, reading.now))


def _v2_rows(raw: bytes, number: int, shape: Shape, reading: Reading) -> Iterator[Row]:
    at = _retrieved_at(shape, reading.now)
    read = read_page(raw, reading.collected(), at or reading.now, place=reading.place(number), own_time=at is None)
    if not (read.posts or read.included or read.reported) and shape.errors and not shape.data:
        raise Refused("no post: X reports an error")
    for own in read.posts:
        yield Row(True, _checked(own, reading))
    for other in (*read.included, *read.reported):
        yield Row(False, _checked(other, reading))


def _checked(event: PostSeen | Rejected | PostDeleted, reading: Reading) -> PostSeen | Rejected | PostDeleted:
    """Give the event without the notice that X puts in place of a text withheld in some country."""
    if isinstance(event, Rejected):
        return reading.kept(event, event.raw or b"")
    if isinstance(event, PostSeen) and event.post.text and _WITHHELD.match(event.post.text):
        return msgspec.structs.replace(event, post=msgspec.structs.replace(event.post, text=None))
    return event


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
