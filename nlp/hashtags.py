"""Hashtags as the words they are made of: `#FluShot` by its capitals, `#vaccinescauseautism` by a vocabulary.

Splitting keeps lengths, so that every word lies on its place in the tag.
"""

import csv
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from nlp.inflection import SHORT

_HUMPS = re.compile(r"[A-Z]{2,}s?(?![a-z])|[A-Z]?[a-z]+|\d+|[A-Z]+|[^\W\d_]+")
_LONGEST = 18
_UNKNOWN = -13.0
_COMMON = -11.0


def frequencies(path: Path, extra: Iterable[str] = ()) -> dict[str, float]:
    """Give the log-probability of each word of a `word,count` file; `extra` words count as often as a rare one."""
    with path.open(encoding="utf-8", newline="") as file:
        counts = {row["word"]: int(row["count"]) for row in csv.DictReader(file)}
    for word in extra:
        counts[word] = max(counts.get(word, 0), 40)
    total = math.log(sum(counts.values()))
    return {word: math.log(count) - total for word, count in counts.items() if len(word) > 1 or word in SHORT}


def split(tag: str, logs: Mapping[str, float]) -> list[tuple[str, int, int]]:
    """Give the lower-case words of a tag (without '#') and where each lies in it: [start, end)."""
    parts = list(_by_humps(tag, logs))
    if any(word not in logs and word.isalpha() for word, _, _ in parts):
        whole = [(tag[start:end].lower(), start, end) for start, end in _pieces(tag.lower(), logs)]
        if len(whole) > 1:
            return whole
    return parts or [(tag.lower(), 0, len(tag))]


def _by_humps(tag: str, logs: Mapping[str, float]) -> Iterator[tuple[str, int, int]]:
    for hump in _HUMPS.finditer(tag):
        word = hump.group().lower()
        for start, end in _pieces(word, logs):
            yield word[start:end], hump.start() + start, hump.start() + end


def _pieces(word: str, logs: Mapping[str, float]) -> list[tuple[int, int]]:
    """Cut a run-together word where the known words are likeliest; leave it whole where they are not likely enough."""
    if word in logs or len(word) < 5 or len(word) > 60 or not word.isalpha():
        return [(0, len(word))]
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(word) + 1):
        best.append(
            max(
                (best[start][0] + logs.get(word[start:end], _unknown(end - start)), start)
                for start in range(max(0, end - _LONGEST), end)
            )
        )
    cuts, end = [], len(word)
    while end:
        cuts.append((best[end][1], end))
        end = best[end][1]
    known = all(_trusted(word[start:end], logs) for start, end in cuts)
    return cuts[::-1] if known else [(0, len(word))]


def _trusted(piece: str, logs: Mapping[str, float]) -> bool:
    """Tell whether a piece is a word and no chance: words of two letters are few, of three letters common."""
    if len(piece) <= 2:
        return piece in SHORT
    return piece in logs and (len(piece) > 3 or logs[piece] > _COMMON)


def _unknown(length: int) -> float:
    return _UNKNOWN - 3.0 * length
