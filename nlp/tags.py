"""Tags: what the tagger says of one document. Plain text in, tags out: no Kafka and no post here."""

import msgspec


class Span(msgspec.Struct, frozen=True, omit_defaults=True):
    """Code points [start, end) of one field of the document: `text`, `link:0:title`, `link:0:description`, `alt:0`."""

    start: int
    end: int
    text: str
    field: str = "text"


class TopicMention(msgspec.Struct, frozen=True):
    """A disease, symptom, treatment or procedure named in the document, by ontology id (DOID:…, SYMP:…)."""

    topic_id: str
    label: str
    kind: str
    span: Span


class ClaimMention(msgspec.Struct, frozen=True):
    """A known claim in play. `stance`: promotes, debunks, questions or reports; `score`: calibrated, 0 to 1.

    `kind`: falsifiable or concern. `evidence`: the words that raised it; `cues`: the words that decided the stance.
    """

    claim_id: str
    family: str
    kind: str
    stance: str
    score: float
    evidence: tuple[Span, ...]
    cues: tuple[Span, ...] = ()


class Document(msgspec.Struct, frozen=True):
    """What the tagger reads. `language` is the platform's word for it, where it has one."""

    text: str
    name: str | None = None
    bio: str | None = None
    language: str | None = None
    urls: tuple[str, ...] = ()
    link_titles: tuple[str | None, ...] = ()
    link_descriptions: tuple[str | None, ...] = ()
    media_alts: tuple[str, ...] = ()
    platform: str | None = None


class Tags(msgspec.Struct, frozen=True):
    """What the tagger says. `score`: calibrated probability that `signal` is true. `fingerprint`: of the text, for
    campaigns. `candidate`: worth the careful reader. `rules` and `model` are releases that sort by age.
    """

    signal: bool
    score: float
    language: str
    role: str
    topics: tuple[TopicMention, ...]
    claims: tuple[ClaimMention, ...]
    fingerprint: int
    rules: str
    model: str
    subject: str | None = None
    credibility: float | None = None
    danger: bool = False
    candidate: bool = False
