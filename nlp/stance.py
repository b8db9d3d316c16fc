"""Stance: whether a post promotes, debunks, asks about or reports a claim that is in play, from cues around it.

A claim's words are read with everything that turns them round: denials inside and before them, verbs that put them
in another's mouth, conditions, irony, and phrases that state the claim's opposite; two turns make none. Then cues of
refutation, of asking in good faith, of news and of insinuation are weighed. Nothing trained here: `nlp.score` gives
the probability.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from nlp.claims import InPlay
from nlp.cues import Cue, CueFile, Cues
from nlp.inflection import stem
from nlp.phrases import Scene

_BEFORE = 5


class Reading(NamedTuple):
    """How one match of a claim is meant: whether it is turned round, and the weights of the cues about it."""

    turned: bool
    refuted: float
    refuted_elsewhere: float
    distanced: float
    reported: float
    promoted: float
    insinuated: float
    asked: bool
    opened: bool
    asking: float
    quoted: bool
    sold: float
    by_tag: bool
    used: frozenset[int]
    refuting: tuple[tuple[int, int], ...]
    places: tuple[tuple[int, int], ...]


class Verdict(NamedTuple):
    """A stance with what it was read from."""

    stance: str
    reading: Reading


class Context(NamedTuple):
    """The cues of one post and the places of its denials."""

    cues: list[Cue]
    negations: list[int]


class _Site(NamedTuple):
    """Where a claim stands: its words, those that its phrase used, its sentence, the cues in it and elsewhere."""

    first: int
    last: int
    used: frozenset[int]
    begin: int
    end: int
    here: list[Cue]
    elsewhere: list[Cue]


class Judge:
    """Reads the stance of claims in one post, by the `cues` and the lists of words of their `file`."""

    def __init__(self, cues: Cues, file: CueFile) -> None:
        self._cues = cues
        self._grammar = file.grammar
        self._negators = frozenset(map(stem, file.negators))
        self._absences = frozenset(map(stem, file.absences))

    def context(self, scene: Scene, keys: frozenset[str]) -> Context:
        """Give the cues of a post, found once for all its claims."""
        pseudo = self._cues.pseudo(scene, keys)
        stems = enumerate(scene.words.stems)
        negations = [place for place, found in stems if found in self._negators and place not in pseudo]
        cues = [c for c in self._cues.find(scene, keys) if c.kind != "denies" or c.first not in pseudo]
        return Context(cues, negations)

    def verdicts(self, scene: Scene, claims: Sequence[Sequence[InPlay]], context: Context) -> list[Verdict | None]:
        """Give the stance towards each claim from its matches; None where it is not in play
        after all: a cure is wished for, or the words that raised it refute another claim.

        ("That vaccines cause autism is a myth" does not say that vaccines are a myth.)
        """
        kept = [[play for play in plays if not _dismissed(_site(scene, play, context))] for plays in claims]
        readings = [self._verdict(scene, plays, context) if plays else None for plays in kept]
        found = [verdict for verdict in readings if verdict]
        refuting = {
            place
            for verdict in found
            if verdict.stance == "debunks" and verdict.reading.refuted >= 2
            for first, last in verdict.reading.refuting
            for place in range(first, last + 1)
        }
        settled: list[Verdict | None] = []
        for reading in readings:
            if reading is None or (reading.stance != "debunks" and refuting & reading.reading.used):
                settled.append(None)
            else:
                settled.append(_with_others(reading, found))
        return settled

    def _verdict(self, scene: Scene, plays: Sequence[InPlay], context: Context) -> Verdict:
        """Give the stance towards one claim from all its matches: a refutation counts, else what says most."""
        verdicts = [self._one(scene, play, context) for play in plays]
        refuting = [v for v in verdicts if v.stance == "debunks" and v.reading.refuted >= 2]
        if refuting:
            return refuting[0]
        fullest = max(reversed(verdicts), key=lambda verdict: len(verdict.reading.used))
        own = [v for v, play in zip(verdicts, plays, strict=True) if play.phrase and play.phrase.negated]
        if own or fullest.reading.turned:
            return own[-1] if own else fullest
        turned = [v for v in verdicts if v.reading.turned and v.reading.used & fullest.reading.used]
        return turned[0] if turned else fullest

    def _one(self, scene: Scene, play: InPlay, context: Context) -> Verdict:
        site = _site(scene, play, context)
        denials = self._denials(scene, site, context, play)
        turns = [c for c in site.here if c.kind == "inverts" and c.first < site.first and not _covered(c, site.used)]
        irony = sum(c.weight for c in context.cues if c.kind == "ironic")
        held_up = self._held_up(scene, site, context, bool(denials) or play.denial)
        first = scene.words.forms[site.begin]
        turning = bool(turns) or (first in self._grammar.conditions and _asked(scene, site))
        flips = len(denials) + turning + play.denial + (irony >= 2) + held_up
        answered = self._answers(scene, site, context)
        refuting = [c for c in site.here if c.kind == "debunks" and not _covered(c, site.used)]
        if len(denials) + bool(turns) + held_up >= 2:
            refuting = [c for c in refuting if not any(c.first <= place <= c.last for place in denials)]
        denied_cues = [c for c in refuting if self._negated(c, context)]
        refuted = _sum(refuting, "debunks") - _sum(denied_cues, "debunks") + _sum(answered, "denies")
        reading = Reading(
            turned=flips % 2 == 1,
            refuted=refuted,
            refuted_elsewhere=_sum(site.elsewhere, "debunks"),
            distanced=_sum([c for c in site.here if c.last < site.first], "distances"),
            reported=_sum(_outside(site.here, site.used), "reports") + 0.5 * _sum(site.elsewhere, "reports"),
            promoted=_sum(_outside(context.cues, site.used), "promotes") + len(denied_cues),
            insinuated=_sum(_outside(context.cues, site.used), "insinuates"),
            asked=_asked(scene, site) and not any(c.kind == "affirms" for c in _following(scene, site, context)),
            opened=first in self._grammar.openers,
            asking=_sum(site.here, "asks"),
            quoted=_quoted(scene, site),
            sold=_sum(context.cues, "sells"),
            by_tag=play.match is None,
            used=site.used,
            refuting=tuple((c.first, c.last) for c in (*answered, *refuting)),
            places=tuple((place, place) for place in denials)
            + tuple((c.first, c.last) for c in (*turns, *answered, *refuting))
            + tuple((c.first, c.last) for c in _outside(context.cues, site.used) if c.kind in _SHOWN),
        )
        return Verdict(_stance(reading), reading)

    def _denials(self, scene: Scene, site: _Site, context: Context, play: InPlay) -> list[int]:
        """Give the places of denials that reach the claim; of several, those that no clause's end keeps apart."""
        turning = {p for c in site.here if c.kind == "inverts" for p in range(c.first, c.last + 1)}
        own = play.phrase is not None and play.phrase.negated
        reaching = [
            place
            for place in context.negations
            if place not in site.used and place not in turning and self._reaches(scene, site, place, own)
        ]
        going_on = any(scene.words.forms[place] in self._grammar.alternatives for place in reaching)
        apart = going_on or any(self._apart(scene, *pair) for pair in pairwise(reaching))
        return reaching[:1] if apart else reaching

    def _reaches(self, scene: Scene, site: _Site, place: int, own: bool) -> bool:
        """Tell whether a denial reaches the claim: from inside it, or shortly before it in the same clause."""
        form, after = scene.words.forms[place], scene.words.stems[place + 1 : place + 3]
        inside = site.first < place < site.last
        if form in self._grammar.absent:
            near = place + 1 in site.used or bool(self._absences.intersection(after))
            near = near or (place == site.begin and site.first - place <= 3)
            if not near or not self._grammar.subjects.isdisjoint(scene.words.forms[place + 1 : place + 2]):
                return False
        if inside:
            before = max((used for used in site.used if used < place), default=place)
            touching = not site.used.isdisjoint((place + 1, place + 2))
            going_on = form in self._grammar.alternatives
            return not own and not going_on and (touching or not self._apart(scene, before, place))
        near = max(site.begin, site.first - _BEFORE) <= place < site.first
        return near and not self._apart(scene, place, site.first)

    def _negated(self, cue: Cue, context: Context) -> bool:
        """Tell whether a cue of refutation is itself denied: "not a myth"."""
        return any(cue.first - 3 <= place < cue.first for place in context.negations)

    def _held_up(self, scene: Scene, site: _Site, context: Context, denied: bool) -> bool:
        """Tell whether an authority's denial is held up to be contradicted: "they said it is safe. Then …"."""
        if not denied or not any(c.kind == "attributes" and c.first < site.first for c in site.here):
            return False
        after = scene.words.forms[site.last + 1 : site.last + 8]
        contradicted = not self._grammar.contrasts.isdisjoint(after)
        return contradicted or any(c.kind == "insinuates" for c in context.cues)

    def _apart(self, scene: Scene, left: int, right: int) -> bool:
        """Tell whether a clause ends between two words."""
        words = scene.words
        if right - left > 1 and not self._grammar.clause_breaks.isdisjoint(words.forms[left + 1 : right]):
            return True
        return any(
            set(",;:—–") & set(words.text[words.ends[place] : words.starts[place + 1]]) for place in range(left, right)
        )

    def _answers(self, scene: Scene, site: _Site, context: Context) -> list[Cue]:
        """Give what denies the claim right after it: in the rest of its sentence, or as the next one begins."""
        forms = scene.words.forms
        near = [
            c
            for c in site.here
            if c.kind == "denies" and site.last < c.first <= site.last + 6
            if c.last == site.end - 1 or (c.last > c.first and forms[c.first] not in self._grammar.pronouns)
        ]
        return near + [c for c in _following(scene, site, context) if c.kind == "denies"]


