"""The processes under an owner: started again when they die, and gone when the owner is."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from homes import environment, said

from flows.children import CANNOT, Child, ChildRefused, Children


def test_a_child_that_dies_is_started_again(tmp_path: Path) -> None:
    child = Child("sleeper", [sys.executable, "-c", "import time; time.sleep(60)"], tmp_path / "log", dict(os.environ))
    children = Children([child])
    children.keep()
    first = child.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    until = time.monotonic() + 10
    while child.pid == first and time.monotonic() < until:
        children.keep()
        time.sleep(0.05)
    assert child.pid != first and child.restarts == 1
    children.end()


def test_a_child_that_cannot_work_ends_the_run_with_its_last_line(tmp_path: Path) -> None:
    words = f"import sys; print('a line for people'); sys.exit({CANNOT})"
    child = Child("refuser", [sys.executable, "-c", words], tmp_path / "log", dict(os.environ))
    child.keep(time.monotonic())
    time.sleep(1.0)
    with pytest.raises(ChildRefused, match=r"^a line for people$"):
        child.keep(time.monotonic())


def test_no_process_outlives_a_killed_owner(tmp_path: Path) -> None:
    home = tmp_path / "home"
    said(home, "status")
    owner = subprocess.Popen([sys.executable, "-m", "flows.run", "--stay"], env=environment(home))
    until = time.monotonic() + 60
    while not (home / "run.json").exists() and time.monotonic() < until:
        time.sleep(0.2)
    below = _children(owner.pid)
    assert len(below) >= 2
    owner.kill()
    owner.wait()
    until = time.monotonic() + 20
    while any(map(_is_alive, below)) and time.monotonic() < until:
        time.sleep(0.2)
    assert not [pid for pid in below if _is_alive(pid)]


def _children(pid: int) -> list[int]:
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    pairs = [tuple(map(int, line.split())) for line in listed.splitlines()]
    return [child for child, parent in pairs if parent == pid]


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout.strip()
    return bool(state) and not state.startswith("Z")
