"""A home for a test, and the command line run in it as a person would."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

AUSCULT = Path(sys.executable).parent / "auscult"
PATIENCE = 240


def environment(home: Path, **more: str) -> dict[str, str]:
    """Give the environment of a command in `home`; no setting of the machine's reaches it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AUSCULT_", "PREFECT_", "X_"))}
    return {**kept, "AUSCULT_HOME": str(home), "TERM": "dumb", "COLUMNS": "200", **more}


def auscult(home: Path, *words: str, typed: str | None = None, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command and give what it said."""
    return subprocess.run(
        [str(AUSCULT), *words],
        input=typed,
        capture_output=True,
        text=True,
        env=environment(home, **more),
        timeout=PATIENCE,
    )


def said(home: Path, *words: str, **more: str) -> str:
    """Run a command that must succeed, and give what it printed."""
    ran = auscult(home, *words, **more)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def asked(home: Path, sql: str) -> list[dict[str, Any]]:
    """Ask the newest snapshot, and give rows as dictionaries."""
    rows: list[dict[str, Any]] = json.loads(said(home, "sql", "--format", "json", sql))
    return rows


def owner_pid(home: Path) -> int | None:
    """Give the process that owns the home now, as it says itself."""
    try:
        return int(json.loads((home / "run.json").read_text())["pid"])
    except FileNotFoundError:
        return None


def end_owner(home: Path) -> None:
    """End whoever owns the home, and wait until the home is free."""
    pid = owner_pid(home)
    if pid is not None:
        try:
            os.kill(pid, signal.SIGTERM)
        except ProcessLookupError:
            return
    until = time.monotonic() + 30
    while time.monotonic() < until and (home / "run.json").exists():
        time.sleep(0.1)
