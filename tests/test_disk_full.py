"""A disk that fills up stops the run with one clear word, and nothing that was committed is lost."""

import resource
import subprocess
import sys
from pathlib import Path

import pytest
from warehouse_stream import NOW, Feed, rows, seen

from warehouse.checks import check
from warehouse.database import open_warehouse
from warehouse.publish import publish

BATCHES = 12
STAGES = """
import resource, sys
from pathlib import Path
from test_disk_full import batch
from warehouse_stream import NOW, Feed
from warehouse.backup import backup
from warehouse.database import open_warehouse
from warehouse.failures import DiskFull
from warehouse.forget import purge
from warehouse.publish import publish

home, stage, limit = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
feed = Feed(open_warehouse(home, NOW))
if stage != "load":
    feed.load(*batch(0))
    feed.warehouse.connection.execute("checkpoint warehouse")
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
try:
    if stage == "load":
        for number in range(12):
            feed.load(*batch(number))
            print(number, flush=True)
    elif stage == "publish":
        publish(feed.warehouse, NOW)
    elif stage == "backup":
        backup(feed.warehouse, home / "backup", NOW)
    else:
        purge(feed.warehouse, NOW)
except DiskFull as full:
    assert "\\n" not in str(full)
    print(full, flush=True)
    sys.exit(28)
"""


def batch(number: int) -> list[object]:
    """Give 200 posts with texts that do not compress."""
    return [seen(f"{number}-{i}", text=f"{hash((number, i)):x}" * 60 + str(i)) for i in range(200)]


def run_out(home: Path, stage: str, limit: int) -> list[str]:
    command = [sys.executable, "-c", STAGES, str(home), stage, str(limit)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=Path(__file__).parent, check=False)
    assert ended.returncode == 28, ended.stdout + ended.stderr
    return ended.stdout.splitlines()


@pytest.mark.parametrize("limit", [700_000, 1_500_000])
def test_loading_stops_and_goes_on_where_it_stopped(tmp_path: Path, limit: int) -> None:
    *loaded, word = run_out(tmp_path, "load", limit)
    assert word.startswith("the disk is full: loading stopped")
    with open_warehouse(tmp_path, NOW) as warehouse:
        stood = sum(warehouse.positions("cluster-1", "topic-1").values())
        assert stood >= len(loaded) * 200
        assert rows(warehouse, "select count(*) from posts") == [(stood,)]
        feed = Feed(warehouse)
        for number in range(BATCHES):
            feed.load(*batch(number))
        assert rows(warehouse, "select count(*) from posts") == [(BATCHES * 200,)]
        assert check(warehouse) == []


@pytest.mark.parametrize("stage", ["publish", "backup", "purge"])
def test_publishing_backing_up_and_purging_leave_what_stood(tmp_path: Path, stage: str) -> None:
    word = run_out(tmp_path, stage, 300_000)[-1]
    assert word.startswith("the disk is full")
    assert list((tmp_path / "published").glob("*")) == []
    with open_warehouse(tmp_path, NOW) as warehouse:
        assert rows(warehouse, "select count(*) from posts") == [(200,)]
        assert check(warehouse) == []
        assert publish(warehouse, NOW) is not None


def test_the_limit_of_this_process_is_untouched() -> None:
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY
