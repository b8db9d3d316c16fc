"""What is known of single words: one form for the inflections of an English word, so that `cause` finds causes, caused
and causing; short words, and abbreviations.

Stems are for comparing, never for showing: both the knowledge and the posts pass through `stem`.
"""

from functools import lru_cache

import msgspec

from nlp.knowledge import HERE, decode


class Inflections(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file `nlp/inflections.toml`."""

    short: frozenset[str]
    abbreviations: frozenset[str]
    forms: dict[str, str]


_KNOWN = decode(HERE / "inflections.toml", Inflections)
SHORT, ABBREVIATIONS, FORMS = _KNOWN.short, _KNOWN.abbreviations, _KNOWN.forms
_VOWELS = frozenset("aeiouy")


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """Give the form under which a lower-case word and its inflections meet. Negations and short words stay."""
    if word.endswith("'s"):
        word = word[:-2]
    if word in FORMS:
        return FORMS[word]
    if len(word) <= 3 or "'" in word or not word.isascii():
        return word
    return _base(_singular(word))


def _singular(word: str) -> str:
    if not word.endswith("s") or word.endswith(("ss", "us", "is", "as", "os")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "zes", "ches", "shes")):
        return word[:-2]
    return word[:-1]


def _base(word: str) -> str:
    for ending in ("ing", "ed"):
        rest = word.removesuffix(ending)
        if rest != word and len(rest) >= 3 and not word.endswith("eed") and not _VOWELS.isdisjoint(rest):
            return _whole(rest)
    return word[:-1] if word.endswith("e") and len(word) > 4 else word


def _whole(rest: str) -> str:
    """Give back what an ending took: `stopp` is stop, `cur` is cure, `caus` stays as `cause` becomes caus."""
    if rest[-1] == rest[-2] and rest[-1] not in "lsz":
        return rest[:-1]
    if len(rest) == 3 and rest[-2] in "aeiou" and rest[-1] not in "aeiouwxy" and rest[0] not in "aeiou":
        return rest + "e"
    if rest.endswith("i"):
        return rest[:-1] + "y"
    return rest[:-1] if rest.endswith("e") and len(rest) > 4 else rest
