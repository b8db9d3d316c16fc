"""The cues of `nlp/cues.toml`: words that decide a stance, compiled and found."""

from pathlib import Path
from typing import NamedTuple

import msgspec

from nlp.knowledge import BadKnowledge, decode
from nlp.phrases import Compiler, Phrase, Scene

CUE_GAP = 2
KINDS = ("inverts", "debunks", "distances", "reports", "promotes", "insinuates", "ironic", "asks", "sells")


class CueGroup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Phrases that mean the same; `weight`: how much one of them decides."""

    phrases: tuple[str, ...]
    weight: float = 1.0


class Candidates(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Phrases that make a post worth a careful reader."""

    phrases: tuple[str, ...]


class CueFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file `nlp/cues.toml`."""

    negators: tuple[str, ...]
    pseudo: tuple[str, ...]
    inverts: tuple[CueGroup, ...]
    debunks: tuple[CueGroup, ...]
    distances: tuple[CueGroup, ...]
    reports: tuple[CueGroup, ...]
    promotes: tuple[CueGroup, ...]
    insinuates: tuple[CueGroup, ...]
    ironic: tuple[CueGroup, ...]
    asks: tuple[CueGroup, ...]
    sells: tuple[CueGroup, ...]
    candidates: Candidates


class Cue(NamedTuple):
    """A cue found: its kind, its weight and the word places [first, last]."""

    kind: str
    weight: float
    first: int
    last: int


class Cues:
    """All cues, ready to be found."""

    def __init__(self, path: Path, file: CueFile, compiler: Compiler) -> None:
        self._path = path
        self._compiler = compiler
        self._pseudo = self._compile("pseudo", file.pseudo)
        self._groups = [
            (kind, group.weight, phrase)
            for kind in KINDS
            for group in getattr(file, kind)
            for phrase in self._compile(kind, group.phrases)
        ]

    def _compile(self, kind: str, sources: tuple[str, ...]) -> list[Phrase]:
        try:
            return [self._compiler.phrase(source) for source in sources]
        except BadKnowledge as error:
            raise BadKnowledge(f"{self._path}: {kind}: field `phrases`: {error}") from None

    def find(self, scene: Scene) -> list[Cue]:
        """Give the cues of a post, at most one of each phrase in each sentence."""
        return [
            Cue(kind, weight, match.runs[0][0], match.runs[0][1])
            for kind, weight, phrase in self._groups
            for match in scene.matches(phrase, CUE_GAP)
        ]

    def pseudo(self, scene: Scene) -> frozenset[int]:
        """Give the places of negations that deny nothing."""
        return frozenset(
            place
            for phrase in self._pseudo
            for match in scene.matches(phrase, 0)
            for place in range(match.runs[0][0], match.runs[0][1] + 1)
        )


def read_cues(path: Path) -> CueFile:
    """Read `cues.toml`. Raises BadKnowledge."""
    return decode(path, CueFile)
