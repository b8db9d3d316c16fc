"""The knowledge of claims: `nlp/words.toml` and `nlp/claims/<family>.toml`, decoded and checked. Code only matches.

`words.toml` names lists of words that phrases share, each a word or several (`"clot shot"`):

    [lists]
    vaccine = ["vaccine", "vax", "clot shot"]

A family's file has `family = "…"` and one `[[claim]]` per claim, with the fields of `Claim` below.
**A phrase** says when a claim is *in play*; whether the post promotes or debunks it is decided elsewhere, from cues.
So a phrase states the claim plainly (`{vaccine} {cause} autism`): no negation, question or quotation of its own.

Terms stand in order, with at most 5 other words between neighbours, all in one sentence. Case, simple inflection
(`cause` finds causes, caused, causing; `vaccine` finds vaccines), punctuation, emoji, hyphens and leetspeak do not
matter, and a hashtag is read as the words it is made of. A term is one of

    word            that word                       big_pharma   these words side by side
    word*           any word that begins so          =ms          exactly this form, no inflection (one word either)
    {list}          an entry of that list            a|b|{list}   any of these (`{vaccine}_injury` works too)
    not             any negation (not, never, no, can't, doesn't, without …); a phrase that holds `not` asserts the
                    claim by negation (`mask not work`), and that negation is not read as a denial
    !term           not in the sentence, anywhere

`&` between parts: every part in the sentence, in any order (`vitamin_c & {cure} cancer`); `&&`: every part anywhere
in the post, sentence by sentence (`after {vaccine} && stop* talking`).

**Denials** (`denials`, optional) are phrases of the same language that state the *opposite* of the claim, such as
`{vaccine} safe` for "vaccines are harmful": plainly said they debunk it; negated, in an `if … why` or said with irony
they promote it.

**Hashtags** (`hashtags`) are tags, lower-case and without '#', that state the claim by themselves.

**Topics** (`topics`, optional) are ids of `nlp/topics` of which the claim promises a cure, **words** (`words`,
optional, one or several each: `"baking soda"`) what it is about. Where no phrase finds a claim of its family, but the
careful reader hears one in a post that names such a word, or promotes or debunks one beside such a topic, the post gets
this claim.

**Examples** are the claim's tests: `stance` is promotes, debunks, questions, reports, or none where the claim must not
be in play.

**Claims of a user's own** stand on top of these: a folder of such files (or one file), and beside them perhaps a
`words.toml` that adds words to the lists or lists of its own.
"""

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

Stance = Literal["promotes", "debunks", "questions", "reports", "none"]
HERE = Path(__file__).parent
FAMILIES = (
    "vaccine-adverse-effects",
    "vaccine-ingredients",
    "vaccine-dna",
    "vaccine-immune-harm",
    "vaccine-ineffective",
    "vaccine-unnecessary",
    "vaccine-rushed",
    "vaccine-concealment",
    "vaccine-plot",
    "vaccine-liberty",
    "vaccine-religion",
    "vaccine-origin",
    "cancer-cure",
    "chronic-disease-cure",
    "autism-cure",
    "infection-cure-or-denial",
    "detox-and-toxins",
    "medicine-harm",
    "other-health-falsehood",
)


class BadKnowledge(ValueError):
    """A knowledge file is wrong; the message names file, entry and field, and what was expected."""


