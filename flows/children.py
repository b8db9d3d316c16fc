"""The processes that the owner of a home starts and keeps alive: the embedded broker and the taggers."""

import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import msgspec

from flows.home import Home, prefect_environment
from flows.settings import Settings

SLOWEST_RESTART = 30.0


CANNOT = 78  # the exit code of a child that starting again would not help (EX_CONFIG)


class ChildRefused(RuntimeError):
    """A child says that it cannot work and why: starting it again would not help."""


class Child:
    """A process that is started again when it dies, at first at once, then ever more slowly up to 30 s."""

    def __init__(self, name: str, command: list[str], log: Path, environment: dict[str, str]) -> None:
        self.name, self.restarts = name, -1
        self._command, self._log, self._environment = command, log, environment
        self._process: subprocess.Popen[bytes] | None = None
        self._born, self._wait = 0.0, 0.0

    def keep(self, now: float) -> None:
        """Start the process if it is not alive and its turn has come. `now` is of `time.monotonic`."""
        if self._process is not None and self._process.poll() is None:
            if now - self._born > SLOWEST_RESTART:
                self._wait = 0.0
            return
        if self._process is not None and self._process.returncode == CANNOT:
            raise ChildRefused(last_line(self._log))
        if now - self._born < self._wait:
            return
        self._wait = min(SLOWEST_RESTART, self._wait * 2 or 0.5)
        self._born, self.restarts = now, self.restarts + 1
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self._environment
            )

    @property
    def pid(self) -> int | None:
        """The process id, where the process was started."""
        return self._process.pid if self._process else None

    def end(self) -> None:
        """Ask the process to end, and after 10 s end it."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class Children(msgspec.Struct):
    """All that an owner keeps alive, in the order in which they start."""

    alive: list[Child]

    def keep(self) -> None:
        """Start again whatever died."""
        for child in self.alive:
            child.keep(time.monotonic())

    def end(self) -> None:
        """End all, the last started first."""
        for child in reversed(self.alive):
            child.end()


def broker(home: Home, config: Settings, port: int) -> Child:
    """Give the embedded broker as a child: on `port`, its log in the home, ending when this process does."""
    command = [sys.executable, "-m", "listeners.broker", str(home.broker), "--port", str(port)]
    command += ["--retention-days", str(config.retention_days), "--with-parent", str(os.getpid())]
    return Child("broker", command, home.logs / "broker.log", dict(os.environ))


def worker(home: Home, bootstrap: str, flow: str, number: int) -> Child:
    """Give a worker that runs the flow `tag` or `read` as a child, told where the broker is."""
    found = {"AUSCULT_HOME": str(home.path), "AUSCULT_KAFKA_BOOTSTRAP": bootstrap}
    environment = {**prefect_environment(home.path), **os.environ, **found}
    name = f"{flow}-{number}"
    command = [sys.executable, "-m", f"flows.{flow}", "--with-parent", str(os.getpid())]
    return Child(name, command, home.logs / f"{name}.log", environment)


def end_with_parent() -> None:
    """End this process when the one that `--with-parent PID` names is no longer its parent, whatever it waits for."""
    if "--with-parent" not in sys.argv:
        return
    parent = int(sys.argv[sys.argv.index("--with-parent") + 1])

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()


def last_line(log: Path) -> str:
    """Give the last line that a child wrote, for a message to a person."""
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return next((line for line in reversed(lines) if line.strip()), "it said nothing")


def settled_port(home: Home) -> int:
    """Give the port noted in the home, so that clients find a restarted broker where it was; if another program has
    taken it since, note a free one."""
    note = home.broker / "port"
    for port in (int(note.read_text()) if note.exists() else 0, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            note.write_text(str(probe.getsockname()[1]))
            break
    return int(note.read_text())
