"""The tagger: documents in, tags out, in one pass of a spaCy pipeline. No Kafka and no post here.

The pipeline is `spacy.blank("en")` with a tokeniser that reads posts into normal forms, and components that leave what
they find in `doc.user_data`. Most posts hold no word of any claim and cost little more than their tokens; repeated
texts and authors are looked up.
"""

from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path
from typing import NamedTuple, Protocol

import msgspec
import spacy
from spacy.attrs import NORM  # type: ignore[import-not-found]  # compiled, without stubs
from spacy.language import Language
from spacy.tokens import Doc
from spacy.vocab import Vocab

from nlp.claims import InPlay, Possible
from nlp.fingerprint import fingerprint
from nlp.inflection import stem
from nlp.knowledge import HERE, Claim
from nlp.lore import Lore, lore
from nlp.normalise import FIELD_BREAK, Words
from nlp.phrases import Scene
from nlp.roles import OTHER, PATIENT
from nlp.score import SIGNAL_AT, features, probability, score
from nlp.stance import Verdict
from nlp.tags import ClaimMention, Document, Span, Tags, TopicMention
from nlp.topics import Found, Topics

REMEMBERED = 20_000


class SecondReader(Protocol):
    """A costly second look at candidates."""

    release: str

    def read(self, candidates: Sequence[tuple[Document, Tags]]) -> list[Tags]:
        """Give better tags for each candidate, in the same order."""


def _second_reader(known: Lore) -> SecondReader:
    """Give the shipped careful reader; what it needs is loaded only where it is used."""
    from nlp.careful import SecondOpinion

    return SecondOpinion(known.claims, known.reader)


class PostTokenizer:
    """Makes a Doc of the normal forms of a post's words; links, mentions and punctuation are no tokens."""

    def __init__(self, vocab: Vocab, known: Lore) -> None:
        self._vocab = vocab
        self._reader = known.reader

    def __call__(self, text: str) -> Doc:
        words = self._reader.read(text)
        return Doc(self._vocab, words=words.forms, user_data={"words": words})


@Language.factory("health_topics", assigns=["doc.user_data"], default_config={"folder": str(HERE), "own": ""})
class HealthTopics:
    """Leaves `topics`: the diseases, symptoms, treatments and procedures that a post names."""

    def __init__(self, nlp: Language, name: str, folder: str, own: str) -> None:
        known = _known(folder, own)
        self._topics = Topics(Path(folder) / "topics", nlp.vocab, known.reader, known.vocabulary)

    def __call__(self, doc: Doc) -> Doc:
        doc.user_data["topics"] = self._topics.find(doc, doc.user_data["words"])
        return doc


@Language.factory("health_claims", assigns=["doc.user_data"], default_config={"folder": str(HERE), "own": ""})
class HealthClaims:
    """Leaves `claims`, with stance, score and evidence, and `candidate`, `danger` and `subject`."""

    def __init__(self, nlp: Language, name: str, folder: str, own: str) -> None:
        self._lore = _known(folder, own)

    def __call__(self, doc: Doc) -> Doc:
        words: Words = doc.user_data["words"]
        keys = self._lore.compiler.keys(words)
        possible = self._lore.known.possible(keys)
        held = self._lore.gate.holds(keys) or self._lore.gate.weighs(words.stems)
        gated = [] if held else self._lore.gate.possible(keys)
        doc.user_data["candidate"] = held
        doc.user_data["subject"] = self._lore.subjects.of(keys)
        if possible or gated or self._lore.danger.possible(keys) or self._lore.known.tagged(words):
            scene = Scene(words)
            claims = self._claims(scene, possible, keys)
            doc.user_data["claims"] = claims
            doc.user_data["candidate"] = held or bool(claims) or any(scene.find(phrase) for phrase in gated)
            doc.user_data["danger"] = self._lore.danger.shown(scene, keys)
        return doc

    def _claims(self, scene: Scene, possible: Possible, keys: frozenset[str]) -> list["Claimed"]:
        plays = self._lore.known.in_play(scene, possible)
        if not plays:
            return []
        context = self._lore.judge.context(scene, keys)
        grouped = [list(matches) for _, matches in groupby(plays, key=lambda play: play.claim.id)]
        verdicts = self._lore.judge.verdicts(scene, grouped, context)
        return [self._claimed(scene, matches, v) for matches, v in zip(grouped, verdicts, strict=True) if v]

    def _claimed(self, scene: Scene, plays: list[InPlay], verdict: Verdict) -> "Claimed":
        evidence = {run: None for play in plays for run in _runs(scene.words, play)}
        cues = {(scene.words.starts[a], scene.words.ends[b]): None for a, b in verdict.reading.places}
        return Claimed(plays[0], verdict, tuple(evidence), tuple(cues))


