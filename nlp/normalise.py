"""A post as words in normal form, each with its place in the original text (code points).

Links and mentions are left out; hashtags are read as the words they are made of; HTML entities, capitals, curly
apostrophes, leetspeak (v@x, v4ccine), hyphens and emoji in between make no difference. Nothing here knows a claim.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from nlp.hashtags import split
from nlp.inflection import stem

# Joins the fields of a document into one text to read; each stays in its place.
FIELD_BREAK = "\x1e"

_TOKEN = re.compile(
    r"(?:https?://|www\.)\S+"
    r"|(?<![\w&])@\w+"
    r"|(?<![\w&])[#＃]\w+"
    r"|&(?:#\d+|#x[0-9a-f]+|[a-z]{2,6});"
    r"|[^\W_]\w*(?:(?:['’`@$*+]|&(?:#39|apos);)\w+)*"
    r"|[\u2600-\u27bf\U0001f300-\U0001faff]",
    re.IGNORECASE,
)
_APOSTROPHES = re.compile(r"[’`]|&(?:#39|apos);")
LEET = str.maketrans({"@": "a", "4": "a", "3": "e", "1": "i", "0": "o", "$": "s", "5": "s", "7": "t", "+": "t"})
_MIXED = re.compile(r"(?=.*[^\W\d_])(?=.*[\d@$*+])", re.DOTALL)


class Words(NamedTuple):
    """The words of a text in order: normal form, stem, place; and its hashtags whole (lower-case), with their place."""

    text: str
    forms: list[str]
    stems: list[str]
    starts: list[int]
    ends: list[int]
    tags: list[tuple[str, int, int]]


class Reader:
    """Reads texts into `Words`.

    `logs`: the vocabulary by log-probability; `slang`: words that leetspeak may hide; `emoji`: those that are words.
    """

    def __init__(self, logs: Mapping[str, float], slang: frozenset[str], emoji: frozenset[str]) -> None:
        self._emoji = emoji
        self._slang = slang
        self._split = lru_cache(maxsize=32768)(lambda tag: tuple(split(tag, logs)))
        self._form = lru_cache(maxsize=65536)(self._normal)

    def read(self, text: str) -> Words:
        """Give the words of one text."""
        words = Words(text, [], [], [], [], [])
        _, forms, stems, starts, ends, tags = words
        for token in _TOKEN.finditer(text):
            raw = token.group()
            first = raw[0]
            start = token.start()
            if first in "#＃":
                tags.append((raw[1:].lower(), start, token.end()))
                for part, left, right in self._split(raw[1:]):
                    forms.append(part)
                    stems.append(stem(part))
                    starts.append(start + 1 + left)
                    ends.append(start + 1 + right)
            elif not first.isalnum():
                if first in self._emoji:
                    forms.append(first)
                    stems.append(first)
                    starts.append(start)
                    ends.append(token.end())
            elif raw[:4] != "http" and "://" not in raw and raw[:4] != "www.":
                form = self._form(raw)
                forms.append(form)
                stems.append(stem(form))
                starts.append(start)
                ends.append(token.end())
        return words

    def _normal(self, raw: str) -> str:
        form = _APOSTROPHES.sub("'", raw).lower()
        if _MIXED.match(form):
            plain = form.translate(LEET)
            for candidate in (plain, *(plain.replace("*", vowel) for vowel in "aeiou" if "*" in plain)):
                if candidate in self._slang or stem(candidate) in self._slang:
                    return candidate
        return form
