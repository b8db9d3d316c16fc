"""Events: what a listener puts into the stream, as one tagged union. No Kafka here, and no warehouse.

A listener yields events in which handles still stand (in `Post.text`, `Post.mentions` and `Identity`);
`listeners.privacy.pseudonymise` replaces them before anything enters the stream.
All times are aware and UTC. All ids are strings.
"""

import hashlib
from datetime import datetime
from typing import Literal

import msgspec


class Link(msgspec.Struct, frozen=True, omit_defaults=True):
    """A link of a post; `resolved` is where it leads, where the platform says so."""

    url: str
    resolved: str | None = None
    title: str | None = None
    description: str | None = None


class Counts(msgspec.Struct, frozen=True, omit_defaults=True):
    """Totals as the platform showed them at one moment; None where it did not say."""

    likes: int | None = None
    reposts: int | None = None
    replies: int | None = None
    quotes: int | None = None
    views: int | None = None


class Post(msgspec.Struct, frozen=True, omit_defaults=True):
    """A post as its platform states it. (platform, post_id) is its identity, post_id the immutable original.

    `text` None: the id is known and the text is awaited. `author` and `mentions` hold pseudonyms once
    `pseudonymise` has run. `hashtags` are lower-case, without '#'. Relations are post ids of the same platform.
    """

    platform: str
    post_id: str
    created_at: datetime | None = None
    text: str | None = None
    language: str | None = None
    author: str | None = None
    links: tuple[Link, ...] = ()
    media_alts: tuple[str, ...] = ()
    hashtags: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    in_reply_to: str | None = None
    root: str | None = None
    quote_of: str | None = None
    repost_of: str | None = None
    counts: Counts | None = None
    edited_at: datetime | None = None