class Example(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sentence of our own and the stance it must get."""

    text: str
    stance: Stance


class Claim(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One known claim. `harm`: what follows from believing it; `source`: the address that refutes it.

    `family` and `file` are filled in when the claim is read.
    """

    id: str
    kind: Literal["falsifiable", "concern"]
    statement: str
    wrong_because: str
    source: str
    risk: Literal["low", "moderate", "high"]
    harm: str
    reviewer: str
    reviewed: str
    phrases: tuple[str, ...]
    examples: tuple[Example, ...]
    hashtags: tuple[str, ...] = ()
    denials: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    family: str = ""
    file: str = ""


class FamilyFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file of `nlp/claims/`."""

    family: str
    claim: tuple[Claim, ...]


class WordLists(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file `nlp/words.toml`."""

    lists: dict[str, tuple[str, ...]]


T = TypeVar("T")


def load(folder: Path = HERE, own: Path | None = None) -> tuple[WordLists, tuple[Claim, ...]]:
    """Read the word lists and every claim of `folder`, and of a user's `own` files on top, in the order of their ids.

    Raises BadKnowledge.
    """
    words = decode(folder / "words.toml", WordLists)
    paths = sorted((folder / "claims").glob("*.toml"))
    if own is not None:
        words = _with_own(words, own)
        paths += own_files(own)
    claims: dict[str, Claim] = {}
    for path in paths:
        for claim in _family(path):
            if claim.id in claims:
                used = claims[claim.id]
                raise BadKnowledge(f"{path}: claim `{claim.id}`: field `id`: already used in family {used.family}")
            claims[claim.id] = claim
    return words, tuple(claims[claim_id] for claim_id in sorted(claims))


def own_files(own: Path) -> list[Path]:
    """Give the files of claims of a user's own: those of a folder, by name, or the one file."""
    return sorted(path for path in own.glob("*.toml") if path.name != "words.toml") if own.is_dir() else [own]


def own_words(own: Path) -> Path | None:
    """Give the file of words of a user's own, where there is one beside their claims."""
    path = (own if own.is_dir() else own.parent) / "words.toml"
    return path if path.is_file() else None


def _with_own(words: WordLists, own: Path) -> WordLists:
    path = own_words(own)
    if path is None:
        return words
    added = decode(path, WordLists).lists
    return WordLists({name: (*words.lists.get(name, ()), *added.get(name, ())) for name in {**words.lists, **added}})


def decode(path: Path, kind: type[T]) -> T:
    """Read one TOML file of knowledge as `kind`. Raises BadKnowledge naming file, entry and field."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadKnowledge(f"{path}: the file is missing") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadKnowledge(f"{path}: {error}") from None
    try:
        return msgspec.convert(content, kind)
    except msgspec.ValidationError as error:
        raise BadKnowledge(f"{path}: {_entry(content, str(error))}{error}") from None


def _entry(content: dict[str, object], message: str) -> str:
    """Give "claim `id`: " where the error's path names an entry of a list of tables, else nothing."""
    for name, entries in content.items():
        if isinstance(entries, list):
            for place, entry in enumerate(entries):
                if f"$.{name}[{place}]" in message and isinstance(entry, dict):
                    return f"{name} `{entry.get('id', f'number {place + 1}')}`: "
    return ""


def _family(path: Path) -> Iterable[Claim]:
    content = decode(path, FamilyFile)
    if content.family not in FAMILIES:
        raise BadKnowledge(f"{path}: field `family`: expected one of {', '.join(FAMILIES)}, got `{content.family}`")
    for claim in content.claim:
        _check(path, claim)
        yield msgspec.structs.replace(claim, family=content.family, file=str(path))


def _check(path: Path, claim: Claim) -> None:
    place = f"{path}: claim `{claim.id}`: field"
    texts = ("id", "statement", "wrong_because", "source", "harm", "reviewer", "reviewed")
    empty = [f"`{name}`" for name in texts if not getattr(claim, name).strip()]
    if claim.kind == "concern" and "`wrong_because`" in empty:
        empty.remove("`wrong_because`")
    if empty:
        raise BadKnowledge(f"{place} {', '.join(empty)}: expected some text, got none")
    if not claim.phrases and not claim.hashtags:
        raise BadKnowledge(f"{place} `phrases`: expected at least one phrase or hashtag, got none")
    if not claim.examples:
        raise BadKnowledge(f"{place} `examples`: expected at least one, got none")
    if claim.source and not claim.source.startswith("https://"):
        raise BadKnowledge(f"{place} `source`: expected an address that begins with https://, got `{claim.source}`")
