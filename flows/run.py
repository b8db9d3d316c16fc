"""Own the home: start the broker and the taggers, load what they tag, publish it. One process a home does this.

It ends when no command is attached and nothing is left to do, unless it was told to stay; SIGTERM ends it at once.
Whatever dies under it is started again; whatever it had not committed is done again.
"""

import os
import signal
import sys
import time
from types import FrameType

import msgspec
from prefect import flow

from flows.children import ChildRefused, Children, broker, last_line, settled_port, worker
from flows.home import Home, Lock, Owner, connection, open_home, quiet_clients, say_owner
from flows.loading import READERS, TAGGERS, Loading
from flows.recorded import leave_summary, recorded
from flows.settings import BadSetting, Settings, settings
from listeners.hashtags import BadRow
from listeners.stream import Connection, OffsetMismatch, Refused, Unreachable, create_topics, pass_gap
from warehouse.failures import DiskFull, InUse, NewerSchema, OffsetHole, WrongStream

BROKER_PATIENCE = 60.0
QUIET = 2.0


class AlreadyOwned(RuntimeError):
    """Another process owns the home."""


class RunSummary(msgspec.Struct, frozen=True):
    """What one run of the owner did."""

    loaded: int
    posts: int
    rejected: int
    published: int
    restarts: int
    seconds: float


class Stop:
    """Whether the owner was told to end, by SIGTERM or SIGINT."""

    def __init__(self) -> None:
        self.asked = False

    def listen(self) -> None:
        """Take the signals of this process from now on."""
        signal.signal(signal.SIGTERM, self._ask)
        signal.signal(signal.SIGINT, self._ask)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self.asked = True


def run(
    home: Home, config: Settings, stop: Stop, *, stay: bool, window: float | None = None, gap: bool = False
) -> RunSummary:
    """Own the home until `stop` is asked, or `window` seconds passed, or (unless told to `stay`) no one needs it.

    `gap`: where the stream no longer holds what was not read yet, record a capture gap and go on; otherwise that ends
    the run (OffsetMismatch). Raises AlreadyOwned where another process owns it, Unreachable where no broker answers.
    """
    lock, attached = Lock(home.path / "run.lock"), Lock(home.path / "attached.lock")
    if not _taken(lock):
        raise AlreadyOwned(f"{home.path} is run by another process already")
    bootstrap = config.kafka_bootstrap or f"127.0.0.1:{settled_port(home)}"
    children = Children([] if config.kafka_bootstrap else [broker(home, config, int(bootstrap.rpartition(":")[2]))])
    stream = connection(config, home, bootstrap)
    try:
        children.keep()
        _wait_for_broker(home, stream, config, children, stop)
        if gap:
            pass_gap(stream, "posts", TAGGERS)
            pass_gap(stream, "tagged", READERS)
        children.alive += [worker(home, bootstrap, "tag", n) for n in range(config.taggers)]
        if config.careful:
            children.alive.append(worker(home, bootstrap, "read", 0))
        children.keep()
        state = Owner(
            pid=os.getpid(),
            bootstrap=bootstrap,
            started_at=time.time(),
            seen_at=0.0,
            stay=stay,
            careful=config.careful,
        )
        return _own(home, Loading(home, config, stream, gap=gap), children, stop, state, attached, window)
    finally:
        children.end()
        (home.path / "run.json").unlink(missing_ok=True)
        lock.release()
        attached.release()


def _taken(lock: Lock) -> bool:
    """Take the lock; a moment's patience, since asking whether a home is owned takes it for an instant."""
    for _ in range(10):
        if lock.take():
            return True
        time.sleep(0.1)
    return False


def _wait_for_broker(home: Home, stream: Connection, config: Settings, children: Children, stop: Stop) -> None:
    until = time.monotonic() + BROKER_PATIENCE
    while not stop.asked:
        try:
            create_topics(stream, config.retention_days)
        except Unreachable as error:
            if time.monotonic() > until:
                own = f": {last_line(home.logs / 'broker.log')}" if not config.kafka_bootstrap else ""
                raise Unreachable(f"no broker answers at {stream.bootstrap}{own or f': {error}'}") from None
            children.keep()
            time.sleep(0.1)
        else:
            return


def _own(
    home: Home,
    loading: Loading,
    children: Children,
    stop: Stop,
    state: Owner,
    attached: Lock,
    window: float | None,
) -> RunSummary:
    started = heard = time.monotonic()
    with loading:
        while not stop.asked and not (window is not None and time.monotonic() - started > window):
            children.keep()
            if _stepped(loading):
                heard = time.monotonic()
            if time.time() - state.seen_at >= 1.0:
                state = _state(state, loading)
                say_owner(home, state)
                quiet = time.monotonic() - heard > QUIET and (state.lag_posts, state.lag_tagged, state.lag_read) == (
                    0,
                    0,
                    0,
                )
                if quiet and not state.stay and attached.take():
                    break
        loading.publish()
    return RunSummary(
        **msgspec.structs.asdict(loading.totals),
        restarts=sum(child.restarts for child in children.alive),
        seconds=round(time.monotonic() - started, 1),
    )


def _stepped(loading: Loading) -> int:
    """Load what has come; while the broker is away, nothing has."""
    try:
        return loading.step()
    except Unreachable:
        time.sleep(0.5)
        return 0


def _state(before: Owner, loading: Loading) -> Owner:
    waiting, tagged, reading = loading.lags()
    totals = loading.totals
    return msgspec.structs.replace(
        before,
        seen_at=time.time(),
        posts=totals.posts,
        rejected=totals.rejected,
        loaded=totals.loaded,
        lag_posts=waiting,
        lag_tagged=tagged,
        lag_read=reading,
    )


@flow(name="load", retries=2, retry_delay_seconds=10)
def load(window: float | None = None, stay: bool = False) -> RunSummary:
    """Own the home that the environment names, for `window` seconds or until no one needs it: see `run`."""
    config, stop = settings(os.environ), Stop()
    stop.listen()
    summary = run(open_home(config.home_path), config, stop, stay=stay, window=window)
    leave_summary("load", msgspec.structs.asdict(summary))
    return summary


# What ends a run in one line: the world or a setting, not this program.
STOPPING = (
    AlreadyOwned,
    ChildRefused,
    BadSetting,
    BadRow,
    Unreachable,
    Refused,
    OffsetMismatch,
    DiskFull,
    NewerSchema,
    InUse,
    WrongStream,
    OffsetHole,
)


def main() -> None:
    """Run as the background owner that a command started; what it says is in the home's logs."""
    quiet_clients()
    try:
        recorded(load)(stay="--stay" in sys.argv[1:])
    except STOPPING as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
