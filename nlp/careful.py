"""The second opinion: what the rules said of a post, weighed with what the careful reader says. One post at a time.

The rules know claims and words, the reader knows how people talk, and weights of words (`nlp/model/words.csv`) know
what real posts sell and repeat; `nlp/model/opinion.toml` holds how much each counts, fitted on labelled posts that none
of them was made from. Where the reader hears a claim that no phrase found, the post gets the claim of that family about
a topic or word that it names, or that its words speak for (`nlp.naming`), or else the family's unlisted claim, with the
words that it hangs on, so that people see it, answer it and can list it.
"""

import hashlib
import math
import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import msgspec

from nlp.gate import read_weights, weighed
from nlp.knowledge import FAMILIES, HERE, Claim, decode
from nlp.naming import NO_CLAIM, Namer
from nlp.normalise import FIELD_BREAK, Reader, Words
from nlp.pipeline import fields
from nlp.reader import MODEL, CarefulReader, Reading
from nlp.tags import ClaimMention, Document, Span, Tags

PROMOTES, DEBUNKS, NONE = "promotes", "debunks", "none"
FALSIFIABLE, CONCERN = "falsifiable", "concern"
CONCERNS = frozenset({"vaccine-liberty", "vaccine-religion", "vaccine-origin"})
UNLISTED = "-unlisted"
LEAST = 1e-4
MOST_NAMED = 3
"""Of the claims that a post names by topic or word, as many count: what lists every disease is about none of them."""
WINDOWS = 6
LEAST_TOLD = 0.05
"""A word that adds less to the log-odds of the score is not worth telling."""
DEBUNKING, UNHEARD = "debunking", "unheard"
HELD_BY = 0.01
"""So far below the threshold stays the score of a post that is held back."""
_WORD = re.compile(r"\S+")
_PART = re.compile(f"[^{FIELD_BREAK}]+")


class Weights(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much each part counts in the log-odds of the score; `features` says what they are."""

    reader_signal: float
    rules_promote: float
    words: float


class Opinion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file `nlp/model/opinion.toml`: weights of a logistic model, and the probabilities from which on the reader
    is believed: `signal_at` that a post is a signal, `stance_at` in a stance, `theme_at` in a family. Whatever its
    score, a post is held back that it takes for debunking with more than `held_at` (`held_plain_at` where the rules are
    sure that it promotes, `held_short_at` where they are and it has at most `short_words` words, since it takes many a
    flat denial of the truth for a correction), or for a signal with less than `heard_at`: words alone make none. The
    rules are sure of a claim with a score from `plain_score` on, or one that `plain_share` of the post's words raise.
    From `claim_at` on a post is of the known claim that words and reader name together. One that is less likely than
    the share `claim_least` of the likeliest is none beside another.
    """

    release: str
    intercept: float
    signal_at: float
    held_at: float
    held_plain_at: float
    held_short_at: float
    short_words: int
    plain_score: float
    plain_share: float
    heard_at: float
    stance_at: float
    theme_at: float
    claim_at: float
    claim_least: float
    weights: Weights


class Weighing(NamedTuple):
    """What the second opinion makes of a post: the `reading`, the calibrated `score`, and whether it is a `signal`.

    `held`: why it is none although its score would do, DEBUNKING or UNHEARD. `parts`: what intercept, reading, rules
    and words add to the log-odds of the score, by the names of `features`.
    """

    reading: Reading
    score: float
    signal: bool
    held: str | None
    parts: dict[str, float]


def features(reading: Reading, tags: Tags, words: float) -> dict[str, float]:
    """Give what the second opinion weighs, by name: log-odds of a signal by the reader, of the likeliest claim promoted
    by the rules, and `words`, the sum of the weights of the post's words.
    """
    promoting = [c.score for c in tags.claims if c.kind == FALSIFIABLE and c.stance == PROMOTES]
    return {
        "reader_signal": _logit(reading.signal),
        "rules_promote": _logit(max(promoting)) + 2.0 if promoting else 0.0,
        "words": words,
    }


def spoken(weights: Mapping[str, float], words: Reader, document: Document) -> float:
    """Give the sum of the weights of all words that a document says, and of each two side by side."""
    return weighed(weights, words.read(whole(document)).stems)


def _logit(probability: float) -> float:
    bounded = min(max(probability, LEAST), 1 - LEAST)
    return math.log(bounded / (1 - bounded))


class SecondOpinion:
    """Gives better tags for candidates, with the shipped model and the known `claims`."""

    def __init__(self, claims: Sequence[Claim], words: Reader, folder: Path = MODEL) -> None:
        self._words = words
        self._by_topic = {(claim.family, topic): claim for claim in claims for topic in claim.topics}
        self._by_words: dict[str, list[tuple[tuple[str, ...], Claim]]] = {}
        for claim in claims:
            for word in claim.words:
                self._by_words.setdefault(claim.family, []).append((tuple(words.read(word).stems), claim))
        self._reader = CarefulReader(folder)
        self._by_theme = [claim for claim in claims if claim.id in self._reader.themes]
        self._families = {claim.id: claim.family for claim in claims}
        opinion, weights, naming = folder / "opinion.toml", folder / "words.csv", HERE / "claim_words.csv"
        self._opinion = decode(opinion, Opinion)
        self._weights = read_weights(weights)
        self._namer = Namer(naming, self._families)
        made = (opinion, weights, naming, folder / "reader.onnx", folder / "model.json")
        fitted = hashlib.sha256(b"".join(file.read_bytes() for file in made)).hexdigest()[:4]
        self.release = f"{self._reader.release}.{self._opinion.release}+{fitted}"

    def read(self, candidates: Sequence[tuple[Document, Tags]]) -> list[Tags]:
        """Give the tags of each candidate after a careful look, in order."""
        readings = self._reader.read([whole(document) for document, _ in candidates])
        return [
            self._weighed(document, tags, reading)
            for (document, tags), reading in zip(candidates, readings, strict=True)
        ]

    @property
    def signal_at(self) -> float:
        """Give the score from which on a post is a signal."""
        return self._opinion.signal_at

    def weigh(self, document: Document, tags: Tags) -> Weighing:
        """Give what is made of one candidate, before it becomes tags."""
        return self._weighing(document, tags, self._reader.read([whole(document)])[0])

    def telling_words(self, document: Document) -> dict[str, float]:
        """Give the words and pairs of words that count, those that count most first, with what each adds to the
        log-odds of the score.
        """
        read = self._words.read(whole(document))
        spelt = dict(zip(read.stems, read.forms, strict=True))
        pairs = zip(pairwise(read.stems), pairwise(read.forms), strict=True)
        spelt |= {" ".join(stems): " ".join(forms) for stems, forms in pairs}
        found = {form: self._weights.get(stem, 0.0) * self._opinion.weights.words for stem, form in spelt.items()}
        counting = [(word, weight) for word, weight in found.items() if abs(weight) >= LEAST_TOLD]
        return dict(sorted(counting, key=lambda each: -abs(each[1])))

    def _weighing(self, document: Document, tags: Tags, reading: Reading) -> Weighing:
        opinion = self._opinion
        found = features(reading, tags, spoken(self._weights, self._words, document))
        parts = {"intercept": opinion.intercept}
        parts |= {name: getattr(opinion.weights, name) * value for name, value in found.items()}
        score = 1.0 / (1.0 + math.exp(-sum(parts.values())))
        held = self._held(document, tags, reading, score)
        if held:
            return Weighing(reading, opinion.signal_at - HELD_BY, False, held, parts)
        return Weighing(reading, score, score >= opinion.signal_at, None, parts)

    def _held(self, document: Document, tags: Tags, reading: Reading, score: float) -> str | None:
        opinion = self._opinion
        if score < opinion.signal_at:
            return None
        if reading.signal < opinion.heard_at:
            return UNHEARD
        return DEBUNKING if reading.stances[DEBUNKS] > doubt_borne(document, tags, opinion) else None

    def _weighed(self, document: Document, tags: Tags, reading: Reading) -> Tags:
        _, score, signal, _, _ = self._weighing(document, tags, reading)
        score = round(score, 4)
        if not signal and reading.stances[NONE] >= self._opinion.stance_at:  # whatever its words, it is of no claim
            return msgspec.structs.replace(tags, signal=False, score=score, claims=())
        heard = self._heard(reading, signal)
        named = self._namer.named(self._words.read(whole(document)).stems, reading.claims)
        told = self._told(named)
        claims: tuple[ClaimMention, ...]
        if signal:
            claims = _promoted_by(tags.claims, reading, score)
            if told and self._families[told] not in CONCERNS:
                claims = self._likely_ones(claims, named)
        else:
            claims = tuple(_of_reader(claim, heard, score) for claim in tags.claims)
        if heard:
            claims += self._unfound_concerns(document, claims, reading, heard, score)
            for family in self._unfound_families(claims, reading, heard, signal, told):
                claims += self._unfound(document, tags, family, heard, score, told)
        if any(map(_is_known, left := self._likely_ones(claims, named))):
            claims = left
        if signal and any(_promoted(claim) and _is_known(claim) for claim in claims):
            claims = tuple(claim for claim in claims if _is_known(claim) or not _promoted(claim))
        return msgspec.structs.replace(tags, signal=signal, score=score, claims=claims)

    def _told(self, named: Mapping[str, float]) -> str | None:
        """Give the likeliest known claim, if it is likely enough."""
        likeliest = max(named, key=lambda claim_id: named[claim_id], default=NO_CLAIM)
        return likeliest if likeliest != NO_CLAIM and named[likeliest] >= self._opinion.claim_at else None

    def _likely_ones(self, claims: tuple[ClaimMention, ...], named: Mapping[str, float]) -> tuple[ClaimMention, ...]:
        """Leave out the known false claims that are hardly likely beside the likeliest."""
        least = self._opinion.claim_least * max(named.values(), default=0.0)
        return tuple(claim for claim in claims if not _is_known(claim) or named.get(claim.claim_id, 1.0) >= least)

    def _unfound_concerns(
        self, document: Document, claims: Sequence[ClaimMention], reading: Reading, stance: str, score: float
    ) -> tuple[ClaimMention, ...]:
        """Give the concerns that no phrase found and that are a theme of their own for the reader."""
        known = {claim.claim_id for claim in claims}
        return tuple(
            ClaimMention(claim.id, claim.family, claim.kind, stance, score, (self._hung_on(document, claim.id),))
            for claim in self._by_theme
            if claim.id not in known and reading.themes[claim.id] >= self._opinion.theme_at
        )

    def _unfound(
        self, document: Document, tags: Tags, family: str, stance: str, score: float, told: str | None
    ) -> tuple[ClaimMention, ...]:
        """Give the claims of a family heard that no phrase found: by topic or word, the one `told`, or else the
        unlisted one.

        Topics and words in general tell too little of what is asked or reported: most news of a disease are of no false
        cure for it.
        """
        kind, words = CONCERN if family in CONCERNS else FALSIFIABLE, self._hung_on(document, family)
        about: dict[str, tuple[Span, ...]]
        about = {claim_id: (span,) for claim_id, span in self._worded(document, family).items()}
        if stance in (PROMOTES, DEBUNKS):
            for topic in tags.topics:
                if claim := self._by_topic.get((family, topic.topic_id)):
                    about.setdefault(claim.id, (topic.span,))
            if not about and told and self._families[told] == family:
                about = {told: self._telling(document, told)}
        if not 0 < len(about) <= MOST_NAMED:
            return (ClaimMention(family + UNLISTED, family, kind, stance, score, (words,)),)
        return tuple(
            ClaimMention(claim_id, family, kind, stance, score, (words, *spans)) for claim_id, spans in about.items()
        )

    def _worded(self, document: Document, family: str) -> dict[str, Span]:
        """Give the claims of a family whose words a document holds, by id, with those words."""
        if family not in self._by_words:
            return {}
        said = fields(document)
        read = self._words.read(said.joined)
        worded: dict[str, Span] = {}
        for stems, claim in self._by_words[family]:
            if claim.id not in worded and (place := _place(read, stems)):
                worded[claim.id] = said.span(*place)
        return worded

    def _telling(self, document: Document, told: str) -> tuple[Span, ...]:
        """Give the words that speak most for a claim, where they stand."""
        said = fields(document)
        read = self._words.read(said.joined)
        places = [_place(read, tuple(words.split(" "))) for words in self._namer.telling(read.stems, told)]
        return tuple(said.span(*place) for place in places if place)

    def _heard(self, reading: Reading, signal: bool) -> str | None:
        """Give the stance that the reader hears clearly enough; None where it hears none.

        A signal promotes; what is none may still promote a concern.
        """
        if signal:
            return PROMOTES
        stances = {stance: value for stance, value in reading.stances.items() if stance != NONE}
        likeliest = max(stances, key=lambda stance: stances[stance])
        return likeliest if sum(stances.values()) >= self._opinion.stance_at else None

    def _unfound_families(
        self,
        claims: Sequence[ClaimMention],
        reading: Reading,
        heard: str,
        signal: bool,
        told: str | None,
    ) -> list[str]:
        """Give the families that the reader hears and no claim in play is of.

        What promotes too faintly for a signal adds no false claim, lest counts of those who promote hold it.
        """
        known = {claim.family for claim in claims}
        sure = [family for family in FAMILIES if reading.themes[family] >= self._opinion.theme_at]
        if heard == PROMOTES and not signal:
            sure = [family for family in sure if family in CONCERNS]
        if signal and not any(map(_promoted, claims)):
            named = {self._families[told]} - CONCERNS if told else set()
            sure += named or ({_likeliest(reading)} if CONCERNS.issuperset(sure) else set())
        return [family for family in dict.fromkeys(sure) if family not in known]

    def _hung_on(self, document: Document, theme: str) -> Span:
        """Give the words that the reading hangs on: those without which the reader hears the theme least."""
        said = fields(document)
        runs = [run for part in _PART.finditer(said.joined) for run in _runs(part, said.joined)]
        if len(runs) < 2:
            return said.span(0, len(said.joined))
        without = self._reader.read([_spaced(said.joined[:start] + said.joined[end:]) for start, end in runs])
        start, end = min(zip(runs, without, strict=True), key=lambda each: each[1].themes[theme])[0]
        return said.span(start, end)


def doubt_borne(document: Document, tags: Tags, opinion: Opinion) -> float:
    """Give the probability of debunking beyond which a post is held back."""
    if not _plainly(document, tags, opinion):
        return opinion.held_at
    short = len(_WORD.findall(document.text)) <= opinion.short_words
    return opinion.held_short_at if short else opinion.held_plain_at


def _plainly(document: Document, tags: Tags, opinion: Opinion) -> bool:
    """Tell whether the rules are sure that a post promotes a false claim."""
    promoting = [claim for claim in tags.claims if _promoted(claim)]
    words = [word.span() for word in _WORD.finditer(document.text)]
    for claim in promoting:
        spans = [(span.start, span.end) for span in claim.evidence if span.field == "text"]
        raising = sum(any(start < last and first < end for start, end in spans) for first, last in words)
        if claim.score >= opinion.plain_score or (raising and raising >= opinion.plain_share * len(words)):
            return True
    return False


def whole(document: Document) -> str:
    """Give all that a document says as one text, as the reader reads it."""
    return _spaced(fields(document).joined)


def _spaced(joined: str) -> str:
    return joined.replace(FIELD_BREAK, " ")


def _runs(part: re.Match[str], joined: str) -> list[tuple[int, int]]:
    """Give the [start, end) of the runs of words of one field, each a part of all words of the document."""
    width = math.ceil(len(_WORD.findall(joined)) / WINDOWS)
    places = [match.span() for match in _WORD.finditer(joined, *part.span())]
    return [(places[n][0], places[min(n + width, len(places)) - 1][1]) for n in range(0, len(places), width)]


def _place(read: Words, stems: tuple[str, ...]) -> tuple[int, int] | None:
    """Give the [start, end) of the first place where words stand side by side."""
    for n in range(len(read.stems) - len(stems) + 1):
        if tuple(read.stems[n : n + len(stems)]) == stems:
            return read.starts[n], read.ends[n + len(stems) - 1]
    return None


def _promoted(claim: ClaimMention) -> bool:
    return claim.kind == FALSIFIABLE and claim.stance == PROMOTES


def _likeliest(reading: Reading) -> str:
    return max((family for family in FAMILIES if family not in CONCERNS), key=lambda family: reading.themes[family])


def _is_known(claim: ClaimMention) -> bool:
    return claim.kind == FALSIFIABLE and not claim.claim_id.endswith(UNLISTED)


def _of_reader(claim: ClaimMention, heard: str | None, score: float) -> ClaimMention:
    """Give a claim in play with the stance that the reader hears, and at most the score of its post, which is no
    signal: it promotes no false claim but what the rules take for promoting.
    """
    stance = heard or claim.stance
    if claim.kind == FALSIFIABLE and stance == PROMOTES:
        stance = claim.stance
    return msgspec.structs.replace(claim, stance=stance, score=min(score, round(claim.score, 4)))


def _promoted_by(claims: Sequence[ClaimMention], reading: Reading, score: float) -> tuple[ClaimMention, ...]:
    """Give what is in play in a signal: it promotes the false claims that the rules say it promotes, and those of
    families that the reader hears. Others that they find, they misread.
    """
    least = reading.themes[_likeliest(reading)] / 2
    found = []
    for claim in claims:
        if claim.kind == CONCERN:
            found.append(claim)
        elif _promoted(claim) or reading.themes[claim.family] >= least:
            found.append(msgspec.structs.replace(claim, stance=PROMOTES, score=score))
    return tuple(found)
