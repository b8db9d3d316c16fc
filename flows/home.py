"""The home: the one folder in which a run keeps everything, who owns it, and who is attached to the owner.

The owner holds `run.lock`. Every command that needs the owner holds `attached.lock` shared while it works; the owner
takes it exclusively to end, so that it never ends under a command, and a killed command lets go by itself.
"""

import fcntl
import json
import logging
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from flows.settings import BadSetting, Settings
from listeners.stream import Connection


class Home(msgspec.Struct, frozen=True):
    """The paths of a home, its secret key (for pseudonyms) and the prefix of its topics."""

    path: Path
    key: bytes
    prefix: str

    def __repr__(self) -> str:
        return f"Home({str(self.path)!r})"

    @property
    def spool(self) -> Path:
        """Where rejected bytes stand that are too large for the stream."""
        return self.path / "spool"

    @property
    def logs(self) -> Path:
        """Where the background processes write what they say."""
        return self.path / "logs"

    @property
    def broker(self) -> Path:
        """The embedded broker's log."""
        return self.path / "broker"


def open_home(path: Path) -> Home:
    """Give the home at `path`, made if it is not there: readable by its owner only. Raises BadSetting."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in ("spool", "logs", "broker", "published"):
            (path / folder).mkdir(mode=0o700, exist_ok=True)
        with _locked(path / "home.lock", fcntl.LOCK_EX):
            key = _kept(path / "key", lambda: secrets.token_bytes(32))
            named = _kept(
                path / "home.json", lambda: json.dumps({"prefix": f"auscult-{secrets.token_hex(4)}"}).encode()
            )
    except OSError as error:
        raise BadSetting(f"AUSCULT_HOME: {path} cannot be used: {error.strerror}") from None
    return Home(path=path, key=key, prefix=json.loads(named)["prefix"])


def prefect_environment(path: Path) -> dict[str, str]:
    """Give the environment in which Prefect keeps everything in the home and asks nothing of the network."""
    return {
        "PREFECT_HOME": str(path / "prefect"),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
    }


def quiet_clients() -> None:
    """Let the clients of broker and server keep to themselves what their callers say in one line."""
    for name in ("kafka", "httpx", "urllib3"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def connection(config: Settings, home: Home, bootstrap: str | None = None) -> Connection:
    """Give the way to the home's stream: at `bootstrap` (the embedded broker's), else where the settings say."""
    return Connection(bootstrap or config.kafka_bootstrap or "", home.prefix, config.kafka_security)


def _new_name() -> bytes:
    return json.dumps({"prefix": f"auscult-{secrets.token_hex(4)}"}).encode()


def _kept(path: Path, make: Callable[[], bytes]) -> bytes:
    if not path.exists():
        part = path.with_suffix(".part")
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(make())
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
    return path.read_bytes()


@contextmanager
def _locked(path: Path, how: int) -> Iterator[None]:
    with path.open("a") as file:
        fcntl.flock(file, how)
        yield


class Lock:
    """A file lock held by this process until `release` or its death. `shared` locks stand beside each other."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a")

    def take(self, *, shared: bool = False, wait: bool = False) -> bool:
        """Take the lock; without `wait`, say whether it was to be had."""
        how = (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB)
        try:
            fcntl.flock(self._file, how)
        except BlockingIOError:
            return False
        return True

    def release(self) -> None:
        """Let go of the lock."""
        self._file.close()


def is_owned(home: Home) -> bool:
    """Say whether a process owns the home now."""
    lock = Lock(home.path / "run.lock")
    try:
        return not lock.take(shared=True)
    finally:
        lock.release()


class Owner(msgspec.Struct, frozen=True):
    """What the owner says of itself in `run.json`, about once a second while it runs."""

    pid: int
    bootstrap: str
    started_at: float
    seen_at: float
    posts: int = 0
    rejected: int = 0
    loaded: int = 0
    lag_posts: int | None = None
    lag_tagged: int | None = None
    lag_read: int | None = None
    stay: bool = False
    careful: bool = True
    prefect_api: str | None = None


def owner(home: Home) -> Owner | None:
    """Give what the present owner says of itself; None where there is no owner, or it is not ready yet."""
    try:
        said = (home.path / "run.json").read_bytes()
    except FileNotFoundError:
        return None
    return msgspec.json.decode(said, type=Owner) if is_owned(home) else None


def say_owner(home: Home, state: Owner) -> None:
    """Write what the owner says of itself, whole or not at all."""
    part = home.path / "run.json.part"
    part.write_bytes(msgspec.json.encode(state))
    part.rename(home.path / "run.json")
