"""X through tweepy: one account's client, with waits and retries. The only file that imports tweepy.

No Kafka, no files: `now` and `sleep` are passed in. tweepy's clients hold the bearer token; it appears in no message,
log or exception of ours, and tweepy's own debug lines, which show it, are dropped.
"""

import logging
import queue
import random
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar

import msgspec
import requests
import tweepy  # type: ignore[import-untyped]  # it has no types

from listeners import x_answers
from listeners.budget import Usage
from listeners.x_objects import UNREADABLE, XError, XPage, XRule, XUser, decode_page
from listeners.x_problems import BadRequest, Problem, Refused, Unavailable, backoff, problem_of, refuse, until_reset

T = TypeVar("T")

HOST = "https://api.twitter.com"  # where tweepy finds X
TIMEOUT = (10, 60)  # seconds to connect, and between two bytes of an answer
TRIES = 6
LIMIT_WAITS = 4  # how many times one request waits for the rate limit to lift
SECONDS_SILENT = 21.0  # X sends a keep-alive every 20 s
TICK = 0.2

POST_FIELDS = [
    "attachments",
    "author_id",
    "conversation_id",
    "created_at",
    "edit_history_tweet_ids",
    "entities",
    "lang",
    "note_tweet",
    "public_metrics",
    "referenced_tweets",
    "withheld",
]
USER_FIELDS = ["description", "name", "username"]
MEDIA_FIELDS = ["alt_text", "media_key", "type"]
USAGE_FIELDS = "daily_project_usage,project_cap,project_usage"


def clock() -> datetime:
    """Give the present moment."""
    return datetime.now(UTC)


class Client:
    """One account at X. Each call waits for rate limits, tries again what may pass, and raises one-line errors:
    Refused, BadRequest, BudgetReached (X's own cap) or Unavailable.

    `transport` takes the place of the network. `sleep` may return early when listening is to stop.
    """

    def __init__(
        self,
        bearer_token: str | None,
        *,
        now: Callable[[], datetime] = clock,
        sleep: Callable[[float], object] = time.sleep,
        jitter: Callable[[], float] = random.random,
        transport: Any = None,
    ) -> None:
        self._token = _checked(bearer_token)
        self._transport = transport
        self.now, self.sleep, self.jitter = now, sleep, jitter
        logging.getLogger("tweepy.client").addFilter(_without_requests)
        self._rest = self._opened(tweepy.Client(self._token, return_type=requests.Response))
        self._rules = self._opened(tweepy.StreamingClient(self._token, return_type=requests.Response))

    def __repr__(self) -> str:
        return "Client()"

    def close(self) -> None:
        """End the connections."""
        self._rest.session.close()
        self._rules.session.close()

    def search(self, query: str, *, everything: bool = False, **limits: Any) -> XPage:
        """Give one page of search: of the last seven days, or of everything. `limits` are X's own parameters."""
        call = self._rest.search_all_tweets if everything else self._rest.search_recent_tweets
        return self._asked(partial(call, query, **limits), decode_page)

    def users(self, ids: Sequence[str]) -> tuple[XUser, ...]:
        """Give the users with these ids, at most a hundred; those that X does not show are missing."""
        return self._asked(partial(self._rest.get_users, ids=list(ids), user_fields=USER_FIELDS), x_answers.users)

    def posts_in_week(self, query: str) -> int:
        """Give how many posts of the last seven days a query finds. X charges one counts request."""
        call = partial(self._rest.get_recent_tweets_count, query, granularity="day")
        return self._asked(call, x_answers.posts_counted)

    def usage(self) -> Usage:
        """Give the posts that X counted for this account."""
        call = partial(self._rest.request, "GET", "/2/usage/tweets", params={"usage.fields": USAGE_FIELDS})
        return self._asked(call, x_answers.usage)

    def rules(self) -> tuple[XRule, ...]:
        """Give the rules of the filtered stream, of whoever made them."""
        return self._asked(self._rules.get_rules, x_answers.rules).data

    def add_rules(self, rules: Sequence[XRule]) -> None:
        """Add rules. Raises BadRequest in X's words when it does not take one, unless it stands already."""
        new = [tweepy.StreamRule(rule.value, rule.tag) for rule in rules]
        for error in self._asked(partial(self._rules.add_rules, new), x_answers.rules).errors:
            if error.title != "DuplicateRule":
                raise BadRequest(f"X does not take the rule `{error.value}`: {error.words()}")

    def delete_rules(self, ids: Sequence[str]) -> None:
        """Delete rules by id."""
        self._asked(partial(self._rules.delete_rules, list(ids)), x_answers.rules)

    def end_connections(self) -> None:
        """End the account's connections to the filtered stream, also those that a killed process left behind."""
        self._asked(partial(self._rest.request, "DELETE", "/2/connections/filtered_stream"), bytes)

    def connect(self, seconds_silent: float = SECONDS_SILENT, **params: Any) -> "Lines":
        """Begin one connection to the filtered stream. `params` are X's own parameters."""
        lines = Lines(self._token, self.now, seconds_silent)
        self._mounted(lines).filter(threaded=True, **params)
        return lines

    def _asked(self, call: Callable[[], Any], read: Callable[[bytes], T]) -> T:
        """Ask X, again where that may help, and read the answer."""
        tries = waits = 0
        while True:
            try:
                return read(call().content)
            except _Failed as failed:
                problem = failed.problem
            except (requests.RequestException, *UNREADABLE) as error:
                problem = Problem(0, XError(detail=type(error).__name__))
            refuse(problem)
            if problem.status == 429 and waits < LIMIT_WAITS:
                waits += 1
                self.sleep(until_reset(problem, waits, self.now(), self.jitter))
                continue
            tries += 1
            if tries >= TRIES or problem.status == 429:
                raise Unavailable(
                    f"X does not answer ({problem.words()}), tried {tries + waits} times; try again later"
                )
            self.sleep(backoff(tries, self.jitter))

    def _opened(self, client: Any) -> Any:
        """Give tweepy's client with timeouts, of which it has none."""
        client.session.request = partial(client.session.request, timeout=TIMEOUT)
        return self._mounted(client)

    def _mounted(self, client: Any) -> Any:
        """Give tweepy's client with another way to X, if there is one, and answers checked before it reads them."""
        if self._transport is not None:
            client.session.mount(HOST, self._transport)
        client.session.hooks["response"].append(_fail)
        return client


