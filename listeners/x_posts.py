"""X API v2 posts as events: pages, lines of the stream, flattened lines. Pure: no network, no tweepy, no clock.

A bad post becomes a `Rejected` beside its good neighbours. Handles still stand in what this gives.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from itertools import chain

import msgspec

from listeners.archive_text import hashtags, mentions, unescaped
from listeners.events import (
    Collected,
    Counts,
    Event,
    Identity,
    Link,
    Post,
    PostDeleted,
    PostSeen,
    Rejected,
    rejected,
)
from listeners.snowflake import time_of_id
from listeners.x_objects import (
    UNREADABLE,
    XEntities,
    XError,
    XMedia,
    XMetrics,
    XPage,
    XPost,
    XUrl,
    XUser,
    decode_page,
    reason,
)

PLATFORM = "x"
WITHHELD_EVERYWHERE = frozenset({"XX", "XY"})

NO_LANGUAGE = frozenset({"und", "qam", "qct", "qht", "qme", "qst", "zxx", "art"})  # X's words for "not a language"
OLD_LANGUAGE = {"in": "id", "iw": "he", "ji": "yi"}

STATUS = re.compile(
    r"https?://(?:www\.|mobile\.)?(?:twitter|x)\.com/[^/]+/(?:web/)?status(?:es)?/(\d+)(/(?:photo|video)/)?"
)
X_SITE = re.compile(r"https?://(?:www\.|mobile\.)?(?:twitter|x)\.com/", re.IGNORECASE)


class Includes(msgspec.Struct, frozen=True):
    """What came along with posts, by id: their authors, their media, the posts that they refer to."""

    users: Mapping[str, XUser] = {}
    media: Mapping[str, XMedia] = {}
    posts: Mapping[str, XPost] = {}


NOTHING = Includes()


class Read(msgspec.Struct, frozen=True):
    """The events of one page: of its own posts (one each), of the posts included with them, and of what X reported."""

    posts: tuple[PostSeen | Rejected | PostDeleted, ...]
    included: tuple[PostSeen | Rejected | PostDeleted, ...] = ()
    reported: tuple[PostDeleted, ...] = ()


def events_of_page(
    page: bytes, collected: Collected, observed_at: datetime, *, place: str = "page", own_time: bool = False
) -> list[Event]:
    """Give all events of a page, a line of the stream or a flattened post: its own posts first, then what was included.

    `own_time`: the time of observation is each post's own time where it has one (an archive that does not say when
    it was collected). `place` names the page in a `Rejected`.
    """
    read = read_page(page, collected, observed_at, place=place, own_time=own_time)
    return [*read.posts, *read.included, *read.reported]


def read_page(
    page: bytes, collected: Collected, observed_at: datetime, *, place: str = "page", own_time: bool = False
) -> Read:
    """Give the events of a page, its own posts apart from those included with them."""
    try:
        decoded = decode_page(page)
    except UNREADABLE as error:
        return Read((rejected(collected.source, place, reason(error), page, observed_at, collected.import_id),))
    return events_of(decoded, collected, observed_at, place=place, own_time=own_time)


def events_of(
    page: XPage,
    collected: Collected,
    observed_at: datetime,
    *,
    place: str = "page",
    own_time: bool = False,
    users: Mapping[str, XUser] | None = None,
) -> Read:
    """Give the events of a decoded page. `users` are authors known from elsewhere, by id."""
    includes = includes_of(page, users)
    own = {str(post.id) for post in page.posts}
    beside = {str(post.id): post for post in includes.posts.values() if str(post.id) not in own}
    found = Seen(collected, observed_at, own_time, place)
    passed = Seen(msgspec.structs.replace(collected, query=None), observed_at, own_time, place)
    return Read(
        posts=tuple(chain((found.event(post, includes) for post in page.posts), map(found.rejected, page.bad))),
        included=tuple(
            chain((passed.event(post, includes) for post in beside.values()), map(passed.rejected, page.bad_included))
        ),
        reported=tuple(_gone(page.errors, observed_at)),
    )


class Seen(msgspec.Struct, frozen=True):
    """How, when and where posts were seen; with `own_time`, each at its own time where it has one."""

    collected: Collected
    observed_at: datetime
    own_time: bool = False
    place: str = "page"

    def at(self, post: XPost) -> datetime:
        """Give the moment at which `post` was observed."""
        own = (post.created_at or time_of_id(post.id)) if self.own_time else None
        return own.astimezone(UTC) if own else self.observed_at

    def event(self, post: XPost, includes: "Includes") -> PostSeen | PostDeleted:
        """Give the event of one post: seen, or gone when X withholds it everywhere."""
        if post.withheld and WITHHELD_EVERYWHERE.intersection(post.withheld.country_codes):
            return PostDeleted(PLATFORM, original_id(post), self.at(post), "withheld")
        return PostSeen(
            post=post_of(post, includes),
            collected=self.collected,
            observed_at=self.at(post),
            identity=identity_of(post, includes),
        )

    def rejected(self, bad: tuple[bytes, str]) -> Rejected:
        """Give the event of what could not be read."""
        raw, why = bad
        return rejected(self.collected.source, self.place, why, raw, self.observed_at, self.collected.import_id)


def includes_of(page: XPage, users: Mapping[str, XUser] | None = None) -> Includes:
    """Index what came along with a page; `users` known from elsewhere stand in for those that did not come."""
    inner = [reference for post in page.posts for reference in post.referenced_tweets if reference.text is not None]
    return Includes(
        users={**(users or {}), **{str(user.id): user for user in page.users if user.id is not None}},
        media={media.media_key: media for media in page.media if media.media_key},
        posts={str(post.id): post for post in (*inner, *page.posts, *page.included)},
    )


def post_of(post: XPost, includes: Includes = NOTHING) -> Post:
    """Give the post as our record: text whole and unescaped, relations by id, handles only in text and mentions."""
    post_id = original_id(post)
    text = text_of(post)
    found = (post.note_tweet and post.note_tweet.entities) or post.entities or XEntities()
    related = {reference.type: _original(str(reference.id), includes) for reference in post.referenced_tweets}
    root = str(post.conversation_id) if post.conversation_id is not None else None
    edited = post_id != str(post.id)
    return Post(
        platform=PLATFORM,
        post_id=post_id,
        created_at=(None if edited else _utc(post.created_at)) or time_of_id(post_id),
        text=text,
        language=language_of(post.lang),
        links=tuple(_links(found.urls)),
        media_alts=tuple(_alts(post, includes)),
        hashtags=hashtags(text or "", [hashtag.tag for hashtag in found.hashtags]),
        mentions=mentions(text or "", [mention.username for mention in found.mentions if mention.username]),
        in_reply_to=related.get("replied_to"),
        root=None if root in (post_id, str(post.id)) else root,
        quote_of=related.get("quoted"),
        repost_of=related.get("retweeted"),
        counts=None if "retweeted" in related else counts_of(post.public_metrics),
        edited_at=(_utc(post.created_at) or time_of_id(post.id)) if edited else None,
    )


def original_id(post: XPost) -> str:
    """Give the id of the post's first version, which stays the same over edits."""
    return str(post.edit_history_tweet_ids[0] if post.edit_history_tweet_ids else post.id)


