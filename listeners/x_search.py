"""Search at X: pulling with a cursor, and backfill of a time. Generators of batches: no Kafka, no files here.

Each batch is to be sent, acknowledged, and its position and ledger written, before the next one is taken: a request
is made only when its worst case stands in a ledger that was written.
"""

from collections.abc import Callable, Generator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from listeners.budget import Ledger, Use, affordable, recovered, reserve, settle
from listeners.events import WindowListened
from listeners.snowflake import time_of_id
from listeners.x import MEDIA_FIELDS, POST_FIELDS
from listeners.x_objects import XPage
from listeners.x_pages import Account, Found, read
from listeners.x_positions import (
    SEARCH_LAG,
    SOURCE,
    Batch,
    SearchPosition,
    StreamPosition,
    Sweep,
    advanced,
    by_ids,
    cut,
    floor,
    new_sweep,
    swept,
)
from listeners.x_problems import BadRequest, Refused, Unavailable
from listeners.x_rules import Access, Query

SMALLEST_PAGE = 10  # X gives no smaller one
LARGEST_ARCHIVE_PAGE = 500
ARCHIVE_PAUSE = 1.0  # seconds: X takes one request a second to its archive

Stop = Callable[[], bool]
Place = Callable[[Sweep, bool], SearchPosition | StreamPosition]
Steps = Generator[Batch, None, Ledger]


def never() -> bool:
    """Do not stop."""
    return False


def search(
    account: Account,
    query: Query,
    position: SearchPosition,
    ledger: Ledger,
    *,
    start: datetime,
    stop: Stop = never,
) -> Iterator[Batch]:
    """Pull what a query finds since `position`, newest first; `start` is where a query without a position begins.

    An unfinished sweep of the position is finished first. What search no longer reaches comes as a `Gap`, each sweep
    that ends as a `WindowListened`. Raises BudgetReached, Refused, BadRequest, Unavailable; what was yielded stands.
    """
    ledger = recovered(ledger)
    if position.sweep is not None:
        ledger, position = yield from _finished(account, query, position, position.sweep, ledger, stop)
    if position.sweep is None and not stop():
        sweep = new_sweep(position, start, account.client.now())
        if sweep.start < sweep.end:
            yield from _finished(account, query, position, sweep, ledger, stop)


def backfill(
    account: Account,
    query: Query,
    start: datetime,
    end: datetime,
    ledger: Ledger,
    *,
    position: SearchPosition | None = None,
    stop: Stop = never,
) -> Iterator[Batch]:
    """Fetch what a query finds from `start` to `end`, or what `position` says is left of it.

    Reaches back seven days, or to the beginning with full archive access; the rest comes as a `Gap`. A position
    without a sweep that covers `end` is finished: nothing is asked.
    """
    until = min(end, account.client.now() - SEARCH_LAG)
    position = position or SearchPosition(hashtags=query.hashtags)
    sweep = position.sweep or Sweep(start=start, end=until, bounded=True)
    if position.listened_until is None and sweep.start < sweep.end:
        yield from _finished(account, query, position, sweep, recovered(ledger), stop)


def pages(
    account: Account,
    query: Query,
    sweep: Sweep,
    ledger: Ledger,
    place: Place,
    stop: Stop = never,
) -> Steps:
    """Go through a sweep page by page; `place` gives the position at a point of it, or when it is done."""
    client, access = account.client, account.access
    while not stop():
        now = client.now()
        left, gap = (sweep, None) if access.full_archive else cut(sweep, floor(now, access.days), query, now)
        if gap is not None:
            yield Batch((gap,), place(left or sweep, left is None), ledger)
        if left is None:
            return ledger
        worst = access.each.times(_page_size(account, ledger))
        ledger = reserve(ledger, worst, account.budget, now)
        yield Batch((), place(left, False), ledger)
        try:
            page = client.search(query.text, everything=access.full_archive, **_limits(left, worst.posts, access, now))
        except (BadRequest, Refused, Unavailable) as failed:
            ledger = settle(ledger, worst, Use(), account.budget, client.now())
            yield Batch((), place(left, False), ledger)
            sweep = _otherwise(left, failed, account, now)
            continue
        events, use = read(account, [Found(page, query, client.now(), _place(page))], "search")
        ledger = settle(ledger, worst, use, account.budget, client.now())
        sweep = advanced(left, page.meta.newest_id, page.meta.oldest_id, page.meta.next_token)
        if sweep.next_token is None:
            events.append(_window(query, sweep, client.now()))
            yield Batch(tuple(events), place(sweep, True), ledger, len(page.posts))
            return ledger
        yield Batch(tuple(events), place(sweep, False), ledger, len(page.posts))
        if access.full_archive:
            client.sleep(ARCHIVE_PAUSE)
    return ledger


