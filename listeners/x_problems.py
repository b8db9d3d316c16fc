"""What X says when it does not give what was asked, as one-line errors. No tweepy here.

No message holds the request, since the request holds the token.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Protocol

import msgspec

from listeners.budget import BudgetReached
from listeners.x_objects import UNREADABLE, XError

FIRST_WAIT, LONGEST_WAIT = 1.0, 64.0  # seconds
MINUTE = 60.0


class Refused(RuntimeError):
    """X does not let us: credentials missing or refused, no access, no credits. One line that says what to do."""


class BadRequest(RuntimeError):
    """X does not take what was asked. One line, in X's words."""


class Unavailable(RuntimeError):
    """X did not answer as it should, after all tries: network, 5xx, or a limit that does not lift. Try again later."""


class Problem(msgspec.Struct, frozen=True):
    """An answer that is not 200 (status 0: none came), and when the rate limit lifts, where X says so."""

    status: int
    error: XError = XError()
    reset: datetime | None = None

    def words(self) -> str:
        """Give X's own words, on one line."""
        said = " ".join((self.error.detail or self.error.title or "no reason given").split())[:200]
        return f"{self.status}: {said}" if self.status else said

    @property
    def too_many_connections(self) -> bool:
        """Whether X still counts a connection of ours as open."""
        return self.error.connection_issue == "TooManyConnections"


class Answer(Protocol):
    """What is read of an HTTP answer."""

    status_code: int
    reason: str
    headers: Any

    @property
    def content(self) -> bytes:
        """Give the body."""
        ...


class _Said(msgspec.Struct, frozen=True):
    title: str | None = None
    detail: str | None = None
    type: str | None = None
    connection_issue: str | None = None
    errors: tuple[XError, ...] = ()


def problem_of(answer: Answer) -> Problem:
    """Give what X said in an answer that is not 200."""
    try:
        said = msgspec.json.decode(answer.content, type=_Said)
    except (OSError, *UNREADABLE):
        said = _Said(detail=answer.reason)
    first = said.errors[0] if said.errors else XError()
    error = XError(
        title=said.title or first.title,
        detail=said.detail or first.detail or first.message,
        type=said.type or first.type,
        connection_issue=said.connection_issue or first.connection_issue,
    )
    return Problem(answer.status_code, error, _reset(answer.headers))


def refuse(problem: Problem) -> None:
    """Raise what waiting does not cure: Refused, BadRequest or BudgetReached; return for anything else."""
    words = problem.words()
    match problem.status:
        case 401:
            raise Refused("X refuses the credentials (401): check X_BEARER_TOKEN, or make a new bearer token at X")
        case 402:
            raise Refused(f"X asks for payment ({words}): buy credits in X's developer console")
        case 403:
            raise Refused(f"X refuses access ({words}): the account or its app lacks this access")
        case 429 if problem.error.title == "UsageCapExceeded" or "usage-capped" in (problem.error.type or ""):
            raise BudgetReached(f"X's own cap is reached ({words}); listening stops until X opens a new month")
        case status if 400 <= status < 500 and status != 429:
            raise BadRequest(f"X does not take the request ({words})")


def backoff(tries: int, jitter: Callable[[], float], first: float = FIRST_WAIT, longest: float = LONGEST_WAIT) -> float:
    """Give the seconds to wait after so many failed tries: doubling, bounded, and up to half more at random."""
    return min(longest, first * 2.0 ** min(tries - 1, 30)) * (1 + jitter() / 2)


def until_reset(problem: Problem, waits: int, now: datetime, jitter: Callable[[], float]) -> float:
    """Give the seconds until a rate limit lifts; without a word of X's, a minute and its doubles."""
    if problem.reset is None:
        return backoff(waits, jitter, MINUTE, 16 * MINUTE)
    return max(0.0, (problem.reset - now).total_seconds()) + 1 + jitter()


def _reset(headers: Any) -> datetime | None:
    """Read when the rate limit lifts."""
    seconds = str(headers.get("x-rate-limit-reset", ""))
    if not (seconds.isascii() and seconds.isdecimal() and len(seconds) < 12):
        return None
    return datetime.fromtimestamp(int(seconds), UTC)
