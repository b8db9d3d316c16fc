"""Play the simulated week through the whole pipeline: the first thing that a new user runs."""

import time
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from flows.attach import attached, wait_for_marker
from flows.home import Home, connection, owner
from flows.imports import Progress, Watch, new_import_id
from flows.send import Sender, readable_accounts
from flows.settings import Settings
from listeners.simulated import week


class Played(msgspec.Struct, frozen=True):
    """What was played: how many events, in how long, and the snapshot that holds them."""

    events: int
    seconds: float
    snapshot: Path


def play(home: Home, config: Settings, watch: Watch, posts: int, seed: int) -> Played:
    """Send the simulated week into the stream and wait until a snapshot holds it. Playing it again changes nothing."""
    started, sent = time.monotonic(), 0
    marker_id = "demo-" + new_import_id(datetime.now(UTC))
    with attached(home, config) as state:
        with Sender(home, connection(config, home, state.bootstrap), readable_accounts(config)) as sender:
            for event in week(seed, posts):
                sender.send(event)
                sent += 1
                if sent % 500 == 0:
                    watch(Progress("sending", sent, owner(home)))
            sender.mark(marker_id, datetime.now(UTC))
        snapshot = wait_for_marker(
            home, config, marker_id, lambda state: watch(Progress("tagging", sent, state)), read=True
        )
    return Played(events=sent, seconds=round(time.monotonic() - started, 1), snapshot=snapshot)
