"""Which known claims are in play in a post, and by which words. Whether it promotes them is `nlp.stance`'s question."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from nlp.knowledge import BadKnowledge, Claim
from nlp.normalise import Words
from nlp.phrases import Compiler, Match, Phrase, PhraseIndex, Scene


class InPlay(NamedTuple):
    """A claim in play: by a phrase (`denial`: by one that states its opposite) or by a hashtag that states it."""

    claim: Claim
    match: Match | None
    phrase: Phrase | None
    denial: bool
    tag: tuple[int, int] | None = None


Possible = list[tuple[Phrase, tuple[Claim, bool]]]


class ClaimIndex:
    """All phrases and stating hashtags of all claims. `logs`: the log-probability of stems."""

    def __init__(self, claims: Iterable[Claim], compiler: Compiler, logs: Mapping[str, float]) -> None:
        self._phrases: PhraseIndex[tuple[Claim, bool]] = PhraseIndex(logs)
        self._tags: dict[str, list[Claim]] = {}
        for claim in claims:
            for denial, field in ((False, "phrases"), (True, "denials")):
                for source in getattr(claim, field):
                    self._phrases.add(_compile(compiler, claim, field, source), (claim, denial))
            for tag in claim.hashtags:
                self._tags.setdefault(tag.lower().lstrip("#"), []).append(claim)

    def possible(self, keys: frozenset[str]) -> Possible:
        """Give, cheaply, the phrases that a post with these keys may hold."""
        return self._phrases.possible(keys)

    def tagged(self, words: Words) -> list[InPlay]:
        """Give the claims that the hashtags state by themselves."""
        return [
            InPlay(claim, None, None, False, (start, end))
            for tag, start, end in words.tags
            for claim in self._tags.get(tag, ())
        ]

    def in_play(self, scene: Scene, possible: Possible) -> list[InPlay]:
        """Give the claims in play, by id and place: every match of every phrase, and every stating hashtag."""
        found = [
            InPlay(claim, match, phrase, denial)
            for phrase, (claim, denial) in possible
            for match in scene.matches(phrase)
        ]
        return sorted(found + self.tagged(scene.words), key=lambda play: (play.claim.id, _place(scene, play)))


def _place(scene: Scene, play: InPlay) -> int:
    if play.match is None:
        return play.tag[0] if play.tag else 0
    return scene.words.starts[play.match.used[0]]


def _compile(compiler: Compiler, claim: Claim, field: str, source: str) -> Phrase:
    try:
        return compiler.phrase(source)
    except BadKnowledge as error:
        raise BadKnowledge(f"{claim.file}: claim `{claim.id}`: field `{field}`: {error}") from None
