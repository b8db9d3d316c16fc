"""Stance: whether a post promotes, debunks, asks about or reports a claim that is in play, from cues around it.

A claim's words are read with everything that turns them round: denials inside and before them, verbs that put them
in another's mouth, irony, and phrases that state the claim's opposite; two turns make none. Then cues of refutation,
of asking in good faith, of news and of insinuation are weighed. No trained model here; `nlp.score` gives the probability.
"""

from collections.abc import Sequence
from typing import NamedTuple

from nlp.claims import InPlay
from nlp.cues import Cue, Cues
from nlp.phrases import Scene

_BEFORE = 6
_QUOTES = "\"“”„«»'‘’"
_CLAUSE_BREAKS = frozenset({"but", "because", "although", "though", "however", "yet", "while", "whereas", "if", "when"})
_RELATIVES = frozenset({"that", "how", "whether"})
_OPENERS = frozenset(
    "do does did is are was were can could will would should has have had isn't aren't doesn't don't didn't".split()
)


class Reading(NamedTuple):
    """How one match of a claim is meant: what turns it round, and the weights of the cues about it."""

    turned: bool
    denied: float
    refuted_here: float
    refuted_elsewhere: float
    distanced: float
    reported: float
    promoted: float
    insinuated: float
    ironic: float
    asked: bool
    sold: float
    quoted: bool
    places: tuple[tuple[int, int], ...]


class Verdict(NamedTuple):
    """A stance with what it was read from."""

    stance: str
    reading: Reading


class Judge:
    """Reads the stance of claims in one post. `negators`: the stems that deny."""

    def __init__(self, cues: Cues, negators: frozenset[str]) -> None:
        self._cues = cues
        self._negators = negators

    def verdict(self, scene: Scene, plays: Sequence[InPlay], context: "Context") -> Verdict:
        """Give the stance towards one claim from all its matches: a refutation counts, else the last word."""
        verdicts = [self._one(scene, play, context) for play in plays]
        for verdict in verdicts:
            if verdict.stance == "debunks" and verdict.reading.refuted_here:
                return verdict
        return verdicts[-1]

    def context(self, scene: Scene) -> "Context":
        """Give the cues of a post, found once for all its claims."""
        pseudo = self._cues.pseudo(scene)
        negations = [
            place for place, found in enumerate(scene.words.stems) if found in self._negators and place not in pseudo
        ]
        return Context(self._cues.find(scene), negations)

    def _one(self, scene: Scene, play: InPlay, context: "Context") -> Verdict:
        first, last, used = _extent(scene, play)
        begin, end = scene.sentence(first)
        here = [c for c in context.cues if begin <= c.first < end]
        elsewhere = [c for c in context.cues if not begin <= c.first < end]
        turns = self._denials(scene, context, (first, last), used, play)
        inverts = [c for c in here if c.kind == "inverts" and c.last < first]
        irony = _weight(here, "ironic") + _weight(elsewhere, "ironic")
        flips = len(turns) + min(1, len(inverts)) + (1 if play.denial else 0) + (1 if irony >= 2 else 0)
        reading = Reading(
            turned=flips % 2 == 1,
            denied=float(len(turns)),
            refuted_here=_weight([c for c in here if not _covered(c, used)], "debunks"),
            refuted_elsewhere=_weight(elsewhere, "debunks"),
            distanced=_weight([c for c in here if c.last < first], "distances"),
            reported=_weight(here, "reports") + 0.5 * _weight(elsewhere, "reports"),
            promoted=_weight(context.cues, "promotes"),
            insinuated=_weight(context.cues, "insinuates"),
            ironic=irony,
            asked=_asked(scene, begin, end),
            sold=_weight(context.cues, "sells"),
            quoted=_quoted(scene, first, last),
            places=tuple((place, place) for place in turns) + tuple((c.first, c.last) for c in (*inverts, *here)),
        )
        return Verdict(_stance(reading), reading)

    def _denials(
        self, scene: Scene, context: "Context", run: tuple[int, int], used: frozenset[int], play: InPlay
    ) -> list[int]:
        """Give the places of denials that reach the claim: inside it, or shortly before it in the same clause."""
        first, last = run
        begin, _ = scene.sentence(first)
        own = play.phrase is not None and play.phrase.negated
        reaching = []
        for place in context.negations:
            if place in used or (own and first <= place <= last):
                continue
            if first < place < last or (
                max(begin, first - _BEFORE) <= place < first and _same_clause(scene, place, first)
            ):
                reaching.append(place)
        return reaching


class Context(NamedTuple):
    """The cues and the denials of one post."""

    cues: list[Cue]
    negations: list[int]


def _extent(scene: Scene, play: InPlay) -> tuple[int, int, frozenset[int]]:
    if play.match is None:
        start, end = play.tag or (0, 0)
        places = [p for p, s in enumerate(scene.words.starts) if start <= s < end] or [0]
        return places[0], places[-1], frozenset(places)
    first = min(run[0] for run in play.match.runs)
    last = max(run[1] for run in play.match.runs)
    return first, last, frozenset(play.match.used)


def _weight(cues: Sequence[Cue], kind: str) -> float:
    return sum(cue.weight for cue in cues if cue.kind == kind)


def _covered(cue: Cue, used: frozenset[int]) -> bool:
    return all(place in used for place in range(cue.first, cue.last + 1))


def _same_clause(scene: Scene, place: int, first: int) -> bool:
    words = scene.words
    if "," in words.text[words.ends[place] : words.starts[place + 1]]:
        return False
    return _CLAUSE_BREAKS.isdisjoint(words.forms[place + 1 : first])


def _asked(scene: Scene, begin: int, end: int) -> bool:
    words = scene.words
    after = words.text[words.ends[end - 1] : words.starts[end] if end < len(words.starts) else len(words.text)]
    return "?" in after.split("\n\n")[0][:4]


def _quoted(scene: Scene, first: int, last: int) -> bool:
    words = scene.words
    before = words.text[max(0, words.starts[first] - 2) : words.starts[first]]
    after = words.text[words.ends[last] : words.ends[last] + 3]
    return any(mark in before for mark in _QUOTES) and any(mark in after for mark in _QUOTES)


def _stance(reading: Reading) -> str:
    """Weigh one reading."""
    if reading.turned:
        return "debunks"
    if reading.refuted_here and not reading.insinuated:
        return "debunks"
    if reading.asked and not reading.insinuated:
        return "questions"
    if reading.refuted_elsewhere >= 2 and reading.promoted + reading.insinuated < 2:
        return "debunks"
    if reading.reported + reading.distanced >= 1 and reading.promoted + reading.insinuated + reading.sold == 0:
        return "reports"
    return "promotes"
