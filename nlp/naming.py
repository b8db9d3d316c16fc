"""Which known claim a post is about, by all its words and by what the careful reader hears. No claim is known here.

`nlp/claim_words.csv` holds how much a word, or two side by side, speaks for each claim; `nlp.fit_claims` makes it, and
that part of the reader. The claims that are not in it are named by phrases, topics and words of their own alone.
"""

import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from nlp.gate import features, read_table

NO_CLAIM = ""
"""Stands among the claims for what is on no list."""
START = ""
"""The word whose weight every post gets."""
COLUMNS = ("claim", "words", "weight")
SHARE_OF_WORDS = 0.5
"""How much the words of a post count; the rest is what the reader hears."""
LEAST_HEARD = 0.001
"""What the reader hardly hears is as unlikely as this, or nothing that words say would count."""
TELLING = 3


class Namer:
    """Tells which claims a post is about; `known`: the ids of those that there are."""

    def __init__(self, path: Path, known: Collection[str]) -> None:
        self._starts: dict[str, float] = {}
        self._weights: dict[str, dict[str, float]] = defaultdict(dict)
        for (claim_id, words), weight in read_table(path, COLUMNS).items():
            if claim_id == NO_CLAIM or claim_id in known:
                self._starts.setdefault(claim_id, 0.0)
                (self._starts if words == START else self._weights[words])[claim_id] = weight

    def named(self, stems: Sequence[str], heard: Mapping[str, float]) -> dict[str, float]:
        """Give the probability of each claim, and of NO_CLAIM: the mean of what the words of a post say and of what the
        reader `heard`, by their logarithms.
        """
        found = self._found(stems)
        scale = math.sqrt(max(1, len(found)))
        sums = dict(self._starts)
        for feature in found:
            for claim_id, weight in self._weights[feature].items():
                sums[claim_id] += weight / scale
        for claim_id, by_words in sums.items():
            by_reader = math.log(max(heard.get(claim_id, 0.0), LEAST_HEARD))
            sums[claim_id] = SHARE_OF_WORDS * by_words + (1 - SHARE_OF_WORDS) * by_reader
        most = max(sums.values(), default=0.0)
        parts = {claim_id: math.exp(each - most) for claim_id, each in sums.items()}
        total = math.fsum(parts.values())
        return {claim_id: part / total for claim_id, part in parts.items()}

    def telling(self, stems: Sequence[str], claim_id: str) -> list[str]:
        """Give the words of a post, as stems, that speak most for a claim."""
        weights = {feature: self._weights[feature].get(claim_id, 0.0) for feature in self._found(stems)}
        return sorted((feature for feature in weights if weights[feature] > 0), key=lambda each: -weights[each])[
            :TELLING
        ]

    def _found(self, stems: Sequence[str]) -> list[str]:
        return sorted(feature for feature in features(stems) if feature in self._weights)
