"""X API v2 posts as events: a golden page, and whatever can be wrong with one."""

import copy
import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from listeners.events import Collected, PostDeleted, PostSeen, Rejected, decode, encode
from listeners.x_posts import events_of_page, read_page

FIXTURES = Path(__file__).with_name("fixtures")
REAL = Path(__file__).parents[1].parent / "shared" / "data" / "x_api_v2_jsonl"
PAGE = (FIXTURES / "x_page.json").read_bytes()
FOUND = Collected("x", "search", "#AFib")
NOW = datetime(2026, 11, 1, 12, 5, tzinfo=UTC)


def test_a_page_becomes_these_events() -> None:
    expected = json.loads((FIXTURES / "x_posts.json").read_text("utf-8"))
    assert [json.loads(encode(event)) for event in events_of_page(PAGE, FOUND, NOW)] == expected


def test_a_page_a_stream_line_and_a_flattened_line_give_the_same_post() -> None:
    page = json.loads(PAGE)
    first, users, media = page["data"][0], page["includes"]["users"], page["includes"]["media"]
    line = {"data": first, "includes": {"users": users, "media": media}, "matching_rules": [{"id": 7, "tag": None}]}
    flat = {**first, "author": users[0], "attachments": {**first["attachments"], "media": media}}
    shapes = [{"data": [first], "includes": line["includes"]}, line, flat]
    posts = [events_of_page(json.dumps(shape).encode(), FOUND, NOW) for shape in shapes]
    assert posts[0] == posts[1] == posts[2]
    assert len(posts[0]) == 1


def test_a_flattened_line_brings_the_whole_posts_that_it_refers_to() -> None:
    flat = {
        "id": "9",
        "text": "I agree",
        "referenced_tweets": [{"type": "quoted", "id": "8", "text": "Salt", "author_id": "1"}],
    }
    read = read_page(json.dumps(flat).encode(), FOUND, NOW)
    assert [event.post.post_id for event in read.posts if isinstance(event, PostSeen)] == ["9"]
    assert [event.post.text for event in read.included if isinstance(event, PostSeen)] == ["Salt"]


def test_own_time_stands_for_the_time_of_collection_that_nobody_noted() -> None:
    (event, *_) = events_of_page(PAGE, FOUND, NOW, own_time=True)
    assert isinstance(event, PostSeen)
    assert event.observed_at == event.post.created_at


def test_hashtags_and_mentions_that_x_was_not_asked_for_come_from_the_text() -> None:
    bare = json.dumps({"id": "9", "text": "@her #AFib &amp; #gout a#b ＃Salz #2014 #covid_19 x@y.example"}).encode()
    (event,) = events_of_page(bare, FOUND, NOW)
    assert isinstance(event, PostSeen)
    assert (event.post.hashtags, event.post.mentions) == (("afib", "gout", "salz", "covid_19"), ("her",))


def test_no_handle_stands_in_a_link() -> None:
    urls = [
        {"url": "https://t.co/1", "expanded_url": "https://twitter.com/someone/status/123?s=20"},
        {"url": "https://t.co/2", "expanded_url": "https://x.com/someone"},
        {"url": "https://t.co/3", "expanded_url": "https://x.com/someone/status/9/video/1"},
    ]
    (event,) = events_of_page(json.dumps({"id": "9", "text": "", "entities": {"urls": urls}}).encode(), FOUND, NOW)
    assert b"someone" not in encode(event)
    assert [link.resolved for link in event.post.links] == ["https://x.com/i/status/123", None]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("post", "reason"),
    [
        ('{"id":"1.23E+17"}', "regex"),
        ('{"id":1.23E+17}', "float"),
        ('{"id":"17\\n"}', "regex"),
        ('{"id":-5}', ">= 1"),
        ('{"id":"99999999999999999999"}', "regex"),
        ('{"text":"no id"}', "missing required field `id`"),
        ('{"id":"1","text":7}', "Expected `str"),
        ('{"id":"1","created_at":"0001-01-01T00:00:00+14:00"}', "a year from 2006 to 2100, got 1"),
        ('{"id":"1","created_at":"2026-01-01T00:00:00"}', "timezone"),
        ('{"id":"1","public_metrics":{"like_count":-1}}', ">= 0"),
        ('{"id":"1","text":"\\ud800"}', "utf-8"),
        ("[]", "object"),
        ("null", "object"),
    ],
)
def test_a_bad_post_is_rejected_and_its_neighbours_stay(post: str, reason: str) -> None:
    page = f'{{"data":[{{"id":"1","text":"fine"}},{post},{{"id":"3","text":"fine"}}]}}'.encode()
    events = events_of_page(page, FOUND, NOW, place="pages.jsonl:7")
    assert [type(event).__name__ for event in events] == ["PostSeen", "PostSeen", "Rejected"]
    assert isinstance(events[2], Rejected)
    assert reason in events[2].reason
    assert events[2].place == "pages.jsonl:7"
    assert events[2].raw


@pytest.mark.parametrize("page", [b"", b"\xff", b"{}", b"[1]", b'"x"', b'{"data":7}', b'{"data":[', b"[" * 100_000])
def test_what_is_no_page_is_rejected_whole(page: bytes) -> None:
    (event,) = events_of_page(page, FOUND, NOW)
    assert isinstance(event, Rejected)
    assert event.raw == page
    assert "\n" not in event.reason


def test_an_empty_page_has_no_events() -> None:
    assert events_of_page(b'{"meta":{"result_count":0}}', FOUND, NOW) == []


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Give the path of everything inside a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for name, part in inner for found in places(part, (*path, name)))]


PARSED = json.loads(PAGE)
JUNK = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=20), st.lists(st.integers()),
    st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=2),
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.sampled_from([path for path in places(PARSED) if path]), JUNK)
def test_anything_in_the_place_of_anything_is_read_or_rejected(path: tuple[Any, ...], junk: Any) -> None:
    page = copy.deepcopy(PARSED)
    inner = page
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = junk
    for event in events_of_page(json.dumps(page).encode(), FOUND, NOW):
        assert decode(encode(event)) == event


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(PAGE)), st.integers(0, len(PAGE)), st.binary(max_size=4))
def test_any_damage_to_the_bytes_is_read_or_rejected(start: int, end: int, put: bytes) -> None:
    damaged = PAGE[: min(start, end)] + put + PAGE[max(start, end) :]
    for event in events_of_page(damaged, FOUND, NOW):
        assert decode(encode(event)) == event


@pytest.mark.skipif(not REAL.exists(), reason="needs the pages of real posts, which are not part of the project")
def test_every_real_post_of_the_parsers_corpus_is_read() -> None:
    kinds: dict[str, int] = {}
    for path in sorted(REAL.glob("*.gz")):
        for raw in gzip.decompress(path.read_bytes()).splitlines():
            read = read_page(raw, FOUND, NOW)
            for event in read.posts:
                kinds[type(event).__name__] = kinds.get(type(event).__name__, 0) + 1
            assert not [event for event in (*read.included, *read.reported) if isinstance(event, Rejected)]
            gone = [event for event in read.reported if isinstance(event, PostDeleted)]
            assert all(event.post_id.isdecimal() for event in gone)
    assert kinds == {"PostSeen": 628, "Rejected": 1}  # one line is cut off in the file itself
