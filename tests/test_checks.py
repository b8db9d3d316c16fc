"""Checks: silent on a sound warehouse, and each one able to fail."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from warehouse_stream import NOW, Feed, claim, fresh, person, seen, tags, topic

from listeners.events import Counts
from warehouse.checks import check
from warehouse.database import Registered, set_hashtags
from warehouse.publish import publish
from warehouse.statements import statements

BREAKING = {
    "no_duplicate_posts": "insert into kept.posts select * from kept.posts",
    "no_duplicate_taggings": "insert into kept.taggings select * replace (false as is_current) from kept.taggings",
    "one_current_tagging": "insert into kept.taggings select * replace ('2099' as rules) from kept.taggings",
    "current_tagging_of_current_text": "update kept.taggings set text_version = 'another'",
    "no_orphan_taggings": "update kept.taggings set post_id = 'nobody'",
    "no_duplicate_counts": "insert into post_counts select * from post_counts",
    "no_orphan_counts": "update post_counts set post_id = 'nobody'",
    "no_removed_posts": "insert into kept.removed_posts select platform, id_time, post_id, null from kept.posts",
    "no_duplicate_removals": "insert into kept.removed_posts select 'x', now(), '1', null from range(2)",
    "no_illness_by_author": "update kept.authors set role = {'rules': '1', 'model': '1', 'observed_at': now(), "
    "'value': 'patient-or-caregiver'}",
    "evidence_on_the_text": "update kept.posts set text = {'edited_at': '-infinity'::timestamptz, "
    "'observed_at': now(), 'value': 'other words'}",
    "one_stream": "insert into kept.stream_positions values ('tagged', 'other', 'other', 0, 5)",
    "one_spelling": "insert into hashtags select 'afib2', kind, name, aliases, null, null, null, null, null, null "
    "from hashtags",
}


@pytest.fixture
def feed(tmp_path: Path) -> Iterator[Feed]:
    opened = fresh(tmp_path)
    set_hashtags(opened.warehouse, [Registered("afib", "disease", "Atrial fibrillation", ("afibawareness",))])
    post = seen(author="u1", counts=Counts(likes=1), identity=person("u1", bio="MD"))
    opened.load((post, tags(claim(), topics=(topic(),), role="clinician")))
    yield opened
    opened.warehouse.close()


def test_a_sound_warehouse_and_its_snapshot_pass(feed: Feed) -> None:
    assert check(feed.warehouse) == []
    snapshot = publish(feed.warehouse, NOW)
    assert snapshot is not None
    assert check(snapshot.path) == []


def test_every_check_has_a_way_to_break_it() -> None:
    assert set(BREAKING) == set(statements("checks"))


@pytest.mark.parametrize("name", BREAKING)
def test_a_check_finds_what_it_is_for(feed: Feed, name: str) -> None:
    feed.warehouse.connection.execute(BREAKING[name])
    failures = check(feed.warehouse)
    found = next(failure for failure in failures if failure.check == name)
    assert found.examples
    assert found.expected.endswith(".")
    assert name in str(found)


def test_characters_beyond_the_basic_plane_count_as_one(feed: Feed) -> None:
    text = "💊❤️ née #afib"
    start = text.index("afib")
    feed.load((seen("2", text=text), tags(topics=(topic(start=start, end=start + 4),))))
    assert check(feed.warehouse) == []
