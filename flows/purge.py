"""Purge: what was deleted leaves the files too, and the stream."""

import os

from prefect import flow

from flows.attach import attached
from flows.errands import Purge, ask
from flows.home import Home, connection, open_home
from flows.loading import GROUP, TAGGERS
from flows.recorded import leave_summary
from flows.settings import Settings, settings
from listeners.stream import drop_read


def purge_home(home: Home, config: Settings) -> str:
    """Rewrite warehouse and vault without what was deleted, drop older snapshots, and drop from the topics what has
    been tagged and loaded. Gives the one snapshot that is left."""
    with attached(home, config) as state:
        snapshot: str = ask(home, config, Purge())
        stream = connection(config, home, state.bootstrap)
        drop_read(stream, "posts", TAGGERS)
        drop_read(stream, "tagged", GROUP)
    return snapshot


@flow(name="purge", retries=2, retry_delay_seconds=600)
def purge() -> str:
    """Purge the home that the environment names: see `purge_home`."""
    config = settings(os.environ)
    snapshot = purge_home(open_home(config.home_path), config)
    leave_summary("purge", {"snapshot": snapshot})
    return snapshot
