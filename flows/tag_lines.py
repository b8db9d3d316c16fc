"""The tagger as a filter: JSON Lines in, JSON Lines out, in the same order. No stream and no warehouse here."""

import json
import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from listeners.archive_text import hashtags
from nlp.tags import ClaimMention, Document, Span, Tags, TopicMention

CHUNK = 1 << 16
BATCH = 500


class Line(msgspec.Struct, frozen=True):
    """What a line may hold. `id` is a string or a whole number; it comes back as a string."""

    id: str | int
    text: str
    name: str | None = None
    bio: str | None = None
    language: str | None = None
    urls: tuple[str, ...] | None = None
    created_at: str | int | float | None = None
    hashtags: tuple[str, ...] | None = None
    link_titles: tuple[str | None, ...] | None = None
    link_descriptions: tuple[str | None, ...] | None = None
    media_alts: tuple[str, ...] | None = None
    platform: str | None = None


class Unread(msgspec.Struct, frozen=True):
    """A line that could not be read: its id where it has one, and why."""

    id: str | None
    error: str


_line = msgspec.json.Decoder(Line)


def lines(source: int) -> Iterator[list[bytes]]:
    """Give the lines of a file descriptor as they come, a few at a time, so that a slow writer is answered at once."""
    rest = b""
    while chunk := os.read(source, CHUNK):
        *whole, rest = (rest + chunk).split(b"\n")
        for start in range(0, len(whole), BATCH):
            yield whole[start : start + BATCH]
    if rest:
        yield [rest]


def read(raw: bytes) -> Line | Unread:
    """Read one line; what cannot be read says why."""
    try:
        return _line.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return Unread(_id(raw), " ".join(str(error).split()))


def _id(raw: bytes) -> str | None:
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    named = found.get("id") if isinstance(found, dict) else None
    return str(named) if isinstance(named, str | int) and not isinstance(named, bool) else None


def answers(raw: Sequence[bytes], tag: Callable[[Sequence[Document]], Sequence[Tags | str]]) -> list[bytes]:
    """Give the answer to each line that is not blank, in order."""
    read_lines = [read(line) for line in raw if line.strip()]
    asked = [line for line in read_lines if isinstance(line, Line)]
    tags = iter(tag([_document(line) for line in asked]))
    return [_encode(_answer(line, next(tags)) if isinstance(line, Line) else line) for line in read_lines]


def _encode(answer: Any) -> bytes:
    return msgspec.json.encode(answer) + b"\n"


def _document(line: Line) -> Document:
    known = hashtags(line.text)
    named = [tag.lstrip("#＃") for tag in line.hashtags or ()]
    tags = " ".join(f"#{tag}" for tag in named if tag.lower() not in known)
    return Document(
        text=line.text,
        name=line.name,
        bio=line.bio,
        language=line.language,
        urls=line.urls or (),
        link_titles=line.link_titles or (),
        link_descriptions=line.link_descriptions or (),
        media_alts=(*(line.media_alts or ()), *((tags,) if tags else ())),
        platform=line.platform,
    )


def _answer(line: Line, tags: Tags | str) -> dict[str, Any] | Unread:
    if isinstance(tags, str):
        return Unread(str(line.id), tags)
    return {"id": str(line.id), **said(tags)}


def said(tags: Tags) -> dict[str, Any]:
    """Give what the tagger said, by the names that `auscult tag` uses."""
    return {
        "signal": tags.signal,
        "score": round(tags.score, 4),
        "role": tags.role,
        "language": tags.language,
        "topics": [_topic(topic) for topic in tags.topics],
        "claims": [_claim(claim) for claim in tags.claims],
        "versions": {"rules": tags.rules, "model": tags.model},
        "subject": tags.subject,
        "credibility": tags.credibility,
        "danger": tags.danger,
    }


def _topic(topic: TopicMention) -> dict[str, Any]:
    return {"id": topic.topic_id, "label": topic.label, "kind": topic.kind, **_span(topic.span)}


def _claim(claim: ClaimMention) -> dict[str, Any]:
    return {
        "claim": claim.claim_id,
        "family": claim.family,
        "kind": claim.kind,
        "stance": claim.stance,
        "score": round(claim.score, 4),
        "evidence": [_span(span) for span in claim.evidence],
        "cues": [_span(span) for span in claim.cues],
    }


def _span(span: Span) -> dict[str, Any]:
    return {"span": [span.start, span.end], "text": span.text, "field": span.field}
