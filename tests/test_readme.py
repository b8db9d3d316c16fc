"""The README: every command in it that needs no account and no other server runs as it stands there."""

import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest
from homes import AUSCULT, end_owner, environment

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def commands() -> list[str]:
    """Give the commands of the README's console blocks, in order."""
    blocks = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
    return [
        line[2:]
        for block in blocks
        for line in block.splitlines()
        if line.startswith("$ auscult") or " | auscult" in line
    ]


def test_the_readmes_commands_run_in_order_in_one_home(tmp_path: Path) -> None:
    found = commands()
    assert len(found) >= 10
    environ = environment(tmp_path / "home", PATH=f"{AUSCULT.parent}{os.pathsep}{os.environ['PATH']}")
    try:
        for command in found:
            ran = subprocess.run(
                ["bash", "-c", command], cwd=ROOT, env=environ, capture_output=True, text=True, timeout=250
            )
            assert ran.returncode == 0, f"{command}\n{ran.stderr}"
            assert ran.stdout.strip(), command
    finally:
        end_owner(tmp_path / "home")


@pytest.mark.parametrize("target", ["demo", "test", "kafka"])
def test_make_runs_what_the_readme_shows(target: str) -> None:
    # A make above this one, as when `make test` runs the tests, must not speak into this one's words.
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    command = ["make", "--dry-run", "--no-print-directory", target]
    ran = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=True)
    last = ran.stdout.strip().splitlines()[-1]
    assert shlex.split(last)[0].removeprefix(".venv/bin/") in README


def test_every_setting_that_the_readme_names_exists() -> None:
    from flows.settings import Settings

    named = {name.lower() for name in re.findall(r"AUSCULT_([A-Z_]+)\b", README)} - {"home"}
    assert named and named <= set(Settings.__struct_fields__)
