"""How a command that needs the pipeline finds the owner of its home, or starts one."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from flows.children import last_line
from flows.home import Home, Lock, Owner, is_owned, owner, prefect_environment
from flows.settings import Settings
from listeners.stream import PARTITIONS
from warehouse.query import marked_partitions, newest

PATIENCE = 90.0


class OwnerFailed(RuntimeError):
    """The owner did not come up, or ended; the message holds its last line."""


@contextmanager
def attached(home: Home, config: Settings) -> Iterator[Owner]:
    """Hold on to the home's owner while the block runs: started if there is none, started again if it is killed.

    Raises OwnerFailed where it does not come up.
    """
    hold, done = Lock(home.path / "attached.lock"), threading.Event()
    hold.take(shared=True, wait=True)
    try:
        state = ensure_owner(home, config)
        keeper = threading.Thread(target=_keep, args=(home, config, done), daemon=True)
        keeper.start()
        yield state
    finally:
        done.set()
        hold.release()


def _keep(home: Home, config: Settings, done: threading.Event) -> None:
    while not done.wait(0.5):
        try:
            ensure_owner(home, config)
        except OwnerFailed:
            return  # whoever waits for the owner meets the same failure, and says it


def ensure_owner(home: Home, config: Settings) -> Owner:
    """Give the present owner, started in the background if there is none (or it was killed). Raises OwnerFailed."""
    ready = owner(home)
    if ready is not None:
        return ready
    process = None if is_owned(home) else _start(home, config)
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        ready = owner(home)
        if ready is not None:
            return ready
        if process is not None and process.poll() is not None and not is_owned(home):
            break
        time.sleep(0.05)
    raise OwnerFailed(f"the pipeline did not start: {last_line(home.logs / 'run.log')} (see {home.logs / 'run.log'})")


def _start(home: Home, config: Settings) -> subprocess.Popen[bytes]:
    (home.path / "run.json").unlink(missing_ok=True)
    environment = {**prefect_environment(home.path), **os.environ, "AUSCULT_HOME": str(home.path)}
    with (home.logs / "run.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "flows.run"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environment,
            start_new_session=True,
        )
    # It outlives this process; should it end before, somebody has to take note of it, or it stays as a zombie.
    threading.Thread(target=process.wait, daemon=True).start()
    return process


READ = "#read"  # what the careful reader adds to the name of a marker that it passes on


def wait_for_marker(
    home: Home, config: Settings, marker_id: str, watch: Callable[[Owner | None], None], *, read: bool = False
) -> Path:
    """Wait until a snapshot holds the marker in every partition, and give that snapshot.

    `read`: wait until the careful reader, if there is one, has read what came before the marker as well. Whatever is
    killed meanwhile is started again. Raises OwnerFailed when it cannot be.
    """
    seen: Path | None = None
    if read and ensure_owner(home, config).careful:
        marker_id += READ
    while True:
        snapshot = newest(home.path)
        if snapshot is not None and snapshot != seen:
            if marked_partitions(snapshot, marker_id) == PARTITIONS:
                return snapshot
            seen = snapshot
        watch(ensure_owner(home, config))
        time.sleep(0.2)
