"""The role that an account's name and bio state: clinician, researcher, advocate … Self-described only.

Puns, relatives' professions and titles of other fields are data too: what stands inside them counts for no role. Nor
does an abbreviation that the bio explains, "RN = Royal Navy" or "RN (Royal Navy)"; what it explains it by may count.

Measured by `tests/benchmarks/roles.py` on 960 authors set apart by the hash of their handle, each labelled by two
readers (kappa .95; the first 360 by three), from whom no rule was made: macro-F1 .66 (95 % .60-.72), accuracy .81; of
the 637 whom no reader was unsure of .79 and .91; of 165 invented ones, half of them hard, .81 and .81. On the 1,759
that rules were made from it is .83. Weakest are firms (F1 .31) and spammers (.40, five of them), who are few, agencies
(.57), and advocates (.64), who are hard to tell from organisations.
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
from nlp.phrases import Compiler, Match, Phrase, PhraseIndex, Scene

OTHER = "other"
PATIENT = "patient-or-caregiver"
_GAP = 2
_ENOUGH = 2
_FIRST = 1
_DOTS = re.compile(r"\b(?:[A-Z][a-z]?\.){2,}")
_TOGETHER = re.compile(r"(?<=[a-z])(?=[A-Z][a-z]{2})")
_LISTS = re.compile(r"[,;/|&+•·\n]")
_HANDLE = re.compile(r"(?<![\w.])@(?=\w)")
_EXPLAINED = re.compile(r"\b([A-Z]{2,6})\s?(?:=|\(([^()]+)\))")
_SMALL_CAPITALS = str.maketrans("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnoprstuvwyz")


class RoleCues(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Phrases for a role, each with this weight; `abbreviations` count in capitals only, `names` in the name."""

    name: str
    weight: int
    phrases: tuple[str, ...]
    abbreviations: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


class Exceptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Phrases inside which nothing counts for these roles, or any; if `unbroken`, only where no list's comma stands."""

    phrases: tuple[str, ...]
    roles: tuple[str, ...] = ()
    unbroken: bool = False


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
        self._exceptions: PhraseIndex[tuple[tuple[str, ...], bool]] = PhraseIndex(logs)
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
                self._exceptions.add(self._compile("exceptions", source), (group.roles or roles, group.unbroken))
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
        """Give the weights by role; no word counts twice for a role. What is said first counts one more."""
        votes: Counter[str] = Counter()
        said: dict[str, int] = {}
        counted: defaultdict[str, set[int]] = defaultdict(set)
        for role, weight, places in sorted(self._found(words, named), key=lambda found: -found[1]):
            said[role] = min(places[0], said.get(role, places[0]))
            if counted[role].isdisjoint(places):
                votes[role] += weight
                counted[role].update(places)
        if said:
            votes[min(said, key=lambda role: (said[role], -self._order[role]))] += _FIRST
        return votes

    def _found(self, words: Words, named: int) -> Iterator[tuple[str, int, tuple[int, ...]]]:
        """Give role, weight, places of what is found; abbreviations in the name, which ends before `named`, twice."""
        scene, keys = Scene(words), self._compiler.keys(words)
        void = self._void(scene, keys)
        for phrase, (role, weight) in self._cues.possible(keys):
            for match in scene.matches(phrase, _GAP):
                if void[role].isdisjoint(match.used):
                    yield role, weight, match.used
                    break
        for phrase, (role, weight) in self._named.possible(keys):
            for match in scene.matches(phrase, 0):
                if words.ends[match.used[-1]] <= named:
                    yield role, weight, match.used
                    break
        for place, (start, end) in enumerate(zip(words.starts, words.ends, strict=True)):
            role, weight = self._abbreviations.get(words.text[start:end], (OTHER, 0))
            if weight and place not in void[role] and words.text[start - 1 : start] != "-":
                yield role, weight * (2 if start < named else 1), (place,)

    def _void(self, scene: Scene, keys: frozenset[str]) -> defaultdict[str, set[int]]:
        """Give, for each role, the places of words that count for nothing."""
        explained = _explained(scene.words)
        void: defaultdict[str, set[int]] = defaultdict(lambda: set(explained))
        for phrase, (roles, unbroken) in self._exceptions.possible(keys):
            matches = scene.matches(phrase, 1)
            if unbroken:
                matches = [match for match in matches if not _LISTS.search(_within(scene.words, match))]
            places = [place for match in matches for place in match.used]
            for role in roles:
                void[role].update(places)
        return void


def _within(words: Words, match: Match) -> str:
    """Give the text from the first to the last word of a match."""
    return words.text[words.starts[match.used[0]] : words.ends[match.used[-1]]]


def _explained(words: Words) -> list[int]:
    """Give the places of abbreviations that are explained: before "=", or before a bracket that has their initials."""
    shorts = {
        match[1]
        for match in _EXPLAINED.finditer(words.text)
        if match[2] is None or "".join(word[0] for word in match[2].split()).upper() == match[1]
    }
    spans = zip(words.starts, words.ends, strict=True)
    return [place for place, (start, end) in enumerate(spans) if words.text[start:end] in shorts]


def _plain(text: str) -> str:
    """Give a text in plain letters, abbreviations without dots, handles as the words they are made of."""
    plain = unicodedata.normalize("NFKC", text).translate(_SMALL_CAPITALS)
    return _HANDLE.sub("#", _DOTS.sub(_undotted, plain))


def _undotted(match: re.Match[str]) -> str:
    return match.group().replace(".", "")
