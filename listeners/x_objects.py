"""What the X API v2 answers, as structs of the fields we use. No network, no tweepy, no clock here.

Flattened lines (as archiving tools write them: `author`, `attachments.media` and whole referenced posts inside the
post) fit the same structs.
"""

import json
from datetime import datetime
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta

Count = Annotated[int, Meta(ge=0, le=2**53)]
Moment = Annotated[datetime, Meta(tz=True)]
Id = Annotated[str, Meta(pattern=r"\A[1-9][0-9]{0,18}\Z")] | Annotated[int, Meta(ge=1, le=2**63 - 1)]
Bad = tuple[bytes, str]
T = TypeVar("T")

UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
EARLIEST_YEAR, LATEST_YEAR = 2006, 2100  # X began in March 2006


class XUser(msgspec.Struct, frozen=True):
    """An account as X shows it."""

    id: Id | None = None
    username: str | None = None
    name: str | None = None
    description: str | None = None


class XMedia(msgspec.Struct, frozen=True):
    """A picture or a film, by its key."""

    media_key: str | None = None
    alt_text: str | None = None


class XUrl(msgspec.Struct, frozen=True):
    """A link as X shortened it, and where it leads."""

    url: str | None = None
    expanded_url: str | None = None
    unwound_url: str | None = None
    title: str | None = None
    description: str | None = None
    media_key: str | None = None


class XHashtag(msgspec.Struct, frozen=True):
    """A hashtag that X found in the text."""

    tag: str


class XMention(msgspec.Struct, frozen=True):
    """A mention that X found in the text."""

    username: str | None = None


class XEntities(msgspec.Struct, frozen=True):
    """What X found in the text."""

    urls: tuple[XUrl, ...] = ()
    hashtags: tuple[XHashtag, ...] = ()
    mentions: tuple[XMention, ...] = ()


class XNote(msgspec.Struct, frozen=True):
    """The whole text of a long post, whose `text` is cut."""

    text: str
    entities: XEntities | None = None


class XAttachments(msgspec.Struct, frozen=True):
    """Media by key, or (flattened) whole."""

    media_keys: tuple[str, ...] = ()
    media: tuple[XMedia, ...] = ()


class XMetrics(msgspec.Struct, frozen=True):
    """Public totals."""

    like_count: Count | None = None
    retweet_count: Count | None = None
    reply_count: Count | None = None
    quote_count: Count | None = None
    impression_count: Count | None = None


class XWithheld(msgspec.Struct, frozen=True):
    """Where a post may not be shown; XX is everywhere, XY everywhere for copyright."""

    country_codes: tuple[str, ...] = ()


class XPost(msgspec.Struct, frozen=True, kw_only=True):
    """One post (one version of it, where it was edited)."""

    id: Id
    text: str | None = None
    created_at: Moment | None = None
    author_id: Id | None = None
    author: XUser | None = None
    lang: str | None = None
    conversation_id: Id | None = None
    edit_history_tweet_ids: tuple[Id, ...] = ()
    referenced_tweets: tuple["XReference", ...] = ()
    entities: XEntities | None = None
    note_tweet: XNote | None = None
    attachments: XAttachments | None = None
    public_metrics: XMetrics | None = None
    withheld: XWithheld | None = None

    def __post_init__(self) -> None:
        """Refuse a time at which X was not there."""
        if self.created_at and not EARLIEST_YEAR <= self.created_at.year <= LATEST_YEAR:
            came = self.created_at.year
            raise ValueError(f"created_at: expected a year from {EARLIEST_YEAR} to {LATEST_YEAR}, got {came}")


class XReference(XPost, frozen=True, kw_only=True):
    """A post that another answers, quotes or reposts: its id, or (flattened) the whole of it."""

    type: str | None = None


class XError(msgspec.Struct, frozen=True):
    """What X could not give, or why it ends a stream."""

    title: str | None = None
    detail: str | None = None
    type: str | None = None
    resource_type: str | None = None
    resource_id: str | int | None = None
    connection_issue: str | None = None
    message: str | None = None


class XMeta(msgspec.Struct, frozen=True):
    """Where a page stands among the pages of one search."""

    newest_id: str | None = None
    oldest_id: str | None = None
    next_token: str | None = None
    result_count: int | None = None


