"""The loading law: every order, repetition and batching of the same events gives the same tables."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warehouse_stream import STREAM, Feed, at, claim, fresh, person, rows, seen, tags, topic

from listeners.events import (
    AuthorRemoved,
    Collected,
    Counts,
    CountsSeen,
    CursorSeen,
    Event,
    Gap,
    ImportSeen,
    Link,
    Marker,
    PostDeleted,
    PostSeen,
    Verdict,
    WindowListened,
    rejected,
)
from nlp.tags import Tags
from warehouse.checks import check
from warehouse.publish import settle

WRITTEN = (
    "kept.posts",
    "kept.taggings",
    "kept.authors",
    "kept.author_aliases",
    "kept.removed_authors",
    "kept.removed_posts",
    "kept.dead_letters",
    "kept.windows",
    "kept.gaps",
    "kept.imports",
    "kept.cursors",
    "kept.markers",
    "kept.verdicts",
    "post_counts",
)
VAULT = ("vault.identities", "vault.aliases", "vault.permalinks", "vault.dead_letter_bytes")

minutes = st.sampled_from((0, 1, 2, 3))
post_ids = st.sampled_from(("1", "2", "1460323737035677698"))
platforms = st.sampled_from(("simulated", "x"))
pseudonyms = st.sampled_from(("u1", "u2", "h1", "h2"))
texts = st.sampled_from((None, "#afib is no joke", "#afib edited"))
some_counts = st.builds(
    Counts, likes=st.none() | st.integers(0, 3), views=st.none() | st.integers(0, 3), replies=st.none() | st.just(1)
)
ways = st.builds(
    Collected,
    source=st.sampled_from(("files", "x")),
    method=st.just("import"),
    query=st.none() | st.just("#afib"),
    import_id=st.none() | st.sampled_from(("2026-a", "2026-b")),
)
people = st.none() | st.builds(
    person,
    pseudonyms,
    alias=st.none() | st.sampled_from(("h1", "h2")),
    handle=st.none() | st.sampled_from(("ann", "bob")),
    bio=st.none() | st.sampled_from(("MD", "RN")),
    permalink=st.none() | st.just("https://x.test/1"),
)
sayings = st.builds(
    lambda claims, topics, rules, role: tags(*claims, topics=tuple(topics), rules=rules, role=role),
    st.lists(st.builds(claim, stance=st.sampled_from(("promotes", "debunks"))), max_size=1),
    st.lists(st.builds(topic), max_size=1),
    st.sampled_from(("2026.1", "2026.2")),
    st.sampled_from(("other", "clinician", "patient-or-caregiver")),
)


@st.composite
def sightings(draw: st.DrawFn) -> PostSeen | tuple[PostSeen, Tags]:
    """Draw a post seen, with its tags where it has text."""
    text = draw(texts)
    event = seen(
        draw(post_ids),
        text,
        draw(minutes),
        platform=draw(platforms),
        created_at=draw(
            st.sampled_from((None, at(0), at(0).replace(hour=0, minute=0), at(0).replace(microsecond=5000)))
        ),
        author=draw(st.none() | pseudonyms),
        edited_at=draw(st.none() | st.builds(at, minutes)),
        hashtags=draw(st.sampled_from(((), ("afib",), ("afib", "stroke")))),
        links=draw(st.sampled_from(((), (Link("https://a.test"),), (Link("https://a.test", title="A"),)))),
        in_reply_to=draw(st.none() | st.just("7")),
        counts=draw(st.none() | some_counts),
        collected=draw(ways),
        identity=draw(people),
    )
    return event if text is None else (event, draw(sayings))


others: st.SearchStrategy[Event] = st.one_of(
    st.builds(CountsSeen, platforms, post_ids, some_counts, st.builds(at, minutes)),
    st.builds(PostDeleted, platforms, post_ids, st.builds(at, minutes), st.sampled_from(("deleted", "withheld"))),
    st.builds(AuthorRemoved, platforms, pseudonyms, st.builds(at, minutes)),
    st.builds(
        rejected, st.just("files"), st.just("a:1"), st.sampled_from(("p", "q")), st.just(b"raw"), st.builds(at, minutes)
    ),
    st.builds(
        Gap,
        st.just("x"),
        st.just(at(0)),
        st.just(at(1)),
        st.just("cut"),
        st.builds(at, minutes),
        st.none() | st.just("q"),
    ),
    st.builds(
        WindowListened,
        st.just("x"),
        st.just("q"),
        st.just("stream"),
        st.just(at(0)),
        st.builds(at, minutes),
        st.just(at(9)),
    ),
    st.builds(
        ImportSeen,
        st.just("2026-a"),
        st.just("a.csv"),
        *[st.integers(0, 1)] * 4,
        started_at=st.just(at(0)),
        observed_at=st.builds(at, minutes),
    ),
    st.builds(CursorSeen, st.just("x"), st.just("q"), st.sampled_from("ab"), st.builds(at, minutes)),
    st.builds(
        Verdict,
        platforms,
        post_ids,
        st.just("garlic-cures-afib"),
        st.sampled_from(("promotes", "none")),
        st.sampled_from(("ann", "bob")),
        st.builds(at, minutes),
        note=st.none() | st.just("a note"),
    ),
    st.builds(Marker, st.just("m"), st.integers(0, 1), st.builds(at, minutes)),
)


@pytest.fixture(scope="module")
def feed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Feed]:
    opened = fresh(tmp_path_factory.mktemp("home"))
    yield opened
    opened.warehouse.close()


def outcome(feed: Feed, batches: list[list[Any]]) -> dict[str, list[str]]:
    """Load the batches into emptied tables and give what stands in every one."""
    for table in (*WRITTEN, "kept.stream_positions"):
        feed.warehouse.connection.execute(f"delete from {table}")
    for table in VAULT:
        feed.warehouse.connection.execute(f"delete from {table}")
    restarted = Feed(feed.warehouse, STREAM)
    for batch in batches:
        restarted.load(*batch)
    settle(feed.warehouse)
    assert check(feed.warehouse) == []
    return {table: sorted(map(repr, rows(feed.warehouse, f"select * from {table}"))) for table in WRITTEN + VAULT}


@settings(max_examples=30, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), spoken=st.lists(sightings() | others, min_size=2, max_size=9))
def test_every_order_and_repetition_gives_the_same_tables(feed: Feed, data: st.DataObject, spoken: list[Any]) -> None:
    shuffled = data.draw(st.permutations(spoken))
    repeated = shuffled + data.draw(st.lists(st.sampled_from(spoken), max_size=4))
    cut = data.draw(st.integers(0, len(repeated)))
    assert outcome(feed, [repeated[:cut], repeated[cut:]]) == outcome(feed, [spoken])


def test_the_law_holds_for_two_taggers_of_whom_one_was_paused(feed: Feed, tmp_path: Path) -> None:
    first = (seen(text="#afib is no joke", minutes=0), tags(claim()))
    edit = (seen(text="#afib edited", edited_at=at(1), minutes=2), tags())
    gone = PostDeleted("simulated", "1", at(3))
    expected = outcome(feed, [[first], [edit], [gone]])
    assert outcome(feed, [[gone], [edit, first]]) == expected
    assert outcome(feed, [[edit], [gone, first]]) == expected
