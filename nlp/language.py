"""The language of a post, cheaply: by its script and its small words, with the platform's word as a prior.

Languages are data (`nlp/languages.toml`). Only those that the knowledge of claims covers get claims; others are marked.
"""

import re
from pathlib import Path

import msgspec

from nlp.knowledge import decode

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
    unsaid: tuple[str, ...]
    renamed: dict[str, str]
    words: dict[str, str]


class Languages:
    """Tells languages apart. `vocabulary`: words that speak for English in posts too short for small words."""

    def __init__(self, path: Path, vocabulary: frozenset[str]) -> None:
        file = decode(path, LanguageFile)
        self.covered = frozenset(file.covered)
        self._small = {code: frozenset(words.split()) for code, words in file.words.items()}
        self._english = self._small["en"]
        self._vocabulary = vocabulary
        self._unsaid, self._renamed = frozenset(file.unsaid), file.renamed

    def of(self, text: str, forms: frozenset[str], said: str | None) -> str:
        """Give the ISO 639-1 code of a post's language, or "und". `said`: what the platform says."""
        if not text.isascii() and len(_FOREIGN.findall(text)) * 3 > sum(map(len, forms)):
            return next((code for code, script in _SCRIPTS if script.search(text)), UNKNOWN)
        english = len(self._english & forms)
        if english >= 3 and english * 4 >= len(forms):
            return "en"
        return self._weigh(forms, english, self._known(said))

    def _known(self, said: str | None) -> str | None:
        code = (said or "").split("-")[0].lower()
        return None if not code or code in self._unsaid else self._renamed.get(code, code)

    def _weigh(self, forms: frozenset[str], english: int, said: str | None) -> str:
        scores = {code: float(len(words & forms)) for code, words in self._small.items()}
        known = len(self._vocabulary & forms)
        scores["en"] += 0.5 * (known - english)
        if said:
            scores[said] = scores.get(said, 0.0) + _PRIOR
        best = max(scores, key=lambda code: (scores[code], code == "en"))
        if scores[best] >= _ENOUGH or (best == said and scores[best] > 0):
            return best
        return "en" if forms and known * 2 >= len(forms) else UNKNOWN
