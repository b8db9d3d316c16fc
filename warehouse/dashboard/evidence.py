"""A post's text with the words that raised a claim marked in it, as HTML. Nothing of the text can be markup."""

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any, NamedTuple

from warehouse.dashboard.records import Mention

_PSEUDONYM = re.compile(r"\b(u[0-9a-f]{6})[0-9a-f]{10}\b")


class Marked(NamedTuple):
    """Code points [start, end) of the text, and the stance in whose colour they are marked."""

    start: int
    end: int
    stance: str


def marked(text: str, mentions: Iterable[Mention]) -> str:
    """Give the text as HTML with its evidence marked; of two that overlap the first begun wins."""
    parts, at = [], 0
    for start, end, stance in _apart(_spans(mentions, len(text))):
        parts += [_words(text[at:start]), f'<mark class="{stance}">{_words(text[start:end])}</mark>']
        at = end
    return "".join([*parts, _words(text[at:])])


def elsewhere(mentions: Iterable[Mention]) -> list[tuple[str, str]]:
    """Give (field, words) of the evidence that lies outside the text: in a link's title, a picture's description."""
    spans = (span for mention in mentions for span in mention.evidence if _field(span) != "text")
    return sorted({(_field_name(_field(span)), str(span["text"])) for span in spans})


def short_author(author: str | None) -> str:
    """Give a pseudonym short enough to read; the name of a public organisation stays."""
    return "unknown author" if author is None else _PSEUDONYM.sub(r"\1…", author)


def _words(text: str) -> str:
    return _PSEUDONYM.sub(r"\1…", escape(text)).replace("\n", "<br>")


def _spans(mentions: Iterable[Mention], length: int) -> list[Marked]:
    found = {
        Marked(span["start"], min(span["end"], length), mention.stance)
        for mention in mentions
        for span in mention.evidence
        if _field(span) == "text" and 0 <= span["start"] < min(span["end"], length)
    }
    return sorted(found, key=lambda span: (span.start, -span.end, span.stance))


def _apart(spans: Sequence[Marked]) -> list[Marked]:
    apart: list[Marked] = []
    for span in spans:
        last = apart[-1] if apart else Marked(0, 0, "")
        if last.stance == span.stance and span.start <= last.end:
            apart[-1] = last._replace(end=max(last.end, span.end))
        elif max(span.start, last.end) < span.end:
            apart.append(Marked(max(span.start, last.end), span.end, span.stance))
    return apart


def _field(span: Mapping[str, Any]) -> str:
    return str(span.get("field") or "text")


def _field_name(field: str) -> str:
    if field.startswith("alt"):
        return "description of a picture"
    return "title of a link" if field.endswith("title") else "description of a link"