class Line(msgspec.Struct, frozen=True):
    """What came over the stream, and when: `kind` is connected, line, alive or ended (`problem`: why, if X says)."""

    kind: str
    at: datetime
    body: bytes = b""
    problem: Problem | None = None


class Lines(tweepy.StreamingClient):  # type: ignore[misc]  # tweepy has no types
    """One connection to the filtered stream, read in a thread. tweepy would connect again by itself; here the first
    thing that ends the connection ends it for good, and whoever listens decides.
    """

    def __init__(self, token: str, now: Callable[[], datetime], seconds_silent: float, most: int = 10_000) -> None:
        super().__init__(token, daemon=True)
        self._now, self._silent = now, seconds_silent
        self._lines: queue.Queue[Line] = queue.Queue(most)
        self._answer: Any = None
        self._ended = self._unwanted = False
        self.session.hooks["response"].append(self._answered)

    def get(self, seconds: float) -> Line | None:
        """Give the next line, waiting up to `seconds` for it; None when none came."""
        try:
            return self._lines.get(timeout=seconds)
        except queue.Empty:
            return None

    @property
    def over(self) -> bool:
        """Whether nothing more will come."""
        return self._unwanted and self._lines.empty() and not (self.thread and self.thread.is_alive())

    def close(self) -> None:
        """End the connection. What came before can still be got; `ended` follows it."""
        self._unwanted = True
        self.disconnect()
        if self._answer is not None:
            try:
                self._answer.raw.shutdown()
            except (OSError, ValueError, RuntimeError, AttributeError):
                return  # it has ended by itself

    def on_connect(self) -> None:
        """Note that X took the connection."""
        if self._unwanted:
            self.disconnect()
        self._put(Line("connected", self._now()))

    def on_data(self, raw_data: bytes) -> None:
        """Note a line; it is read elsewhere."""
        self._put(Line("line", self._now(), raw_data))

    def on_keep_alive(self) -> None:
        """Note that the connection lives."""
        self._put(Line("alive", self._now()))

    def on_connection_error(self) -> None:
        """End with a failing network."""
        self._end(Problem(0, XError(detail="the connection failed or fell silent")))

    def on_exception(self, exception: Exception) -> None:
        """End with X's answer, or with what nobody foresaw, by its kind alone."""
        unforeseen = Problem(0, XError(detail=type(exception).__name__))
        self._end(exception.problem if isinstance(exception, _Failed) else unforeseen)

    def on_closed(self, response: Any) -> None:
        """End as X did."""
        self._end(None)

    def on_disconnect(self) -> None:
        """End, whatever the reason."""
        self._end(None)

    def _connect(self, method: str, endpoint: str, **params: Any) -> None:
        super()._connect(method, endpoint, timeout=self._silent, **params)

    def _answered(self, response: Any, *_: Any, **__: Any) -> None:
        self._answer = response

    def _end(self, problem: Problem | None) -> None:
        """Put the end, once, and keep tweepy from connecting again."""
        self.disconnect()
        if not self._ended:
            self._ended = True
            self._put(Line("ended", self._now(), problem=problem))

    def _put(self, line: Line) -> None:
        """Hand a line over. While nobody takes them X has to wait; once the connection is unwanted they are dropped."""
        while True:
            try:
                return self._lines.put(line, timeout=TICK)
            except queue.Full:
                if not self.running:
                    return


class _Failed(Exception):
    """An answer of X's that is not 200, before tweepy keeps it together with its request."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.words())
        self.problem = problem


def _fail(answer: Any, *_: Any, **__: Any) -> None:
    if answer.status_code >= 400:
        raise _Failed(problem_of(answer))


def _without_requests(record: logging.LogRecord) -> bool:
    """Drop tweepy's debug lines: they show each request with its token."""
    return record.levelno > logging.DEBUG


def _checked(bearer_token: str | None) -> str:
    """Give the token if it can be one. Raises Refused, without showing it."""
    token = (bearer_token or "").strip()
    if not token:
        raise Refused("no X credentials: set X_BEARER_TOKEN, or save them in a Prefect Secret block")
    if not (token.isascii() and token.isprintable() and " " not in token):
        raise Refused("the X credentials are no bearer token (spaces or unusual characters): check X_BEARER_TOKEN")
    return token
