"""Loading: content decides, never arrival; a batch is all or nothing; what no table can hold is kept aside."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from warehouse_stream import NOW, Feed, at, claim, fresh, person, rows, seen, tags, topic

from listeners.events import (
    AuthorRemoved,
    Collected,
    Counts,
    CountsSeen,
    Gap,
    Link,
    Marker,
    PostDeleted,
    WindowListened,
    rejected,
)
from warehouse import tagged
from warehouse.database import StreamId
from warehouse.failures import OffsetHole, WrongStream
from warehouse.load import accept_gap, load
from warehouse.publish import settle
from warehouse.rows import Incoming, id_ms


@pytest.fixture
def feed(tmp_path: Path) -> Iterator[Feed]:
    opened = fresh(tmp_path)
    yield opened
    opened.warehouse.close()


def one(feed: Feed, columns: str, table: str = "posts") -> tuple[object, ...]:
    found = rows(feed.warehouse, f"select {columns} from {table}")
    assert len(found) == 1, found
    return found[0]


def test_a_post_and_its_tagging_stand_in_their_tables(feed: Feed) -> None:
    post = seen(author="u1", hashtags=("afib",), links=(Link("https://t.co/1", resolved="https://www.Example.org/a"),))
    loaded = feed.load((post, tags(claim(), topics=(topic(),))))
    assert (loaded.posts, loaded.new, loaded.rejected) == (1, 1, 0)
    assert one(feed, "platform, post_id, text, author, hashtags") == (
        "simulated", "1", "#afib is no joke", "u1", ["afib"],
    )  # fmt: skip
    assert one(feed, "hashtag, registered", "hashtag_mentions") == ("afib", None)
    assert one(feed, "position, host", "links") == (1, "example.org")
    assert one(feed, "topic_id, span_text, span_start", "topic_mentions") == ("DOID:0060224", "afib", 1)
    assert one(feed, "claim_id, stance, evidence[1].text", "claim_mentions") == (
        "garlic-cures-afib", "promotes", "#afib",
    )  # fmt: skip
    assert one(feed, "post_id, author, claims[1].claim_id", "signals") == ("1", "u1", "garlic-cures-afib")


def test_a_tagging_that_found_nothing_is_a_row_too(feed: Feed) -> None:
    feed.load((seen(), tags()))
    assert one(feed, "topics, claims, signal, is_current", "taggings") == (0, 0, False, True)


def test_loading_a_message_again_changes_nothing(feed: Feed) -> None:
    messages = feed.messages([(seen(), tags()), seen("2")])
    load(feed.warehouse, messages, feed.stream, NOW)
    again = load(feed.warehouse, messages, feed.stream, NOW)
    assert again.messages == 0
    assert rows(feed.warehouse, "select count(*) from posts") == [(2,)]


def test_an_edit_replaces_the_text_and_its_hashtags_and_an_old_copy_does_not_bring_them_back(feed: Feed) -> None:
    feed.load(seen(text="#afib old", hashtags=("afib",), minutes=0))
    feed.load(seen(text="new words", edited_at=at(5), minutes=6))
    feed.load(seen(text="#afib old", hashtags=("afib",), minutes=90))
    assert one(feed, "text, hashtags, edited_at") == ("new words", [], at(5))


def test_a_poor_source_blanks_nothing(feed: Feed) -> None:
    rich = seen(
        author="u1",
        hashtags=("afib",),
        language="en",
        media_alts=("an ECG",),
        root="7",
        counts=Counts(likes=3),
        minutes=0,
    )
    feed.load(rich)
    feed.load(seen(minutes=30))
    feed.load(seen(text=None, minutes=40))
    assert one(feed, "text, author, hashtags, language, media_alts, root, likes") == (
        "#afib is no joke", "u1", ["afib"], "en", ["an ECG"], "7", 3,
    )  # fmt: skip


def test_an_id_without_text_awaits_its_text(feed: Feed) -> None:
    feed.load(seen(text=None))
    assert one(feed, "post_id, text") == ("1", None)
    assert rows(feed.warehouse, "select * from taggings") == []
    feed.load((seen(), tags()))
    assert one(feed, "text") == ("#afib is no joke",)
    assert one(feed, "is_current", "taggings") == (True,)


@pytest.mark.parametrize("backwards", [False, True])
def test_the_most_exact_time_stands(feed: Feed, backwards: bool) -> None:
    exact = at(0).replace(microsecond=123_000)
    times = [exact, at(0), at(0).replace(hour=0, minute=0)]
    for number, time in enumerate(reversed(times) if backwards else times):
        feed.load(seen(created_at=time, minutes=number))
    assert one(feed, "created_at") == (exact,)


def test_an_x_id_gives_the_time_where_no_more_than_a_date_is_stated(feed: Feed) -> None:
    feed.load(seen("439550583159395298", platform="x", created_at=at(0).replace(year=2014, hour=0, minute=0)))
    created = one(feed, "epoch_ms(created_at)")
    assert created == (id_ms("x", "439550583159395298"),)


def tid(milliseconds: int) -> str:
    """Spell a moment as Bluesky does: 53 bits of microseconds and 10 of a clock's id, five bits a letter."""
    number = milliseconds * 1000 << 10 | 17
    return "".join("234567abcdefghijklmnopqrstuvwxyz"[number >> shift & 31] for shift in range(60, -1, -5))


