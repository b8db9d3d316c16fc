"""An explanation as a person reads it in a terminal, or in plain text where there is none."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from flows.explain import Explained
from flows.highlight import highlighted, legend, marks
from nlp.careful import DEBUNKING, UNHEARD, Weighing
from nlp.knowledge import Claim
from nlp.tags import ClaimMention, Document, Span

STANCES = {"promotes": "bold red", "debunks": "bold green", "questions": "bold cyan", "reports": "bold blue"}
WIDTH = 120
HELD = {DEBUNKING: "were it not taken for debunking too", UNHEARD: "did not its words alone speak for one"}
PARTS = {
    "intercept": "signals are rare",
    "reader_signal": "the reading",
    "rules_promote": "the rules",
    "words": "the words",
}
MOST_WORDS = 4


def print_explanation(found: Explained, console: Console | None = None) -> None:
    """Print all that was found, with marks, and plainly where nothing was."""
    console = console or _console()
    plain = console.color_system is None
    parts: Iterator[RenderableType] = chain(
        _post(found), _text(found, plain), _verdict(found), _claims(found), _nothing(found), _details(found)
    )
    for part in parts:
        console.print(part)


def _console() -> Console:
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=WIDTH)


def _post(found: Explained) -> Iterator[Text]:
    if found.stored is not None:
        written = f", written {found.stored.created_at:%Y-%m-%d %H:%M} UTC" if found.stored.created_at else ""
        yield Text(f"{found.stored.platform} post {found.stored.post_id}{written}", "bold")
    yield Text()


def _text(found: Explained, plain: bool) -> Iterator[Text | Padding]:
    marked = marks(found.tags)
    for field, text in _fields(found.document):
        here = [mark for mark in marked if mark.span.field == field]
        if field == "text" or here:
            name = "" if field == "text" else f"{field}: "
            yield Padding(Text.assemble((name, "dim"), highlighted(text, here, plain)), (0, 2), expand=False)
    if marked:
        yield legend(dict.fromkeys(mark.kind for mark in marked), plain)
    yield Text()


def _fields(document: Document) -> Iterator[tuple[str, str]]:
    yield "text", document.text
    yield from ((f"link:{n}:title", text) for n, text in enumerate(document.link_titles) if text)
    yield from ((f"link:{n}:description", text) for n, text in enumerate(document.link_descriptions) if text)
    yield from ((f"alt:{n}", text) for n, text in enumerate(document.media_alts) if text)


def _verdict(found: Explained) -> Iterator[Text]:
    tags = found.tags
    word = ("yes", "bold red") if tags.signal else ("no", "bold green")
    why = f"  score {tags.score:.2f}; a promoted claim is a signal from {found.threshold:.2f} on"
    yield Text.assemble("signal ", word, why)
    if found.rules_alone is not None:
        first = found.rules_alone
        yield Text(f"       the rules alone said {_yes(first.signal)}, {first.score:.2f}; the careful reader decided")
    if found.weighing is not None:
        yield Text(f"       it heard {_stances(found.weighing)}")
        yield Text(f"       for and against a signal: {_parts(found.weighing.parts)}")
        if found.words:
            yield Text(f"       words that count: {_words(found.words)}")
        if found.weighing.held:
            yield Text(f"       held back: it would be a signal, {HELD[found.weighing.held]}", "bold green")
    if found.stored is not None:
        yield Text(f"       {_as_stored(found)}")
    if tags.danger:
        yield Text("danger the words say that a person may be in danger: show this to people who can help", "bold red")
    yield Text()


def _stances(weighing: Weighing) -> str:
    """Give the stances that were heard at all, the likeliest first."""
    heard = sorted(weighing.reading.stances.items(), key=lambda each: -each[1])
    return ", ".join(f"{stance} {value:.2f}" for stance, value in heard if value >= 0.01)


def _parts(parts: dict[str, float]) -> str:
    return ", ".join(f"{PARTS[name]} {value:+.1f}" for name, value in parts.items())


def _words(words: dict[str, float]) -> str:
    """Give the words that count most in the score."""
    return ", ".join(f"“{word}” {value:+.1f}" for word, value in list(words.items())[:MOST_WORDS])


def _yes(signal: bool | None) -> str:
    return "yes" if signal else "no"


def _as_stored(found: Explained) -> str:
    stored = found.stored
    if stored is None or stored.signal is None or stored.score is None:
        return "in the snapshot the post is not tagged yet"
    if (stored.rules, stored.model) == (found.tags.rules, found.tags.model):
        return f"in the snapshot: {_yes(stored.signal)}, {stored.score:.2f}, by these very versions"
    return f"in the snapshot: {_yes(stored.signal)}, {stored.score:.2f}, by rules {stored.rules}, model {stored.model}"


def _claims(found: Explained) -> Iterator[Text | Table]:
    for claim in sorted(found.tags.claims, key=lambda one: -one.score):
        yield from _claim(claim, found.known.get(claim.claim_id), _decided(claim, found))


def _decided(mention: ClaimMention, found: Explained) -> str:
    """Give what the stance on a claim hangs on: the cues of the rules, where the reader did not hear it otherwise."""
    rules = found.rules_alone or found.tags
    by_rules = {claim.claim_id: claim.stance for claim in rules.claims}.get(mention.claim_id)
    if by_rules == mention.stance:
        return _quoted(mention.cues) or "no cue: said plainly"
    return "the careful reader" + (f"; the rules said {by_rules}" if by_rules else "; no phrase of the rules finds it")


def _claim(mention: ClaimMention, claim: Claim | None, decided: str) -> Iterator[Text | Table]:
    stance = (mention.stance, STANCES.get(mention.stance, "bold"))
    named = (f" {mention.claim_id}", "bold")
    yield Text.assemble("claim  ", stance, named, f"  ({mention.family}, {mention.kind})")
    lines = {
        "score": f"{mention.score:.2f}",
        "raised by": _quoted(mention.evidence),
        "decided by": decided,
        **_knowledge(claim),
    }
    yield _listed(lines, indent=2)
    yield Text()


def _listed(lines: Mapping[str, str], indent: int = 0) -> Table:
    """Give names and what they say side by side; long ones go on under themselves."""
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, text in lines.items():
        grid.add_row(" " * indent + name, Text(text))
    return grid


def _knowledge(claim: Claim | None) -> dict[str, str]:
    if claim is None:
        return {"it says": "on no list: the careful reader hears a claim of this family that nobody listed yet"}
    wrong = {"wrong because": claim.wrong_because} if claim.wrong_because else {}
    return {
        "it says": claim.statement,
        **wrong,
        "source": claim.source,
        "risk": f"{claim.risk}: {claim.harm}",
        "reviewed": f"{claim.reviewed} by {claim.reviewer}",
    }


def _quoted(spans: Iterable[Span]) -> str:
    return ", ".join(f"“{span.text}”" + (f" ({span.field})" if span.field != "text" else "") for span in spans)


def _nothing(found: Explained) -> Iterator[Text]:
    if not found.covered:
        known = ", ".join(found.covered_languages)
        yield Text(
            f"Claims were not looked for: the language is {found.tags.language}, and claims are known in {known}."
        )
    elif not found.tags.claims:
        what = "Nothing was found: no claim, no topic" if found.empty else "No claim was found"
        yield Text(
            f"{what}. None of the {found.claims_known} known claims is in play; whether the text is true is not said."
        )
        yield Text('Should it be known? auscult claims draft "the words that state it"')
    else:
        return
    yield Text()


def _details(found: Explained) -> Iterator[Table]:
    tags = found.tags
    topics = {topic.topic_id: f"{topic.label} ({topic.kind}, {topic.topic_id})" for topic in tags.topics}
    role = tags.role if found.document.name or found.document.bio else f"{tags.role} (no name or bio given)"
    lines = {
        "topics": "; ".join(topics.values()) or "none",
        "subject": tags.subject or "unclear",
        "language": tags.language,
        "role": role,
        "links": "; ".join(f"{url} {_rated(rating)}" for url, rating in found.links) or "none",
        "weighed": ", ".join(f"{name} {value:g}" for name, value in found.weighed.items() if value) or "nothing",
        "candidate": _candidate(found),
        "versions": f"rules {tags.rules}, model {tags.model}",
    }
    yield _listed(lines)


def _candidate(found: Explained) -> str:
    if not found.read:
        return "the careful reader does not read this language"
    if not found.tags.candidate:
        return "not worth the careful reader"
    return "worth the careful reader, which " + ("read it" if found.rules_alone else "was not asked (AUSCULT_CAREFUL)")


def _rated(rating: float | None) -> str:
    return "is not rated" if rating is None else f"is rated {rating:.2f} of 1"
