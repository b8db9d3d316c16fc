"""The role that an account's name and bio state: clinician, researcher, advocate … Self-described only."""

from collections import Counter
from functools import lru_cache
from pathlib import Path

import msgspec

from nlp.knowledge import decode
from nlp.normalise import FIELD_BREAK, Reader
from nlp.phrases import Compiler, PhraseIndex, Scene

OTHER = "other"
PATIENT = "patient-or-caregiver"
_GAP = 2


class RoleCues(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Phrases that speak for a role, each with this weight."""

    name: str
    weight: int
    phrases: tuple[str, ...]


class RoleFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file `nlp/roles.toml`."""

    role: tuple[RoleCues, ...]


class Roles:
    """Tells the role of an account; authors repeat, so answers are remembered."""

    def __init__(self, path: Path, compiler: Compiler, reader: Reader) -> None:
        self._reader = reader
        self._compiler = compiler
        self._filed: PhraseIndex[tuple[str, int]] = PhraseIndex({})
        file = decode(path, RoleFile)
        self._order = {role.name: -place for place, role in enumerate(file.role)}
        for role in file.role:
            for source in role.phrases:
                self._filed.add(compiler.phrase(source), (role.name, role.weight))
        self._remembered = lru_cache(maxsize=65536)(self._of)

    def of(self, name: str | None, bio: str | None) -> str:
        """Give the role that a name and a bio state; "other" where they state none."""
        return self._remembered(name or "", bio or "") if name or bio else OTHER

    def _of(self, name: str, bio: str) -> str:
        words = self._reader.read(f"{name}{FIELD_BREAK}{bio}")
        scene = Scene(words)
        votes: Counter[str] = Counter()
        for phrase, (role, weight) in self._filed.possible(self._compiler.keys(words)):
            if scene.find(phrase, _GAP):
                votes[role] += weight
        return max(votes, key=lambda role: (votes[role], self._order[role]), default=OTHER)
