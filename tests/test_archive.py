import gzip
import io
import json
import runpy
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listeners import archive, events
from listeners.archive import BadLayout, Row
from listeners.archive_moments import Unreadable, moment
from listeners.archive_text import hashtags, links, mentions, unescaped
from listeners.events import Counts, Link, Post, PostDeleted, PostSeen, Rejected
from listeners.snowflake import newest_id, time_of_id

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
FIXTURES = Path(__file__).parent / "fixtures"
SHARED = Path(__file__).parents[1].parent / "shared" / "data"
HEADER = "id,created_at,author,text,query\n"
ROW = "483801670191554560,2014-07-01T02:38:01.431+00:00,ward_tester,Wash your hands #sepsis,Sepsis\n"

shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the folder of real posts is not here")


def rows(path: Path | None, **options: object) -> list[Row]:
    return list(archive.rows(path, now=NOW, import_id="import-1", **options))  # type: ignore[arg-type]


def counted(found: list[Row]) -> list[PostSeen | PostDeleted | Rejected]:
    return [row.event for row in found if row.counted]


def posts(found: list[Row]) -> list[Post]:
    return [event.post for event in counted(found) if isinstance(event, PostSeen)]


def rejections(found: list[Row]) -> list[Rejected]:
    return [event for event in counted(found) if isinstance(event, Rejected)]


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def written(text: str | bytes, name: str = "posts.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return written


def test_a_row_of_the_archive_becomes_a_post_with_all_that_it_says(write: Callable[..., Path]) -> None:
    text = '"RT @Ward_Tester: tips &amp; tricks\n#Sepsis #AFib https://t.co/abc, mail us@example.org"'
    (row,) = rows(write(HEADER + f"483801670191554560,2014-07-01T02:38:01.431+00:00,nurse_tester,{text},Sepsis\n"))
    event = row.event
    assert isinstance(event, PostSeen)
    assert event.post == Post(
        platform="x",
        post_id="483801670191554560",
        created_at=datetime(2014, 7, 1, 2, 38, 1, 431000, UTC),
        text="RT @Ward_Tester: tips & tricks\n#Sepsis #AFib https://t.co/abc, mail us@example.org",
        links=(Link("https://t.co/abc"),),
        hashtags=("sepsis", "afib"),
        mentions=("ward_tester",),
    )
    assert event.observed_at == event.post.created_at
    assert event.collected == events.Collected("archive", "import", "Sepsis", "import-1")
    assert event.identity is not None
    assert event.identity.handle == "nurse_tester"
    assert event.identity.permalink == "https://x.com/nurse_tester/status/483801670191554560"


def test_a_rejected_row_names_its_file_and_the_line_on_which_it_starts(write: Callable[..., Path]) -> None:
    two_lines = '483801670191554560,2014-07-01,a,"two\nlines",q\n'
    found = rows(write(HEADER + two_lines + "1.23E+17,2014-07-01,a,text,q\n"))
    (rejected,) = rejections(found)
    assert rejected.place == "posts.csv:4"
    assert "damaged by a spreadsheet" in rejected.reason
    assert rejected.raw == b"1.23E+17,2014-07-01,a,text,q\n"
    assert rejected.import_id == "import-1"
    assert len(posts(found)) == 1


@pytest.mark.parametrize("post_id", ["1.23E+17", "4,83802E+17", "483801670191554560.0", "4.838e+17", "12.5"])
def test_an_id_that_a_spreadsheet_damaged_is_rejected_as_such(post_id: str, write: Callable[..., Path]) -> None:
    (rejected,) = rejections(rows(write(f'id,text\n"{post_id}",some words\n')))
    assert rejected.reason.startswith("id damaged by a spreadsheet")


@pytest.mark.parametrize("post_id", ["", "abc", "0", "007", "-5", "٣٤٥", "99999999999999999999", "9223372036854775807"])
def test_an_id_that_x_cannot_have_made_is_rejected(post_id: str, write: Callable[..., Path]) -> None:
    (rejected,) = rejections(rows(write(f"id,text\n{post_id},some words\n")))
    assert rejected.reason == "no id" or rejected.reason.startswith("id: expected")


def test_an_id_without_text_awaits_its_text(write: Callable[..., Path]) -> None:
    for content in (HEADER + "483801670191554560,,,,\n", "tweet_id\n483801670191554560\n", "483801670191554560\n"):
        (post,) = posts(rows(write(content)))
        assert (post.post_id, post.text) == ("483801670191554560", None)
        assert post.created_at == datetime(2014, 7, 1, 2, 38, 1, 431000, UTC)


@pytest.mark.parametrize("stated", ["yesterday", "1970-01-01T00:00:00Z", "2031-01-01", "2014-13-45", "07/01/14"])
def test_a_date_that_is_absurd_or_only_a_day_gives_way_to_that_of_the_id(
    stated: str, write: Callable[..., Path]
) -> None:
    (post,) = posts(rows(write(HEADER + ROW.replace("2014-07-01T02:38:01.431+00:00", stated))))
    assert post.created_at == datetime(2014, 7, 1, 2, 38, 1, 431000, UTC)


def test_an_unreadable_date_of_an_id_without_time_is_rejected_with_both(write: Callable[..., Path]) -> None:
    (rejected,) = rejections(rows(write(HEADER + "20,1970-01-01,a,text,q\n")))
    assert rejected.reason == "created_at: expected a time since X began in March 2006, got `1970-01-01`"


def test_a_row_with_other_columns_or_an_open_quote_spoils_no_other(write: Callable[..., Path]) -> None:
    next_id = "483820896558534656"
    for bad in ('483801670191554561,2014-07-01,a,"never closed,q\n', "483801670191554561,2014-07-01,a,one,two,q\n"):
        found = rows(write(HEADER + ROW + bad + ROW.replace("483801670191554560", next_id)))
        assert [post.post_id for post in posts(found)] == ["483801670191554560", next_id]
        (rejected,) = rejections(found)
        assert rejected.place == "posts.csv:3"
        assert rejected.raw == bad.encode()


def test_a_quote_left_open_to_the_end_of_the_file_spoils_one_row(write: Callable[..., Path]) -> None:
    many = "".join(f"4838016701915{n:05},2014-07-01,a,text {n},q\n" for n in range(3000))
    found = rows(write(HEADER + '483801670191554561,2014-07-01,a,"open,q\n' + many))
    assert (len(posts(found)), len(rejections(found))) == (3000, 1)


def test_nul_bytes_bad_utf8_and_huge_cells_are_rejected_or_read_but_never_lost(write: Callable[..., Path]) -> None:
    nul = ROW.replace("hands", "ha\0nds").encode()
    latin = "483801670191554562,2014-07-01,a,Größe,q\n".encode("latin-1")
    huge = b"483801670191554563,2014-07-01,a," + b"x" * 2_000_000 + b",q\n"
    found = rows(write(HEADER.encode() + nul + latin + huge + ROW.encode()))
    assert [post.text for post in posts(found)] == ["Wash your hands #sepsis"] * 2
    assert [rejected.place for rejected in rejections(found)] == ["posts.csv:3", "posts.csv:4"]
    assert "not UTF-8" in rejections(found)[0].reason


def test_bytes_too_many_for_an_event_are_spooled(write: Callable[..., Path]) -> None:
    kept: list[bytes] = []

    def spool(raw: bytes) -> str:
        kept.append(raw)
        return "spool/1"

    huge = b"483801670191554563,2014-07-01,a," + b"x" * 2_000_000 + b",q\n"
    (rejected,) = rejections(rows(write(HEADER.encode() + huge), spool=spool))
    assert (rejected.raw, rejected.spooled, rejected.size) == (None, "spool/1", len(huge))
    assert kept == [huge]


def test_files_may_begin_with_a_byte_order_mark_and_part_columns_otherwise(write: Callable[..., Path]) -> None:
    for mark in (";", "\t", "|"):
        (post,) = posts(rows(write(f"\ufeffid{mark}text\n20{mark}a, b\n")))
        assert post.text == "a, b"


def test_lines_may_end_as_on_windows_or_on_an_old_mac(write: Callable[..., Path]) -> None:
    for end in ("\r\n", "\r"):
        found = posts(rows(write(f"id,text{end}20,one{end}21,two{end}")))
        assert [post.text for post in found] == ["one", "two"]


def test_empty_files_and_blank_lines_are_no_rows(write: Callable[..., Path]) -> None:
    for content in ("", "\n\n", HEADER, "\ufeff", gzip.compress(b"")):
        assert rows(write(content)) == []
    assert len(rows(write(HEADER + "\n" + ROW + "\n\n" + HEADER + ROW))) == 2


def test_gzip_is_known_by_its_bytes_and_a_damaged_one_keeps_what_came_before(write: Callable[..., Path]) -> None:
    packed = gzip.compress((HEADER + ROW * 20_000).encode())
    assert len(rows(write(packed, "posts.txt"))) == 20_000
    found = rows(write(packed[: len(packed) // 2]))
    assert len(posts(found)) > 1000
    (rejected,) = rejections(found)
    assert "damaged here" in rejected.reason


def test_a_folder_is_read_in_order_with_its_subfolders(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "one.csv").write_text("id,text\n30,third\n")
    (tmp_path / "a.csv").write_text("id,text\n10,first\n")
    (tmp_path / "z.csv.gz").write_bytes(gzip.compress(b"id,text\n1E+5,second\n"))
    (tmp_path / ".hidden").write_text("id,text\n40,never\n")
    found = rows(tmp_path)
    assert [post.text for post in posts(found)] == ["first", "third"]
    assert rejections(found)[0].place == "z.csv.gz:2"


def test_stdin_is_read_as_a_file_is(monkeypatch: pytest.MonkeyPatch) -> None:
    packed = gzip.compress((HEADER + ROW + "1E+5,,,,\n").encode())
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(packed))))
    found = rows(None)
    assert len(posts(found)) == 1
    assert rejections(found)[0].place == "stdin:3"


def test_unknown_columns_stop_a_single_file_with_one_line_and_reject_the_rows_of_a_folder(
    write: Callable[..., Path],
) -> None:
    path = write("number,words\n20,hello\n")
    with pytest.raises(BadLayout, match=r"--map id=…,text=…") as stopped:
        rows(path)
    assert "\n" not in str(stopped.value)
    assert len(rejections(rows(path.parent))) == 2  # the first line may be no header
    with pytest.raises(BadLayout, match="UTF-8"):
        rows(write("id,text\n20,hello\n".encode("utf-16")))


def test_columns_can_be_named_for_a_table_of_any_platform(write: Callable[..., Path]) -> None:
    names = {"id": "uri", "text": "words", "created_at": "at", "author": "who", "likes": "hearts", "hashtags": "tags"}
    path = write("uri,words,at,who,hearts,tags\nat://x/3k,&amp; so,2024-05-01T10:00:00Z,@a.bsky.social,4,A|#b\n")
    (row,) = rows(path, layout=names, platform="bluesky")
    assert isinstance(row.event, PostSeen)
    post = row.event.post
    assert (post.platform, post.post_id, post.text) == ("bluesky", "at://x/3k", "&amp; so")
    assert (post.counts, post.hashtags) == (Counts(likes=4), ("a", "b"))
    assert row.event.identity is not None
    assert (row.event.identity.handle, row.event.identity.permalink) == ("a.bsky.social", None)
    flat = write(json.dumps({"uri": "at://2", "words": "hi", "hearts": 7, "tags": ["x", "y"]}) + "\n", "flat.jsonl")
    (post,) = posts(rows(flat, layout=names, platform="bluesky"))
    assert (post.text, post.counts, post.hashtags) == ("hi", Counts(likes=7), ("x", "y"))


@pytest.mark.parametrize("names", [{"text": "t"}, {"id": "i", "words": "t"}, {"id": "i", "text": "missing"}])
def test_columns_named_wrongly_are_refused_in_one_line(names: dict[str, str], write: Callable[..., Path]) -> None:
    with pytest.raises(BadLayout):
        rows(write("i,t\n20,hello\n"), layout=names)


def test_trackback_exports_name_a_repost_by_its_own_id_not_by_that_of_what_it_reposts() -> None:
    found = rows(FIXTURES / "archive_trackback.csv")
    first, repost = posts(found)
    assert first.created_at == time_of_id("473013901949280257")
    assert (first.hashtags, first.language) == (("celiac", "glutenfree"), None)
    assert first.text == "Bread that rises: tips & tricks\nhttp://t.co/xyz12345 #celiac"
    assert (repost.post_id, repost.repost_of) == ("474254236096937984", "467363747330129921")
    assert (repost.counts, repost.hashtags, repost.mentions) == (None, ("celiac",), ("breadtester",))
    (awaited,) = [row.event for row in found if not row.counted]
    assert isinstance(awaited, PostSeen)
    assert (awaited.post.post_id, awaited.post.text) == ("467363747330129921", None)


def test_rtweet_tables_give_the_reposted_and_the_quoted_post_too() -> None:
    found = rows(FIXTURES / "archive_rtweet.csv")
    repost, quoting = posts(found)
    assert (repost.post_id, repost.repost_of, repost.counts) == ("1102269730717663237", "1101597945194053633", None)
    assert (quoting.quote_of, quoting.counts) == ("1101597945194053633", Counts(likes=4, reposts=1))
    assert quoting.mentions == ("nettester", "hosttester")
    assert quoting.links[1] == Link("https://t.co/l2", "https://example.org/nets")
    assert repost.links == ()
    beside = [row.event for row in found if not row.counted]
    assert [event.post.post_id for event in beside if isinstance(event, PostSeen)] == ["1101597945194053633"] * 2
    assert isinstance(beside[0], PostSeen)
    assert beside[0].post.counts == Counts(likes=13, reposts=3)
    assert beside[0].observed_at == repost.created_at


def test_x_api_v1_posts_come_with_those_they_quote_and_repost() -> None:
    found = rows(FIXTURES / "archive_v1.jsonl")
    quoting, repost, long = posts(found)
    assert quoting.post_id == "1235714275752267777"  # as X spells it, not as a float-minded tool wrote the number
    assert quoting.text is not None
    assert quoting.text.startswith("Useful <and> kind")
    assert quoting.links == (Link("https://t.co/aaaa", "https://example.org/ckd"),)
    assert quoting.media_alts == ("A chart of kidney stages",)
    assert (quoting.quote_of, quoting.counts) == ("1234781920018563072", Counts(likes=21, reposts=5))
    assert (repost.repost_of, repost.counts, repost.language) == ("1234781920018563072", None, "id")
    assert (long.hashtags, long.in_reply_to, long.language) == (("sepsis",), "1235837581987381248", None)
    assert long.counts == Counts(replies=2)
    uncounted = [row.event for row in found if not row.counted]
    assert [type(event) for event in uncounted] == [PostSeen, PostSeen, PostDeleted]
    (rejected,) = rejections(found)
    assert (rejected.place, rejected.reason) == (
        "archive_v1.jsonl:5",
        "expected a post, or a page with `data`; found no `id`",
    )


def test_x_api_v2_pages_over_many_lines_keep_edits_under_the_first_id() -> None:
    found = rows(FIXTURES / "archive_v2_page.json")
    edited, reply, withheld = posts(found)
    assert (edited.post_id, edited.edited_at) == ("1576994746135764992", datetime(2022, 10, 3, 17, 57, 11, tzinfo=UTC))
    assert edited.text == "Second wording about #Asthma & spacers"
    assert (reply.in_reply_to, reply.root) == ("1576994746135764992", "1576994746135764992")
    assert withheld.text is None  # X's notice is not what the author wrote
    assert len(rejections(found)) == 1
    assert {row.event.observed_at for row in found if isinstance(row.event, PostSeen)} == {
        datetime(2022, 10, 3, 18, 2, 28, tzinfo=UTC)
    }
    (first,) = [row.event for row in found if not row.counted]
    assert isinstance(first, PostSeen)
    assert (first.post.text, first.post.edited_at) == ("First wordign about #Asthma", None)


def test_flattened_v2_lines_give_what_they_carry_inside() -> None:
    found = rows(FIXTURES / "archive_v2_flat.jsonl")
    (post,) = posts(found)
    assert post.quote_of == "1576994746135764992"
    (inner,) = [row.event for row in found if not row.counted]
    assert isinstance(inner, PostSeen)
    assert inner.identity is not None
    assert inner.identity.handle == "SecondWording"


def _spellings(values: list[dict[str, object]]) -> Iterator[str]:
    yield "\n".join(map(json.dumps, values))
    yield json.dumps(values)
    yield json.dumps(values, indent=2)
    yield "[\n" + ",\n".join(map(json.dumps, values)) + "\n]"
    yield "\n".join(json.dumps(value, indent=2) for value in values)
    yield json.dumps({"data": values}, indent=1)


def test_json_may_be_spelled_in_lines_or_over_them(write: Callable[..., Path]) -> None:
    values: list[dict[str, object]] = [{"id": str(n), "text": f'{{"[{n}', "lang": "en"} for n in range(20, 60)]
    for spelling in _spellings(values):
        found = posts(rows(write(spelling, "posts.json")))
        assert [post.text for post in found] == [value["text"] for value in values]


def test_a_json_object_that_is_never_closed_spoils_no_other(write: Callable[..., Path]) -> None:
    whole = json.dumps({"id": "20", "text": "whole"}, indent=2)
    cut = json.dumps({"id": "21", "text": "cut"}, indent=2).removesuffix("\n}")
    found = rows(write("\n".join([whole, cut, whole, cut]), "posts.json"))
    assert (len(posts(found)), len(rejections(found))) == (2, 2)
    lines = "\n".join(json.dumps({"id": str(n), "text": "a line"})[: 12 if n % 2 else None] for n in range(20, 40))
    found = rows(write(lines, "posts.jsonl"))
    assert (len(posts(found)), len(rejections(found))) == (10, 10)


def test_parquet_is_read_like_any_table(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    parquet = pytest.importorskip("pyarrow.parquet")
    table = pyarrow.table(
        {
            "id": ["483801670191554560", "1E+17", None],
            "text": ["Wash your hands #sepsis", "b", "c"],
            "created_at": [datetime(2014, 7, 1, 2, 38, tzinfo=UTC)] * 3,
        }
    )
    parquet.write_table(table, tmp_path / "posts.parquet")
    found = rows(tmp_path / "posts.parquet")
    (post,) = posts(found)
    assert (post.hashtags, post.created_at) == (("sepsis",), datetime(2014, 7, 1, 2, 38, tzinfo=UTC))
    assert [rejected.place for rejected in rejections(found)] == ["posts.parquet:2", "posts.parquet:3"]
    whole = (tmp_path / "posts.parquet").read_bytes()
    (tmp_path / "posts.parquet").write_bytes(whole[: len(whole) // 2])
    assert len(rejections(rows(tmp_path / "posts.parquet"))) == 1


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("2014-07-01T02:38:01.431+00:00", "2014-07-01T02:38:01.431000+00:00"),
        ("2014-07-01T02:38:01Z", "2014-07-01T02:38:01+00:00"),
        ("2019-03-03 18:09:17", "2019-03-03T18:09:17+00:00"),
        ("2019-03-03 18:09:17 +0200", "2019-03-03T16:09:17+00:00"),
        ("2019-03-03 18:09:17 UTC", "2019-03-03T18:09:17+00:00"),
        ("Thu Mar 05 23:50:16 +0000 2020", "2020-03-05T23:50:16+00:00"),
        ("Thu Mar 05 23:50:16 -0130 2020", "2020-03-06T01:20:16+00:00"),
        ("1388638800", "2014-01-02T05:00:00+00:00"),
        ("1388638800.5", "2014-01-02T05:00:00.500000+00:00"),
        ("1388638800000", "2014-01-02T05:00:00+00:00"),
        ("02/04/14", "2014-02-04T00:00:00+00:00"),
        ("25/12/2014 23:01", "2014-12-25T23:01:00+00:00"),
        ("2/4/2014 12:05 AM", "2014-02-04T00:05:00+00:00"),
        ("Tue, 04 Feb 2014 09:00:00 +0000", "2014-02-04T09:00:00+00:00"),
    ],
)
def test_times_are_read_as_archives_write_them(cell: str, read: str) -> None:
    assert moment(cell, NOW).at == datetime.fromisoformat(read)


@given(st.text())
def test_no_text_is_a_time_that_cannot_be(cell: str) -> None:
    try:
        at = moment(cell, NOW).at
    except Unreadable:
        return
    assert datetime(2006, 3, 21, tzinfo=UTC) <= at <= datetime(2026, 11, 23, 12, tzinfo=UTC)


@given(st.integers(29_700_859_248, 2**63 - 1))
def test_the_newest_id_of_a_moment_is_the_last_that_has_it(post_id: int) -> None:
    at = time_of_id(post_id)
    assert at is not None
    newest = newest_id(at)
    assert newest >= post_id
    assert time_of_id(newest) == at
    assert time_of_id(newest + 1) != at


def test_ids_before_november_2010_hold_no_time() -> None:
    assert time_of_id("29700859247") is None


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("#AFib and #BCSM, #2014 #HRS2014", ("afib", "bcsm", "hrs2014")),
        ("a#b &#39; x&#y #_ #a_1", ("a_1",)),
        ("#Café ＃Grippe", ("café", "grippe")),
        ("#मधुमेह #سرطان #がん #원호 🙂️#ok", ("मधुमेह", "سرطان", "がん", "원호", "ok")),
        ("https://example.org/#section #one", ("one",)),
        ("RT @a: told you #sepsis #sepsisaware…", ("sepsis",)),
        ("Enough of #sepsis…", ("sepsis",)),
        ("#Sepsis #SEPSIS", ("sepsis",)),
    ],
)
def test_hashtags_are_found_as_x_defines_them(text: str, tags: tuple[str, ...]) -> None:
    assert hashtags(text) == tags