def text_of(post: XPost) -> str | None:
    """Give the whole text (of a long post, its note), with X's escapes undone."""
    text = post.note_tweet.text if post.note_tweet else post.text
    return None if text is None else unescaped(text)


def identity_of(post: XPost, includes: Includes = NOTHING) -> Identity | None:
    """Give who wrote the post, as far as X said; None where it said nothing."""
    user = post.author or includes.users.get(str(post.author_id))
    author_id = post.author_id if post.author_id is not None else user and user.id
    if author_id is None and user is None:
        return None
    handle = user.username if user else None
    return Identity(
        author_id=None if author_id is None else str(author_id),
        handle=handle,
        name=user.name if user else None,
        bio=(user.description or None) if user else None,
        permalink=f"https://x.com/{handle}/status/{post.id}" if handle else None,
    )


def language_of(word: str | None) -> str | None:
    """Give the language by its present code; None for X's words for "cannot tell"."""
    return None if word is None or word in NO_LANGUAGE else OLD_LANGUAGE.get(word, word)


def counts_of(metrics: XMetrics | None) -> Counts | None:
    """Give the public totals."""
    if metrics is None:
        return None
    return Counts(
        likes=metrics.like_count,
        reposts=metrics.retweet_count,
        replies=metrics.reply_count,
        quotes=metrics.quote_count,
        views=metrics.impression_count,
    )


def _original(post_id: str, includes: Includes) -> str:
    """Give the id of the first version of a post that another refers to, where it came along."""
    post = includes.posts.get(post_id)
    return original_id(post) if post else post_id


def _utc(moment: datetime | None) -> datetime | None:
    return moment and moment.astimezone(UTC)


def _links(urls: Iterable[XUrl]) -> Iterable[Link]:
    """Give the links that leave the post: none to its own pictures, and other posts by id, without the handle."""
    for url in urls:
        leads = url.unwound_url or url.expanded_url
        status = STATUS.match(leads or "")
        if url.media_key or (status and status[2]) or not (url.url or leads):
            continue
        if status:
            leads = f"https://x.com/i/status/{status[1]}"
        elif X_SITE.match(leads or ""):
            leads = None  # a profile: its address is a handle
        yield Link(url.url or leads or "", leads, url.title or None, url.description or None)


def _alts(post: XPost, includes: Includes) -> Iterable[str]:
    """Give the descriptions of the post's pictures."""
    attachments = post.attachments
    if attachments is None:
        return []
    keyed = [includes.media[key] for key in attachments.media_keys if key in includes.media]
    return (media.alt_text for media in keyed or attachments.media if media.alt_text)


def _gone(errors: Iterable[XError], observed_at: datetime) -> Iterable[PostDeleted]:
    """Give the posts that X reports as no longer there. Posts of a protected author are not reported so: they stay."""
    for error in errors:
        if error.resource_type in ("tweet", "post") and _not_found(error) and str(error.resource_id).isdecimal():
            yield PostDeleted(PLATFORM, str(error.resource_id), observed_at)


def _not_found(error: XError) -> bool:
    return (error.type or "").endswith("/resource-not-found") and error.title == "Not Found Error"
