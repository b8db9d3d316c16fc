"""Listen to X: recent search for a round, or the filtered stream for a window, into the stream of events.

Each batch is sent and acknowledged first, then its ledger and its position are written to the compacted topic
`cursors`: a crash anywhere reads some posts again and loses none. One listener works in a home at a time.
"""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from prefect import flow
from prefect.blocks.system import Secret

from flows.attach import attached
from flows.home import Home, Lock, connection, open_home
from flows.recorded import leave_summary
from flows.send import Sender, readable_accounts
from flows.settings import BadSetting, Settings, settings
from listeners.budget import Budget, BudgetReached, Ledger, opened, prices, reconciled
from listeners.events import CursorSeen
from listeners.hashtags import Hashtag, own_accounts, registry
from listeners.stream import Connection, Producer, read_compacted
from listeners.x import Client
from listeners.x_pages import Account
from listeners.x_positions import SOURCE, Batch, SearchPosition, StreamPosition, adopted
from listeners.x_problems import BadRequest, Unavailable
from listeners.x_rules import Access, Query, search_queries, stream_queries
from listeners.x_search import backfill, search
from listeners.x_stream import stream

LEDGER, STREAM = b"x:ledger", b"x:stream"
SECRET = "x-bearer-token"
Heard = Callable[["Listened"], None]


class Listened(msgspec.Struct, frozen=True):
    """What a window of listening came to so far: posts, and dollars of the day and of the month."""

    posts: int = 0
    day_usd: float = 0.0
    month_usd: float = 0.0
    ended: str = "the window is over"


class AlreadyListening(RuntimeError):
    """Another listener works in this home."""


class Window(msgspec.Struct, frozen=True):
    """How to listen: `method` search or stream, for how long, and how far back a first search or a backfill goes."""

    method: str = "search"
    seconds: float = 0.0
    since: timedelta = timedelta(hours=1)
    backfill: timedelta | None = None


class Cursors:
    """The listener's positions and its ledger, in the compacted topic."""

    def __init__(self, stream_: Connection) -> None:
        self._values = read_compacted(stream_, "cursors")
        self._producer = Producer(stream_)

    def ledger(self, empty: Ledger) -> Ledger:
        """Give the ledger as it was written last."""
        return msgspec.json.decode(self._values[LEDGER], type=Ledger) if LEDGER in self._values else empty

    def searched(self, query: Query) -> SearchPosition:
        """Give where the search for a query stands; a new query takes up where its hashtags were covered."""
        return adopted(query, self._positions("x:search:"))

    def backfilled(self, query: Query) -> SearchPosition | None:
        """Give what an interrupted backfill of a query has left; None where none was interrupted."""
        stood = self._positions("x:backfill:").get(query.text)
        return stood if stood is not None and stood.sweep is not None else None

    def streamed(self) -> StreamPosition:
        """Give where the stream stands."""
        return msgspec.json.decode(self._values.get(STREAM, b"{}"), type=StreamPosition)

    def write(self, key: bytes, position: Any, ledger: Ledger) -> None:
        """Write the ledger, then the position, durably."""
        for name, value in ((LEDGER, ledger), (key, position)):
            self._values[name] = msgspec.json.encode(value)
            self._producer.send("cursors", name, self._values[name], partition=0)
            self._producer.flush()

    def close(self) -> None:
        """End the connection."""
        self._producer.close()

    def _positions(self, prefix: str) -> dict[str, SearchPosition]:
        return {
            key.decode().removeprefix(prefix): msgspec.json.decode(value, type=SearchPosition)
            for key, value in self._values.items()
            if key.startswith(prefix.encode())
        }


def bearer_token(config: Settings) -> str | None:
    """Give the token from the environment, else from the Prefect block `x-bearer-token` where a server is named."""
    if config.x_bearer_token or not os.environ.get("PREFECT_API_URL"):
        return config.x_bearer_token
    try:
        block = Secret.load(SECRET)
    except ValueError:
        return None
    return str(block.get())  # type: ignore[union-attr]


def account(config: Settings, client: Client) -> Account:
    """Give the account with the caps and the limits that the settings name."""
    caps = Budget(prices(), config.x_day_usd, config.x_month_usd)
    return Account(client, caps, Access(search_length=config.x_query_length, rule_length=config.x_rule_length))


