"""The data files of a folder of knowledge, read, checked and compiled: what the pipeline's components share."""

import hashlib
import math
import re
import time
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from nlp.claims import ClaimIndex
from nlp.credibility import Ratings
from nlp.cues import Cues, read_cues
from nlp.danger import Danger
from nlp.gate import Gate
from nlp.gate import read_weights as read_gate
from nlp.hashtags import frequencies
from nlp.inflection import stem
from nlp.knowledge import BadKnowledge, Claim, WordLists, load, own_files, own_words
from nlp.language import Languages
from nlp.normalise import Reader
from nlp.phrases import Compiler
from nlp.roles import Roles
from nlp.score import Weights, read_weights
from nlp.stance import Judge
from nlp.subject import Subjects
from nlp.topics import topic_ids

RELEASE = "2026.11.29.3"
_EMOJI = re.compile("[\u2600-\u27bf\U0001f300-\U0001faff]")
_WORD = re.compile(r"[a-z]+")
_EXPECTED = {"topics": "ids that stand in a file of `topics/`", "words": "a word or several"}


class Lore(NamedTuple):
    """What a tagger knows. `rules` and `model` are releases that sort by age, with a hash of the files' contents."""

    folder: Path
    rules: str
    model: str
    claims: tuple[Claim, ...]
    vocabulary: frozenset[str]
    reader: Reader
    compiler: Compiler
    known: ClaimIndex
    gate: Gate
    judge: Judge
    weights: Weights
    languages: Languages
    roles: Roles
    ratings: Ratings
    subjects: Subjects
    danger: Danger


@lru_cache(maxsize=4)
def lore(folder: Path, own: Path | None = None) -> Lore:
    """Read a folder of knowledge, and a user's `own` claims on top.

    Raises BadKnowledge naming file, entry and field.
    """
    words, claims = load(folder, own)
    cues = read_cues(folder / "cues.toml")
    logs = frequencies(folder / "vocabulary.csv", _slang(words, claims))
    stems = _by_stem(logs)
    reader = Reader(logs, frozenset(_slang(words, claims)), _emoji(folder, words))
    _check_names(claims, topic_ids(folder / "topics"), reader)
    compiler = Compiler(words.lists, cues.negators, lambda entry: reader.read(entry).forms)
    weights = read_weights(folder / "score.toml")
    return Lore(
        folder=folder,
        rules=_rules(folder, own),
        model=f"{weights.release}+{_digest(_files(folder, 'score.toml'))}",
        claims=claims,
        vocabulary=frozenset(logs),
        reader=reader,
        compiler=compiler,
        known=ClaimIndex(claims, compiler, stems),
        gate=Gate(compiler, stems, cues.candidates.phrases, read_gate(folder / "gate.csv")),
        judge=Judge(Cues(folder / "cues.toml", cues, compiler, stems), cues),
        weights=weights,
        languages=Languages(folder / "languages.toml", frozenset(logs)),
        roles=Roles(folder / "roles.toml", cues.negators, reader, stems),
        ratings=Ratings(folder / "domains.csv"),
        subjects=Subjects(folder / "subjects.toml", compiler),
        danger=Danger(folder / "danger.toml", compiler, stems),
    )


def _check_names(claims: tuple[Claim, ...], topics: frozenset[str], reader: Reader) -> None:
    """Check what names a claim where no phrase finds it: known, and of one claim of its family alone."""
    taken: dict[tuple[str, str], Claim] = {}
    for claim in claims:
        names = [("topics", topic, topic if topic in topics else "") for topic in claim.topics]
        names += [("words", word, " ".join(reader.read(word).stems)) for word in claim.words]
        for field, name, known in names:
            place = f"{claim.file}: claim `{claim.id}`: field `{field}`: "
            if not known:
                raise BadKnowledge(f"{place}expected {_EXPECTED[field]}, got `{name}`")
            other = taken.setdefault((claim.family, known), claim)
            if other is not claim:
                raise BadKnowledge(f"{place}`{name}` names the claim `{other.id}` already")


def _slang(words: WordLists, claims: tuple[Claim, ...]) -> set[str]:
    """Give the words of the lists and phrases: leetspeak may hide them, and run-together hashtags hold them."""
    texts = [entry for entries in words.lists.values() for entry in entries]
    texts += [phrase for claim in claims for phrase in (*claim.phrases, *claim.denials) if "{" not in phrase]
    return {word for text in texts for word in _WORD.findall(text.lower()) if len(word) > 2}


def _emoji(folder: Path, words: WordLists) -> frozenset[str]:
    texts = [(folder / "cues.toml").read_text(encoding="utf-8"), *(e for list_ in words.lists.values() for e in list_)]
    return frozenset(sign for text in texts for sign in _EMOJI.findall(text))


def _by_stem(logs: dict[str, float]) -> dict[str, float]:
    sums: dict[str, float] = {}
    for word, log in logs.items():
        sums[stem(word)] = sums.get(stem(word), 0.0) + math.exp(log)
    return {word: math.log(total) for word, total in sums.items()}


def _rules(folder: Path, own: Path | None) -> str:
    """Give the release of the rules. With claims of a user's own it says when they last changed, so that it still
    sorts by age although the shipped release stays: `2026.11.22.1.20261201T093000+…`."""
    files = _files(folder, "*.toml", "claims/*.toml", "*.csv", "topics/*.csv")
    if own is None:
        return f"{RELEASE}+{_digest(files)}"
    paths = [*own_files(own), *filter(None, [own_words(own)])]
    changed = max(path.stat().st_mtime for path in [own, *paths])
    return f"{RELEASE}.{time.strftime('%Y%m%dT%H%M%S', time.gmtime(changed))}+{_digest(files | _named(own, paths))}"


def _files(folder: Path, *patterns: str) -> dict[str, Path]:
    return {p.relative_to(folder).as_posix(): p for pattern in patterns for p in folder.glob(pattern)}


def _named(own: Path, paths: Iterable[Path]) -> dict[str, Path]:
    return {f"own/{path.name}": path for path in paths}


def _digest(files: Mapping[str, Path]) -> str:
    content = hashlib.sha256()
    for name, path in sorted(files.items()):
        content.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
    return content.hexdigest()[:8]
