"""What one message of the stream says to each table, as lines of JSON that SQL reads. No database here."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from listeners.events import (
    AuthorRemoved,
    CountsSeen,
    CursorSeen,
    Gap,
    ImportSeen,
    Marker,
    Post,
    PostDeleted,
    PostSeen,
    Rejected,
    Retag,
    Verdict,
    WindowListened,
    rejected,
)
from nlp.tags import Span, Tags
from warehouse import tagged

_X_EPOCH_MS = 1_288_834_974_657
_X_FIRST_SNOWFLAKE = 29_700_859_247
_TID_ALPHABET = "234567abcdefghijklmnopqrstuvwxyz"
_TID_DIGITS = {letter: digit for digit, letter in enumerate(_TID_ALPHABET)}
_LARGEST = 2**63 - 1
_encode = msgspec.json.Encoder().encode

KINDS = {
    Rejected: "dead_letters",
    Gap: "gaps",
    WindowListened: "windows",
    ImportSeen: "imports",
    CursorSeen: "cursors",
    Marker: "markers",
}


class Incoming(NamedTuple):
    """One message of the stream: where it stood, and its bytes."""

    partition: int
    offset: int
    value: bytes


class Line(NamedTuple):
    """One line of JSON for the table named `table`."""

    table: str
    json: str


def id_ms(platform: str, post_id: str) -> int:
    """Give the moment that an id itself states, in milliseconds since 1970; 0 where it states none.

    A pure function of the id: X's snowflakes, and the TIDs of Bluesky (the last part of its address).
    """
    if platform == "x":
        number = int(post_id) if post_id.isascii() and post_id.isdigit() and len(post_id) < 20 else 0
        return (number >> 22) + _X_EPOCH_MS if _X_FIRST_SNOWFLAKE < number <= _LARGEST else 0
    if platform == "bluesky":
        return _tid_ms(post_id.rpartition("/")[2])
    return 0


def lines(message: Incoming, now: datetime) -> list[Line]:
    """Give what `message` says to each table; an unreadable one is a dead letter, named by its partition and offset."""
    try:
        read = tagged.decode(message.value)
        return _lines_of(read)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        return dead_letter(message, f"not a tagged event: {error}", now)
    except Unfit as error:
        return dead_letter(message, str(error), now)


def dead_letter(message: Incoming, reason: str, now: datetime) -> list[Line]:
    """Give the lines that keep `message` as a dead letter."""
    place = f"{message.partition}:{message.offset}"
    return _lines_of_record(rejected("stream", place, reason, message.value, now))


class Unfit(ValueError):
    """A well-formed event with a value that no table can hold."""


def _lines_of(read: tagged.Tagged) -> list[Line]:
    event = read.event
    if isinstance(event, PostSeen):
        return _lines_of_post(event, read.tags)
    if isinstance(event, CountsSeen):
        post = Post(platform=event.platform, post_id=event.post_id, counts=event.counts)
        return [_post_line(post, event.observed_at, None, [], None)]
    if isinstance(event, PostDeleted | AuthorRemoved):
        return [_removal_line(event)]
    if isinstance(event, Retag):
        return _lines_of_retag(event, read.tags)
    if isinstance(event, Verdict):
        return [_verdict_line(event)]
    return _lines_of_record(event)


def _lines_of_post(event: PostSeen, tags: Tags | None) -> list[Line]:
    collected = event.collected
    found = [{"source": collected.source, "method": collected.method, "query": collected.query}]
    post_lines = [_post_line(event.post, event.observed_at, collected.import_id, found, tags)]
    if event.identity is not None and (event.identity.author or event.post.author):
        post_lines.append(_identity_line(event, tags))
    return post_lines


def _post_line(
    post: Post, observed_at: datetime, import_id: str | None, found: list[dict[str, Any]], tags: Tags | None
) -> Line:
    _refuse_unfit(post, tags)
    row: dict[str, Any] = {
        "id_ms": id_ms(post.platform, post.post_id),
        "observed_at": observed_at,
        "first_import": import_id,
        "found": found,
        "post": post,
    }
    if tags is not None and post.text is not None:
        row |= _tagging(post, tags, observed_at)
    return Line("posts", _encode(row).decode())


def _tagging(post: Post, tags: Tags, observed_at: datetime) -> dict[str, Any]:
    said = msgspec.structs.asdict(tags)
    released = {"rules": said.pop("rules"), "model": said.pop("model")}
    return released | {"said": said | {"fields_read": _fields_read(post), "observed_at": observed_at}}


def _lines_of_retag(event: Retag, tags: Tags | None) -> list[Line]:
    if tags is None:
        return []
    post = event.post
    _refuse_unfit(post, tags)
    row = {
        "id_ms": id_ms(post.platform, post.post_id),
        "platform": post.platform,
        "post_id": post.post_id,
        "text_version": event.text_version,
    }
    return [Line("retaggings", _encode(row | _tagging(post, tags, event.observed_at)).decode())]


def _identity_line(event: PostSeen, tags: Tags | None) -> Line:
    identity, post = event.identity, event.post
    assert identity is not None
    role = tags.role if tags is not None and (identity.name or identity.bio) else None
    row = {
        "platform": post.platform,
        "post_id": post.post_id,
        "author": identity.author or post.author,
        "alias": identity.alias if identity.alias != identity.author else None,
        "author_id": identity.author_id,
        "handle": identity.handle,
        "name": identity.name,
        "bio": identity.bio,
        "permalink": identity.permalink,
        "role": role,
        "rules": tags.rules if tags else None,
        "observed_at": event.observed_at,
    }
    return Line("identities", _encode(row).decode())


def _removal_line(event: PostDeleted | AuthorRemoved) -> Line:
    row: dict[str, Any] = {"platform": event.platform, "observed_at": event.observed_at, "reason": event.reason}
    if isinstance(event, PostDeleted):
        row |= {"post_id": event.post_id, "id_ms": id_ms(event.platform, event.post_id)}
    else:
        row["author"] = event.author
    return Line("removals", _encode(row).decode())


def _verdict_line(event: Verdict) -> Line:
    row = msgspec.structs.asdict(event) | {"id_ms": id_ms(event.platform, event.post_id)}
    return Line("verdicts", _encode(row).decode())


def _lines_of_record(event: Rejected | Gap | WindowListened | ImportSeen | CursorSeen | Marker) -> list[Line]:
    text = _encode(event).decode()
    record = [Line(KINDS[type(event)], text)]
    return [*record, Line("dead_letter_bytes", text)] if isinstance(event, Rejected) else record


def _fields_read(post: Post) -> int:
    titles = sum(1 for link in post.links if link.title or link.description)
    return min(titles + len(post.media_alts), 255)


def _refuse_unfit(post: Post, tags: Tags | None) -> None:
    counts = post.counts
    if counts and any(abs(getattr(counts, field) or 0) > _LARGEST for field in counts.__struct_fields__):
        raise Unfit("post.counts: expected numbers below 2^63")
    if tags is None:
        return
    if not 0 <= tags.fingerprint < 2**64:
        raise Unfit("tags.fingerprint: expected a number from 0 to 2^64")
    for topic in tags.topics:
        _refuse_unfit_span(topic.span)
    for claim in tags.claims:
        for span in claim.evidence + claim.cues:
            _refuse_unfit_span(span)


def _refuse_unfit_span(span: Span) -> None:
    if not 0 <= span.start <= span.end < 2**31:
        raise Unfit("tags: expected spans with 0 <= start <= end")


def _tid_ms(tid: str) -> int:
    if len(tid) != 13 or not all(letter in _TID_DIGITS for letter in tid):
        return 0
    number = 0
    for letter in tid:
        number = number << 5 | _TID_DIGITS[letter]
    return (number >> 10) // 1000


def grouped(messages: Sequence[Sequence[Line]]) -> dict[str, list[str]]:
    """Give the lines of many messages by table."""
    tables: dict[str, list[str]] = {}
    for message in messages:
        for line in message:
            tables.setdefault(line.table, []).append(line.json)
    return tables
