"""The subject of the talk: WHO's five (cause, illness, treatment, prevention, information seeking), by its words."""

from collections import Counter
from pathlib import Path

import msgspec

from nlp.knowledge import decode
from nlp.phrases import Compiler, PhraseIndex


class Subject(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of the five, and the words that speak for it, whatever their order."""

    name: str
    phrases: tuple[str, ...]


class SubjectFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file `nlp/subjects.toml`."""

    subject: tuple[Subject, ...]


class Subjects:
    """Tells the subject of a post."""

    def __init__(self, path: Path, compiler: Compiler) -> None:
        self._filed: PhraseIndex[str] = PhraseIndex({})
        file = decode(path, SubjectFile)
        self._order = {subject.name: -place for place, subject in enumerate(file.subject)}
        for subject in file.subject:
            for source in subject.phrases:
                for word in source.split("|") if " " not in source else [source]:
                    self._filed.add(compiler.phrase(word), subject.name)

    def of(self, keys: frozenset[str]) -> str | None:
        """Give the subject for which most of the post's words speak, or None."""
        votes = Counter(name for _, name in self._filed.possible(keys))
        return max(votes, key=lambda name: (votes[name], self._order[name]), default=None)
