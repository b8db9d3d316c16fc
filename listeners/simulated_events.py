"""The simulated week as a listener hears it: posts, edits, deletions, counts, repeats, late ones, malformed lines."""

import heapq
import math
import random
from bisect import bisect_right
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from hashlib import blake2s
from operator import itemgetter

import msgspec

from listeners.events import (
    Collected,
    Counts,
    CountsSeen,
    Event,
    Gap,
    Identity,
    Post,
    PostDeleted,
    PostSeen,
    WindowListened,
    rejected,
)
from listeners.simulated_malformed import malformed
from listeners.simulated_plan import DAY, OUTAGE, WEEK, Planned, compose, heard
from listeners.simulated_texts import LISTENED, marks

PLATFORM = "simulated"
MONDAY = date(2026, 4, 20)
MALFORMED, LATE, REPEATED = 0.01, 0.015, 0.02  # shares of the posts
COUNTED_AFTER = {"post": (1, 6, 24, 72), "reply": (12,), "quote": (12,), "repost": ()}  # hours

_marks = lru_cache(maxsize=65_536)(marks)


class Week(msgspec.Struct, frozen=True):
    """One simulated week: its posts in the order of writing, and who reposted, answered and quoted which, when."""

    prefix: str
    midnight: datetime
    posts: list[Planned]
    echoes: dict[tuple[str, int], list[float]]

    def id(self, post: Planned) -> str:
        """Give the post's id: ids sort by the time of writing and differ between weeks."""
        return f"{self.prefix}-{post.number:08d}"

    def moment(self, at: float) -> datetime:
        """Give the time that lies `at` seconds into the week, to the second."""
        return self.midnight + timedelta(seconds=int(at))


Happening = tuple[float, int, Callable[[Week, Planned, float], Event], Planned, float]


def observed(planned: Week, seed: int) -> Iterator[Event]:
    """Give the week's events in the order in which they arrive: a few after their time, some twice."""
    happenings = (
        (arrival, make(planned, post, at)) for arrival, _, make, post, at in sorted(_happenings(planned, seed))
    )
    for _, event in heapq.merge(happenings, _listened(planned), key=itemgetter(0)):
        yield event


def plan(seed: int = 1, posts: int = 30_000, start: date | None = None) -> Week:
    """Give the week as composed, before anybody listens to it."""
    midnight = datetime.combine(start or MONDAY, time(), UTC)
    prefix = "sim" + blake2s(f"{seed} {posts} {midnight}".encode(), digest_size=4).hexdigest()
    composed = compose(seed, posts)
    echoes: dict[tuple[str, int], list[float]] = {}
    for post in composed:
        if post.parent:
            echoes.setdefault((post.relation, post.parent.number), []).append(post.at)
    return Week(prefix, midnight, composed, echoes)


def _happenings(planned: Week, seed: int) -> Iterator[Happening]:
    """Give what is observed, as (when it arrives, a number, what it is, of which post, when it was observed)."""
    rng = random.Random(f"listening {seed}")
    order = iter(range(1 << 62))
    for post in planned.posts:
        for at in (post.at, *(edited_at for edited_at, _, _ in post.versions)):
            at = heard(at + 2 + rng.random() * 30)
            late = rng.random() * 6 * 3600 if rng.random() < LATE else 0.0
            yield at + late, next(order), _seen, post, at
            if rng.random() < REPEATED:
                yield at + rng.random() * 3600, next(order), _seen, post, at
        if post.deleted_at:
            yield post.deleted_at + 30, next(order), _deleted, post, post.deleted_at + 30
        for hours in COUNTED_AFTER[post.relation]:
            at = heard(post.at + hours * 3600)
            if at < (post.deleted_at or WEEK):
                yield at, next(order), _counted, post, at
    for line, post in enumerate(rng.choices(planned.posts, k=round(len(planned.posts) * MALFORMED))):
        at = heard(post.at + 5)
        yield at, next(order), _Malformed(line), post, at


