"""What the questions of the dashboard answer with: one record per statement, its fields the columns."""

from datetime import date, datetime
from typing import Any, Literal

import msgspec

STANCES = ("promotes", "debunks", "questions", "reports")


class State(msgspec.Struct, frozen=True):
    """What the snapshot holds as a whole. `replies`: with quotes; `dead_letters`: those that were not sent again."""

    posts: int
    oldest_post: datetime | None
    newest_post: datetime | None
    newest_seen: datetime | None
    awaiting_text: int
    replies: int
    dead_letters: int
    gaps: int
    version: int
    published_at: datetime
    platforms: list[str]
    rules: str | None
    model: str | None

    @property
    def simulated(self) -> bool:
        """Whether any post is invented."""
        return "simulated" in self.platforms


class Hashtag(msgspec.Struct, frozen=True):
    """A registered hashtag with posts. `spellings`: itself and its aliases."""

    tag: str
    kind: str
    name: str
    spellings: list[str]
    posts: int


class Totals(msgspec.Struct, frozen=True):
    """Counts under the filters. `signal_score`: mean score of the signals; null if there are none."""

    posts: int
    authors: int
    reposts: int
    signals: int
    signal_reposts: int
    signal_score: float | None
    debunks: int


class Volume(msgspec.Struct, frozen=True):
    """Posts of one day, week or month."""

    day: date
    posts: int
    authors: int


class HashtagVolume(msgspec.Struct, frozen=True):
    """Posts under one hashtag in one day, week or month; `total`: in all of them."""

    hashtag: str
    day: date
    posts: int
    total: int


class Topic(msgspec.Struct, frozen=True):
    """A topic and the posts that name it."""

    topic_id: str
    label: str
    kind: str
    posts: int


class Role(msgspec.Struct, frozen=True):
    """Authors who say that they have a role, and their posts."""

    role: str
    authors: int
    posts: int


class Gap(msgspec.Struct, frozen=True):
    """A stretch of time in which posts were missed."""

    source: str
    query: str | None
    started_at: datetime
    ended_at: datetime
    reason: str


class Window(msgspec.Struct, frozen=True):
    """What was listened to, and for how long."""

    source: str
    query: str
    method: str
    windows: int
    first_started_at: datetime
    last_ended_at: datetime
    hours: float


class DeadLetters(msgspec.Struct, frozen=True):
    """How many messages could not be read for one reason."""

    source: str
    reason: str
    letters: int
    newest: datetime


class Import(msgspec.Struct, frozen=True):
    """A file or folder that was imported."""

    import_id: str
    path: str
    rows: int | None
    posts: int | None
    repeated: int | None
    rejected: int | None
    finished_at: datetime | None


class ClaimStances(msgspec.Struct, frozen=True):
    """Posts by stance on one claim; `promoted_before`: in the time of the same length before."""

    claim_id: str
    family: str
    kind: str
    promotes: int
    debunks: int
    questions: int
    reports: int
    promoting_authors: int
    promoted_before: int


class ClaimPosts(msgspec.Struct, frozen=True):
    """How many promoting posts of a claim have no answer."""

    claim_id: str
    posts: int


class Precision(msgspec.Struct, frozen=True):
    """What reviewers say of signals drawn at random, by family or of all, with its 95 % interval."""

    family: str
    verdicts: int
    confirmed: int
    precision: float
    precision_low: float
    precision_high: float


class Waiting(msgspec.Struct, frozen=True):
    """A post and a claim that wait for a person's word; see the mart review_queue."""

    queue: Literal["random", "uncertain"]
    platform: str
    post_id: str
    claim_id: str
    created_at: datetime | None
    text: str | None


class StanceVolume(msgspec.Struct, frozen=True):
    """Posts of one day, week or month that take a stance on a claim."""

    day: date
    stance: str
    posts: int


class Unanswered(msgspec.Struct, frozen=True):
    """A promoting post without an answer; `copies` posts use the same words, and have `total_reach` together."""

    platform: str
    post_id: str
    created_at: datetime
    text: str | None
    author: str | None
    hashtags: list[str] | None
    claims: list[str]
    replies_seen: int
    likes: int | None
    reposts: int | None
    replies: int | None
    quotes: int | None
    views: int | None
    reach: int
    copies: int
    total_reach: int


class Post(msgspec.Struct, frozen=True):
    """A post as a list shows it. `found`: how many the list has in all; `depth`: how deep in its thread."""

    platform: str
    post_id: str
    created_at: datetime
    text: str | None
    author: str | None
    repost_of: str | None
    in_reply_to: str | None
    quote_of: str | None
    likes: int | None
    reposts: int | None
    replies: int | None
    quotes: int | None
    views: int | None
    role: str | None
    found: int
    depth: int = 0


class Mention(msgspec.Struct, frozen=True):
    """A claim in play in a post: spans are {start, end, text, field}, in code points."""

    post_id: str
    claim_id: str
    stance: str
    score: float
    evidence: list[dict[str, Any]]
    cues: list[dict[str, Any]]


class Reposters(msgspec.Struct, frozen=True):
    """Captured reposts of a post."""

    posts: int
    authors: int


class Link(msgspec.Struct, frozen=True):
    """A link of a post."""

    url: str | None
    resolved: str | None
    title: str | None
    host: str | None


class Meeting(msgspec.Struct, frozen=True):
    """A registered meeting with posts; see the mart meeting_summary."""

    hashtag: str
    name: str
    society: str | None
    starts: date | None
    ends: date | None
    time_zone: str
    posts: int
    authors: int
    original_posts: int
    posts_during: int
    authors_during: int
    signals: int
    first_post_at: datetime
    last_post_at: datetime


class MeetingDay(msgspec.Struct, frozen=True):
    """One day of a meeting, in its zone."""

    day: date
    original: int
    replies: int
    reposts: int
    authors: int


class Hour(msgspec.Struct, frozen=True):
    """An hour of the day and the posts written in it."""

    hour: int
    posts: int