@pytest.mark.parametrize(
    ("platform", "post_id", "expected"),
    [
        ("x", "1460323737035677698", 1_637_003_285_000),
        ("x", "20", 0),
        ("x", "not-a-number", 0),
        ("x", "9" * 30, 0),
        ("x", "١٢٣", 0),
        ("bluesky", f"at://did:plc:abc/app.bsky.feed.post/{tid(1_725_911_162_329)}", 1_725_911_162_329),
        ("bluesky", "at://did:plc:abc/app.bsky.feed.post/self", 0),
        ("simulated", "1460323737035677698", 0),
    ],
)
def test_the_time_in_an_id_is_a_pure_function_of_it(platform: str, post_id: str, expected: int) -> None:
    assert abs(id_ms(platform, post_id) - expected) < 1000


def test_counts_are_kept_as_observed_and_the_newest_stand_on_the_post(feed: Feed) -> None:
    feed.load(seen(counts=Counts(likes=5, views=100), minutes=10))
    feed.load(CountsSeen("simulated", "1", Counts(likes=9), at(20)))
    feed.load(CountsSeen("simulated", "1", Counts(likes=2), at(5)))
    assert one(feed, "likes, views") == (9, 100)
    assert rows(feed.warehouse, "select observed_at, likes, views from post_counts order by 1") == [
        (at(5), 2, None), (at(10), 5, 100), (at(20), 9, None),
    ]  # fmt: skip


def test_what_found_a_post_is_a_set_and_the_first_import_is_the_least(feed: Feed) -> None:
    for import_id, query in (("20260302-b", "#afib"), ("20260301-a", "#stroke"), ("20260302-b", "#afib")):
        feed.load(seen(collected=Collected("files", "import", query, import_id)))
    found, first = one(feed, "found_by, first_import")
    assert isinstance(found, list)
    assert [way["query"] for way in found] == ["#afib", "#stroke"]
    assert first == "20260301-a"


@pytest.mark.parametrize("deleted_first", [False, True])
def test_a_deletion_is_final_and_takes_all_that_hangs_on_the_post(feed: Feed, deleted_first: bool) -> None:
    events = [
        (seen(counts=Counts(likes=1), identity=person("u1", permalink="https://x/1")), tags(claim())),
        PostDeleted("simulated", "1", at(50)),
    ]
    for event in reversed(events) if deleted_first else events:
        feed.load(event)
    feed.load((seen(minutes=99), tags(claim())), CountsSeen("simulated", "1", Counts(likes=8), at(100)))
    for table in ("posts", "taggings", "claim_mentions", "post_counts", "vault.permalinks"):
        assert rows(feed.warehouse, f"select * from {table}") == []
    assert one(feed, "post_id", "kept.removed_posts") == ("1",)


@pytest.mark.parametrize("removed_first", [False, True])
def test_a_removed_author_takes_earlier_and_later_posts_by_id_and_by_handle(feed: Feed, removed_first: bool) -> None:
    by_id = (seen("1", author="u1", identity=person("u1", alias="h1", handle="ann", bio="MD")), tags(role="clinician"))
    by_handle = (seen("2", author="h1", identity=person("h1", handle="ann")), tags())
    by_other = (seen("3", author="u2", identity=person("u2", handle="bob", bio="RN")), tags(role="clinician"))
    removal = AuthorRemoved("simulated", "u1", at(50))
    for event in [removal, by_id, by_handle, by_other] if removed_first else [by_other, by_handle, by_id, removal]:
        feed.load(event)
    feed.load(seen("4", author="u1", minutes=99))
    settle(feed.warehouse)
    assert one(feed, "post_id, author") == ("3", "u2")
    assert one(feed, "author", "kept.authors") == ("u2",)
    assert one(feed, "handle.value", "vault.identities") == ("bob",)


