"""The gate: which posts are worth the careful reader although no claim was found. Cheap, since every post meets it.

Two keys open it. Phrases (`candidates` in `nlp/cues.toml`) are written by people: words of which false health claims
are made. Weights (`nlp/gate.csv`) are fitted by `nlp.fit_gate`: how much a word, or two side by side, speaks for talk
about health claims, against everyday talk under the same hashtags. Phrases know old claims, weights new wordings. The
second opinion (nlp.careful) weighs words in the same way, with weights of its own.
"""

import csv
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TextIO

from nlp.knowledge import BadKnowledge
from nlp.phrases import Compiler, Phrase, PhraseIndex, Term

INTERCEPT = ""
COLUMNS = ("words", "weight")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def features(stems: Sequence[str]) -> set[str]:
    """Give what is weighed of a post: its words, and each two side by side."""
    found = set(stems)
    found.update(f"{first} {second}" for first, second in pairwise(stems))
    return found


def weighed(weights: Mapping[str, float], stems: Sequence[str]) -> float:
    """Give the sum of the weights of a post's words and pairs, without the intercept."""
    # Summed exactly: the order of a set is another in every process, and a rounded sum hangs on it.
    return math.fsum(weights.get(feature, 0.0) for feature in features(stems))


def read_weights(path: Path) -> dict[str, float]:
    """Read the weights by word; the empty word's, if any, is the intercept. Raises BadKnowledge."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return _weights(path, file)
    except FileNotFoundError:
        raise BadKnowledge(f"{path}: the file is missing") from None


def write_weights(path: Path, weights: Mapping[str, float]) -> None:
    """Write weights as `read_weights` reads them, in the order of the words."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([COLUMNS, *sorted(weights.items())])


def _weights(path: Path, file: TextIO) -> dict[str, float]:
    rows = csv.reader(file)
    if tuple(next(rows, ())) != COLUMNS:
        raise BadKnowledge(f"{path}: expected the columns {', '.join(COLUMNS)}")
    weights: dict[str, float] = {}
    for row in rows:
        words, weight = row if len(row) == 2 else ("", "")
        if words in weights or not _NUMBER.fullmatch(weight):
            expected = "words that no line before has, and a number"
            raise BadKnowledge(f"{path}: line {rows.line_num}: expected {expected}, got `{','.join(row)}`")
        weights[words] = float(weight)
    return weights


class Gate:
    """Tells which posts are worth a careful reader although no claim was found; single words are looked up at once."""

    def __init__(
        self, compiler: Compiler, logs: Mapping[str, float], sources: Iterable[str], weights: Mapping[str, float]
    ) -> None:
        self._weights = weights
        self._needed = -weights.get(INTERCEPT, 0.0)
        words: set[str] = set()
        self._phrases: PhraseIndex[None] = PhraseIndex(logs)
        for source in sources:
            phrase = compiler.phrase(source)
            [part, *others] = phrase.parts
            if not others and len(part.terms) == 1 and not part.forbidden:
                [term] = part.terms
                several = {first: tuple(s for s in found if len(s) > 1) for first, found in term.sequences.items()}
                several = {first: found for first, found in several.items() if found}
                words |= term.needs() - {f for f, found in term.sequences.items() if all(len(s) > 1 for s in found)}
                part = part._replace(terms=(Term(several, frozenset(), (), term.source),))
                phrase = phrase._replace(parts=(part,))
                if not several:
                    continue
            self._phrases.add(phrase, None)
        self._words = frozenset(words)

    def holds(self, keys: frozenset[str]) -> bool:
        """Tell whether a word alone opens the gate."""
        return not self._words.isdisjoint(keys)

    def possible(self, keys: frozenset[str]) -> list[Phrase]:
        """Give the phrases that may open it."""
        return [phrase for phrase, _ in self._phrases.possible(keys)]

    def weighs(self, stems: Sequence[str]) -> bool:
        """Tell whether the words of a post weigh enough to open it."""
        return weighed(self._weights, stems) >= self._needed
