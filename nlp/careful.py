"""The second opinion: what the rules said of a post, weighed with what the careful reader says. One post at a time.

The rules know claims and words, the reader knows how people talk; `nlp/model/opinion.toml` holds how much each counts,
fitted on labelled posts that neither was made from. Where the reader finds a false claim that is on no list, the post
gets the family's unlisted claim, so that people see it and can list it.
"""

import math
from collections.abc import Sequence
from pathlib import Path

import msgspec

from nlp.knowledge import decode
from nlp.reader import MODEL, CarefulReader, Reading
from nlp.tags import ClaimMention, Document, Span, Tags

PROMOTES, FALSIFIABLE, NONE = "promotes", "falsifiable", "none"
CONCERNS = frozenset({"vaccine-liberty", "vaccine-religion", "vaccine-origin"})
LEAST = 1e-4


class Opinion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file `nlp/model/opinion.toml`: weights of a logistic model, and from where on a post is a signal."""

    release: str
    intercept: float
    signal_at: float
    weights: dict[str, float]


def features(reading: Reading, tags: Tags) -> dict[str, float]:
    """Give what the second opinion weighs, by name."""
    promoting = [c.score for c in tags.claims if c.kind == FALSIFIABLE and c.stance == PROMOTES]
    return {
        "reader_signal": _logit(reading.signal),
        "rules_promote": _logit(max(promoting)) + 2.0 if promoting else 0.0,
    }


def _logit(probability: float) -> float:
    bounded = min(max(probability, LEAST), 1 - LEAST)
    return math.log(bounded / (1 - bounded))


class SecondOpinion:
    """Gives better tags for candidates, with the shipped model."""

    def __init__(self, folder: Path = MODEL) -> None:
        self._reader = CarefulReader(folder)
        self._opinion = decode(folder / "opinion.toml", Opinion)
        self.release = f"{self._reader.release}.{self._opinion.release}"

    def read(self, candidates: Sequence[tuple[Document, Tags]]) -> list[Tags]:
        """Give the tags of each candidate after a careful look, in order."""
        readings = self._reader.read([whole(document) for document, _ in candidates])
        return [
            self._weighed(document, tags, reading)
            for (document, tags), reading in zip(candidates, readings, strict=True)
        ]

    def _weighed(self, document: Document, tags: Tags, reading: Reading) -> Tags:
        score = self.score(reading, tags)
        signal = score >= self._opinion.signal_at
        claims = (
            _promoted(document, tags.claims, reading, score) if signal else _unpromoted(tags.claims, reading, score)
        )
        return msgspec.structs.replace(tags, signal=signal, score=round(score, 4), claims=claims)

    def score(self, reading: Reading, tags: Tags) -> float:
        """Give the calibrated probability that the post is a signal."""
        found, opinion = features(reading, tags), self._opinion
        total = opinion.intercept + sum(opinion.weights[name] * value for name, value in found.items())
        return 1.0 / (1.0 + math.exp(-total))


def whole(document: Document) -> str:
    """Give all that a document says as one text, as the reader reads it."""
    titles = [text for text in (*document.link_titles, *document.link_descriptions, *document.media_alts) if text]
    return " ".join([document.text, *titles])


def _promoted(
    document: Document, claims: tuple[ClaimMention, ...], reading: Reading, score: float
) -> tuple[ClaimMention, ...]:
    """Give the claims of a signal: at least one falsifiable one is promoted."""
    rounded = round(score, 4)
    if any(claim.kind == FALSIFIABLE and claim.stance == PROMOTES for claim in claims):
        return tuple(msgspec.structs.replace(c, score=rounded) if c.stance == PROMOTES else c for c in claims)
    known = [claim for claim in claims if claim.kind == FALSIFIABLE]
    if known:
        likeliest = max(known, key=lambda claim: reading.families.get(claim.family, 0.0))
        promoted = msgspec.structs.replace(likeliest, stance=PROMOTES, score=rounded)
        return tuple(promoted if claim is likeliest else claim for claim in claims)
    return (*claims, _unlisted(document, reading, rounded))


def _unlisted(document: Document, reading: Reading, score: float) -> ClaimMention:
    families = {name: value for name, value in reading.families.items() if name != NONE and name not in CONCERNS}
    family = max(families, key=lambda name: families[name])
    return ClaimMention(
        claim_id=f"{family}-unlisted",
        family=family,
        kind=FALSIFIABLE,
        stance=PROMOTES,
        score=score,
        evidence=(Span(0, len(document.text), document.text),),
    )


def _unpromoted(claims: tuple[ClaimMention, ...], reading: Reading, score: float) -> tuple[ClaimMention, ...]:
    """Give the claims of a post that is no signal: where the reader hears another stance than the rules, it counts."""
    heard = max(("debunks", "questions", "reports"), key=lambda name: reading.stances[name])
    surely = reading.stances[heard] > reading.stances[PROMOTES]
    return tuple(
        msgspec.structs.replace(claim, score=round(min(score, claim.score), 4), stance=heard if surely else PROMOTES)
        if claim.kind == FALSIFIABLE and claim.stance == PROMOTES
        else claim
        for claim in claims
    )
