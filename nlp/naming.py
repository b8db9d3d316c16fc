"""Which known claim a post is about, by all its words. No claim is known here.

`nlp/claim_words.csv` holds how much a word, or two side by side, speaks for each claim; `nlp.fit_claims` makes it. The
claims that are not in it are named by phrases, topics and words of their own alone.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from nlp.gate import features, read_table

NO_CLAIM = ""
"""Stands among the claims for what is on no list."""
START = ""
"""The word whose weight every post gets."""
COLUMNS = ("claim", "words", "weight")
SHARE_OF_THEMES = 0.5
"""How much the probabilities of the families count, beside the words."""
LEAST_THEME = 0.01
TELLING = 3


class Namer:
    """Tells by its words which claims a post is about; `families`: the claims by id, with their families."""

    def __init__(self, path: Path, families: Mapping[str, str]) -> None:
        self._families = families
        self._starts: dict[str, float] = {}
        self._weights: dict[str, dict[str, float]] = defaultdict(dict)
        for (claim_id, words), weight in read_table(path, COLUMNS).items():
            if claim_id == NO_CLAIM or claim_id in families:
                self._starts.setdefault(claim_id, 0.0)
                (self._starts if words == START else self._weights[words])[claim_id] = weight

    def spoken(self, stems: Sequence[str]) -> dict[str, float]:
        """Give how much the words of a post speak for each claim, as a share of what they say for the first of them."""
        sums = dict.fromkeys(self._starts, 0.0)
        for feature in self._found(stems):
            for claim_id, weight in self._weights[feature].items():
                sums[claim_id] += weight
        most = max(sums.values(), default=0.0)
        return {claim_id: each / most if most > 0 else 1.0 for claim_id, each in sums.items()}

    def named(self, stems: Sequence[str], themes: Mapping[str, float]) -> dict[str, float]:
        """Give the probability of each claim, and of NO_CLAIM, by the words of a post and the families it is about."""
        found = self._found(stems)
        scale = math.sqrt(max(1, len(found)))
        sums = dict(self._starts)
        for feature in found:
            for claim_id, weight in self._weights[feature].items():
                sums[claim_id] += weight / scale
        highest = max(themes.values())
        for claim_id in sums:
            theme = highest if claim_id == NO_CLAIM else themes[self._families[claim_id]]
            sums[claim_id] += SHARE_OF_THEMES * math.log(max(theme, LEAST_THEME))
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
