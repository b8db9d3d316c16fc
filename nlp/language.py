"""The language of a post, cheaply: by its script and its small words, with the platform's word as a prior.

Languages are data (`nlp/languages.toml`). Only those that the knowledge of claims covers get claims; others are marked.
"""

import re
from pathlib import Path

import msgspec

from nlp.knowledge import BadKnowledge, decode

UNKNOWN = "und"
_SCRIPTS = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
)
_FOREIGN = re.compile(r"[\u0370-\u1fff\u3040-\ud7af]")
_PRIOR = 1.5
_ENOUGH = 2.0


class LanguageFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file `nlp/languages.toml`."""

    covered: tuple[str, ...]
    read: tuple[str, ...]
    vocabulary: str
    unsaid: tuple[str, ...]
    renamed: dict[str, str]
    words: dict[str, str]


class Languages:
    """Tells languages apart. `covered`: those in which claims are known; `read`: those that the careful reader reads.

    `vocabulary`: words that speak for the language of nlp/vocabulary.csv in posts too short for small words.
    """

    def __init__(self, path: Path, vocabulary: frozenset[str]) -> None:
        file = decode(path, LanguageFile)
        for field, codes in (("covered", file.covered), ("read", file.read), ("vocabulary", (file.vocabulary,))):
            for code in codes:
                if code not in file.words:
                    raise BadKnowledge(f"{path}: field `{field}`: expected a language of `words`, got `{code}`")
        for code in file.read:
            if code not in file.covered:
                raise BadKnowledge(f"{path}: field `read`: expected a language that is covered, got `{code}`")
        self.covered, self.read = frozenset(file.covered), frozenset(file.read)
        self._small = {code: frozenset(words.split()) for code, words in file.words.items()}
        self._main = file.vocabulary
        self._vocabulary = vocabulary
        self._unsaid, self._renamed = frozenset(file.unsaid), file.renamed

    def of(self, text: str, forms: frozenset[str], said: str | None) -> str:
        """Give the ISO 639-1 code of a post's language, or "und". `said`: what the platform says."""
        if not text.isascii() and len(_FOREIGN.findall(text)) * 3 > sum(map(len, forms)):
            return next((code for code, script in _SCRIPTS if script.search(text)), UNKNOWN)
        small = len(self._small[self._main] & forms)
        if small >= 3 and small * 4 >= len(forms):
            return self._main
        return self._weigh(forms, small, self._known(said))

    def _known(self, said: str | None) -> str | None:
        code = (said or "").split("-")[0].lower()
        return None if not code or code in self._unsaid else self._renamed.get(code, code)

    def _weigh(self, forms: frozenset[str], small: int, said: str | None) -> str:
        scores = {code: float(len(words & forms)) for code, words in self._small.items()}
        known = len(self._vocabulary & forms)
        scores[self._main] += 0.5 * (known - small)
        if said:
            scores[said] = scores.get(said, 0.0) + _PRIOR
        best = max(scores, key=lambda code: (scores[code], code == self._main))
        if scores[best] >= _ENOUGH or (best == said and scores[best] > 0):
            return best
        return self._main if forms and known * 2 >= len(forms) else UNKNOWN