def asked_of_posts(access: Access) -> dict[str, Any]:
    """Give X's parameters for what is to come with each post. Authors do not: they are looked up apart."""
    asked: dict[str, Any] = {"tweet_fields": POST_FIELDS}
    if access.media:
        asked["media_fields"] = MEDIA_FIELDS
    expansions = ["attachments.media_keys"] * access.media + ["referenced_tweets.id"] * access.references
    return {**asked, "expansions": expansions} if expansions else asked


def _finished(
    account: Account, query: Query, position: SearchPosition, sweep: Sweep, ledger: Ledger, stop: Stop
) -> Generator[Batch, None, tuple[Ledger, SearchPosition]]:
    """Go through one sweep of a position; give the ledger and the position after it."""
    last = position

    def place(now: Sweep, done: bool) -> SearchPosition:
        nonlocal last
        unfinished = msgspec.structs.replace(position, hashtags=query.hashtags, sweep=now)
        last = swept(unfinished, now) if done else unfinished
        return last

    ledger = yield from pages(account, query, sweep, ledger, place, stop)
    return ledger, last


def _limits(sweep: Sweep, size: int, access: Access, now: datetime) -> dict[str, Any]:
    """Give X's parameters for the next page of a sweep."""
    limits: dict[str, Any] = {**asked_of_posts(access), "max_results": size}
    fresh = access.full_archive or _at(sweep.since_id) >= floor(now, access.days)
    if sweep.since_id is not None and (fresh or sweep.until_id is not None):
        limits["since_id"] = sweep.since_id
    else:
        limits["start_time"] = sweep.start
    if sweep.until_id is not None:
        limits["until_id"] = sweep.until_id
    elif sweep.bounded:
        limits["end_time"] = sweep.end + timedelta(seconds=1)  # tweepy cuts to whole seconds
    if sweep.next_token is not None:
        limits["next_token"] = sweep.next_token
    return limits


def _otherwise(sweep: Sweep, failed: RuntimeError, account: Account, now: datetime) -> Sweep:
    """Give another way to go on with a sweep whose page token X no longer takes; raise any other failure."""
    if not isinstance(failed, BadRequest) or sweep.next_token is None:
        raise failed
    return by_ids(sweep, None if account.access.full_archive else floor(now, account.access.days))


def _page_size(account: Account, ledger: Ledger) -> int:
    """Give the size of the next page: what the budget still affords, within what X gives."""
    access = account.access
    most = LARGEST_ARCHIVE_PAGE if access.full_archive else access.page
    return max(SMALLEST_PAGE, affordable(ledger, access.each, most, account.budget, account.client.now()))


def _window(query: Query, sweep: Sweep, now: datetime) -> WindowListened:
    """Give the time that a sweep covered."""
    return WindowListened(
        source=SOURCE,
        query=query.text,
        method="search",
        started_at=sweep.start,
        ended_at=sweep.end,
        observed_at=now,
        hashtags=query.hashtags,
    )


def _at(post_id: str | None) -> datetime:
    """Give the time in an id; the earliest there is where there is none."""
    return (post_id and time_of_id(post_id)) or datetime.min.replace(tzinfo=UTC)


def _place(page: XPage) -> str:
    """Name a page, the same however often it is fetched."""
    return f"search {page.meta.newest_id}-{page.meta.oldest_id}"
