"""The data files of a folder of knowledge, read, checked and compiled: what the pipeline's components share."""

import hashlib
import math
import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from nlp.claims import ClaimIndex
from nlp.credibility import Ratings
from nlp.cues import Cues, read_cues
from nlp.danger import Danger
from nlp.hashtags import frequencies
from nlp.inflection import stem
from nlp.knowledge import Claim, WordLists, load
from nlp.language import Languages
from nlp.normalise import Reader
from nlp.phrases import Compiler, PhraseIndex
from nlp.roles import Roles
from nlp.score import Weights, read_weights
from nlp.stance import Judge
from nlp.subject import Subjects

RELEASE = "2026.11.22.1"
_EMOJI = re.compile("[\u2600-\u27bf\U0001f300-\U0001faff]")
_WORD = re.compile(r"[a-z]+")


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
    candidates: PhraseIndex[None]
    judge: Judge
    weights: Weights
    languages: Languages
    roles: Roles
    ratings: Ratings
    subjects: Subjects
    danger: Danger


@lru_cache(maxsize=4)
def lore(folder: Path) -> Lore:
    """Read a folder of knowledge. Raises BadKnowledge naming file, entry and field."""
    words, claims = load(folder)
    cues = read_cues(folder / "cues.toml")
    logs = frequencies(folder / "vocabulary.csv", _slang(words, claims))
    stems = _by_stem(logs)
    reader = Reader(logs, frozenset(_slang(words, claims)), _emoji(folder))
    compiler = Compiler(words.lists, cues.negators, lambda entry: reader.read(entry).forms)
    negators = frozenset(stem(word) for word in cues.negators)
    candidates: PhraseIndex[None] = PhraseIndex(stems)
    for source in cues.candidates.phrases:
        candidates.add(compiler.phrase(source), None)
    weights = read_weights(folder / "score.toml")
    return Lore(
        folder=folder,
        rules=f"{RELEASE}+{_digest(folder, '*.toml', 'claims/*.toml', '*.csv', 'topics/*.csv')}",
        model=f"{weights.release}+{_digest(folder, 'score.toml')}",
        claims=claims,
        vocabulary=frozenset(logs),
        reader=reader,
        compiler=compiler,
        known=ClaimIndex(claims, compiler, stems),
        candidates=candidates,
        judge=Judge(Cues(folder / "cues.toml", cues, compiler), negators, frozenset(map(stem, cues.absences))),
        weights=weights,
        languages=Languages(folder / "languages.toml", frozenset(logs)),
        roles=Roles(folder / "roles.toml", cues.negators, reader),
        ratings=Ratings(folder / "domains.csv"),
        subjects=Subjects(folder / "subjects.toml", compiler),
        danger=Danger(folder / "danger.toml", compiler),
    )


def _slang(words: WordLists, claims: tuple[Claim, ...]) -> set[str]:
    """Give the words of the lists and phrases: leetspeak may hide them, and run-together hashtags hold them."""
    texts = [entry for entries in words.lists.values() for entry in entries]
    texts += [phrase for claim in claims for phrase in (*claim.phrases, *claim.denials) if "{" not in phrase]
    return {word for text in texts for word in _WORD.findall(text.lower()) if len(word) > 2}


def _emoji(folder: Path) -> frozenset[str]:
    texts = [path.read_text(encoding="utf-8") for path in (folder / "words.toml", folder / "cues.toml")]
    return frozenset(sign for text in texts for sign in _EMOJI.findall(text))


def _by_stem(logs: dict[str, float]) -> dict[str, float]:
    sums: dict[str, float] = {}
    for word, log in logs.items():
        sums[stem(word)] = sums.get(stem(word), 0.0) + math.exp(log)
    return {word: math.log(total) for word, total in sums.items()}


def _digest(folder: Path, *patterns: str) -> str:
    paths = sorted({path for pattern in patterns for path in folder.glob(pattern)})
    content = hashlib.sha256()
    for path in paths:
        content.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return content.hexdigest()[:8]
