"""All that the tagger says of one text and why: the answer to "why is this a signal?", and to "why is it none?"."""

from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from flows.settings import BadSetting, Settings
from flows.tag_lines import said
from flows.tagging import tagger
from nlp.careful import SecondOpinion, Weighing
from nlp.knowledge import HERE, BadKnowledge, Claim
from nlp.lore import lore
from nlp.score import SIGNAL_AT
from nlp.tags import Document, Tags
from warehouse.questions import asked


class Stored(msgspec.Struct, frozen=True):
    """A post of a snapshot, with the tagging that stands there; `signal` is None where it was not tagged."""

    platform: str
    post_id: str
    created_at: datetime | None
    signal: bool | None
    score: float | None
    rules: str | None
    model: str | None


class Explained(msgspec.Struct, frozen=True):
    """What the tagger says of a document, and what stands behind it.

    `rules_alone`: what the first pass said, where the careful reader had its say after it. `threshold`: the score from
    which on a promoted claim is a signal. `weighed`: what the score of the likeliest claim was made of by the rules;
    `weighing`: what the careful reader heard, and what its score is made of, where it was asked; `words`: which words
    count in it, and how much.
    `covered`: whether claims are known in the document's language; `read`: whether the careful reader reads it.
    `links`: each with its rating, 0 to 1.
    """

    document: Document
    tags: Tags
    rules_alone: Tags | None
    threshold: float
    weighed: dict[str, float]
    weighing: Weighing | None
    words: dict[str, float]
    covered: bool
    read: bool
    covered_languages: tuple[str, ...]
    links: tuple[tuple[str, float | None], ...]
    known: dict[str, Claim]
    claims_known: int
    stored: Stored | None = None

    @property
    def empty(self) -> bool:
        """Tell whether nothing at all was found."""
        return not (self.tags.claims or self.tags.topics or self.tags.danger)


def explained(config: Settings, document: Document, *, careful: bool = True, stored: Stored | None = None) -> Explained:
    """Tag a document and give what stands behind the tags. Raises BadSetting where knowledge is bad."""
    try:
        knowledge = lore(HERE, config.claims_path)
        opinion = SecondOpinion(knowledge.claims, knowledge.reader) if careful and config.careful else None
    except BadKnowledge as error:
        raise BadSetting(str(error)) from None
    pipe = tagger(config, careful=opinion or False)
    [tags], [rules_alone] = pipe.tag([document]), pipe.tag([document], rules_alone=True)
    second = opinion if rules_alone.candidate else None
    return Explained(
        document=document,
        tags=tags,
        rules_alone=rules_alone if second else None,
        threshold=second.signal_at if second else SIGNAL_AT,
        weighed=pipe.reasons(document) or {},
        weighing=second.weigh(document, rules_alone) if second else None,
        words=second.telling_words(document) if second else {},
        covered=tags.language in knowledge.languages.covered,
        read=tags.language in knowledge.languages.read,
        covered_languages=tuple(sorted(knowledge.languages.covered)),
        links=tuple((url, knowledge.ratings.lowest([url])) for url in document.urls),
        known={claim.id: claim for claim in knowledge.claims if claim.id in {c.claim_id for c in tags.claims}},
        claims_known=len(knowledge.claims),
        stored=stored,
    )


def stored_post(snapshot: Path, platform: str, post_id: str) -> tuple[Document, Stored] | None:
    """Give a post of a snapshot as the tagger reads it, and how it was tagged there; None where there is none.

    Who wrote it stands in the vault, so that the role is not read again.
    """
    found = asked(snapshot, "post", platform, post_id)
    if not found.rows:
        return None
    row = dict(zip(found.columns, found.rows[0], strict=True))
    document = Document(
        text=row["text"] or "",
        language=row["language"],
        urls=tuple(row["urls"] or ()),
        link_titles=tuple(row["link_titles"] or ()),
        link_descriptions=tuple(row["link_descriptions"] or ()),
        media_alts=tuple(row["media_alts"] or ()),
        platform=platform,
    )
    return document, Stored(**{name: row[name] for name in Stored.__struct_fields__})


def as_json(found: Explained) -> dict[str, Any]:
    """Give the explanation by the names that `auscult tag` uses, and more."""
    tagged = said(found.tags)
    claims = [{**claim, **_knowledge(found.known.get(claim["claim"]))} for claim in tagged["claims"]]
    return {
        "text": found.document.text,
        **tagged,
        "threshold": found.threshold,
        "claims": claims,
        "claims_covered": found.covered,
        "candidate": found.tags.candidate,
        "fingerprint": f"{found.tags.fingerprint:016x}",
        "links": [{"url": url, "credibility": rating} for url, rating in found.links],
        "weighed": found.weighed,
        "careful_reader": None if found.weighing is None else _heard(found.weighing, found.words),
        "rules_alone": None if found.rules_alone is None else said(found.rules_alone),
        "stored": None if found.stored is None else msgspec.to_builtins(found.stored),
    }


def _heard(weighing: Weighing, words: dict[str, float]) -> dict[str, Any]:
    """Give what the careful reader heard: probabilities, and why a post is held back that scores enough ("debunking" or
    "unheard"), or None; and what adds how much to the log-odds of the score, by part (their sum) and by word.
    """
    return {
        "signal": round(weighing.reading.signal, 4),
        "stances": _rounded(weighing.reading.stances),
        "held_back": weighing.held,
        "parts": _rounded(weighing.parts),
        "words": _rounded(words),
    }


def _rounded(values: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 4) for name, value in values.items()}


def _knowledge(claim: Claim | None) -> dict[str, Any]:
    fields = ("statement", "wrong_because", "source", "risk", "harm", "reviewer", "reviewed")
    return {name: getattr(claim, name) if claim else None for name in fields}
