"""Pages of X as events with what they cost: authors looked up, posts read, the page's use counted."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from listeners.budget import Budget, Use
from listeners.events import Collected, Event
from listeners.x import Client
from listeners.x_authors import Authors, remember, unknown, users
from listeners.x_objects import XPage, XPost
from listeners.x_posts import PLATFORM, events_of
from listeners.x_problems import Unavailable
from listeners.x_rules import Access, Query

USERS_AT_ONCE = 100


class Account(msgspec.Struct, frozen=True):
    """Who asks X, at what price and within what caps, with what access, and the authors known so far."""

    client: Client
    budget: Budget
    access: Access = Access()
    authors: Authors = {}


class Found(msgspec.Struct, frozen=True):
    """A page, or a line of the stream, as it was found: by which query, when, and its name if it cannot be read."""

    page: XPage
    query: Query | None
    observed_at: datetime
    place: str


def read(account: Account, found: Sequence[Found], method: str) -> tuple[list[Event], Use]:
    """Give the events of what was found, and what X charges for it and for the authors that had to be looked up."""
    posts = [post for each in found for post in each.page.posts]
    shown = look_up(account, posts, account.client.now()) if account.access.authors else 0
    events: list[Event] = []
    use = Use(users=shown)
    for each in found:
        collected = Collected(source=PLATFORM, method=method, query=each.query.text if each.query else None)
        known = users(account.authors, each.page.posts)
        seen = events_of(each.page, collected, each.observed_at, place=each.place, users=known)
        events += [*seen.posts, *seen.included, *seen.reported]
        use = use.plus(use_of(each.page))
    return events, use


def use_of(page: XPage) -> Use:
    """Give what X returned in a page: bad posts are charged too."""
    return Use(posts=len(page.posts) + len(page.bad), included=len(page.included), media=len(page.media))


def look_up(account: Account, posts: Sequence[XPost], now: datetime) -> int:
    """Look up the posts' unknown authors, by hundreds; give how many X showed (and charges for).

    When X does not answer, the posts go on without their authors, who are asked for again with their next post.
    """
    asked = unknown(account.authors, posts, now.date())
    total = 0
    for start in range(0, len(asked), USERS_AT_ONCE):
        some = asked[start : start + USERS_AT_ONCE]
        try:
            shown = account.client.users(some)
        except Unavailable:
            break
        remember(account.authors, some, shown, now.date())
        total += len(shown)
    return total
