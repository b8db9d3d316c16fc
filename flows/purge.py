"""Purge: what was deleted leaves the files too, and the stream."""

import os
import time

from prefect import flow

from flows.attach import attached
from flows.claims import forget_examples
from flows.errands import Purge, ask
from flows.home import Home, connection, open_home
from flows.loading import GROUP, READERS, RETAGGERS, TAGGERS
from flows.publish import publish_now
from flows.recorded import leave_summary
from flows.settings import Settings, settings
from listeners.stream import Connection, drop_read, lag


def purge_home(home: Home, config: Settings) -> str:
    """Rewrite warehouse and vault without what was deleted, drop older snapshots, drop from the topics what has been
    tagged and loaded, and take deleted posts out of drafts of claims. Gives the one snapshot that is left."""
    with attached(home, config) as state:
        publish_now(home, config, lambda said: None)  # so that nothing deleted is still on its way
        stream = connection(config, home, state.bootstrap)
        _wait_for_readers(stream, state.careful)
        snapshot: str = ask(home, config, Purge())
        drop_read(stream, "posts", [TAGGERS])
        drop_read(stream, "tagged", [GROUP, READERS] if state.careful else [GROUP])
        drop_read(stream, "retag", [RETAGGERS])
    forget_examples(home.path / "drafts", home.path / "published" / snapshot)
    return snapshot


def _wait_for_readers(stream: Connection, careful: bool) -> None:
    """Wait until every group has read all there is, at most a minute: what somebody still has to read stays."""
    groups = [("posts", TAGGERS), ("tagged", GROUP)] + ([("tagged", READERS)] if careful else [])
    until = time.monotonic() + 60
    while time.monotonic() < until and any(lag(stream, topic, group) for topic, group in groups):
        time.sleep(0.2)


@flow(name="purge", retries=2, retry_delay_seconds=600)
def purge() -> str:
    """Purge the home that the environment names: see `purge_home`."""
    config = settings(os.environ)
    snapshot = purge_home(open_home(config.home_path), config)
    leave_summary("purge", {"snapshot": snapshot})
    return snapshot
