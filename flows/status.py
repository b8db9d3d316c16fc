"""How things stand: what is stored, what waits, how fresh it is."""

from datetime import UTC, datetime

import msgspec

from flows.home import Home, is_owned, owner
from flows.settings import Settings
from warehouse.query import newest
from warehouse.questions import Totals, totals


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
    held = totals(snapshot) if snapshot else Totals(0, 0, None, 0, 0)
    return State(
        posts=held.posts,
        tagged=held.tagged,
        lag=Lag(said.lag_posts, said.lag_tagged) if said else Lag(None, None),
        newest_post=held.newest_post.astimezone(UTC) if held.newest_post else None,
        snapshot=Published(int(snapshot.stem), round(now.timestamp() - snapshot.stat().st_mtime, 1))
        if snapshot
        else None,
        dead_letters=held.dead_letters,
        capture_gaps=held.capture_gaps,
        running=running,
    )
