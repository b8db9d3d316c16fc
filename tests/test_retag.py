"""Re-tagging: old and new tags stand side by side, no post is written, and a report says what changed."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from homes import auscult, end_owner, said
from warehouse_stream import NOW, Feed, at, claim, fresh, rows, seen, tags

from flows.attach import attached
from flows.home import connection, open_home
from flows.retag import retagged
from flows.settings import settings
from flows.tagging import tagger
from listeners import events
from listeners.events import Post, PostDeleted, Retag
from listeners.stream import Message, OffsetConsumer
from warehouse import retag
from warehouse.publish import publish
from warehouse.query import newest
from warehouse.retag import Release

NEWER = Release("2026.2", "m1")
TAGGINGS = "select post_id, rules, signal, is_current from taggings order by all"


@pytest.fixture
def feed(tmp_path: Path) -> Iterator[Feed]:
    opened = fresh(tmp_path)
    yield opened
    opened.warehouse.close()


def snapshot(feed: Feed) -> Path:
    publish(feed.warehouse, NOW)
    path = newest(feed.warehouse.home)
    assert path is not None
    return path


def stored(feed: Feed, release: Release = NEWER, **known: Any) -> list[Retag]:
    return list(retag.stored(snapshot(feed), release, known.get("since"), at(99)))


def read_again(feed: Feed, *said: Any, waiting: list[Retag] | None = None) -> None:
    for each in stored(feed) if waiting is None else waiting:
        feed.load((each, tags(*said, rules=NEWER.rules)))  # type: ignore[arg-type]


def test_old_and_new_tags_stand_side_by_side_and_the_newer_release_counts(feed: Feed) -> None:
    feed.load((seen("1", author="u1", created_at=at(0)), tags(claim())))
    before = rows(feed.warehouse, "select * from kept.posts")
    read_again(feed, claim(stance="debunks"))
    assert rows(feed.warehouse, TAGGINGS) == [("1", "2026.1", True, False), ("1", "2026.2", False, True)]
    assert rows(feed.warehouse, "select * from kept.posts") == before
    assert stored(feed) == []


def test_what_a_second_call_sends_again_changes_nothing(feed: Feed) -> None:
    feed.load((seen("1", author="u1"), tags(claim())))
    waiting = stored(feed)
    read_again(feed, waiting=waiting)
    once = rows(feed.warehouse, "select * from kept.taggings order by all")
    read_again(feed, waiting=waiting)
    assert rows(feed.warehouse, "select * from kept.taggings order by all") == once


def test_a_text_that_changed_or_went_meanwhile_is_passed_over(feed: Feed) -> None:
    feed.load((seen("1"), tags(claim())), (seen("2"), tags(claim())))
    waiting = stored(feed)
    feed.load((seen("1", "edited", 5, edited_at=at(5)), tags()), PostDeleted("simulated", "2", at(6)))
    read_again(feed, waiting=waiting)
    assert rows(feed.warehouse, "select count(*) from taggings where rules = '2026.2'") == [(0,)]


def test_a_post_carries_all_that_the_tagger_reads_and_nothing_of_its_author(feed: Feed) -> None:
    links = (events.Link("https://a.test", title="A title"),)
    feed.load((seen("1", "words", author="u1", language="en", links=links, media_alts=("a chart",)), tags()))
    (found,) = stored(feed)
    assert (found.post.text, found.post.language, found.post.links, found.post.media_alts) == (
        "words",
        "en",
        links,
        ("a chart",),
    )
    assert found.post.author is None and found.observed_at == at(99)
    assert events.decode(events.encode(found)) == found and events.key(found) == b"simulated:1"


def test_only_posts_since_a_day_and_only_those_that_the_release_has_not_read_wait(feed: Feed) -> None:
    feed.load(
        (seen("1", created_at=at(0)), tags()),
        (seen("2", created_at=at(10)), tags()),
        (seen("3", created_at=at(10)), tags(rules="2026.2")),
        (seen("4", created_at=at(10)), tags(rules="2026.2", model="m1", candidate=True)),
        seen("5", text=None, created_at=at(10)),
    )
    assert {each.post.post_id for each in stored(feed, since=at(5))} == {"2"}
    assert {each.post.post_id for each in stored(feed, Release("2026.2", "m1+c1"), since=at(5))} == {"2", "4"}


def test_the_report_says_what_changed_by_claim(feed: Feed) -> None:
    feed.load((seen("1"), tags(claim())), (seen("2"), tags(claim())), (seen("3"), tags()))
    waiting = {each.post.post_id: each for each in stored(feed)}
    read_again(feed, claim(stance="debunks"), waiting=[waiting["1"]])
    read_again(feed, claim(), waiting=[waiting["2"]])
    read_again(feed, claim("new-one"), waiting=[waiting["3"]])
    path = snapshot(feed)
    two = retag.two_newest(retag.releases(path))
    assert two == (Release("2026.1", "m1"), NEWER)
    found = retag.compared(path, *two)
    assert (found.posts, found.gained, found.lost) == (3, 1, 1)
    assert found.changes == [
        retag.Change("garlic-cures-afib", "promotes", "debunks", 1, 0, 1, "simulated:1"),
        retag.Change("new-one", "none", "promotes", 1, 1, 0, "simulated:3"),
    ]


@pytest.mark.parametrize(
    ("known", "two"),
    [
        ([("1", "a")], None),
        ([("1", "a"), ("1", "b")], (("1", "a"), ("1", "b"))),
        ([("1", "a"), ("1", "b"), ("2", "a"), ("2", "b")], (("1", "b"), ("2", "b"))),
    ],
)
def test_other_rules_are_compared_rather_than_another_model(known: list[Any], two: Any) -> None:
    assert retag.two_newest([Release(*release) for release in known]) == two


def test_a_worker_tags_what_it_can_read_and_leaves_out_what_it_cannot() -> None:
    again = Retag(Post("x", "1", text="Vaccines cause autism"), "0" * 16, at(0))
    values = [b"{}", events.encode(again), events.encode(PostDeleted("x", "1", at(0)))]
    messages = [Message("retag", 3, n, b"x:1", value, (), 0) for n, value in enumerate(values)]
    ((message, result),) = retagged(tagger(settings({})), messages)
    assert message.offset == 1 and result.event == again
    assert result.tags is not None and result.tags.signal


def retained(path: Path) -> int:
    """Give how many messages the topic of posts to tag again still holds."""
    home, config = open_home(path), settings({"AUSCULT_CAREFUL": "false"})
    with (
        attached(home, config) as state,
        closing(OffsetConsumer(connection(config, home, state.bootstrap), "retag", {})) as topic,
    ):
        return sum(end - start for start, end in topic.bounds().values())


def test_the_command_tags_again_reports_and_leaves_the_purge_no_text(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (tmp_path / "posts.csv").write_text(
        "id,created_at,author,text\n439634602928668675,2014-03-01,three,MMR vaccine causes autism #measles\n"
    )
    said(home, "import", str(tmp_path / "posts.csv"), AUSCULT_CAREFUL="false")
    assert json.loads(said(home, "retag", "--json", AUSCULT_CAREFUL="false"))["tagged"] == 0
    alone = auscult(home, "retag", "--report", AUSCULT_CAREFUL="false")
    assert (alone.returncode, alone.stderr.count("\n")) == (1, 1)
    (tmp_path / "own").mkdir()
    own = {"AUSCULT_CLAIMS": str(tmp_path / "own"), "AUSCULT_CAREFUL": "false"}
    again = said(home, "retag", "--since", "2014-01-01", "--json", **own)
    assert {name: json.loads(again)[name] for name in ("sent", "tagged", "failed")} == {
        "sent": 1,
        "tagged": 1,
        "failed": 0,
    }
    assert retained(home) == 1
    found = json.loads(said(home, "retag", "--report", "--json"))
    assert (found["posts"], found["gained"], found["lost"]) == (1, 0, 0)
    said(home, "purge")
    assert retained(home) == 0
    wrong = auscult(home, "retag", "--since", "soon")
    assert (wrong.returncode, wrong.stderr.count("\n")) == (2, 1)
    end_owner(home)
