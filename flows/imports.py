"""Import files: every row into the stream, then wait until a snapshot holds them all."""

import time
import uuid
from array import array
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import numpy

from flows.attach import attached, wait_for_marker
from flows.home import Home, Owner, connection
from flows.send import Sender, readable_accounts
from flows.settings import Settings
from listeners import archive, events
from warehouse.query import new_posts


class ImportSummary(msgspec.Struct, frozen=True):
    """What an import came to. `posts`: distinct valid ids in PATH; `repeated` = rows − posts − rejected;
    `new`: posts whose first import is this one."""

    rows: int
    posts: int
    new: int
    repeated: int
    rejected: int
    seconds: float


class Progress(msgspec.Struct, frozen=True):
    """How far an import is. `stage`: reading, tagging or publishing; `rows` read so far; `owner`: what it says."""

    stage: str
    rows: int
    owner: Owner | None


Watch = Callable[[Progress], None]


class Tally:
    """Counts the rows of an import; distinct posts by a 64-bit hash each, so that a million rows cost 8 MB."""

    def __init__(self) -> None:
        self.rows = self.rejected = 0
        self._ids = array("q")

    def add(self, event: events.Event) -> None:
        """Count one row by its event."""
        self.rows += 1
        if isinstance(event, events.PostSeen):
            self._ids.append(hash((event.post.platform, event.post.post_id)))
        else:
            self.rejected += 1

    @property
    def posts(self) -> int:
        """Distinct posts so far."""
        return int(numpy.unique(numpy.frombuffer(self._ids, dtype=numpy.int64)).size) if self._ids else 0


def new_import_id(now: datetime) -> str:
    """Give an id for an import; ids sort by the time at which their imports began."""
    return f"{now:%Y%m%dT%H%M%S.%f}-{uuid.uuid4().hex[:8]}"


class Source(msgspec.Struct, frozen=True):
    """What to import: paths (none: standard input), how their columns are named, and what platform they are of."""

    paths: tuple[Path, ...]
    layout: Mapping[str, str] = {}
    platform: str | None = None


def import_files(home: Home, config: Settings, source: Source, watch: Watch) -> ImportSummary:
    """Import every row of the source: it returns when a published snapshot holds them all.

    Every row ends as a post or as a dead letter. Importing again changes nothing. The pipeline is started if it does
    not run, and started again if it is killed meanwhile.
    """
    started, now = time.monotonic(), datetime.now(UTC)
    import_id, tally = new_import_id(now), Tally()
    with attached(home, config) as state:
        stream = connection(config, home, state.bootstrap)
        with Sender(home, stream, readable_accounts(config)) as sender:
            _send_rows(sender, source, tally, import_id, watch)
            sender.send(_seen(source, tally, import_id, now))
            sender.mark(import_id, datetime.now(UTC))
        snapshot = wait_for_marker(
            home, config, import_id, lambda at: watch(Progress("tagging", tally.rows, at)), read=True
        )
        new = new_posts(snapshot, import_id)
    posts = tally.posts
    return ImportSummary(
        rows=tally.rows,
        posts=posts,
        new=new,
        repeated=tally.rows - posts - tally.rejected,
        rejected=tally.rejected,
        seconds=round(time.monotonic() - started, 1),
    )


def _send_rows(sender: Sender, source: Source, tally: Tally, import_id: str, watch: Watch) -> None:
    for path in source.paths or (None,):
        found = archive.rows(
            path,
            now=datetime.now(UTC),
            import_id=import_id,
            layout=source.layout,
            platform=source.platform,
            spool=sender.spool,
        )
        for row in found:
            sender.send(row.event)
            if row.counted:
                tally.add(row.event)
                if tally.rows % 1000 == 0:
                    watch(Progress("reading", tally.rows, None))


def _seen(source: Source, tally: Tally, import_id: str, now: datetime) -> events.ImportSeen:
    posts = tally.posts
    return events.ImportSeen(
        import_id=import_id,
        path=" ".join(str(path) for path in source.paths) or "standard input",
        rows=tally.rows,
        posts=posts,
        repeated=tally.rows - posts - tally.rejected,
        rejected=tally.rejected,
        started_at=now,
        observed_at=datetime.now(UTC),
    )
