"""The cues of `nlp/cues.toml`: words that decide a stance, compiled and found."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import msgspec

from nlp.knowledge import BadKnowledge, decode
from nlp.phrases import Compiler, Phrase, PhraseIndex, Scene

CUE_GAP = 2
KINDS = (
    "inverts",
    "attributes",
    "debunks",
    "denies",
    "affirms",
    "distances",
    "reports",
    "promotes",
    "insinuates",
    "ironic",
    "asks",
    "sells",
    "dismisses",
)


class CueGroup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Phrases that mean the same; `weight`: how much one of them decides; `gap`: words between their terms at most.

    `families`: of claims that they speak about; none named means all.
    """

    phrases: tuple[str, ...]
    weight: float = 1.0
    gap: int = CUE_GAP
    families: frozenset[str] = frozenset()


class Candidates(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Phrases that make a post worth a careful reader."""

    phrases: tuple[str, ...]


class Grammar(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Small words of grammar; the file says what each list is for."""

    absent: frozenset[str]
    subjects: frozenset[str]
    clause_breaks: frozenset[str]
    contrasts: frozenset[str]
    alternatives: frozenset[str]
    conditions: frozenset[str]
    openers: frozenset[str]
    pronouns: frozenset[str]


class CueFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file `nlp/cues.toml`."""

    absences: tuple[str, ...]
    negators: tuple[str, ...]
    pseudo: tuple[str, ...]
    grammar: Grammar
    inverts: tuple[CueGroup, ...]
    attributes: tuple[CueGroup, ...]
    debunks: tuple[CueGroup, ...]
    denies: tuple[CueGroup, ...]
    affirms: tuple[CueGroup, ...]
    distances: tuple[CueGroup, ...]
    reports: tuple[CueGroup, ...]
    promotes: tuple[CueGroup, ...]
    insinuates: tuple[CueGroup, ...]
    ironic: tuple[CueGroup, ...]
    asks: tuple[CueGroup, ...]
    sells: tuple[CueGroup, ...]
    dismisses: tuple[CueGroup, ...]
    candidates: Candidates


class Cue(NamedTuple):
    """A cue found: its kind, its weight and the word places [first, last]."""

    kind: str
    weight: float
    first: int
    last: int
    families: frozenset[str] = frozenset()


class Cues:
    """All cues, ready to be found."""

    def __init__(self, path: Path, file: CueFile, compiler: Compiler, logs: Mapping[str, float]) -> None:
        self._path = path
        self._compiler = compiler
        self._pseudo: PhraseIndex[None] = PhraseIndex(logs)
        self._groups: PhraseIndex[tuple[str, CueGroup]] = PhraseIndex(logs)
        for phrase in self._compile("pseudo", file.pseudo):
            self._pseudo.add(phrase, None)
        for kind in KINDS:
            for group in getattr(file, kind):
                for phrase in self._compile(kind, group.phrases):
                    self._groups.add(phrase, (kind, group))

    def _compile(self, kind: str, sources: tuple[str, ...]) -> list[Phrase]:
        try:
            return [self._compiler.phrase(source) for source in sources]
        except BadKnowledge as error:
            raise BadKnowledge(f"{self._path}: {kind}: field `phrases`: {error}") from None

    def find(self, scene: Scene, keys: frozenset[str]) -> list[Cue]:
        """Give the cues of a post, in the order of its words, at most one of each phrase in each sentence."""
        found = [
            Cue(kind, group.weight, match.runs[0][0], match.runs[0][1], group.families)
            for phrase, (kind, group) in self._groups.possible(keys)
            for match in scene.matches(phrase, group.gap)
        ]
        return sorted(found, key=lambda cue: (cue.first, cue.last, cue.kind))

    def pseudo(self, scene: Scene, keys: frozenset[str]) -> frozenset[int]:
        """Give the places of negations that deny nothing."""
        return frozenset(
            place
            for phrase, _ in self._pseudo.possible(keys)
            for match in scene.matches(phrase, 0)
            for place in range(match.runs[0][0], match.runs[0][1] + 1)
        )


def read_cues(path: Path) -> CueFile:
    """Read `cues.toml`. Raises BadKnowledge."""
    return decode(path, CueFile)