def test_an_author_known_by_id_and_by_handle_is_one(feed: Feed) -> None:
    feed.load(seen("1", author="h1", identity=person("h1", handle="ann")))
    feed.load(seen("2", author="u1", identity=person("u1", alias="h1", handle="ann")))
    settle(feed.warehouse)
    assert rows(feed.warehouse, "select distinct author from posts") == [("u1",)]


def test_a_handle_that_two_authors_used_stays_a_handle(feed: Feed) -> None:
    feed.load(seen("1", author="h1"), seen("2", author="u1", identity=person("u1", alias="h1")))
    settle(feed.warehouse)
    feed.load(seen("3", author="u9", identity=person("u9", alias="h1")))
    settle(feed.warehouse)
    assert rows(feed.warehouse, "select author from posts order by post_id") == [("h1",), ("u1",), ("u9",)]


def test_the_current_tagging_is_the_highest_release_whenever_it_arrived(feed: Feed) -> None:
    feed.load((seen(), tags(claim(), rules="2026.2")))
    feed.load((seen(minutes=5), tags(topics=(topic(),), rules="2026.1")))
    assert rows(feed.warehouse, "select rules, is_current from taggings order by rules") == [
        ("2026.1", False), ("2026.2", True),
    ]  # fmt: skip
    assert rows(feed.warehouse, "select * from topic_mentions") == []
    assert len(rows(feed.warehouse, "select * from topic_mentions_history")) == 1
    assert one(feed, "claim_id", "claim_mentions") == ("garlic-cures-afib",)


def test_a_tagging_of_an_older_text_is_not_current(feed: Feed) -> None:
    feed.load((seen(text="#afib garlic"), tags(claim(), rules="2026.9")))
    feed.load((seen(text="#afib sorry", edited_at=at(3), minutes=4), tags()))
    assert rows(feed.warehouse, "select * from claim_mentions") == []
    feed.load((seen(text="#afib garlic", minutes=90), tags(claim(), rules="2027.1")))
    assert rows(feed.warehouse, "select * from signals") == []
    assert one(feed, "rules", "taggings where is_current") == ("2026.1",)


def test_no_author_stands_as_a_patient_outside_the_vault(feed: Feed) -> None:
    feed.load((seen(author="u1", identity=person("u1", bio="afib since 2019")), tags(role="patient-or-caregiver")))
    assert one(feed, "author, role", "kept.author_roles") == ("u1", "other")
    assert one(feed, "role.value", "vault.identities") == ("patient-or-caregiver",)


def test_an_unread_bio_says_nothing_of_a_role(feed: Feed) -> None:
    feed.load((seen(author="u1", identity=person("u1", bio="MD")), tags(role="clinician")))
    feed.load((seen("2", author="u1", identity=person("u1"), minutes=9), tags(role="other")))
    assert one(feed, "role", "kept.author_roles") == ("clinician",)


def test_a_later_bio_stands_whichever_model_read_the_post_beside_an_earlier_one(feed: Feed) -> None:
    feed.load((seen(author="u1", identity=person("u1", bio="Medical student")), tags(role="student", model="m1+c1")))
    feed.load((seen("2", author="u1", identity=person("u1", bio="MD"), minutes=9), tags(role="clinician")))
    assert one(feed, "role", "kept.author_roles") == ("clinician",)
    assert one(feed, "role.value", "vault.identities") == ("clinician",)


def test_the_newest_of_each_identity_field_is_in_the_vault(feed: Feed) -> None:
    feed.load(seen("1", identity=person("u1", handle="new", name="Ann"), minutes=9))
    feed.load(seen("2", identity=person("u1", handle="old", bio="MD"), minutes=1))
    assert one(feed, "handle.value, name.value, bio.value", "vault.identities") == ("new", "Ann", "MD")


