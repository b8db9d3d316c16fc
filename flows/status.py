"""How things stand: what is stored, what waits, how fresh it is."""

from datetime import UTC, datetime

import msgspec

from flows.home import Home, is_owned, owner
from flows.settings import Settings
from warehouse.query import newest
from warehouse.status import summary


class Lag(msgspec.Struct, frozen=True):
    """Events that wait to be tagged and to be loaded; None without a broker."""

    posts: int | None
    tagged: int | None


class Published(msgspec.Struct, frozen=True):
    """The newest snapshot: its number, and seconds since it was published."""

    version: int
    age_seconds: float


class State(msgspec.Struct, frozen=True):
    """What `auscult status --json` prints; keys may be added, never changed."""

    posts: int
    tagged: int
    lag: Lag
    newest_post: datetime | None
    snapshot: Published | None
    dead_letters: int
    capture_gaps: int
    running: bool


def state(home: Home, config: Settings, now: datetime) -> State:
    """Give how the home stands at `now`."""
    snapshot, running, said = newest(home.path), is_owned(home), owner(home)
    held = summary(snapshot) if snapshot else None
    return State(
        posts=held.posts if held else 0,
        tagged=held.tagged if held else 0,
        lag=Lag(said.lag_posts, said.lag_tagged) if said else Lag(None, None),
        newest_post=held.newest_post.astimezone(UTC) if held and held.newest_post else None,
        snapshot=Published(held.version, round((now - held.published_at).total_seconds(), 1)) if held else None,
        dead_letters=held.dead_letters if held else 0,
        capture_gaps=held.capture_gaps if held else 0,
        running=running,
    )
