"""The texts of the simulated week: `listeners/simulated/*.csv`, read and checked. No clock and no chance here.

`posts_<topic>.csv` hold conversations, row after row. `move` says what a row is: `post` opens a conversation (`copy`:
many accounts post the same words), `more` goes on as its author, `reply` and `quote` are others', `back` is the
opener's answer to the row above it, and `edit` is what the row above became.
`replies.csv` and `quotes.csv` hold what is said under many posts; `to` says under which: a claim, or a situation.
Every row says what it is: role of the author, stance, family, claim. All of it was written for this project.
"""

import csv
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import msgspec

from listeners.events import Link

FOLDER = Path(__file__).parent / "simulated"
MOVES = ("post", "copy", "more", "reply", "back", "quote", "edit")
STANCES = ("promotes", "debunks", "questions", "reports", "none")
ROLES = (
    "clinician",
    "researcher",
    "student",
    "health-organisation",
    "government-or-public-health",
    "patient-or-caregiver",
    "advocate",
    "journalist-or-media",
    "industry",
    "spam-or-bot",
    "other",
)
LISTENED = ("afib", "autism", "bcsm", "breastcancer", "diabetes", "hrs2026", "lupus", "measles")
MOVE_OF_POOL = {"replies": "reply", "quotes": "quote"}
CONCERNS = ("vaccine-liberty", "vaccine-religion", "vaccine-origin")
FAMILIES = (
    "none",
    "vaccine-adverse-effects",
    "vaccine-ingredients",
    "vaccine-dna",
    "vaccine-immune-harm",
    "vaccine-ineffective",
    "vaccine-unnecessary",
    "vaccine-rushed",
    "vaccine-concealment",
    "vaccine-plot",
    *CONCERNS,
    "cancer-cure",
    "chronic-disease-cure",
    "autism-cure",
    "infection-cure-or-denial",
    "detox-and-toxins",
    "medicine-harm",
    "other-health-falsehood",
)

_HASHTAG = re.compile(r"#(\w+)")
_MENTION = re.compile(r"@(\w+)")
_URL = re.compile(r"https?://[^\s)]+")


class BadText(ValueError):
    """A row of a text file is wrong: the message names file, line and field."""


class Entry(msgspec.Struct, frozen=True):
    """One text and what it is. `reach`, 0 to 5, says how far it goes; `when` is a day, a day and time, or a burst.

    `by` names the account that writes it, where it is not just anyone of the role.
    """

    place: str
    move: str
    topic: str
    role: str
    stance: str
    family: str
    claim: str
    text: str
    language: str = "en"
    to: str = ""
    when: str = ""
    reach: int = 1
    alt: str = ""
    by: str = ""

    @property
    def spam(self) -> bool:
        """Whether it sells or bots on about nothing of health."""
        return self.role == "spam-or-bot" and self.family == "none"

    @property
    def false_claim(self) -> bool:
        """Whether it promotes a claim that is falsifiable and false (a concern is not)."""
        return self.stance == "promotes" and self.family not in CONCERNS


class Marks(msgspec.Struct, frozen=True):
    """What stands in a text: hashtags (lower-case), mentions, links."""

    hashtags: tuple[str, ...]
    mentions: tuple[str, ...]
    links: tuple[Link, ...]


@cache
def conversations() -> tuple[tuple[Entry, ...], ...]:
    """Give every conversation of the post files, in their order; the first entry opens it."""
    found: list[list[Entry]] = []
    for path in sorted(FOLDER.glob("posts_*.csv")):
        for entry in _entries(path, path.stem.removeprefix("posts_")):
            if entry.move in ("post", "copy"):
                _require("text", entry.place, LISTENED, *marks(entry.text).hashtags)
                found.append([entry])
            elif not found or entry.place.split(":")[0] != found[-1][0].place.split(":")[0]:
                raise BadText(f"{entry.place}: field `move`: `{entry.move}` needs a post above it")
            else:
                found[-1].append(entry)
    return tuple(tuple(rows) for rows in found)


@cache
def pool(name: str) -> dict[str, tuple[Entry, ...]]:
    """Give the entries of `replies` or `quotes` by what they suit."""
    suited: dict[str, list[Entry]] = {}
    for entry in _entries(FOLDER / f"{name}.csv", name):
        suited.setdefault(entry.to, []).append(entry)
    return {to: tuple(entries) for to, entries in suited.items()}


def entries() -> Iterator[Entry]:
    """Give every entry there is, for review."""
    for conversation in conversations():
        yield from conversation
    for name in ("replies", "quotes"):
        for suited in pool(name).values():
            yield from suited


def marks(text: str) -> Marks:
    """Give what stands in `text`; links with the title and description that `links.csv` has for them."""
    plain = _URL.sub(" ", text)
    return Marks(
        hashtags=tuple(dict.fromkeys(tag.lower() for tag in _HASHTAG.findall(plain))),
        mentions=tuple(dict.fromkeys(_MENTION.findall(plain))),
        links=tuple(_links().get(url, Link(url)) for url in _URL.findall(text)),
    )


@cache
def _links() -> dict[str, Link]:
    return {
        row["url"]: Link(row["url"], row["url"], row["title"], row["description"] or None)
        for _, row in rows(FOLDER / "links.csv")
    }


def rows(path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Give (file:line, row) of a text file; columns that a row leaves out are empty."""
    with path.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines, restval="")
        for row in reader:
            place = f"listeners/simulated/{path.name}:{reader.line_num}"
            if None in row:
                raise BadText(f"{place}: more fields than the header has: is a text with a comma unquoted?")
            yield place, row


def _entries(path: Path, topic: str) -> Iterator[Entry]:
    for place, row in rows(path):
        given = {field: value for field, value in row.items() if value}
        entry = msgspec.convert(
            {"place": place, "topic": topic, "move": MOVE_OF_POOL.get(topic, ""), "claim": "", **given},
            Entry,
            strict=False,
        )
        _require("stance", place, STANCES, entry.stance)
        _require("role", place, ROLES, entry.role)
        _require("move", place, MOVES, entry.move)
        _require("family", place, FAMILIES, entry.family)
        yield entry


def _require(field: str, place: str, expected: tuple[str, ...], *given: str) -> None:
    if not any(value in expected for value in given):
        raise BadText(f"{place}: field `{field}`: expected one of {', '.join(expected)}, got `{' '.join(given)}`")
