"""A text with the words marked that mean something: colours in a terminal, brackets where there are none."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from rich.text import Text

from nlp.tags import Span, Tags


class Style(NamedTuple):
    """How one kind of words is shown: a style of a terminal's, and brackets for plain text."""

    colour: str
    opening: str
    closing: str


STYLES: Mapping[str, Style] = {
    "topic": Style("underline", "<", ">"),
    "evidence": Style("bold white on red", "[", "]"),
    "cue": Style("black on yellow", "{", "}"),
}


class Mark(NamedTuple):
    """Words of a text and which kind they are of: topic, evidence or cue."""

    kind: str
    span: Span


def marks(tags: Tags) -> tuple[Mark, ...]:
    """Give all that the tagger pointed at, in the order in which styles are laid over each other.

    Words that lie in others of their kind are marked with those.
    """
    found = [Mark("topic", topic.span) for topic in tags.topics]
    found += [Mark("evidence", span) for claim in tags.claims for span in claim.evidence]
    found += [Mark("cue", span) for claim in tags.claims for span in claim.cues]
    found = list(dict.fromkeys(found))
    return tuple(mark for mark in found if not any(_lies_in(mark, other) for other in found))


def _lies_in(mark: Mark, other: Mark) -> bool:
    inner, outer = mark.span, other.span
    alike = mark != other and mark.kind == other.kind and inner.field == outer.field
    return alike and outer.start <= inner.start and inner.end <= outer.end


def highlighted(text: str, marked: Iterable[Mark], plain: bool) -> Text:
    """Give the text with its marks. In plain text brackets that open together close in reverse."""
    spans = [mark for mark in marked if mark.span.start < mark.span.end]
    if plain:
        return Text(_bracketed(text, spans))
    shown = Text(text)
    for mark in spans:
        shown.stylize(STYLES[mark.kind].colour, mark.span.start, mark.span.end)
    return shown


def _bracketed(text: str, spans: Iterable[Mark]) -> str:
    signs: dict[int, list[tuple[int, int, str]]] = {}
    for kind, span in spans:
        signs.setdefault(span.start, []).append((1, -span.end, STYLES[kind].opening))
        signs.setdefault(span.end, []).append((0, -span.start, STYLES[kind].closing))
    parts, last = [], 0
    for place, found in sorted(signs.items()):
        parts += [text[last:place], *(sign for _, _, sign in sorted(found, key=lambda one: one[:2]))]
        last = place
    return "".join((*parts, text[last:]))


def legend(kinds: Iterable[str], plain: bool) -> Text:
    """Give what the marks mean."""
    shown = Text("marked: ")
    for number, kind in enumerate(kinds):
        style = STYLES[kind]
        shown.append("  " if number else "")
        if plain:
            shown.append(f"{style.opening}{kind}{style.closing}")
        else:
            shown.append(kind, style.colour)
    return shown
