"""The filtered stream of X: pushed posts, and search for what the stream missed. A generator of batches: no Kafka here.

Each batch is to be sent, acknowledged, and its position and ledger written, before the next one is taken. A time in
which the stream was down becomes a hole of the position for each query; search fills it, and what search cannot give
back comes as a `Gap`.
"""

from collections.abc import Generator, Iterator, Sequence
from datetime import datetime, timedelta

import msgspec

from listeners.budget import BudgetReached, Ledger, Use, recovered, reserve, settle
from listeners.events import Event, WindowListened, rejected
from listeners.x import SECONDS_SILENT, TICK, Line, Lines
from listeners.x_joining import synchronise, wait
from listeners.x_objects import UNREADABLE, decode_page, reason
from listeners.x_pages import Account, Found, read, use_of
from listeners.x_positions import SEARCH_LAG, SOURCE, Batch, Hole, StreamPosition, Sweep, gap_of, holes, joined
from listeners.x_problems import BadRequest, Problem, Refused, Unavailable
from listeners.x_rules import Query
from listeners.x_search import Stop, asked_of_posts, never, pages

AHEAD = 20  # posts whose worst case is kept reserved while the stream is open
HEARTBEAT = timedelta(seconds=30)  # how often the position moves on when no post comes
WINDOW = timedelta(minutes=5)  # how long a stretch of listening is stated at once
HOLE_PAUSE = timedelta(minutes=1)  # before a hole is tried again when search does not answer

Steps = Generator[Batch, None, None]


class Open(msgspec.Struct):
    """What changes while the stream is listened to."""

    position: StreamPosition
    ledger: Ledger
    held: Use = Use()
    seen_at: datetime | None = None
    written_at: datetime | None = None
    holes_at: datetime | None = None
    reached: BudgetReached | None = None
    alive: bool = False

    def batch(self, events: Sequence[Event] = (), posts: int = 0) -> Batch:
        """Give a batch of events with the position and the ledger as they are."""
        return Batch(tuple(events), self.position, self.ledger, posts)

    def move(self, **fields: object) -> None:
        """Change the position."""
        self.position = msgspec.structs.replace(self.position, **fields)


def stream(
    account: Account,
    queries: Sequence[Query],
    position: StreamPosition,
    ledger: Ledger,
    *,
    label: str,
    stop: Stop = never,
    seconds: float = 5.0,
    seconds_silent: float = SECONDS_SILENT,
) -> Iterator[Batch]:
    """Listen until stopped. Our rules at X, tagged `label`, become the queries; a batch comes every few seconds.

    Connects again after whatever ends a connection, in X's own rhythm, and clears a connection that a killed process
    left behind. Raises BudgetReached when a cap is reached (what X had sent by then was yielded), Refused, BadRequest,
    or Unavailable after ten tries in a row.
    """
    open_ = Open(position, recovered(ledger))
    by_id = synchronise(account.client, queries, label, account.access)
    tries = 0
    try:
        while not stop():
            yield from _reserved(account, open_)
            open_.alive = False
            lines = account.client.connect(seconds_silent, **asked_of_posts(account.access))
            try:
                problem = yield from _connection(
                    account, lines, queries, by_id, open_, stop, timedelta(seconds=seconds)
                )
            finally:
                lines.close()
            if open_.reached is not None:
                raise open_.reached
            tries = 0 if open_.alive else tries + 1
            if not stop():
                wait(account.client, problem, tries)
    except (BudgetReached, Refused, BadRequest, Unavailable):
        _lift(account, open_)
        yield open_.batch()
        raise
    _lift(account, open_)
    yield open_.batch()


def _connection(
    account: Account,
    lines: Lines,
    queries: Sequence[Query],
    by_id: dict[str, Query],
    open_: Open,
    stop: Stop,
    every: timedelta,
) -> Generator[Batch, None, Problem | None]:
    """Listen to one connection until it ends; give why, where X says."""
    gathered: list[Line] = []
    while True:
        line = lines.get(TICK)
        now = account.client.now()
        ended = lines.over if line is None else line.kind == "ended"
        if line is not None and not ended:
            if line.kind == "connected":
                yield from _connected(account, queries, open_, line.at)
            else:
                gathered += [line] if line.kind == "line" else []
                open_.alive, open_.seen_at = True, line.at
        if ended or _due(gathered, open_, now, every):
            yield from _flush(account, gathered, by_id, open_, now, ended)
            gathered = []
        if ended:
            return line.problem if line is not None else None
        if stop() or open_.reached is not None:
            lines.close()
        elif open_.alive:
            yield from _fill(account, open_, now)


def _connected(account: Account, queries: Sequence[Query], open_: Open, at: datetime) -> Steps:
    """Note a new connection: what was listened to before it, and the holes up to it."""
    before = open_.position
    missed = holes(before, at)
    events: list[Event] = [*_windows(before, at)]
    if account.access.reposts:
        why = "the stream was down: search gives back posts, but no reposts"
        events += [gap_of(hole.query, hole.sweep.start, hole.sweep.end, why, at) for hole in missed]
    open_.position = StreamPosition(at, at, tuple(queries), joined(before.holes, missed))
    open_.seen_at = open_.written_at = at
    yield open_.batch(events)