def _known(folder: str, own: str) -> Lore:
    return lore(Path(folder), Path(own) if own else None)


class Claimed(NamedTuple):
    """A claim in play with its verdict; evidence and cues as [start, end) of the joined fields."""

    play: InPlay
    verdict: Verdict
    evidence: tuple[tuple[int, int], ...]
    cues: tuple[tuple[int, int], ...]


def _runs(words: Words, play: InPlay) -> list[tuple[int, int]]:
    if play.match is None:
        return [play.tag] if play.tag else []
    return [(words.starts[first], words.ends[last]) for first, last in play.match.runs]


class Fields(NamedTuple):
    """The fields of a document joined into one text, with the name and the start of each."""

    joined: str
    names: tuple[str, ...]
    starts: tuple[int, ...]

    def span(self, start: int, end: int) -> Span:
        """Give the span of [start, end) of the joined text, in the field where it begins."""
        place = max(0, bisect_left(self.starts, start + 1) - 1)
        base = self.starts[place]
        limit = self.starts[place + 1] - 1 if place + 1 < len(self.starts) else len(self.joined)
        end = min(end, limit)
        return Span(start - base, end - base, self.joined[start:end], self.names[place])


def fields(document: Document) -> Fields:
    """Give the text, the link titles and descriptions and the alt texts of a document as one text."""
    if not (document.link_titles or document.link_descriptions or document.media_alts):
        return Fields(document.text, ("text",), (0,))
    parts = [("text", document.text)]
    parts += [(f"link:{n}:title", text) for n, text in enumerate(document.link_titles) if text]
    parts += [(f"link:{n}:description", text) for n, text in enumerate(document.link_descriptions) if text]
    parts += [(f"alt:{n}", text) for n, text in enumerate(document.media_alts) if text]
    starts, length = [], 0
    for _, text in parts:
        starts.append(length)
        length += len(text) + 1
    joined = FIELD_BREAK.join(text.replace(FIELD_BREAK, " ") for _, text in parts)
    return Fields(joined, tuple(name for name, _ in parts), tuple(starts))


_Key = tuple[str, tuple[str, ...], str | None, float | None]