_SHOWN = frozenset({"ironic", "reports", "promotes", "insinuates", "sells", "distances"})


def _site(scene: Scene, play: InPlay, context: Context) -> _Site:
    if play.match is None:
        start, end = play.tag or (0, 0)
        places = [p for p, s in enumerate(scene.words.starts) if start <= s < end] or [0]
        first, last, used = places[0], places[-1], frozenset(places)
    else:
        first = min(run[0] for run in play.match.runs)
        last = max(run[1] for run in play.match.runs)
        used = frozenset(play.match.used)
    begin, end = scene.sentence(first)[0], scene.sentence(last)[1]
    about = [c for c in context.cues if not c.families or play.claim.family in c.families]
    here = [c for c in about if begin <= c.first < end]
    return _Site(first, last, used, begin, end, here, [c for c in about if not begin <= c.first < end])


def _dismissed(site: _Site) -> bool:
    return any(cue.kind == "dismisses" for cue in site.here)


def _sum(cues: Sequence[Cue], kind: str) -> float:
    return sum(cue.weight for cue in cues if cue.kind == kind)


def _covered(cue: Cue, used: frozenset[int]) -> bool:
    return cue.first in used and cue.last in used


def _outside(cues: Sequence[Cue], used: frozenset[int]) -> list[Cue]:
    return [cue for cue in cues if not _covered(cue, used)]