def _due(gathered: Sequence[Line], open_: Open, now: datetime, every: timedelta) -> bool:
    """Whether it is time for a batch."""
    if gathered:
        return len(gathered) >= AHEAD or now - gathered[0].at >= every
    return open_.seen_at is not None and open_.seen_at - (open_.written_at or open_.seen_at) >= HEARTBEAT


def _flush(
    account: Account, gathered: Sequence[Line], by_id: dict[str, Query], open_: Open, now: datetime, ended: bool
) -> Steps:
    """Give a batch of what came, settle what it cost, and reserve for what comes next."""
    events, use = _events(account, gathered, by_id, ended)
    open_.ledger = settle(open_.ledger, open_.held, use, account.budget, now)
    open_.held = Use()
    if not ended and open_.reached is None:
        try:
            _hold(account, open_, now)
        except BudgetReached as reached:
            open_.reached = reached
    if open_.position.listened_since is not None and open_.seen_at is not None:
        open_.move(listened_until=open_.seen_at)
        if ended or open_.seen_at - open_.position.listened_since >= WINDOW:
            events += _windows(open_.position, now)
            open_.move(listened_since=open_.seen_at)
    open_.written_at = open_.seen_at
    yield open_.batch(events, use.posts)


def _events(
    account: Account, gathered: Sequence[Line], by_id: dict[str, Query], ended: bool
) -> tuple[list[Event], Use]:
    """Give the events of lines and what they cost. What matched only rules of others is charged and not kept."""
    found: list[Found] = []
    bad: list[Event] = []
    charged = Use()
    for line in gathered:
        place = f"stream {line.at.isoformat()}"
        try:
            page = decode_page(line.body)
        except UNREADABLE as error:
            cut_off = ended and line is gathered[-1]  # by the disconnect: it comes again through search
            bad += [] if cut_off else [rejected(SOURCE, place, reason(error), line.body, line.at)]
            continue
        ours = [by_id[str(rule.id)] for rule in page.matching_rules if str(rule.id) in by_id]
        if page.matching_rules and not ours:
            charged = charged.plus(use_of(page))
            continue
        found.append(Found(page, ours[0] if ours else None, line.at, place))
    events, use = read(account, found, "stream")
    return [*events, *bad], use.plus(charged)


def _fill(account: Account, open_: Open, now: datetime) -> Steps:
    """Fill the first hole that search reaches by now; what search refuses to give back becomes a gap."""
    due = next((hole for hole in open_.position.holes if now >= hole.sweep.end + SEARCH_LAG), None)
    if due is None or (open_.holes_at is not None and now < open_.holes_at):
        return

    def place(sweep: Sweep, done: bool, at: int = open_.position.holes.index(due)) -> StreamPosition:
        left = () if done else (Hole(due.query, sweep),)
        open_.move(holes=(*open_.position.holes[:at], *left, *open_.position.holes[at + 1 :]))
        return open_.position

    try:
        for batch in pages(account, due.query, due.sweep, open_.ledger, place):
            open_.ledger = batch.ledger
            yield batch
    except Unavailable:
        open_.holes_at = now + HOLE_PAUSE
    except BudgetReached as reached:
        open_.reached = reached
    except (Refused, BadRequest) as failed:
        gap = gap_of(due.query, due.sweep.start, due.sweep.end, f"the stream was down, and {failed}", now)
        place(due.sweep, True)
        yield open_.batch([gap])


def _windows(position: StreamPosition, now: datetime) -> list[WindowListened]:
    """Give the time that the stream was listened to and that was not stated yet, for each query."""
    since, until = position.listened_since, position.listened_until
    if since is None or until is None or since >= until:
        return []
    return [
        WindowListened(
            source=SOURCE,
            query=query.text,
            method="stream",
            started_at=since,
            ended_at=until,
            observed_at=now,
            hashtags=query.hashtags,
        )
        for query in position.queries
    ]


def _reserved(account: Account, open_: Open) -> Steps:
    """Reserve for the next posts of the stream, if that is not done yet."""
    if open_.held == Use():
        _hold(account, open_, account.client.now())
        yield open_.batch()


def _hold(account: Account, open_: Open, now: datetime) -> None:
    """Set aside the worst case of the next posts. Raises BudgetReached."""
    ahead = account.access.each.times(AHEAD)
    open_.ledger = reserve(open_.ledger, ahead, account.budget, now)
    open_.held = ahead


def _lift(account: Account, open_: Open) -> None:
    """Give back what was set aside and not used."""
    open_.ledger = settle(open_.ledger, open_.held, Use(), account.budget, account.client.now())
    open_.held = Use()