def test_mentions_and_links_are_found_in_a_text() -> None:
    assert mentions("RT @One: .@two_2 mail me@three.org @@four (@Five)") == ("one", "two_2", "five")
    assert links("see http://t.co/a, (https://t.co/b) and http://t.co/c… http://") == (
        Link("http://t.co/a"),
        Link("https://t.co/b"),
    )


def test_html_entities_are_undone_once() -> None:
    assert unescaped("&lt;3 &amp;amp; &quot;x&quot; AT&T &copy=1") == '<3 &amp; "x" AT&T &copy=1'


def test_damaged_files_and_messages_are_rejected_and_nothing_is_lost() -> None:
    malformed = runpy.run_path(str(Path(__file__).parent / "benchmarks" / "malformed.py"))
    totals = malformed["run"](600, seed=11)
    assert sum(counts["cases"] for counts in totals.values()) == 750
    assert sum(counts["Rejected"] for counts in totals.values()) > 100


@shared
def test_the_archive_of_2014_gives_every_row_and_every_post() -> None:
    total, ids = 0, set()
    for row in archive.rows(SHARED / "hashtag_posts_2014", now=NOW, import_id="import-1"):
        assert row.counted
        assert isinstance(row.event, PostSeen), row.event
        total += 1
        ids.add(row.event.post.post_id)
    assert (total, len(ids)) == (374_247, 267_927)


@shared
@pytest.mark.parametrize(
    ("folder", "expected"),
    [
        ("x_api_v1_json", (797, 797, 0)),
        ("x_api_v2_jsonl", (629, 528, 1)),  # its last stream line is cut
        ("meeting_posts", (1574, 1574, 0)),
        ("posts_with_authors_2014", (7713, 7713, 0)),
    ],
)
def test_real_files_go_in_whole(folder: str, expected: tuple[int, int, int]) -> None:
    found = rows(SHARED / folder)
    ids = {post.post_id for post in posts(found)}
    assert (len(counted(found)), len(ids), len(rejections(found))) == expected
    for row in found:
        assert events.decode(events.encode(row.event)) == row.event
