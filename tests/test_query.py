"""Questions: answered from the newest snapshot, and nothing else can be reached by asking."""

import json
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from warehouse_stream import NOW, fresh, seen

from warehouse.publish import publish
from warehouse.query import BadQuestion, TooSlow, export, new_posts, newest, run


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    feed = fresh(tmp_path_factory.mktemp("home"))
    feed.load(*(seen(str(number), text=f"post {number}, “quoted”") for number in range(5)))
    published = publish(feed.warehouse, NOW)
    assert published is not None
    feed.warehouse.close()
    yield published.path


def test_no_snapshot_is_none(tmp_path: Path) -> None:
    assert newest(tmp_path) is None


def test_a_question_is_answered_with_its_columns(snapshot: Path) -> None:
    result = run(snapshot, "select post_id, text from posts order by post_id limit 1;")
    assert result.columns == ("post_id", "text")
    assert result.rows == [("0", "post 0, “quoted”")]
    assert not result.truncated


def test_parameters_and_new_posts(snapshot: Path) -> None:
    assert run(snapshot, "select count(*) from posts where post_id = ?", parameters=["3"]).rows == [(1,)]
    assert new_posts(snapshot, "20260301-a") == 5
    assert new_posts(snapshot, "20260301-b") == 0


def test_the_row_cap_says_that_it_cut(snapshot: Path) -> None:
    result = run(snapshot, "select * from posts", max_rows=2)
    assert len(result.rows) == 2
    assert result.truncated


@pytest.mark.parametrize(
    "sql",
    [
        "select 1; select 2",
        "",
        "select 1; drop table hashtags",
        "delete from hashtags",
        "create table t (a integer)",
        "copy posts to 'out.csv'",
        "export database 'out'",
        "select * from read_csv('/etc/passwd')",
        "select * from read_text('/etc/passwd')",
        "select * from glob('/*')",
        "select * from '/etc/passwd'",
        "attach 'other.duckdb'",
        "install httpfs",
        "load httpfs",
        "set enable_external_access = true",
        "reset lock_configuration",
        "set memory_limit = '1TB'",
        "pragma enable_profiling",
        "select * from nowhere",
        "selec 1",
    ],
)
def test_what_is_locked_stays_locked(snapshot: Path, sql: str) -> None:
    with pytest.raises(BadQuestion):
        run(snapshot, sql)


def test_no_variable_of_python_can_be_read_by_name(snapshot: Path) -> None:
    secret = [{"a": 1}]
    with pytest.raises(BadQuestion):
        run(snapshot, "select * from secret")
    assert secret


def test_an_endless_query_is_stopped(snapshot: Path) -> None:
    with pytest.raises(TooSlow, match=r"0\.2 seconds"):
        run(snapshot, "select sum(a.range * b.range) from range(10000000) a, range(10000000) b", seconds=0.2)


def test_a_result_larger_than_memory_is_cut_not_held(snapshot: Path) -> None:
    result = run(snapshot, "select repeat('x', 1000) from range(100000000)", max_rows=10)
    assert result.truncated


def test_exports_hold_every_row(snapshot: Path, tmp_path: Path) -> None:
    select = "select post_id, text from posts order by post_id -- all of them"
    for form in ("csv", "json", "parquet"):
        export(snapshot, select, tmp_path / f"out.{form}", form)
    assert (tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()[1] == '0,"post 0, “quoted”"'
    assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))[4]["post_id"] == "4"
    with duckdb.connect() as other:
        assert other.execute(f"select count(*) from '{tmp_path}/out.parquet'").fetchall() == [(5,)]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.csv", "out.json", "out.parquet"]


@pytest.mark.parametrize(
    "sql", ["select * from nowhere", "select * from read_text('/etc/passwd')", "select 1; select 2"]
)
def test_a_failed_export_leaves_nothing(snapshot: Path, tmp_path: Path, sql: str) -> None:
    with pytest.raises(BadQuestion):
        export(snapshot, sql, tmp_path / "out.csv", "csv")
    assert list(tmp_path.iterdir()) == []
