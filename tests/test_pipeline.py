"""The whole way, through the command line: from a file to a snapshot that SQL answers from."""

import gzip
import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from homes import asked, auscult, end_owner, owner_pid, said

POSTS = """id,created_at,author,text,query
439634602928668673,2014-03-01T05:33:52.011+00:00,first_writer,"Vaccines cause autism, wake up #autism",autism
439635687738843136,2014-03-01T05:38:10.650+00:00,second_writer,"Talking to @first_writer about #hemophilia
over two lines",hemophilia
439635687738843136,2014-03-01T05:38:10.650+00:00,second_writer,"Talking to @first_writer about #hemophilia
over two lines",bleeding
1.23E+17,2014-03-01T05:38:10.650+00:00,third_writer,damaged by a spreadsheet,hemophilia
439700373096660992,2014-03-01T09:55:12.841+00:00,dr_fourth,"No, vaccines do not cause autism #autism",autism
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home into which the posts above were imported."""
    folder = tmp_path_factory.mktemp("whole") / "home"
    (folder.parent / "posts.csv").write_text(POSTS, encoding="utf-8")
    counts = json.loads(said(folder, "import", "--json", str(folder.parent / "posts.csv")))
    seconds = counts.pop("seconds")
    assert counts == {"rows": 5, "posts": 3, "new": 3, "repeated": 1, "rejected": 1} and seconds > 0
    yield folder
    end_owner(folder)


def test_importing_again_changes_nothing(home: Path) -> None:
    before = asked(home, "select platform, post_id, text, first_import from posts order by post_id")
    counts = json.loads(said(home, "import", "--json", str(home.parent / "posts.csv")))
    assert counts["new"] == 0 and counts["posts"] == 3
    assert asked(home, "select platform, post_id, text, first_import from posts order by post_id") == before


def test_stance_parts_the_promoter_from_the_one_who_answers(home: Path) -> None:
    stances = asked(home, "select distinct post_id, stance from claim_mentions order by post_id")
    assert {(row["post_id"], row["stance"]) for row in stances} == {
        ("439634602928668673", "promotes"),
        ("439700373096660992", "debunks"),
    }
    assert [row["post_id"] for row in asked(home, "select post_id from signals")] == ["439634602928668673"]


def test_no_handle_leaves_the_vault(home: Path) -> None:
    end_owner(home)
    for path in (home / "published").glob("*.duckdb"):
        assert b"first_writer" not in path.read_bytes()
    assert b"first_writer" not in (home / "warehouse.duckdb").read_bytes()
    assert b"first_writer" in (home / "vault.duckdb").read_bytes()


def test_a_repeated_post_keeps_both_queries(home: Path) -> None:
    rows = asked(
        home, "select list_sort(list_transform(found_by, lambda f: f.query)) as queries from posts order by post_id"
    )
    assert [row["queries"] for row in rows] == [["autism"], ["bleeding", "hemophilia"], ["autism"]]


def test_status_says_how_things_stand(home: Path) -> None:
    state = json.loads(said(home, "status", "--json"))
    assert (state["posts"], state["tagged"], state["dead_letters"], state["capture_gaps"]) == (3, 3, 1, 0)
    assert state["newest_post"].startswith("2014-03-01T09:55:12")
    assert set(state) >= {"lag", "snapshot", "running"}
    assert auscult(home, "status", "--max-age", "2h").returncode == 4


def test_a_dead_letter_is_listed_shown_and_noted_in_the_vault(home: Path) -> None:
    listed = said(home, "dead-letters", "list")
    assert "posts.csv:7" in listed and "spreadsheet" in listed
    letter = asked(home, "select sha256 from dead_letters")[0]["sha256"]
    assert "1.23E+17" in said(home, "dead-letters", "show", letter[:12], "--reason", "a test")


def test_every_check_holds(home: Path) -> None:
    assert said(home, "check") == "every check holds\n"


def test_the_archive_by_gzip_and_by_standard_input_is_the_same(home: Path) -> None:
    packed = home.parent / "packed.csv.gz"
    packed.write_bytes(gzip.compress(POSTS.encode()))
    assert json.loads(said(home, "import", "--json", str(packed)))["new"] == 0
    piped = auscult(home, "import", "--json", "-", typed=POSTS)
    assert json.loads(piped.stdout)["rows"] == 5


def test_backup_and_restore_give_the_same_tables(home: Path, tmp_path: Path) -> None:
    said(home, "backup", str(tmp_path / "kept"))
    other = tmp_path / "other"
    assert said(other, "restore", str(tmp_path / "kept")).startswith("restored")
    assert (other / "key").read_bytes() == (home / "key").read_bytes()
    (tmp_path / "kept" / "warehouse.duckdb").write_bytes(b"damaged")
    broken = auscult(tmp_path / "third", "restore", str(tmp_path / "kept"))
    assert broken.returncode == 1 and "missing or is not the file" in broken.stderr


def test_what_is_forgotten_leaves_every_file_with_the_purge(home: Path, tmp_path: Path) -> None:
    needle = "a sentence that nobody else would write zq7"
    row = f"id,created_at,author,text\n439700373096660999,2014-03-02,gone_writer,{needle}\n"
    (tmp_path / "gone.csv").write_text(row)
    said(home, "import", str(tmp_path / "gone.csv"))
    said(home, "forget", "author", "@Gone_Writer")
    assert asked(home, "select count(*) as n from posts where text like '%zq7%'") == [{"n": 0}]
    said(home, "purge")
    end_owner(home)
    left = [path for path in home.rglob("*") if path.is_file() and _holds(path, (needle.encode(), b"gone_writer"))]
    assert not left
    assert json.loads(said(home, "import", "--json", str(tmp_path / "gone.csv")))["new"] == 0


def _holds(path: Path, needles: tuple[bytes, ...]) -> bool:
    content = path.read_bytes().lower()
    return any(needle.lower() in content for needle in needles)


def test_an_import_outlives_the_death_of_the_owner(home: Path, tmp_path: Path) -> None:
    rows = [f"{500_000_000_000_000_000 + n},2014-09-01,writer_{n % 50},post number {n} #lupus" for n in range(4000)]
    (tmp_path / "many.csv").write_text("id,created_at,author,text\n" + "\n".join(rows) + "\n")
    killed: list[int] = []

    def kill() -> None:
        until = time.monotonic() + 60
        while time.monotonic() < until and len(killed) < 2:
            pid = owner_pid(home)
            if pid is not None and pid not in killed:
                time.sleep(1.0)
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)
            time.sleep(0.1)

    killer = threading.Thread(target=kill)
    killer.start()
    counts = json.loads(said(home, "import", "--json", str(tmp_path / "many.csv")))
    killer.join()
    assert killed
    assert (counts["rows"], counts["posts"], counts["new"]) == (4000, 4000, 4000)
    assert asked(home, "select count(*) as n, count(distinct post_id) as d from posts where post_id >= '5'") == [
        {"n": 4000, "d": 4000}
    ]
