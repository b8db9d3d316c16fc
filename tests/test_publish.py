"""Publishing: versioned, immutable, whole; nothing new, nothing published."""

import os
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from warehouse_stream import Feed, claim, fresh, person, seen, tags, topic

from listeners.events import Marker
from warehouse.database import Registered, set_hashtags
from warehouse.publish import publish
from warehouse.query import marked_partitions, newest, run

LATER = datetime.now(UTC) + timedelta(hours=1)


@pytest.fixture
def feed(tmp_path: Path) -> Iterator[Feed]:
    opened = fresh(tmp_path)
    yield opened
    opened.warehouse.close()


def test_a_snapshot_is_versioned_read_only_and_the_newest_is_linked(feed: Feed) -> None:
    feed.load(seen("1"))
    first = publish(feed.warehouse, LATER)
    assert first is not None
    assert first.path.name == "000000000001.duckdb"
    assert stat.S_IMODE(first.path.stat().st_mode) == 0o444
    assert (first.path.parent / "latest.duckdb").readlink() == Path(first.path.name)
    assert newest(feed.warehouse.home) == first.path
    assert run(first.path, "select count(*) from posts").rows == [(1,)]


def test_nothing_is_published_when_nothing_changed(feed: Feed) -> None:
    feed.load(seen("1"))
    assert publish(feed.warehouse, LATER) is not None
    assert publish(feed.warehouse, LATER) is None
    assert set_hashtags(feed.warehouse, [Registered("afib", "disease", "Atrial fibrillation")])
    assert not set_hashtags(feed.warehouse, [Registered("afib", "disease", "Atrial fibrillation")])
    assert publish(feed.warehouse, LATER) is not None


def test_a_snapshot_never_changes_and_readers_keep_theirs(feed: Feed) -> None:
    feed.load(seen("1"))
    first = publish(feed.warehouse, LATER)
    assert first is not None
    before = first.path.read_bytes()
    with duckdb.connect(str(first.path), read_only=True) as reader:
        feed.load(seen("2"))
        second = publish(feed.warehouse, LATER)
        assert second is not None
        assert reader.execute("select count(*) from posts").fetchall() == [(1,)]
    assert first.path.read_bytes() == before
    assert run(second.path, "select count(*) from posts").rows == [(2,)]


def test_the_last_three_are_kept_and_all_that_are_young(feed: Feed) -> None:
    for number in range(5):
        feed.load(seen(str(number)))
        snapshot = publish(feed.warehouse, datetime.now(UTC))
        assert snapshot is not None
    assert len(list(snapshot.path.parent.glob("0*.duckdb"))) == 5
    for path in snapshot.path.parent.glob("0*.duckdb"):
        os.utime(path, (0, 0))
    feed.load(seen("9"))
    last = publish(feed.warehouse, datetime.now(UTC))
    assert last is not None
    assert sorted(path.stem for path in last.path.parent.glob("0*.duckdb")) == [
        "000000000004", "000000000005", "000000000006",
    ]  # fmt: skip


def test_a_snapshot_holds_the_markers_that_were_loaded_before_it(feed: Feed) -> None:
    feed.load(Marker("m1", 0, LATER), Marker("m1", 1, LATER))
    snapshot = publish(feed.warehouse, LATER)
    assert snapshot is not None
    assert marked_partitions(snapshot.path, "m1") == 2
    assert marked_partitions(snapshot.path, "m2") == 0


def test_an_older_driver_can_open_a_snapshot(feed: Feed) -> None:
    feed.load(seen("1"))
    snapshot = publish(feed.warehouse, LATER)
    assert snapshot is not None
    with duckdb.connect(str(snapshot.path), read_only=True) as reader:
        version = reader.execute("select tags['storage_version'] from duckdb_databases() where not internal").fetchall()
    assert version[0][0].startswith("v1.4")


def test_readers_in_other_processes_are_never_refused_while_versions_come_and_go(feed: Feed) -> None:
    feed.load(seen("0"))
    publish(feed.warehouse, LATER)
    reader = (
        "import sys, pathlib; from warehouse.query import newest, run\n"
        "seen = []\n"
        "while not seen or seen[-1] < 8:\n"
        "    seen.append(run(newest(pathlib.Path(sys.argv[1])), 'select count(*) from posts').rows[0][0])\n"
        "assert seen == sorted(seen), seen\n"
    )
    command = [sys.executable, "-c", reader, str(feed.warehouse.home)]
    readers = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    watchdog = threading.Timer(120, lambda: [one.kill() for one in readers])
    watchdog.start()
    for number in range(1, 8):
        feed.load(seen(str(number)))
        publish(feed.warehouse, LATER)
    complaints = [one.communicate()[1] for one in readers]
    watchdog.cancel()
    assert complaints == ["", ""]


def test_no_snapshot_ties_an_author_to_an_illness(feed: Feed) -> None:
    patient = seen(author="u1", identity=person("u1", handle="ann_handle", bio="living with afib"))
    feed.load((patient, tags(claim(), topics=(topic(),), role="patient-or-caregiver")))
    snapshot = publish(feed.warehouse, LATER)
    assert snapshot is not None
    held = snapshot.path.read_bytes()
    for secret in (b"patient-or-caregiver", b"ann_handle", b"living with afib"):
        assert secret not in held
    tables = run(snapshot.path, "select schema_name || '.' || table_name from duckdb_tables()").rows
    for (table,) in tables:
        assert "patient-or-caregiver" not in repr(run(snapshot.path, f"select * from {table}").rows)