class Tagger:
    """Tags documents. `knowledge`: a folder like `nlp`, checked here; `careful`: the careful reader, if any.

    `own`: a folder (or file) of a user's own claims, on top of those of `knowledge`.
    `patients_on_x`: whether "patient or caregiver" is told on X, which forbids inferring a person's health, and where
    no platform is named.
    """

    def __init__(
        self,
        knowledge: Path | None = None,
        careful: "SecondReader | bool" = True,
        patients_on_x: bool = False,
        own: Path | None = None,
    ) -> None:
        config = {"folder": str(knowledge or HERE), "own": str(own or "")}
        self._lore = _known(**config)
        self._careful = _second_reader(self._lore) if careful is True else careful or None
        self._model = f"{self._lore.model}+{self._careful.release}" if self._careful else self._lore.model
        self._patients_on_x = patients_on_x
        self._pipe = spacy.blank("en")
        self._pipe.tokenizer = PostTokenizer(self._pipe.vocab, self._lore)
        _prepare(self._pipe.vocab, self._lore.vocabulary)
        self._pipe.add_pipe("health_topics", config=config)
        self._pipe.add_pipe("health_claims", config=config)
        self._remembered: OrderedDict[_Key, Tags] = OrderedDict()

    @property
    def rules(self) -> str:
        """Give the release of the rules and words, with a hash of their contents. Sorts by age."""
        return self._lore.rules

    @property
    def model(self) -> str:
        """Give the release of the trained parts, the careful reader's included. Sorts by age."""
        return self._model

    @property
    def claims(self) -> tuple[Claim, ...]:
        """Give the known claims, in the order of their ids."""
        return self._lore.claims

    def tag(self, documents: Sequence[Document], *, rules_alone: bool = False) -> list[Tags]:
        """Give the tags of each document, in order; `rules_alone`: as a tagger without the careful reader does.

        One batch: what spaCy remembers of it is dropped at the end.
        """
        joined = [fields(document) for document in documents]
        credibility = [self._lore.ratings.lowest(d.urls) if d.urls else None for d in documents]
        keys = [(f.joined, f.names, d.language, c) for f, d, c in zip(joined, documents, credibility, strict=True)]
        first: dict[_Key, int] = {}
        for place, key in enumerate(keys):
            if key not in self._remembered:
                first.setdefault(key, place)
        with self._pipe.memory_zone():
            for doc, (key, place) in zip(self._pipe.pipe(key[0] for key in first), first.items(), strict=True):
                self._remembered[key] = self._tags(doc, joined[place], documents[place], credibility[place])
        tagged = [
            self._with_role(document, self._remembered[key]) for document, key in zip(documents, keys, strict=True)
        ]
        while len(self._remembered) > REMEMBERED:
            self._remembered.popitem(last=False)
        if rules_alone:
            return [msgspec.structs.replace(tags, model=self._lore.model) for tags in tagged]
        return self._carefully(documents, tagged)

    def reasons(self, document: Document) -> dict[str, float] | None:
        """Give what the score weighs of the likeliest falsifiable claim, by name; None where none is in play."""
        joined = fields(document)
        with self._pipe.memory_zone():
            claimed: Sequence[Claimed] = self._pipe(joined.joined).user_data.get("claims", ())
        credibility = self._lore.ratings.lowest(document.urls)
        found = [features(one.verdict, credibility) for one in claimed if one.play.claim.kind == "falsifiable"]
        return max(found, key=lambda reasons: probability(self._lore.weights, reasons), default=None)

    def _with_role(self, document: Document, tags: Tags) -> Tags:
        if not document.name and not document.bio:
            return tags
        role = self._lore.roles.of(document.name, document.bio)
        if role == PATIENT and document.platform in ("x", None) and not self._patients_on_x:
            role = OTHER
        return tags if role == tags.role else msgspec.structs.replace(tags, role=role)

    def _carefully(self, documents: Sequence[Document], tagged: list[Tags]) -> list[Tags]:
        places = [place for place, tags in enumerate(tagged) if tags.candidate]
        if places and self._careful:
            better = self._careful.read([(documents[place], tagged[place]) for place in places])
            for place, tags in zip(places, better, strict=True):
                tagged[place] = tags
        return tagged

    def _tags(self, doc: Doc, joined: Fields, document: Document, credibility: float | None) -> Tags:
        found = doc.user_data
        words: Words = found["words"]
        own = words.forms if len(joined.names) == 1 else words.forms[: bisect_left(words.starts, len(document.text))]
        language = self._lore.languages.of(joined.joined, frozenset(words.forms), document.language)
        covered = language in self._lore.languages.covered
        claims = self._mentions(found.get("claims", ()), joined, credibility) if covered else ()
        likeliest = max((c.score for c in claims if c.kind == "falsifiable"), default=0.0)
        return Tags(
            signal=any(c.kind == "falsifiable" and c.stance == "promotes" and c.score >= SIGNAL_AT for c in claims),
            score=likeliest,
            language=language,
            role=OTHER,
            topics=tuple(_topic(f, joined) for f in found["topics"]),
            claims=claims,
            fingerprint=fingerprint(own),
            rules=self._lore.rules,
            model=self._model,
            subject=found["subject"],
            credibility=credibility,
            danger=covered and found.get("danger", False),
            candidate=covered and language in self._lore.languages.read and found.get("candidate", False),
        )

    def _mentions(
        self, claimed: Sequence[Claimed], joined: Fields, credibility: float | None
    ) -> tuple[ClaimMention, ...]:
        return tuple(
            ClaimMention(
                claim_id=one.play.claim.id,
                family=one.play.claim.family,
                kind=one.play.claim.kind,
                stance=one.verdict.stance,
                score=score(self._lore.weights, one.verdict, credibility),
                evidence=tuple(joined.span(*place) for place in one.evidence),
                cues=tuple(joined.span(*place) for place in one.cues),
            )
            for one in claimed
        )


def _topic(found: Found, joined: Fields) -> TopicMention:
    return TopicMention(found.topic.topic_id, found.topic.label, found.topic.kind, joined.span(found.start, found.end))


def _prepare(vocab: Vocab, words: Iterable[str]) -> None:
    """Let the NORM of every lexeme be its stem, so that matchers tolerate inflection, and keep common words for good.

    No other attribute is asked for, and computing them is most of what a new word costs.
    """
    vocab.lex_attr_getters = {NORM: stem}  # type: ignore[attr-defined]  # compiled, missing in its stub
    for word in words:
        vocab[word].norm_ = stem(word)
    for lexeme in vocab:
        lexeme.norm_ = stem(lexeme.text)