def test_rejected_gaps_windows_and_markers_stand_once(feed: Feed) -> None:
    bad = rejected("files", "a.csv:3", "no id", b"x,y\xff", at(0), "20260301-a")
    gap = Gap(source="x", started_at=at(0), ended_at=at(1), reason="disconnected", observed_at=at(2))
    window = WindowListened("x", "#afib", "stream", at(0), at(9), at(9), ("afib",))
    shorter = WindowListened("x", "#afib", "stream", at(0), at(4), at(4), ("afib",))
    loaded = feed.load(bad, gap, window, Marker("m1", 0, at(3)), bad, gap, shorter)
    assert loaded.rejected == 2
    assert [marker for marker, _ in loaded.markers] == ["m1"]
    assert one(feed, "source, place, reason, size", "dead_letters") == ("files", "a.csv:3", "no id", 4)
    assert one(feed, "raw", "vault.dead_letter_bytes") == (b"x,y\xff",)
    assert one(feed, "reason", "capture_gaps") == ("disconnected",)
    assert one(feed, "ended_at, hashtags", "collection_windows") == (at(9), ["afib"])


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"\xff\xfe",
        b"{",
        b"[" * 5000,
        b"null",
        b'{"event":{"event":"unheard-of"},"origin":{"partition":0,"offset":0}}',
        tagged.encode(tagged.Tagged(seen(text="lone"), tagged.Origin(0, 0))).replace(b"lone", b"\\ud800"),
        tagged.encode(tagged.Tagged(seen(counts=Counts(likes=7)), tagged.Origin(0, 0))).replace(
            b":7", b":" + b"9" * 40
        ),
    ],
)
def test_what_cannot_be_read_is_a_dead_letter_and_its_neighbours_are_loaded(feed: Feed, value: bytes) -> None:
    before, after = feed.messages([seen("1")]), []
    before.append(feed.message(value, partition=1 - before[0].partition))
    after = feed.messages([seen("2")])
    loaded = load(feed.warehouse, [*before, *after], feed.stream, NOW)
    assert (loaded.posts, loaded.rejected) == (2, 1)
    source, place = one(feed, "source, place", "dead_letters")
    assert (source, place) == ("stream", f"{before[1].partition}:{before[1].offset}")
    assert one(feed, "raw", "vault.dead_letter_bytes") == (value,)


def test_nul_characters_and_far_years_are_kept_as_they_are(feed: Feed) -> None:
    feed.load(seen(text="nul\x00nul", created_at=at(0).replace(year=9999)), seen("2", created_at=at(0).replace(year=1)))
    assert rows(feed.warehouse, "select text, year(created_at) from posts order by post_id")[0] == ("nul\x00nul", 9999)


def test_a_row_that_a_table_refuses_is_found_by_halving(feed: Feed) -> None:
    feed.warehouse.connection.execute("create or replace temp macro version_of(words) as error(words)")
    feed.warehouse.connection.execute(
        "create or replace temp macro version_of(words) as "
        "case when words = 'poison' then error('refused') else substr(md5(words), 1, 16) end"
    )
    loaded = feed.load(*(seen(str(number), text="poison" if number == 11 else "fine") for number in range(30)))
    assert (loaded.posts, loaded.rejected) == (29, 1)
    assert rows(feed.warehouse, "select count(*) from posts") == [(29,)]
    assert "refused" in str(one(feed, "reason", "dead_letters")[0])


def test_positions_go_with_the_rows_and_a_hole_stops_loading(feed: Feed) -> None:
    feed.partitions = 1
    feed.load(seen("1"), seen("2"))
    assert feed.warehouse.positions("cluster-1", "topic-1") == {0: 2}
    with pytest.raises(OffsetHole, match="expected offset 2, got 9"):
        load(feed.warehouse, [Incoming(0, 9, b"{}")], feed.stream, NOW)
    accept_gap(feed.warehouse, feed.stream, {0: 9}, NOW - timedelta(hours=2), NOW)
    assert load(feed.warehouse, [Incoming(0, 9, b"{}")], feed.stream, NOW).rejected == 1
    assert feed.warehouse.positions("cluster-1", "topic-1") == {0: 10}
    assert "partition 0: 2 to 9" in str(one(feed, "reason", "capture_gaps")[0])


def test_offsets_of_another_stream_are_refused(feed: Feed) -> None:
    feed.load(seen())
    with pytest.raises(WrongStream, match="cluster-1"):
        feed.warehouse.positions("cluster-2", "topic-1")
    with pytest.raises(WrongStream, match="topic-9"):
        load(feed.warehouse, [], StreamId("cluster-1", "topic-9"), NOW)


def test_nothing_that_names_a_person_is_in_the_warehouse_file(feed: Feed) -> None:
    identity = person(
        "u1", handle="ann_handle", name="Ann Realname", bio="bio of ann", permalink="https://x.test/ann/1"
    )
    feed.load((seen(author="u1", identity=identity), tags(role="clinician")))
    feed.warehouse.connection.execute("checkpoint warehouse")
    held = (feed.warehouse.home / "warehouse.duckdb").read_bytes()
    assert b"is no joke" in held
    for secret in (b"ann_handle", b"Ann Realname", b"bio of ann", b"x.test/ann"):
        assert secret not in held