def wanted(config: Settings, only: Iterable[str] = ()) -> tuple[str, ...]:
    """Give the hashtags and aliases to listen to: all that are registered, or those that `only` names."""
    tags = registry(config.hashtags_path)
    chosen = {tag.lower().lstrip("#") for tag in only}
    unknown = chosen - {tag.tag for tag in tags}
    if unknown:
        raise BadSetting(f"#{min(unknown)} is not registered: see `auscult hashtags`, or add it to AUSCULT_HASHTAGS")
    return tuple(spelling for tag in tags if not chosen or tag.tag in chosen for spelling in _spellings(tag))


def _spellings(tag: Hashtag) -> tuple[str, ...]:
    return (tag.tag, *tag.aliases)


def listen_x(
    home: Home, config: Settings, client: Client, window: Window, heard: Heard, only: Iterable[str] = ()
) -> Listened:
    """Listen with `client` as `window` says; `heard` is called after each batch. Ends at the budget with a clear word.

    Raises AlreadyListening, Refused and BadRequest; Unavailable when X does not answer for long.
    """
    lock = Lock(home.path / "listen.lock")
    if not lock.take():
        raise AlreadyListening(f"another listener works in {home.path}")
    try:
        with attached(home, config) as state:
            where = connection(config, home, state.bootstrap)
            with Sender(home, where, readable_accounts(config)) as sender:
                cursors, asked = Cursors(where), account(config, client)
                until = time.monotonic() + window.seconds
                # The home's own prefix labels its rules at X: two homes on one account keep theirs apart.
                batches = _batches(cursors, asked, config, window, only, home.prefix, lambda: time.monotonic() >= until)
                return _listen(sender, cursors, asked, batches, heard)
    finally:
        lock.release()


def _listen(
    sender: Sender, cursors: Cursors, asked: Account, batches: Iterator[tuple[bytes, Batch]], heard: Heard
) -> Listened:
    total = Listened()
    try:
        for key, batch in batches:
            sender.send_all(batch.events)
            sender.send(_seen(key, batch, asked))
            sender.flush()
            cursors.write(key, batch.position, batch.ledger)
            total = Listened(total.posts + batch.posts, batch.ledger.day_usd, batch.ledger.month_usd)
            heard(total)
    except BudgetReached as reached:
        return msgspec.structs.replace(total, ended=str(reached))
    finally:
        cursors.close()
    return total


def _seen(key: bytes, batch: Batch, asked: Account) -> CursorSeen:
    return CursorSeen(
        source=SOURCE,
        query=key.decode().removeprefix("x:"),
        position=msgspec.json.encode(batch.position).decode(),
        observed_at=asked.client.now(),
        spent_usd=batch.ledger.month_usd,
    )


def _batches(
    cursors: Cursors,
    asked: Account,
    config: Settings,
    window: Window,
    only: Iterable[str],
    label: str,
    stop: Callable[[], bool],
) -> Iterator[tuple[bytes, Batch]]:
    now = asked.client.now()
    ledger = cursors.ledger(opened(asked.budget, now))
    tags, handles = wanted(config, only), own_accounts(config.hashtags_path)
    ledger = _reconciled(asked, ledger, now)
    if window.method == "stream":
        queries = stream_queries(tags, asked.access, handles)
        for batch in stream(asked, queries, cursors.streamed(), ledger, label=label, stop=stop):
            yield STREAM, batch
        return
    kind = "search" if window.backfill is None else "backfill"
    for query in search_queries(tags, asked.access, handles):
        for batch in _searched(cursors, asked, query, ledger, window, now):
            ledger = batch.ledger
            yield f"x:{kind}:{query.text}".encode(), batch


def _searched(
    cursors: Cursors, asked: Account, query: Query, ledger: Ledger, window: Window, now: datetime
) -> Iterator[Batch]:
    if window.backfill is not None:
        return backfill(asked, query, now - window.backfill, now, ledger, position=cursors.backfilled(query))
    return search(asked, query, cursors.searched(query), ledger, start=now - window.since)


def _reconciled(asked: Account, ledger: Ledger, now: datetime) -> Ledger:
    """Give the ledger raised to what X counted; when X does not say, ours stands."""
    try:
        return reconciled(ledger, asked.client.usage(), asked.budget, now)
    except (Unavailable, BadRequest):
        return ledger


@flow(name="listen", retries=3, retry_delay_seconds=60)
def listen(method: str = "search", seconds: float = 0.0) -> Mapping[str, Any]:
    """Listen to X once (search) or for `seconds` (stream), with the account that the environment or a block names."""
    config = settings(os.environ)
    client = Client(bearer_token(config), now=lambda: datetime.now(UTC))
    home = open_home(config.home_path)
    total = listen_x(home, config, client, Window(method, seconds), lambda so_far: None)
    summary = msgspec.structs.asdict(total)
    leave_summary("listen", summary)
    return summary
