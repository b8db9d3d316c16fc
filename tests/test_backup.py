"""Backup and restore: everything that cannot be had again, checked before it replaces anything."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from warehouse_stream import NOW, Feed, fresh, person, rows, seen

from warehouse.backup import Damaged, HomeInUse, backup, restore, verified
from warehouse.database import open_warehouse
from warehouse.publish import publish
from warehouse.query import newest


@pytest.fixture
def feed(tmp_path: Path) -> Iterator[Feed]:
    opened = fresh(tmp_path / "home")
    (tmp_path / "home" / "key").write_bytes(b"k" * 32)
    opened.load(seen("1", author="u1", identity=person("u1", handle="ann")))
    yield opened
    opened.warehouse.close()


def test_a_backup_brings_back_posts_identities_key_and_positions(feed: Feed, tmp_path: Path) -> None:
    manifest = backup(feed.warehouse, tmp_path / "backup", NOW)
    assert [kept.name for kept in manifest.files] == ["key", "vault.duckdb", "warehouse.duckdb"]
    feed.load(seen("2"))
    assert restore(tmp_path / "backup", tmp_path / "elsewhere") == manifest
    with open_warehouse(tmp_path / "elsewhere", NOW) as warehouse:
        assert rows(warehouse, "select post_id from posts") == [("1",)]
        assert rows(warehouse, "select handle.value from vault.identities") == [("ann",)]
        assert sum(warehouse.positions("cluster-1", "topic-1").values()) == 1
        assert publish(warehouse, NOW) is not None
    assert (tmp_path / "elsewhere" / "key").read_bytes() == b"k" * 32


def test_a_home_with_a_warehouse_is_replaced_only_when_told(feed: Feed, tmp_path: Path) -> None:
    backup(feed.warehouse, tmp_path / "backup", NOW)
    feed.load(seen("2"))
    publish(feed.warehouse, NOW)
    feed.warehouse.close()
    home = tmp_path / "home"
    with pytest.raises(HomeInUse, match="already has a warehouse"):
        restore(tmp_path / "backup", home)
    restore(tmp_path / "backup", home, overwrite=True)
    assert newest(home) is None
    with open_warehouse(home, NOW) as warehouse:
        assert rows(warehouse, "select post_id from posts") == [("1",)]


@pytest.mark.parametrize("file", ["warehouse.duckdb", "vault.duckdb", "manifest.json"])
def test_a_damaged_backup_is_refused_and_touches_nothing(feed: Feed, tmp_path: Path, file: str) -> None:
    backup(feed.warehouse, tmp_path / "backup", NOW)
    with (tmp_path / "backup" / file).open("r+b") as damaged:
        damaged.seek(20)
        damaged.write(b"\xff\x00\xff")
    with pytest.raises(Damaged):
        restore(tmp_path / "backup", tmp_path / "elsewhere")
    assert not (tmp_path / "elsewhere").exists()


def test_a_backup_with_a_file_missing_is_refused(feed: Feed, tmp_path: Path) -> None:
    backup(feed.warehouse, tmp_path / "backup", NOW)
    (tmp_path / "backup" / "key").unlink()
    with pytest.raises(Damaged, match="key"):
        verified(tmp_path / "backup")


def test_a_backup_overwrites_nothing_and_is_for_its_owner_only(feed: Feed, tmp_path: Path) -> None:
    backup(feed.warehouse, tmp_path / "backup", NOW)
    assert (tmp_path / "backup").stat().st_mode & 0o077 == 0
    with pytest.raises(FileExistsError):
        backup(feed.warehouse, tmp_path / "backup", NOW)
