"""What is said under a post of the simulated week: texts of the pool that suit it, in turn."""

import itertools
import random
from collections.abc import Iterator

from listeners.simulated_texts import STANCES, Entry, pool


class Turns:
    """The pool, each text used once before any is used again."""

    def __init__(self, rng: random.Random, name: str) -> None:
        self._pool = pool(name)
        self._rng = rng
        self._cycles: dict[tuple[tuple[str, ...], tuple[str, ...]], Iterator[Entry]] = {}

    def next(self, parent: Entry, answerable: bool, must_debunk: bool) -> Entry | None:
        """Give the next text that suits, or None if none does. What shall stay unanswered gets no debunk."""
        fitting = suits(parent)
        if parent.stance != "promotes":
            return self._turn(next(((to,) for to in fitting if to in self._pool), ()), STANCES)
        if must_debunk or (answerable and self._rng.random() < 0.6):
            return self._turn(fitting, ("debunks",))
        return self._turn(fitting, ("promotes",) if self._rng.random() < 0.25 else ("none", "questions"))

    def _turn(self, fitting: tuple[str, ...], stances: tuple[str, ...]) -> Entry | None:
        if (fitting, stances) not in self._cycles:
            texts = [entry for to in fitting for entry in self._pool.get(to, ()) if entry.stance in stances]
            self._cycles[fitting, stances] = itertools.cycle(self._rng.sample(texts, len(texts)))
        return next(self._cycles[fitting, stances], None)


def suits(entry: Entry) -> tuple[str, ...]:
    """Give what may be said under an entry, the most fitting first."""
    if entry.language != "en":
        return () if entry.stance == "promotes" else (entry.language,)
    if entry.stance == "promotes":
        return (entry.claim, entry.family, "promotes")
    if entry.stance == "questions":
        return (f"question:{entry.claim}", "question")
    if entry.stance == "debunks":
        return ("debunk",)
    if entry.spam:
        return ("spam",)
    situation = {
        "patient-or-caregiver": "patient",
        "journalist-or-media": "news",
        "health-organisation": "organisation",
        "government-or-public-health": "organisation",
        "advocate": "organisation",
    }.get(entry.role, "clinician")
    return ("meeting",) if entry.topic == "hrs2026" else (f"{situation}:{entry.topic}", situation)
