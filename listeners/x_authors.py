"""Who wrote the posts: looked up once, by hundreds, and remembered. Pure, no network.

A user costs twice what a post does, and an expansion returns the same users page after page. So posts are asked for
with the author's id alone, and the ids that are not yet known are looked up together. What is remembered holds
handles and stays in the process; after a restart users are looked up again (X charges a user once a UTC day).
"""

from collections.abc import Iterable, Mapping, MutableMapping
from datetime import date

import msgspec

from listeners.x_objects import XPost, XUser

KEEP_DAYS = 30
MOST = 50_000


class Known(msgspec.Struct, frozen=True):
    """An author, and the day on which they were looked up; `user` None: X did not show them."""

    day: date
    user: XUser | None = None


Authors = MutableMapping[str, Known]


def unknown(authors: Mapping[str, Known], posts: Iterable[XPost], today: date) -> list[str]:
    """Give the ids of the posts' authors that were not looked up in the last 30 days, each once."""
    ids = dict.fromkeys(str(post.author_id) for post in posts if post.author_id is not None)
    return [author for author in ids if author not in authors or (today - authors[author].day).days > KEEP_DAYS]


def remember(authors: Authors, asked: Iterable[str], users: Iterable[XUser], today: date) -> None:
    """Note what was looked up, and who of them X did not show; beyond 50,000 the oldest are forgotten."""
    shown = {str(user.id): user for user in users}
    for author in asked:
        authors.pop(author, None)
        authors[author] = Known(today, shown.get(author))
    while len(authors) > MOST:
        authors.pop(next(iter(authors)))


def users(authors: Mapping[str, Known], posts: Iterable[XPost]) -> dict[str, XUser]:
    """Give the known authors of these posts, by id."""
    found = {}
    for post in posts:
        known = authors.get(str(post.author_id))
        if known and known.user:
            found[str(post.author_id)] = known.user
    return found
