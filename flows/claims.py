"""The knowledge of claims as its keepers use it: list, check and test it, and draft a claim from a phrase."""

import json
import re
import tempfile
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from flows.settings import Settings
from nlp import knowledge
from nlp.examples import Answer, answers
from nlp.knowledge import HERE, BadKnowledge, Claim
from nlp.lore import Lore, lore
from nlp.pipeline import Tagger
from nlp.tags import Document
from warehouse.questions import asked

BURST = timedelta(days=7)
EXAMPLES = 6
LONGEST_ID = 60
TEXT = 3  # the column of the question `post` that holds the text
_PLAIN = re.compile(r"[\w'’-]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")
_PSEUDONYM = re.compile(r"@u[0-9a-f]{16}\b")
_EXAMPLE = re.compile(r"\{ text = .*\},  # (?P<platform>\S+) (?P<post_id>\S+)$")


class Post(NamedTuple):
    """A post that may serve as an example: pseudonymised, as a snapshot holds it."""

    platform: str
    post_id: str
    created_at: datetime
    text: str
    language: str | None


class Draft(NamedTuple):
    """A claim that somebody must fill in: its file, and what it was made from.

    `held`: how many different posts hold the phrase; `examples`: those taken, with the stance read now.
    """

    claim_id: str
    family: str
    phrase: str
    held: int
    examples: tuple[tuple[Post, str], ...]


def checked(path: Path | None) -> Lore:
    """Give the knowledge with the user's file or folder at `path` on top, found without fault. Raises BadKnowledge.

    A file of the shipped knowledge is checked with all of it.
    """
    if path is None:
        return lore(HERE)
    if not path.exists():
        raise BadKnowledge(f"{path}: no such file or folder")
    if path.is_dir() and not knowledge.own_files(path):
        raise BadKnowledge(f"{path}: expected files of claims (*.toml) in this folder, found none")
    shipped = path.resolve() in (HERE.resolve(), HERE.resolve() / "claims") or path.resolve().parent == HERE / "claims"
    return lore(HERE) if shipped else lore(HERE, path)


def failures(tagger: Tagger, claims: Iterable[Claim]) -> tuple[int, list[Answer]]:
    """Give how many examples the claims have, and those of which the tagger says something else."""
    asked_ = answers(tagger, claims)
    return len(asked_), [answer for answer in asked_ if answer.wrong]


def posts_that_hold(snapshot: Path, phrase: str) -> list[Post]:
    """Give the posts of a snapshot whose text holds the plain words of a phrase in this order, one of each text."""
    pattern = "%".join(["", *(word for term in phrase.split() for word in _words(term)), ""])
    return [Post(*row) for row in asked(snapshot, "posts_that_hold", pattern).rows]


def _words(term: str) -> Sequence[str]:
    """Give what must stand in a text for a term of a phrase; nothing where it may be one of several."""
    loose = term.startswith(("!", "=")) or any(sign in term for sign in "{|*&") or term == "not"
    return () if loose else _PLAIN.findall(term.replace("_", " "))


def burst(posts: Sequence[Post]) -> list[Post]:
    """Give the posts of the seven days in which most of them were written."""
    by_time = sorted(posts, key=lambda post: post.created_at)
    weeks = [[p for p in by_time[n:] if p.created_at - post.created_at < BURST] for n, post in enumerate(by_time)]
    return max(weeks, key=len, default=[])


def draft(config: Settings, phrase: str, family: str, posts: Sequence[Post]) -> Draft:
    """Make a draft claim of a phrase, with examples from `posts`. Raises BadKnowledge where it cannot be a phrase."""
    phrase = " ".join(phrase.split())
    taken = {claim.id for claim in lore(HERE, config.claims_path).claims}
    empty = Draft(_new_id(phrase, taken), family, phrase, 0, ())
    read = _read(empty, posts)
    held = [(post, stance) for post, stance in read if stance != "none"]
    return empty._replace(held=len(held), examples=tuple(_various(held)))


