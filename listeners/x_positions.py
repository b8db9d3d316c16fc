"""Where listening to X stands: what was covered, what is under way, what is still to be fetched. Pure, no clock.

A position is small and serialises as JSON; the caller writes it once all events that it covers are acknowledged.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import msgspec

from listeners.budget import Ledger
from listeners.events import Event, Gap
from listeners.snowflake import EPOCH, newest_id, time_of_id
from listeners.x_rules import Query

SOURCE = "x"
SEARCH_LAG = timedelta(seconds=30)  # recent search shows posts half a minute after they were written
DELIVERY_LAG = timedelta(seconds=10)  # the stream delivers most posts within 7 s
MARGIN = timedelta(minutes=1)  # kept from the edge of the seven days, for the time that a request takes


class Sweep(msgspec.Struct, frozen=True, omit_defaults=True):
    """One search from the newest post back to the oldest, page by page, and how far it came.

    It covers from `start` (or from the post `since_id`) to `end`. `bounded`: X is told the end, as for a backfill.
    """

    start: datetime
    end: datetime
    since_id: str | None = None
    bounded: bool = False
    newest_id: str | None = None
    oldest_id: str | None = None
    next_token: str | None = None
    until_id: str | None = None


class SearchPosition(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where the search for one query stands: `listened_until` is covered, `newest_id` the newest post of it."""

    hashtags: tuple[str, ...] = ()
    listened_until: datetime | None = None
    newest_id: str | None = None
    sweep: Sweep | None = None


class Hole(msgspec.Struct, frozen=True, omit_defaults=True):
    """A time in which the stream was down for one query, to be filled by search."""

    query: Query
    sweep: Sweep


class StreamPosition(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where the stream stands: connected from `listened_since` to `listened_until`, with holes still to be filled.

    `queries` are the values of the rules that were listened to.
    """

    listened_since: datetime | None = None
    listened_until: datetime | None = None
    queries: tuple[Query, ...] = ()
    holes: tuple[Hole, ...] = ()


class Batch(msgspec.Struct, frozen=True):
    """Events, and what to write once they are all acknowledged. `posts`: how many of them were asked for."""

    events: tuple[Event, ...]
    position: SearchPosition | StreamPosition
    ledger: Ledger
    posts: int = 0


def new_sweep(position: SearchPosition, start: datetime, now: datetime) -> Sweep:
    """Give the sweep that takes up where the position ends; `start` where there is none yet."""
    begin = position.listened_until or start
    return Sweep(start=begin, end=max(begin, now - SEARCH_LAG), since_id=position.newest_id)


def swept(position: SearchPosition, sweep: Sweep) -> SearchPosition:
    """Give the position after a sweep came to its end."""
    return SearchPosition(
        hashtags=position.hashtags,
        listened_until=max(sweep.end, position.listened_until or sweep.end),
        newest_id=_newer(position.newest_id, sweep.newest_id),
    )


def advanced(sweep: Sweep, newest_id: str | None, oldest_id: str | None, next_token: str | None) -> Sweep:
    """Give the sweep after one more page."""
    return msgspec.structs.replace(
        sweep,
        newest_id=_newer(sweep.newest_id, newest_id),
        oldest_id=oldest_id or sweep.oldest_id,
        next_token=next_token,
    )


def by_ids(sweep: Sweep, floor: datetime | None) -> Sweep:
    """Give what is left of a sweep bounded by ids alone, for when its token or its times are no longer taken."""
    since = sweep.since_id or id_before(sweep.start)
    if floor is not None and int(since) < int(id_before(floor)):
        since = id_before(floor)
    until = sweep.oldest_id or (str(newest_id(sweep.end)) if sweep.bounded else None)
    return msgspec.structs.replace(sweep, since_id=since, until_id=until, bounded=False, next_token=None)


def cut(sweep: Sweep, floor: datetime, query: Query, now: datetime) -> tuple[Sweep | None, Gap | None]:
    """Give the part of a sweep that search still reaches (None: none of it), and the gap of what it does not."""
    if sweep.start >= floor:
        return sweep, None
    reached = (sweep.oldest_id and time_of_id(sweep.oldest_id)) or sweep.end
    gap = gap_of(query, sweep.start, min(floor, reached), "older than recent search reaches", now)
    if reached <= floor:
        return None, gap
    begun = sweep.next_token is not None or sweep.until_id is not None
    late = sweep.since_id is None or (time_of_id(sweep.since_id) or floor) < floor
    kept = msgspec.structs.replace(sweep, start=floor, since_id=None if late else sweep.since_id)
    return (by_ids(kept, floor) if begun else kept), gap


def gap_of(query: Query, start: datetime, end: datetime, reason: str, now: datetime) -> Gap:
    """Give the gap of a query."""
    return Gap(source=SOURCE, started_at=start, ended_at=end, reason=reason, observed_at=now, query=query.text)


def holes(position: StreamPosition, connected_at: datetime) -> tuple[Hole, ...]:
    """Give the holes of a stream that was last alive at `listened_until` and is connected again at `connected_at`."""
    if position.listened_until is None or position.listened_until >= connected_at:
        return ()
    since = position.listened_until - DELIVERY_LAG
    return tuple(Hole(query, Sweep(start=since, end=connected_at, bounded=True)) for query in position.queries)


def joined(old: tuple[Hole, ...], new: tuple[Hole, ...]) -> tuple[Hole, ...]:
    """Give all holes; a new one that follows closely on one not yet begun is made one with it."""
    found = list(old)
    for hole in new:
        near = [at for at, other in enumerate(found) if _follows(hole, other)]
        if near:
            found[near[0]] = Hole(hole.query, msgspec.structs.replace(found[near[0]].sweep, end=hole.sweep.end))
        else:
            found.append(hole)
    return tuple(found)


def _follows(hole: Hole, other: Hole) -> bool:
    """Whether a hole follows within a minute on another of its query of which no page was fetched."""
    begun = other.sweep.oldest_id is not None
    return other.query == hole.query and not begun and hole.sweep.start - other.sweep.end <= MARGIN


def adopted(query: Query, positions: Mapping[str, SearchPosition]) -> SearchPosition:
    """Give the position of a query among those stored by query text.

    When the registry changed and hashtags moved between queries, a new query takes up at the earliest of the times up
    to which its hashtags were listened to; one whose hashtags are all new has no time yet.
    """
    if query.text in positions:
        return positions[query.text]
    until: dict[str, datetime] = {}
    for old in positions.values():
        for tag in set(old.hashtags) & set(query.hashtags):
            until[tag] = max(until.get(tag, EPOCH), old.listened_until or EPOCH)
    known = [moment for moment in until.values() if moment > EPOCH]
    return SearchPosition(hashtags=query.hashtags, listened_until=min(known, default=None))


def id_before(moment: datetime) -> str:
    """Give an id that no post written at `moment` or later has."""
    return str(max(1, newest_id(max(moment, EPOCH) - timedelta(milliseconds=1))))


def floor(now: datetime, days: int) -> datetime:
    """Give the earliest time that a search reaching back `days` days can still be asked for."""
    return (now - timedelta(days=days) + MARGIN).astimezone(UTC)


def _newer(one: str | None, other: str | None) -> str | None:
    """Give the newer of two ids."""
    return max((one, other), key=lambda post_id: int(post_id or 0))
