"""Verdicts of reviewers: they go the way of every event, and so reach the warehouse and what is measured there."""

import getpass
import os
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

from flows.attach import attached, wait_for_marker
from flows.home import Home, connection, open_home
from flows.send import Sender
from flows.settings import Settings, settings
from listeners.events import Handled, Judged, Queue, Verdict
from warehouse.query import newest
from warehouse.review import Waiting, text_version

STANCES: tuple[Judged, ...] = get_args(Judged)


class UnknownPost(ValueError):
    """No snapshot holds the post that was judged."""


def verdict(waiting: Waiting, stance: Judged, now: datetime, note: str | None = None) -> Verdict:
    """Give the verdict of this machine's user on what waited for one."""
    return Verdict(
        platform=waiting.platform,
        post_id=waiting.post_id,
        claim_id=waiting.claim_id,
        stance=stance,
        reviewer=getpass.getuser(),
        observed_at=now,
        queue="random" if waiting.queue == "random" else "uncertain",
        text_version=waiting.text_version,
        note=note,
    )


def verdict_on(
    snapshot: Path,
    platform: str,
    post_id: str,
    claim_id: str,
    stance: Judged | Handled,
    now: datetime,
    queue: Queue = "chosen",
) -> Verdict:
    """Give the verdict of this machine's user on a post that they met in `queue`. Raises UnknownPost."""
    found = text_version(snapshot, platform, post_id)
    if found is None:
        raise UnknownPost(f"the newest snapshot holds no post {platform}:{post_id}")
    return Verdict(
        platform=platform,
        post_id=post_id,
        claim_id=claim_id,
        stance=stance,
        reviewer=getpass.getuser(),
        observed_at=now,
        queue=queue,
        text_version=found,
    )


def send(home: Home, config: Settings, verdicts: Sequence[Verdict], *, wait: bool = True) -> None:
    """Send verdicts: they are safe in the stream when this returns, and with `wait` in the newest snapshot too.

    Raises OwnerFailed where the pipeline does not start.
    """
    marker_id = f"review-{uuid.uuid4().hex}"
    with attached(home, config) as state:
        with Sender(home, connection(config, home, state.bootstrap), frozenset()) as sender:
            sender.send_all(verdicts)
            sender.mark(marker_id, datetime.now(UTC))
        if wait:
            wait_for_marker(home, config, marker_id, lambda said: None)


def submit(platform: str, post_id: str, claim_id: str, stance: Judged, queue: Queue) -> None:
    """Send one verdict in the home that the environment names: what the dashboard calls when a button is pressed.

    `queue` is where the reader met the post. It shows in the next snapshot. Raises UnknownPost, OwnerFailed.
    """
    config = settings(os.environ)
    home = open_home(config.home_path)
    snapshot = newest(home.path)
    if snapshot is None:
        raise UnknownPost("nothing is published yet")
    given = verdict_on(snapshot, platform, post_id, claim_id, stance, datetime.now(UTC), queue)
    send(home, config, [given], wait=False)
