"""Brokers for tests, each a process of its own on a free port of loopback: the embedded one, and Apache Kafka."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
LIBS = ROOT / ".kafka" / "libs"
_UP_S = 150


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def why_no_apache() -> str | None:
    """Why Apache Kafka cannot run on this machine; None if it can."""
    if shutil.which("java") is None:
        return "Apache Kafka needs Java 17"
    if not LIBS.exists() and shutil.which("mvn") is None:
        return "Apache Kafka's jars are fetched with Maven"
    return None


class Embedded:
    """The embedded broker on a folder; it ends with the tests, whatever becomes of them."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder, self._options = folder, options
        self.port = free_port()
        self.start()

    @property
    def bootstrap(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        """Starts it, on the same port every time, and returns when it serves."""
        command = [sys.executable, "-m", "listeners.broker", str(self.folder), "--port", str(self.port)]
        self.process = subprocess.Popen(
            [*command, "--with-parent", str(os.getpid()), *self._options], stdout=subprocess.PIPE, cwd=ROOT
        )
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            assert json.loads(lines.readline()) == {"port": self.port}

    def stop(self) -> None:
        """Ends it as its owner does."""
        self.process.terminate()
        assert self.process.wait(20) == 0

    def kill(self) -> None:
        """Ends it as an accident does."""
        self.process.kill()
        self.process.wait(20)


class Apache:
    """Apache Kafka on a folder, from its jars; `own` is added to its settings."""

    def __init__(self, folder: Path, own: str = "") -> None:
        self.folder = folder
        self.port, self._controller = free_port(), free_port()
        folder.mkdir(parents=True, exist_ok=True)
        if own:
            (folder / "own.properties").write_text(_with_ports(own, self.port, self._controller))
        self.start()

    @property
    def bootstrap(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        """Starts it, on the same ports every time, and returns when it listens."""
        script = ROOT / "listeners" / "kafka" / "start.sh"
        with (self.folder / "output").open("ab") as output:
            self.process = subprocess.Popen(
                [str(script), str(self.folder), str(self.port), str(self._controller)],
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        patience = time.monotonic() + _UP_S
        while not self._listens():
            if self.process.poll() is not None or time.monotonic() > patience:
                self.kill()
                raise RuntimeError((self.folder / "output").read_text()[-2000:])
            time.sleep(0.1)

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self) -> None:
        """Ends it as its owner does."""
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(60)

    def kill(self) -> None:
        """Ends it as an accident does."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(20)


def _with_ports(settings: str, port: int, controller: int) -> str:
    return settings.replace(":PORT", f":{port}").replace(":CONTROLLER_PORT", f":{controller}")


AnyBroker = Embedded | Apache