def _seen(planned: Week, post: Planned, at: float) -> PostSeen:
    text, entry = post.said(at)
    stands = _marks(text)
    related = {post.relation: planned.id(post.parent)} if post.parent else {}
    edits = [edited_at for edited_at, _, _ in post.versions if edited_at <= at]
    author = post.author
    return PostSeen(
        post=Post(
            platform=PLATFORM,
            post_id=planned.id(post),
            created_at=planned.moment(post.at),
            text=text,
            language=entry.language,
            links=stands.links,
            media_alts=(entry.alt,) if entry.alt else (),
            hashtags=stands.hashtags,
            mentions=stands.mentions,
            in_reply_to=related.get("reply"),
            root=planned.id(post.root) if post.root else None,
            quote_of=related.get("quote"),
            repost_of=related.get("repost"),
            counts=_counts(planned, post, at),
            edited_at=planned.moment(edits[-1]) if edits else None,
        ),
        collected=Collected(source=PLATFORM, method="simulated", query=_query(post)),
        observed_at=planned.moment(at),
        identity=Identity(
            author_id=author.author_id,
            handle=author.handle,
            name=author.name,
            bio=author.bio,
            permalink=f"https://simulated.example/{author.handle}/{planned.id(post)}",
        ),
    )


def _counted(planned: Week, post: Planned, at: float) -> CountsSeen:
    return CountsSeen(PLATFORM, planned.id(post), _counts(planned, post, at), planned.moment(at))


def _deleted(planned: Week, post: Planned, at: float) -> PostDeleted:
    return PostDeleted(PLATFORM, planned.id(post), planned.moment(at))


class _Malformed(msgspec.Struct, frozen=True):
    """Makes the event of one malformed line."""

    line: int

    def __call__(self, planned: Week, post: Planned, at: float) -> Event:
        when = planned.moment(post.at)
        reason, raw = malformed(self.line, planned.id(post), post.text, when.isoformat())
        return rejected(PLATFORM, f"{planned.prefix}:{self.line}", reason, raw, planned.moment(at))


def _counts(planned: Week, post: Planned, at: float) -> Counts:
    """Give totals that never shrink: what was captured by then, and a share of what was not."""
    reposts, replies, quotes = (
        bisect_right(planned.echoes.get((relation, post.number), ()), at) for relation in ("repost", "reply", "quote")
    )
    silent = (post.number * 7919 % 17 + 4 * post.entry.reach) * (1 - math.exp((post.at - at) / 30_000))
    likes = int(silent + 2.6 * reposts + replies)
    return Counts(likes, reposts + reposts // 4, replies, quotes, views=likes * 37 + int(silent * 11))


def _query(post: Planned) -> str:
    """Give the tag that found it: one of its own, else its conversation's."""
    found: Planned | None = post
    while found:
        for tag in _marks(found.entry.text).hashtags:
            if tag in LISTENED:
                return f"#{tag}"
        found = found.parent
    raise ValueError(f"{post.entry.place}: field `text`: none of the tags that are listened to")


def _listened(planned: Week) -> Iterator[tuple[float, Event]]:
    """Give what was listened to day by day, and the outage, in which nothing was."""
    for day in range(7):
        bounds = [day * DAY, (day + 1) * DAY]
        if bounds[0] <= OUTAGE[0] < bounds[1]:
            bounds[1:1] = OUTAGE
        for since, until in zip(bounds[::2], bounds[1::2], strict=True):
            started, ended = planned.moment(since), planned.moment(until)
            for tag in LISTENED:
                yield until, WindowListened(PLATFORM, f"#{tag}", "simulated", started, ended, ended, hashtags=(tag,))
            if until == OUTAGE[0]:
                ended, resumed = (planned.moment(at) for at in OUTAGE)
                yield (
                    OUTAGE[1],
                    Gap(PLATFORM, ended, resumed, "the simulated listener stood still for two hours", resumed),
                )