def _following(scene: Scene, site: _Site, context: Context) -> list[Cue]:
    """Give the cues with which the next sentence begins."""
    return [c for c in context.cues if site.end <= c.first <= site.end + 1]


def _asked(scene: Scene, site: _Site) -> bool:
    words = scene.words
    last = site.end - 1
    after = words.text[words.ends[last] : words.starts[site.end] if site.end < len(words.starts) else len(words.text)]
    return "?" in after[:4]


def _with_others(verdict: Verdict, others: Sequence[Verdict]) -> Verdict:
    """Let a bare assertion follow the refutation of another claim that shares its words."""
    reading = verdict.reading
    if verdict.stance != "promotes" or reading.promoted + reading.insinuated + reading.sold:
        return verdict
    for other in others:
        if other.stance == "debunks" and other.reading.used & reading.used:
            return Verdict("debunks", reading)
    return verdict


def _quoted(scene: Scene, site: _Site) -> bool:
    """Tell whether the claim stands in double quotation marks, with words after it."""
    words = scene.words
    before = words.text[max(0, words.starts[site.first] - 40) : words.starts[site.first]]
    after = words.text[words.ends[site.last] : words.ends[site.last] + 40]
    opened = max(before.rfind(mark) for mark in '"“«') > before.rfind("”")
    closed = [place for place in map(after.find, '"”»') if place >= 0]
    return opened and bool(closed) and len(words.forms) - site.last > 4


def _stance(reading: Reading) -> str:
    """Weigh one reading."""
    loaded = reading.insinuated >= 2 and not reading.asking
    if reading.asked and (reading.opened or reading.asking) and reading.insinuated < 4:
        return "questions"
    if reading.turned:
        return "debunks"
    if reading.refuted >= 2 and reading.refuted > reading.insinuated:
        return "debunks"
    pushed = reading.promoted + reading.insinuated
    if reading.asked and not loaded and not pushed + reading.sold:
        return "questions"
    if reading.refuted + reading.refuted_elsewhere >= 2 and pushed < 2:
        return "debunks"
    if reading.quoted and not pushed:
        return "debunks"
    if reading.asking and not pushed + reading.sold:
        return "questions"
    if reading.reported + reading.distanced >= 1 and pushed + reading.sold < 1:
        return "reports"
    return "promotes"