def _new_id(phrase: str, taken: set[str]) -> str:
    plain = re.sub(r"[^a-z0-9]+", "-", phrase.lower()).strip("-")[:LONGEST_ID].strip("-") or "claim"
    return next(name for name in (plain, *(f"{plain}-{n}" for n in range(2, len(taken) + 3))) if name not in taken)


def _read(empty: Draft, posts: Sequence[Post]) -> list[tuple[Post, str]]:
    """Give the stance towards the drafted claim as the rules read it in each post."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "draft.toml"
        path.write_text(_toml(empty, filled="https://example.org/"), encoding="utf-8")
        try:
            tagger = Tagger(careful=False, own=path)
        except BadKnowledge as error:
            raise BadKnowledge(str(error).partition("field `phrases`: ")[2]) from None
    tagged = tagger.tag([Document(post.text, language=post.language) for post in posts])
    stances = [{claim.claim_id: claim.stance for claim in tags.claims} for tags in tagged]
    return [(post, found.get(empty.claim_id, "none")) for post, found in zip(posts, stances, strict=True)]


def _various(held: Sequence[tuple[Post, str]]) -> list[tuple[Post, str]]:
    """Give a few posts, of as many stances as there are, the first of each stance first."""
    by_stance: dict[str, list[tuple[Post, str]]] = {}
    for one in held:
        by_stance.setdefault(one[1], []).append(one)
    turns = (found[n] for n in range(EXAMPLES) for found in by_stance.values() if n < len(found))
    return [one for one, _ in zip(turns, range(EXAMPLES), strict=False)]


HEAD = """\
# A draft: it is no claim before a clinician has filled in what is empty. Then `auscult claims check` takes it.
# The examples are texts of real posts with the stance as it is read now: correct the stances, put the texts into
# words of your own, and add one that debunks, one that asks and one near miss (stance "none").
"""


def toml(made: Draft) -> str:
    """Give the draft as a file of claims."""
    return HEAD + _toml(made)


def _toml(made: Draft, filled: str = "") -> str:
    examples = "".join(
        f"  {{ text = {_string(_PSEUDONYM.sub('@someone', post.text))}, stance = {_string(stance)} }},"
        f"  # {_CONTROL.sub(' ', post.platform)} {_CONTROL.sub(' ', post.post_id)}\n"
        for post, stance in made.examples
    )
    if filled:
        examples = f"  {{ text = {_string(made.phrase)}, stance = 'promotes' }},\n"
    return f"""\
family = {_string(made.family)}

[[claim]]
id = {_string(made.claim_id)}
kind = "falsifiable"  # or concern
statement = {_string(filled)}  # what is claimed, in one plain sentence
wrong_because = {_string(filled)}  # what is known instead
source = {_string(filled)}  # the address (https://…) that says so
risk = "moderate"  # low, moderate or high
harm = {_string(filled)}  # what follows from believing it
reviewer = {_string(filled)}  # who filled this in
reviewed = {_string(filled)}  # when: 2026-01-31
phrases = [
  {_string(made.phrase)},
]
examples = [
{examples}]
"""


def forget_examples(drafts: Path, snapshot: Path) -> int:
    """Take out of the drafts of a home what was copied from posts that the snapshot no longer holds. Gives how many."""
    forgotten = 0
    for path in sorted(drafts.glob("*.toml")):
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if not _is_forgotten(line, snapshot)]
        if len(kept) < len(lines):
            renewed = path.with_suffix(".renewed")
            renewed.write_text("".join(kept), encoding="utf-8")
            renewed.rename(path)
            forgotten += len(lines) - len(kept)
    return forgotten


def _is_forgotten(line: str, snapshot: Path) -> bool:
    found = _EXAMPLE.search(line.rstrip("\n"))
    return found is not None and not any(
        row[TEXT] for row in asked(snapshot, "post", found["platform"], found["post_id"]).rows
    )


def _string(text: str) -> str:
    """Give a TOML string: one of JSON's is one, once control signs are gone."""
    return json.dumps(_CONTROL.sub(" ", text), ensure_ascii=False)
