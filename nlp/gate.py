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
    return {words: weight for (words,), weight in read_table(path, COLUMNS).items()}


def write_weights(path: Path, weights: Mapping[str, float]) -> None:
    """Write weights as `read_weights` reads them, in the order of the words."""
    write_table(path, COLUMNS, {(words,): weight for words, weight in weights.items()})


def read_table(path: Path, columns: Sequence[str]) -> dict[tuple[str, ...], float]:
    """Read a table of numbers by what stands before them, in its columns but the last. Raises BadKnowledge."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return _numbers(path, columns, file)
    except FileNotFoundError:
        raise BadKnowledge(f"{path}: the file is missing") from None


def write_table(path: Path, columns: Sequence[str], numbers: Mapping[tuple[str, ...], float]) -> None:
    """Write numbers as `read_table` reads them, in the order of what stands before them."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = [(*key, number) for key, number in sorted(numbers.items())]
        csv.writer(file, lineterminator="\n").writerows([columns, *rows])


def _numbers(path: Path, columns: Sequence[str], file: TextIO) -> dict[tuple[str, ...], float]:
    rows = csv.reader(file)
    if tuple(next(rows, ())) != tuple(columns):
        raise BadKnowledge(f"{path}: expected the columns {', '.join(columns)}")
    numbers: dict[tuple[str, ...], float] = {}
    for row in rows:
        *key, number = row or [""]
        if len(row) != len(columns) or tuple(key) in numbers or not _NUMBER.fullmatch(number):
            expected = f"{' and '.join(columns[:-1])} that no line before has, and a number"
            raise BadKnowledge(f"{path}: line {rows.line_num}: expected {expected}, got `{','.join(row)}`")
        numbers[tuple(key)] = float(number)
    return numbers


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
