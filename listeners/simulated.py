"""The simulated week: a source that needs no account, for the demo and for tests of the whole way.

Everything in it is invented, the accounts and the trials too. It is what hashtags of diseases and of one meeting
might bring in the week of 20 to 26 April 2026: the meeting's talk, patients' questions, a false claim about the
measles vaccine that bursts on Wednesday and a false cure on Friday, answered in part.
"""

from collections.abc import Iterator
from datetime import date

from listeners.events import Event
from listeners.simulated_events import observed, plan
from listeners.simulated_truth import Label, labels, truth

__all__ = ["Label", "labels", "truth", "week"]


def week(seed: int = 1, posts: int = 30_000, start: date | None = None) -> Iterator[Event]:
    """Give the events of a week with `posts` posts, in the order in which they are observed; a few arrive late.

    The same arguments give the same events. `start` is its Monday. Handles still stand in the texts.
    """
    yield from observed(plan(seed, posts, start), seed)