class XRule(msgspec.Struct, frozen=True):
    """A rule of the filtered stream."""

    id: str | int
    value: str | None = None
    tag: str | None = None


NOTHING = msgspec.Raw(b"")


class RawIncludes(msgspec.Struct, frozen=True):
    """What comes along with the posts of a page, not yet read one by one."""

    tweets: tuple[msgspec.Raw, ...] = ()
    users: tuple[msgspec.Raw, ...] = ()
    media: tuple[msgspec.Raw, ...] = ()


class RawPage(msgspec.Struct, frozen=True):
    """A page, or a line of the stream, whose posts are not yet read: one bad post does not spoil its page."""

    data: msgspec.Raw = NOTHING
    id: msgspec.Raw = NOTHING
    includes: RawIncludes = RawIncludes()
    errors: tuple[msgspec.Raw, ...] = ()
    meta: XMeta | None = None
    matching_rules: tuple[msgspec.Raw, ...] = ()


class XPage(msgspec.Struct, frozen=True):
    """A page, or a line of the stream, read: what was good of it, and the bytes of what was not, with the reason."""

    posts: tuple[XPost, ...] = ()
    included: tuple[XPost, ...] = ()
    users: tuple[XUser, ...] = ()
    media: tuple[XMedia, ...] = ()
    errors: tuple[XError, ...] = ()
    meta: XMeta = XMeta()
    matching_rules: tuple[XRule, ...] = ()
    bad: tuple[Bad, ...] = ()
    bad_included: tuple[Bad, ...] = ()


_pages = msgspec.json.Decoder(RawPage)
_parts = msgspec.json.Decoder(tuple[msgspec.Raw, ...])
_posts = msgspec.json.Decoder(XPost)
_users = msgspec.json.Decoder(XUser)
_media = msgspec.json.Decoder(XMedia)
_errors = msgspec.json.Decoder(XError)
_rules = msgspec.json.Decoder(XRule)


def decode_page(page: bytes) -> XPage:
    """Read a page, a line of the stream or a flattened post. Raises one of `UNREADABLE` when none of it can be read."""
    try:
        raw = _pages.decode(page)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        raw = _pages.decode(_respelled(page))
    posts, bad = _each(_own(raw, page), _posts)
    included, bad_posts = _each(raw.includes.tweets, _posts)
    users, bad_users = _each(raw.includes.users, _users)
    media, bad_media = _each(raw.includes.media, _media)
    errors, bad_errors = _each(raw.errors, _errors)
    rules, bad_rules = _each(raw.matching_rules, _rules)
    return XPage(
        posts=posts,
        included=included,
        users=users,
        media=media,
        errors=errors,
        meta=raw.meta or XMeta(),
        matching_rules=rules,
        bad=bad,
        bad_included=(*bad_posts, *bad_users, *bad_media, *bad_errors, *bad_rules),
    )


def _own(raw: RawPage, page: bytes) -> tuple[msgspec.Raw, ...]:
    """Give the posts that the page is about, whichever of the three shapes it has."""
    data = bytes(raw.data)
    if data.startswith(b"["):
        return _parts.decode(data)
    if data.startswith(b"{"):
        return (raw.data,)
    if bytes(raw.id):
        return (msgspec.Raw(page),)
    if data not in (b"", b"null") or not (raw.errors or raw.meta):
        raise msgspec.ValidationError("expected a post, or a page with `data`, `errors` or `meta`")
    return ()


def _each(parts: tuple[msgspec.Raw, ...], decoder: msgspec.json.Decoder[T]) -> tuple[tuple[T, ...], tuple[Bad, ...]]:
    """Read each part by itself, so that a bad one leaves the others."""
    good: list[T] = []
    bad: list[Bad] = []
    for part in parts:
        try:
            good.append(decoder.decode(part))
        except UNREADABLE as error:
            bad.append((bytes(part), reason(error)))
    return tuple(good), tuple(bad)


def _respelled(page: bytes) -> bytes:
    """Give the page as another reader spells it: a lone surrogate then spoils its own post, not the whole page."""
    try:
        return json.dumps(json.loads(page), ensure_ascii=False).encode("utf-8", "surrogatepass")
    except ValueError as error:
        raise msgspec.DecodeError(str(error)) from error


def reason(error: Exception) -> str:
    """Say in one line why something could not be read."""
    return str(error).splitlines()[0][:300] if str(error) else type(error).__name__
