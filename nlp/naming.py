"""Which known claim a post is about where no phrase finds one, by all its words. No claim is known here.

`nlp/claim_words.csv` holds how much a word, or two side by side, speaks for each claim; `nlp.fit_claims` makes it. The
claims that are not in it are named by phrases, topics and words of their own alone.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

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


class Named(NamedTuple):
    """A claim with its probability among all known ones and none, and the words that speak most for it, as stems."""

    claim_id: str
    probability: float
    words: tuple[str, ...]


class Namer:
    """Tells by its words which claim a post is likeliest about; `families`: the claims by id, with their families."""

    def __init__(self, path: Path, families: Mapping[str, str]) -> None:
        self._families = families
        self._starts: dict[str, float] = {}
        self._weights: dict[str, dict[str, float]] = defaultdict(dict)
        for (claim_id, words), weight in read_table(path, COLUMNS).items():
            if claim_id == NO_CLAIM or claim_id in families:
                self._starts.setdefault(claim_id, 0.0)
                (self._starts if words == START else self._weights[words])[claim_id] = weight

    def likeliest(self, stems: Sequence[str], themes: Mapping[str, float]) -> Named | None:
        """Give the likeliest claim of a post by its words and the families that it is about; None where it is none."""
        found = sorted(feature for feature in features(stems) if feature in self._weights)
        scale = math.sqrt(max(1, len(found)))
        sums = dict(self._starts)
        for feature in found:
            for claim_id, weight in self._weights[feature].items():
                sums[claim_id] += weight / scale
        highest = max(themes.values())
        for claim_id in sums:
            theme = highest if claim_id == NO_CLAIM else themes[self._families[claim_id]]
            sums[claim_id] += SHARE_OF_THEMES * math.log(max(theme, LEAST_THEME))
        best = max(sums, key=lambda claim_id: sums[claim_id], default=NO_CLAIM)
        if best == NO_CLAIM:
            return None
        probability = 1 / math.fsum(math.exp(each - sums[best]) for each in sums.values())
        speaking = [feature for feature in found if self._weights[feature].get(best, 0.0) > 0]
        speaking.sort(key=lambda feature: -self._weights[feature][best])
        return Named(best, probability, tuple(speaking[:TELLING]))
