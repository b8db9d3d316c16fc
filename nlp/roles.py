"""The role that an account's name and bio state: clinician, researcher, advocate … Self-described only.

Puns, relatives' professions and titles of other fields are data too: what stands inside them counts for no role.

Measured by `tests/benchmarks/roles.py` on 360 authors set apart by the hash of their handle, labelled by one reader
who also wrote the rules (on others): macro-F1 .73 (95 % .67-.80), accuracy .79; without the bios of which the reader
was unsure .83 and .90. Weakest are industry (F1 .58) and advocates (.61), who are hard to tell from organisations.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
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
    """Phrases inside which nothing counts for these roles; for any, where none is named."""

    phrases: tuple[str, ...]
    roles: tuple[str, ...] = ()


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
        self._exceptions: PhraseIndex[tuple[str, ...]] = PhraseIndex(logs)
        self._abbreviations: dict[str, tuple[str, int]] = {}
        self._order = {role.name: -place for place, role in reversed(list(enumerate(file.role)))}
        for role in file.role:
            for source in role.phrases:
                self._cues.add(self._compile(role.name, source), (role.name, role.weight))
            for source in role.names:
                self._named.add(self._compile(role.name, source), (role.name, role.weight))
            for short in role.abbreviations:
                self._abbreviations[short] = (role.name, role.weight)
        roles = tuple(self._order)
        for group in file.exceptions:
            for source in group.phrases:
                self._exceptions.add(self._compile("exceptions", source), group.roles or roles)
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
        """Give the weights by role. What is said first counts one more."""
        votes: Counter[str] = Counter()
        said: dict[str, int] = {}
        for role, weight, place in self._found(words, named):
            votes[role] += weight
            said[role] = min(place, said.get(role, place))
        if said:
            votes[min(said, key=lambda role: said[role])] += _FIRST
        return votes

    def _found(self, words: Words, named: int) -> Iterator[tuple[str, int, int]]:
        """Give role, weight, place of what is found; abbreviations in the name, which ends before `named`, twice."""
        scene, keys = Scene(words), self._compiler.keys(words)
        void = self._void(scene, keys)
        for phrase, (role, weight) in self._cues.possible(keys):
            for match in scene.matches(phrase, _GAP):
                if void[role].isdisjoint(match.used):
                    yield role, weight, match.used[0]
                    break
        for phrase, (role, weight) in self._named.possible(keys):
            if any(words.ends[match.used[-1]] <= named for match in scene.matches(phrase, 0)):
                yield role, weight, 0
        for place, (start, end) in enumerate(zip(words.starts, words.ends, strict=True)):
            role, weight = self._abbreviations.get(words.text[start:end], (OTHER, 0))
            if weight and place not in void[role] and words.text[start - 1 : start] != "-":
                yield role, weight * (2 if start < named else 1), place

    def _void(self, scene: Scene, keys: frozenset[str]) -> defaultdict[str, set[int]]:
        """Give, for each role, the places of words that count for nothing."""
        void: defaultdict[str, set[int]] = defaultdict(set)
        for phrase, roles in self._exceptions.possible(keys):
            places = [place for match in scene.matches(phrase, 1) for place in match.used]
            for role in roles:
                void[role].update(places)
        return void


def _plain(text: str) -> str:
    """Give a text in plain letters, abbreviations without dots, handles as the words they are made of."""
    plain = unicodedata.normalize("NFKC", text).translate(_SMALL_CAPITALS)
    return _HANDLE.sub("#", _DOTS.sub(_undotted, plain))


def _undotted(match: re.Match[str]) -> str:
    return match.group().replace(".", "")
