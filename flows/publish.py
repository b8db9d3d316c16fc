"""Publish now: wait until a snapshot holds all that was in the stream when this began."""

import os
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec
from prefect import flow

from flows.attach import attached, wait_for_marker
from flows.home import Home, Owner, connection, open_home
from flows.recorded import leave_summary
from flows.send import Sender
from flows.settings import Settings, settings


class PublishSummary(msgspec.Struct, frozen=True):
    """The snapshot that holds everything, and how long it took."""

    snapshot: str
    seconds: float


def publish_now(home: Home, config: Settings, watch: Callable[[Owner | None], None]) -> PublishSummary:
    """Wait until a snapshot holds all that was sent before. Raises OwnerFailed where the pipeline does not start."""
    started, marker_id = time.monotonic(), f"publish-{uuid.uuid4().hex}"
    with attached(home, config) as state:
        with Sender(home, connection(config, home, state.bootstrap), frozenset()) as sender:
            sender.mark(marker_id, datetime.now(UTC))
        snapshot = wait_for_marker(home, config, marker_id, watch)
    return PublishSummary(snapshot=snapshot.name, seconds=round(time.monotonic() - started, 1))


@flow(name="publish", retries=2, retry_delay_seconds=30)
def publish() -> PublishSummary:
    """Publish the home that the environment names: see `publish_now`."""
    config = settings(os.environ)
    summary = publish_now(open_home(config.home_path), config, lambda state: None)
    leave_summary("publish", msgspec.structs.asdict(summary))
    return summary
