"""The schema: numbered migrations, applied once, described wholly, and written down in schema.sql."""

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from warehouse_stream import NOW, fresh, rows, seen

from warehouse import marts
from warehouse.database import InUse, migrations, open_warehouse
from warehouse.failures import NewerSchema
from warehouse.schema import SCHEMA, contract
from warehouse.statements import FOLDER

NAMED = {
    "posts",
    "hashtag_mentions",
    "links",
    "post_counts",
    "authors",
    "taggings",
    "topic_mentions",
    "claim_mentions",
    "topic_mentions_history",
    "claim_mentions_history",
    "signals",
    "dead_letters",
    "capture_gaps",
    "collection_windows",
    "hashtags",
    "imports",
}


def test_schema_sql_is_what_the_migrations_and_marts_give(tmp_path: Path) -> None:
    with open_warehouse(tmp_path, NOW) as warehouse:
        assert contract(warehouse) == SCHEMA.read_text(encoding="utf-8"), "run python -m warehouse.schema"


def test_schema_sql_is_sql_and_holds_every_promised_table(tmp_path: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute(SCHEMA.read_text(encoding="utf-8"))
        tables = {row[0] for row in connection.execute("select table_name from duckdb_tables()").fetchall()}
    assert tables >= NAMED | {mart.name for mart in marts.marts()}


def test_every_table_view_and_column_is_described(tmp_path: Path) -> None:
    with open_warehouse(tmp_path, NOW) as warehouse:
        marts.create(warehouse)
        assert warehouse.run("catalog", "undescribed") == []


def test_opening_again_keeps_what_is_there_and_migrates_nothing_twice(tmp_path: Path) -> None:
    feed = fresh(tmp_path)
    feed.load(seen())
    feed.warehouse.close()
    with open_warehouse(tmp_path, NOW) as warehouse:
        assert rows(warehouse, "select count(*) from posts") == [(1,)]
        assert rows(warehouse, "select count(*) from kept.schema_versions") == [
            (len(migrations(FOLDER / "migrations")),)
        ]


@pytest.mark.parametrize("file", ["warehouse.duckdb", "vault.duckdb"])
def test_a_file_from_a_newer_version_is_refused_in_one_line(tmp_path: Path, file: str) -> None:
    open_warehouse(tmp_path, NOW).close()
    with duckdb.connect(str(tmp_path / file)) as connection:
        connection.execute("insert into kept.schema_versions values (999, now())")
    with pytest.raises(NewerSchema, match="999") as refused:
        open_warehouse(tmp_path, NOW)
    assert "\n" not in str(refused.value)


def test_a_migration_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "migrations"
    (folder / "migrations" / "vault").mkdir(parents=True)
    (folder / "migrations" / "vault" / "0001_a.sql").write_text("create table a (b integer)")
    (folder / "migrations" / "0001_a.sql").write_text("create table a (b integer)")
    (folder / "migrations" / "0002_b.sql").write_text("create table c (b integer); create table a (b integer)")
    monkeypatch.setattr("warehouse.database.FOLDER", folder)
    with pytest.raises(duckdb.CatalogException):
        open_warehouse(tmp_path / "home", NOW)
    with duckdb.connect(str(tmp_path / "home" / "warehouse.duckdb"), read_only=True) as connection:
        assert connection.execute("select * from duckdb_tables()").fetchall() == []


def test_migrations_are_numbered_without_a_hole() -> None:
    for folder in (FOLDER / "migrations", FOLDER / "migrations" / "vault"):
        numbers = [number for number, _ in migrations(folder)]
        assert numbers == list(range(1, len(numbers) + 1))


def test_both_files_are_for_their_owner_only(tmp_path: Path) -> None:
    open_warehouse(tmp_path, NOW).close()
    for file in ("warehouse.duckdb", "vault.duckdb"):
        assert (tmp_path / file).stat().st_mode & 0o077 == 0


def test_a_file_that_another_process_holds_is_refused_in_one_line(tmp_path: Path) -> None:
    open_warehouse(tmp_path, NOW).close()
    holding = (
        "import sys, pathlib, datetime\n"
        "from warehouse.database import open_warehouse\n"
        "held = open_warehouse(pathlib.Path(sys.argv[1]), datetime.datetime.now(datetime.UTC))\n"
        "print('held', flush=True)\n"
        "sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", holding, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(InUse, match="in use by another process"):
            open_warehouse(tmp_path, NOW)
        holder.communicate("")