class Identity(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who wrote a post: for the vault and for the role, never for the warehouse.

    `author` is the pseudonym (None until `pseudonymise`); `alias` a second pseudonym, by handle, when
    `author` is by the platform's author id.
    """

    author: str | None = None
    alias: str | None = None
    author_id: str | None = None
    handle: str | None = None
    name: str | None = None
    bio: str | None = None
    permalink: str | None = None


class Collected(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a post was found. `method` is search, stream, import or simulated; `import_id` sorts by time."""

    source: str
    method: str
    query: str | None = None
    import_id: str | None = None


class PostSeen(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="event", tag="post-seen"):
    """A post was seen at `observed_at`: where an archive does not say when, the post's own time."""

    post: Post
    collected: Collected
    observed_at: datetime
    identity: Identity | None = None


class CountsSeen(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="event", tag="counts-seen"):
    """Totals of a known post, as seen at `observed_at`."""

    platform: str
    post_id: str
    counts: Counts
    observed_at: datetime


class PostDeleted(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="event", tag="post-deleted"):
    """The post is gone at its platform, or was forgotten here. Final. `reason`: deleted, withheld, forgotten."""

    platform: str
    post_id: str
    observed_at: datetime
    reason: str = "deleted"


class AuthorRemoved(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="event", tag="author-removed"):
    """The author (a pseudonym) is gone, or was forgotten here. Final, with all their posts."""

    platform: str
    author: str
    observed_at: datetime
    reason: str = "deleted"


class Rejected(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="event", tag="rejected"):
    """What could not be read, kept. Its identity is (source, place, sha256).

    `place` is file:line, a cursor, or partition:offset. Up to 256 KiB travel in `raw`; more stands in the file
    `spooled`, relative to the home.
    """

    source: str
    place: str
    reason: str
    sha256: str
    size: int
    observed_at: datetime
    raw: bytes | None = None
    spooled: str | None = None
    import_id: str | None = None


class Gap(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="event", tag="gap"):
    """What `source` may have shown for `query` between two moments and nobody captured, and why."""

    source: str
    started_at: datetime
    ended_at: datetime
    reason: str
    observed_at: datetime
    query: str | None = None


class WindowListened(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="event", tag="window-listened"):
    """`query` was listened to on `source` by `method` from `started_at` to `ended_at`: a denominator.

    `hashtags` are the registered tags that the query covers.
    """

    source: str
    query: str
    method: str
    started_at: datetime
    ended_at: datetime
    observed_at: datetime
    hashtags: tuple[str, ...] = ()


class ImportSeen(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="event", tag="import-seen"):
    """What one import read, as it stands in the `imports` table."""

    import_id: str
    path: str
    rows: int
    posts: int
    repeated: int
    rejected: int
    started_at: datetime
    observed_at: datetime


class CursorSeen(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="event", tag="cursor-seen"):
    """A listener's position and spend, copied for display."""

    source: str
    query: str
    position: str
    observed_at: datetime
    spent_usd: float = 0.0


class Retag(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="event", tag="retag"):
    """A stored post for the tagger to read again: it writes no post, and is void once the text is another one.

    `post` holds what the tagger reads, `text_version` says which text that is.
    """

    post: Post
    text_version: str
    observed_at: datetime


Judged = Literal["promotes", "debunks", "questions", "reports", "none"]
Queue = Literal["random", "uncertain", "chosen"]
Handled = Literal["handed-over", "none", "waiting"]
DANGER = "person-in-danger"
"""Stands for a claim where somebody looked after a post in which a person may be in danger."""


class Verdict(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="event", tag="verdict"):
    """What a reviewer says that a post does with a claim: promotes, debunks, questions, reports or none.

    Of a person in DANGER: handed-over to people who can help, none where the words mean something else, or waiting for
    somebody anew.

    `queue` is where the reviewer met it: random, uncertain or chosen. Only the random one measures precision.
    `text_version`: of the text that was judged.
    """

    platform: str
    post_id: str
    claim_id: str
    stance: Judged | Handled
    reviewer: str
    observed_at: datetime
    queue: Queue = "chosen"
    text_version: str | None = None
    note: str | None = None


class Marker(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="event", tag="marker"):
    """Sent to every partition: when a snapshot holds all of them, it holds all that was sent before."""

    marker_id: str
    partition: int
    observed_at: datetime


Event = (
    PostSeen
    | CountsSeen
    | PostDeleted
    | AuthorRemoved
    | Rejected
    | Gap
    | WindowListened
    | ImportSeen
    | CursorSeen
    | Verdict
    | Retag
    | Marker
)

INLINE_LIMIT = 256 * 1024


def rejected(
    source: str, place: str, reason: str, raw: bytes, observed_at: datetime, import_id: str | None = None
) -> Rejected:
    """Give the `Rejected` of `raw`, with at most 256 KiB of it inline (who spools the rest sets `spooled`)."""
    return Rejected(
        source=source,
        place=place,
        reason=reason,
        sha256=hashlib.sha256(raw).hexdigest(),
        size=len(raw),
        observed_at=observed_at,
        raw=raw if len(raw) <= INLINE_LIMIT else None,
        import_id=import_id,
    )


def key(event: Event) -> bytes:
    """Give the stream key: events about one post share `platform:post_id`, so they share a partition."""
    match event:
        case PostSeen(post=post) | Retag(post=post):
            return f"{post.platform}:{post.post_id}".encode()
        case CountsSeen() | PostDeleted() | Verdict():
            return f"{event.platform}:{event.post_id}".encode()
        case AuthorRemoved():
            return f"{event.platform}@{event.author}".encode()
        case Rejected():
            return event.sha256.encode()
        case Marker():
            return event.marker_id.encode()
        case ImportSeen():
            return event.import_id.encode()
        case _:
            return event.source.encode()


encode = msgspec.json.Encoder().encode
_decoder = msgspec.json.Decoder(Event)


def decode(value: bytes) -> Event:
    """Read one event. Raises msgspec.DecodeError (malformed) or its subclass ValidationError (wrong shape)."""
    event: Event = _decoder.decode(value)
    return event
