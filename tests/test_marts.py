"""Marts: one bare select a file, described, right on posts made for them, the same by days as in one pass."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from warehouse_stream import Feed, at, claim, fresh, person, rows, seen, tags, topic

from listeners.events import Counts, CursorSeen, Gap, PostDeleted, WindowListened
from warehouse import marts
from warehouse.database import Registered, set_hashtags
from warehouse.publish import publish, settle

NAMES = [mart.name for mart in marts.marts()]


@pytest.fixture
def feed(tmp_path: Path) -> Iterator[Feed]:
    opened = fresh(tmp_path)
    marts.create(opened.warehouse)
    yield opened
    opened.warehouse.close()


def refreshed(feed: Feed, select: str) -> list[tuple[Any, ...]]:
    settle(feed.warehouse)
    marts.refresh(feed.warehouse)
    return rows(feed.warehouse, select)


@pytest.mark.parametrize("name", NAMES)
def test_a_mart_says_its_grain_and_every_column_and_runs_as_it_stands(feed: Feed, name: str) -> None:
    mart = next(mart for mart in marts.marts() if mart.name == name)
    assert re.match(r"One row per .+\.$", mart.grain)
    described = feed.warehouse.connection.execute(mart.select).description
    assert [column[0] for column in described] == list(mart.columns)
    statements = duckdb.extract_statements(mart.select)
    assert [statement.type for statement in statements] == [duckdb.StatementType.SELECT]


def test_posts_by_hashtag_day_counts_aliases_under_their_hashtag(feed: Feed) -> None:
    set_hashtags(feed.warehouse, [Registered("afib", "disease", "Atrial fibrillation", aliases=("afibawareness",))])
    feed.load(
        seen("1", created_at=at(0), author="u1", hashtags=("afib", "afibawareness")),
        seen("2", created_at=at(1), author="u1", hashtags=("afibawareness",), in_reply_to="1"),
        seen("3", created_at=at(2), author="u2", hashtags=("afib",), repost_of="1"),
        seen("4", created_at=at(3), author="u2", hashtags=("other",)),
    )
    assert refreshed(feed, "select * from posts_by_hashtag_day") == [(date(2026, 3, 1), "afib", "disease", 3, 2, 2, 1)]
    assert refreshed(feed, "select posts, authors, awaiting_text from posts_by_day") == [(4, 2, 0)]


def test_authors_hold_the_role_of_every_pseudonym_of_theirs(feed: Feed) -> None:
    feed.load((seen("1", author="h1", identity=person("h1", bio="MD")), tags(role="clinician")))
    feed.load(seen("2", author="u1", identity=person("u1", alias="h1"), minutes=5))
    assert refreshed(feed, "select author, role, posts from authors") == [("u1", "clinician", 2)]


def test_topics_are_counted_once_a_post(feed: Feed) -> None:
    set_hashtags(feed.warehouse, [Registered("afib", "disease", "Atrial fibrillation")])
    twice = (topic(), topic(start=0, text="#afib"))
    feed.load((seen("1", author="u1", created_at=at(0), hashtags=("afib",)), tags(topics=twice)))
    assert refreshed(feed, "select topic_id, label, posts, authors from topics_by_day") == [
        ("DOID:0060224", "atrial fibrillation", 1, 1)
    ]
    assert refreshed(feed, "select hashtag, topic_id, posts from topics_by_hashtag") == [("afib", "DOID:0060224", 1)]


def test_claims_are_counted_by_stance_and_only_falsifiable_promotion_is_a_signal(feed: Feed) -> None:
    feed.load(
        (seen("1", author="u1", created_at=at(0)), tags(claim())),
        (seen("2", author="u2", created_at=at(1), repost_of="1"), tags(claim())),
        (seen("3", author="u3", created_at=at(2)), tags(claim(stance="debunks"))),
        (seen("4", author="u4", created_at=at(3)), tags(claim("my-body", kind="concern"))),
    )
    assert refreshed(
        feed, "select claim_id, stance, posts, signals, authors, reposts from signals_by_claim_day order by all"
    ) == [
        ("garlic-cures-afib", "debunks", 1, 0, 1, 0),
        ("garlic-cures-afib", "promotes", 2, 2, 2, 1),
        ("my-body", "promotes", 1, 0, 1, 0),
    ]
    assert refreshed(
        feed,
        "select promotes, debunks, promoting_authors, last_promoted_at from claims_by_stance where kind <> 'concern'",
    ) == [(2, 1, 2, at(1))]


@pytest.mark.parametrize(
    ("reply", "answered"),
    [
        ((seen("2", author="u2", in_reply_to="1"), tags(claim(stance="debunks"))), True),
        ((seen("2", author="u2", quote_of="1"), tags(claim(stance="debunks"))), True),
        ((seen("2", author="u2", root="1", in_reply_to="9"), tags(claim(stance="debunks"))), True),
        ((seen("2", author="u2", in_reply_to="1", identity=person("u2", bio="MD")), tags(role="clinician")), True),
        (
            (seen("2", author="u2", in_reply_to="1", identity=person("u2", bio="MD")), tags(claim(), role="clinician")),
            False,
        ),
        ((seen("2", author="u2", in_reply_to="1"), tags()), False),
        ((seen("2", author="u2", in_reply_to="1"), tags(claim("another", stance="debunks"))), False),
        (
            (seen("2", author="u2", in_reply_to="1"), tags(claim("chronic-disease-cure-unlisted", stance="debunks"))),
            True,
        ),
        ((seen("2", author="u1", in_reply_to="1"), tags(claim(stance="debunks"))), False),
        ((seen("2", author="u2"), tags(claim(stance="debunks"))), False),
    ],
)
def test_a_signal_is_unanswered_until_somebody_else_answers_that_claim(feed: Feed, reply: Any, answered: bool) -> None:
    feed.load((seen("1", author="u1", counts=Counts(reposts=4)), tags(claim())))
    unanswered = "select post_id, claim_id, evidence, reposts from unanswered_signals where post_id = '1'"
    assert refreshed(feed, unanswered) == [("1", "garlic-cures-afib", ["#afib"], 4)]
    feed.load(reply)
    assert (refreshed(feed, unanswered) == []) is answered


def test_reposts_of_a_signal_are_not_listed_beside_it(feed: Feed) -> None:
    feed.load((seen("1", author="u1"), tags(claim())), (seen("2", author="u2", repost_of="1"), tags(claim())))
    assert refreshed(feed, "select post_id from unanswered_signals") == [("1",)]


def test_a_meeting_counts_its_days_in_its_own_zone(feed: Feed) -> None:
    meeting = Registered(
        "hrs2026",
        "meeting",
        "Heart Rhythm 2026",
        (),
        None,
        date(2026, 4, 23),
        date(2026, 4, 26),
        "America/Chicago",
        "HRS",
    )
    set_hashtags(feed.warehouse, [meeting, Registered("quiet26", "meeting", "Quiet 2026")])
    last_evening = datetime(2026, 4, 27, 3, tzinfo=UTC)  # 22:00 on the 26th in Chicago
    feed.load(
        (seen("1", author="u1", created_at=last_evening, hashtags=("hrs2026",)), tags(claim())),
        seen("2", author="u2", created_at=datetime(2026, 4, 27, 6, tzinfo=UTC), hashtags=("hrs2026",)),
    )
    assert refreshed(
        feed, "select hashtag, posts, authors, posts_during, authors_during, signals from meeting_summary order by 1"
    ) == [("hrs2026", 2, 2, 1, 1, 1), ("quiet26", 0, 0, 0, 0, 0)]


def test_collection_says_what_was_listened_to_and_what_was_missed(feed: Feed) -> None:
    feed.load(
        seen("1", created_at=at(0)),
        WindowListened("x", "#afib", "stream", at(0), at(9), at(9)),
        Gap("x", at(1), at(2), "disconnected", at(3)),
        CursorSeen("x", "#afib", "17", at(9), spent_usd=0.25),
    )
    assert refreshed(
        feed,
        "select source, method, posts, windows, last_listened_at, gaps, spent_usd from collection_summary order by 1",
    ) == [("files", "import", 1, 0, None, 0, 0.0), ("x", "stream", 0, 1, at(9), 1, 0.25)]


def test_days_refreshed_one_by_one_give_what_one_pass_gives(feed: Feed) -> None:
    set_hashtags(feed.warehouse, [Registered("afib", "disease", "Atrial fibrillation")])
    for number in range(8):
        said = tags(claim(), topics=(topic(),), rules=f"2026.{number % 3}")
        known = {"author": f"u{number % 2}", "hashtags": ("afib",)}
        feed.load((seen(str(number % 5), created_at=at(number % 5 * 1440), minutes=number, **known), said))
        refreshed(feed, "select 1")
    feed.load(
        PostDeleted("simulated", "3", at(99)), (seen("4", text="edited", edited_at=at(9000), minutes=9001), tags())
    )
    by_days = {name: refreshed(feed, f"select * from {name} order by all") for name in NAMES}
    feed.warehouse.connection.execute("update kept.house set marts_stale = true")
    assert {name: refreshed(feed, f"select * from {name} order by all") for name in NAMES} == by_days
    assert len(by_days["topics_by_day"]) == 3


def test_a_mart_whose_file_changed_is_made_anew(feed: Feed) -> None:
    feed.load(seen("1", created_at=at(0)))
    assert publish(feed.warehouse, at(0)) is not None
    feed.warehouse.connection.execute("update kept.marts set definition = 'older' where name = 'posts_by_day'")
    feed.warehouse.connection.execute("insert into kept.marts values ('gone', 'x')")
    feed.warehouse.connection.execute("create table gone (a integer)")
    assert publish(feed.warehouse, at(1)) is not None
    assert rows(feed.warehouse, "select posts from posts_by_day") == [(1,)]
    assert rows(feed.warehouse, "select * from duckdb_tables() where table_name = 'gone'") == []
