"""X API v1.1 posts, one JSON object each, as events. Pure."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Annotated

import msgspec

from listeners.archive_ids import Refused, post_id, related_id
from listeners.archive_moments import Unreadable, moment
from listeners.archive_rows import Reading, Row
from listeners.archive_text import hashtags, links, mentions, unescaped
from listeners.events import Counts, Identity, Link, Post, PostDeleted, PostSeen
from listeners.snowflake import newest_id, time_of_id
from listeners.x_posts import WITHHELD_EVERYWHERE, language_of

Id = int | float | str | None
Count = Annotated[int, msgspec.Meta(le=2**53)]


class V1Hashtag(msgspec.Struct, frozen=True):
    """A hashtag that X found in the text."""

    text: str


class V1Mention(msgspec.Struct, frozen=True):
    """A mention that X found in the text."""

    screen_name: str | None = None


class V1Url(msgspec.Struct, frozen=True):
    """A link as X shortened it, and where it leads."""

    url: str | None = None
    expanded_url: str | None = None


class V1Media(msgspec.Struct, frozen=True):
    """A picture or a film."""

    ext_alt_text: str | None = None


class V1Entities(msgspec.Struct, frozen=True):
    """What X found in the text."""

    hashtags: tuple[V1Hashtag, ...] = ()
    user_mentions: tuple[V1Mention, ...] = ()
    urls: tuple[V1Url, ...] = ()
    media: tuple[V1Media, ...] = ()


class V1User(msgspec.Struct, frozen=True):
    """An account as X shows it."""

    id: Id = None
    id_str: str | None = None
    screen_name: str | None = None
    name: str | None = None
    description: str | None = None


class V1Long(msgspec.Struct, frozen=True):
    """The whole of a post whose `text` is cut."""

    full_text: str
    entities: V1Entities | None = None
    extended_entities: V1Entities | None = None


class V1Post(msgspec.Struct, frozen=True, kw_only=True):
    """A post, with those that it reposts or quotes."""

    id: Id = None
    id_str: str | None = None
    created_at: str | None = None
    text: str | None = None
    full_text: str | None = None
    extended_tweet: V1Long | None = None
    entities: V1Entities | None = None
    extended_entities: V1Entities | None = None
    user: V1User | None = None
    lang: str | None = None
    in_reply_to_status_id: Id = None
    in_reply_to_status_id_str: str | None = None
    quoted_status_id: Id = None
    quoted_status_id_str: str | None = None
    quoted_status: "V1Post | None" = None
    retweeted_status: "V1Post | None" = None
    withheld_in_countries: tuple[str, ...] | None = None
    favorite_count: Count | None = None
    retweet_count: Count | None = None
    reply_count: Count | None = None
    quote_count: Count | None = None


_decode = msgspec.json.Decoder(V1Post).decode


def v1_rows(line: bytes, reading: Reading) -> Iterator[Row]:
    """Give the event of a post, and after it those of the posts within it.

    Raises Refused, msgspec.DecodeError or RecursionError where the line is no post, before any event.
    """
    post = _decode(line)
    own = _seen(post, reading, None)
    yield Row(True, own)
    around = own.observed_at
    inner = [post.retweeted_status, post.quoted_status]
    if post.retweeted_status:
        inner.append(post.retweeted_status.quoted_status)
    for other in inner:
        if other:
            try:
                yield Row(False, _seen(other, reading, around))
            except Refused:
                continue


def _seen(post: V1Post, reading: Reading, around: datetime | None) -> PostSeen | PostDeleted:
    """Give the event of one post; `around`: when the post around it was observed."""
    found = post_id(_id(post.id_str, post.id), newest_id(reading.now + timedelta(days=1)))
    created_at = _created_at(post, found, reading.now)
    observed_at = max(filter(None, [around, created_at]), default=reading.now)
    if WITHHELD_EVERYWHERE.intersection(post.withheld_in_countries or ()):
        return PostDeleted("x", found, observed_at, "withheld")
    return PostSeen(_post(post, found, created_at), reading.collected(), observed_at, _identity(post, found))


def _post(post: V1Post, found: str, created_at: datetime | None) -> Post:
    words = _text(post)
    text = unescaped(words) if words and words.strip() else None
    entities = (post.extended_tweet.entities if post.extended_tweet else None) or post.entities
    repost_of = _id(post.retweeted_status.id_str, post.retweeted_status.id) if post.retweeted_status else None
    quote_of = _id(post.quoted_status_id_str, post.quoted_status_id)
    if quote_of is None and post.quoted_status:
        quote_of = _id(post.quoted_status.id_str, post.quoted_status.id)
    return Post(
        platform="x",
        post_id=found,
        created_at=created_at,
        text=text,
        language=language_of(post.lang),
        links=_links(entities) if entities else links(text or ""),
        media_alts=_alts(post),
        hashtags=_hashtags(entities) if entities else hashtags(text or ""),
        mentions=_mentions(entities) if entities else mentions(text or ""),
        in_reply_to=related_id(_id(post.in_reply_to_status_id_str, post.in_reply_to_status_id), found),
        quote_of=related_id(quote_of, found),
        repost_of=related_id(repost_of, found),
        counts=None if repost_of else _counts(post),
    )


def _id(spelled: str | None, number: Id) -> str | None:
    """Give an id, by preference as X spells it: other tools round the number."""
    if spelled is not None:
        return spelled
    return None if number is None else str(number)


def _text(post: V1Post) -> str | None:
    if post.extended_tweet:
        return post.extended_tweet.full_text
    return post.full_text if post.full_text is not None else post.text


def _created_at(post: V1Post, found: str, now: datetime) -> datetime | None:
    id_time = time_of_id(found)
    if post.created_at is None:
        return id_time
    try:
        return moment(post.created_at, now).at
    except Unreadable as error:
        if id_time is None:
            raise Refused(f"created_at: {error}") from error
        return id_time


def _identity(post: V1Post, found: str) -> Identity | None:
    user = post.user
    if user is None:
        return None
    author_id, handle = _id(user.id_str, user.id), user.screen_name
    if author_id is None and handle is None:
        return None
    return Identity(
        author_id=author_id,
        handle=handle,
        name=user.name,
        bio=user.description or None,
        permalink=f"https://x.com/{handle}/status/{found}" if handle else None,
    )


def _links(entities: V1Entities) -> tuple[Link, ...]:
    return tuple(Link(url.url or url.expanded_url or "", url.expanded_url) for url in entities.urls if url.url)


def _hashtags(entities: V1Entities) -> tuple[str, ...]:
    return tuple(dict.fromkeys(hashtag.text.lower() for hashtag in entities.hashtags))


def _mentions(entities: V1Entities) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(mention.screen_name.lower() for mention in entities.user_mentions if mention.screen_name)
    )


def _alts(post: V1Post) -> tuple[str, ...]:
    long = post.extended_tweet.extended_entities if post.extended_tweet else None
    entities = long or post.extended_entities or post.entities
    return tuple(media.ext_alt_text for media in entities.media if media.ext_alt_text) if entities else ()


def _counts(post: V1Post) -> Counts | None:
    counts = Counts(
        likes=_count(post.favorite_count),
        reposts=_count(post.retweet_count),
        replies=_count(post.reply_count),
        quotes=_count(post.quote_count),
    )
    return None if counts == Counts() else counts


def _count(count: int | None) -> int | None:
    """Give a total; X writes -1 where it does not say."""
    return count if count is not None and count >= 0 else None
