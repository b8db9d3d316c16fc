"""The role that an account's name and bio state: clinician, researcher, advocate … Self-described only.

Puns, relatives' professions and titles of other fields are data too: what stands inside them counts for no role.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import msgspec

from nlp.knowledge import BadKnowledge, decode
from nlp.normalise import FIELD_BREAK, Reader, Words
from nlp.phrases import Compiler, Phrase, PhraseIndex, Scene

OTHER = "other"
PATIENT = "patient-or-caregiver"
_GAP = 2
_ENOUGH = 2
_FIRST = 1
_DOTS = re.compile(r"\b(?:[A-Z][a-z]?\.){2,}")
_TOGETHER = re.compile(r"(?<=[a-z])(?=[A-Z][a-z]{2})")
_HANDLE = re.compile(r"(?<![\w.])@(?=\w)")
_SMALL_CAPITALS = str.maketrans("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnoprstuvwyz")


class RoleCues(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Phrases for a role, each with this weight; `abbreviations` count in capitals only, `names` in the name."""

    name: str
    weight: int
    phrases: tuple[str, ...]
    abbreviations: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


class Exceptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Phrases inside which nothing counts."""

    phrases: tuple[str, ...]


class RoleFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file `nlp/roles.toml`."""

    lists: dict[str, tuple[str, ...]]
    role: tuple[RoleCues, ...]
    exceptions: tuple[Exceptions, ...]


class Roles:
    """Tells the role of an account; authors repeat, so answers are remembered."""

    def __init__(self, path: Path, negators: tuple[str, ...], reader: Reader, logs: Mapping[str, float]) -> None:
        file = decode(path, RoleFile)
        self._path = path
        self._reader = reader
        self._compiler = Compiler(file.lists, negators, lambda entry: reader.read(entry).forms)
        self._cues: PhraseIndex[tuple[str, int]] = PhraseIndex(logs)
        self._named: PhraseIndex[tuple[str, int]] = PhraseIndex(logs)
        self._exceptions: PhraseIndex[None] = PhraseIndex(logs)
        self._abbreviations: dict[str, tuple[str, int]] = {}
        self._order = {role.name: -place for place, role in reversed(list(enumerate(file.role)))}
        for role in file.role:
            for source in role.phrases:
                self._cues.add(self._compile(role.name, source), (role.name, role.weight))
            for source in role.names:
                self._named.add(self._compile(role.name, source), (role.name, role.weight))
            for short in role.abbreviations:
                self._abbreviations[short] = (role.name, role.weight)
        for group in file.exceptions:
            for source in group.phrases:
                self._exceptions.add(self._compile("exceptions", source), None)
        self._remembered = lru_cache(maxsize=65536)(self._of)

    def _compile(self, entry: str, source: str) -> Phrase:
        try:
            return self._compiler.phrase(source)
        except BadKnowledge as error:
            raise BadKnowledge(f"{self._path}: {entry}: field `phrases`: {error}") from None

    def of(self, name: str | None, bio: str | None) -> str:
        """Give the role that a name and a bio state; "other" where they state none."""
        return self._remembered(name or "", bio or "") if name or bio else OTHER

    def _of(self, name: str, bio: str) -> str:
        name, bio = _plain(_TOGETHER.sub(" ", name)), _plain(bio)
        votes = self._votes(self._reader.read(f"{name} {FIELD_BREAK} {bio}"), len(name))
        best = max(votes, key=lambda role: (votes[role], self._order[role]), default=OTHER)
        return best if votes[best] >= _ENOUGH else OTHER

    def _votes(self, words: Words, named: int) -> Counter[str]:
        """Give the weights by role; a title in the name, which ends before `named`, counts twice."""
        scene, keys = Scene(words), self._compiler.keys(words)
        void = {
            place
            for phrase, _ in self._exceptions.possible(keys)
            for match in scene.matches(phrase, 1)
            for place in match.used
        }
        votes: Counter[str] = Counter()
        said: dict[str, int] = {}

        def count(role: str, weight: int, place: int) -> None:
            votes[role] += weight
            said[role] = min(place, said.get(role, place))

        for phrase, (role, weight) in self._cues.possible(keys):
            found = [match.used[0] for match in scene.matches(phrase, _GAP) if void.isdisjoint(match.used)]
            if found:
                count(role, weight, found[0])
        for phrase, (role, weight) in self._named.possible(keys):
            if any(words.ends[match.used[-1]] <= named for match in scene.matches(phrase, 0)):
                count(role, weight, 0)
        for place, (start, end) in enumerate(zip(words.starts, words.ends, strict=True)):
            short = self._abbreviations.get(words.text[start:end])
            if short and place not in void:
                count(short[0], short[1] * (2 if start < named else 1), place)
        if said:
            votes[min(said, key=lambda role: said[role])] += _FIRST
        return votes


def _plain(text: str) -> str:
    """Give a text in plain letters, abbreviations without dots, handles as the words they are made of."""
    plain = unicodedata.normalize("NFKC", text).translate(_SMALL_CAPITALS)
    return _HANDLE.sub("#", _DOTS.sub(_undotted, plain))


def _undotted(match: re.Match[str]) -> str:
    return match.group().replace(".", "")
