"""What is new: phrases that burst against their own past, by several authors, in posts without a known claim."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from warehouse_stream import NOW, Feed, at, claim, fresh, seen, tags

from listeners.events import Link
from warehouse.bursts import Burst, bursts
from warehouse.database import Registered, set_hashtags
from warehouse.publish import publish

DAY = 1440


@pytest.fixture
def feed(tmp_path: Path) -> Iterator[Feed]:
    opened = fresh(tmp_path)
    yield opened
    opened.warehouse.close()


def posts(feed: Feed, number: int, text: str, day: float, authors: int = 6, *claims: Any, **known: Any) -> None:
    """Load posts of different texts on one day, by so many authors in turn."""
    feed.load(
        *(
            (
                seen(
                    f"{text}-{day}-{n}",
                    f"{text} {n}",
                    day * DAY + n,
                    author=f"u{n % authors}",
                    created_at=at(day * DAY + n),
                    **known,
                ),
                tags(*claims, fingerprint=n + 1),
            )
            for n in range(number)
        )
    )


def found(feed: Feed, kind: str | None = None) -> list[Burst]:
    published = publish(feed.warehouse, NOW)
    assert published is not None
    return bursts(published.path, kind)


def phrases(feed: Feed, kind: str | None = None) -> list[str]:
    return [each.phrase for each in found(feed, kind)]


def test_words_hashtags_and_links_that_burst_are_listed_with_examples(feed: Feed) -> None:
    link = (Link("https://t.co/a", resolved="https://www.cure.test/page/?utm=1"),)
    posts(feed, 6, "The copper bracelet works, #copperheals", 40, hashtags=("copperheals",), links=link)
    everything = found(feed)
    assert {(each.kind, each.phrase) for each in everything} == {
        ("hashtag", "copperheals"),
        ("link", "cure.test/page"),
        ("words", "the copper"),
        ("words", "copper bracelet"),
        ("words", "bracelet works"),
    }
    (tag,) = (each for each in everything if each.kind == "hashtag")
    assert (tag.posts, tag.authors, tag.author_days, tag.past_author_days, tag.score) == (6, 6, 6, 0, 5.0)
    assert (tag.first_post_at, tag.last_post_at) == (at(40 * DAY), at(40 * DAY + 5))
    assert len(tag.examples) == 3 and all("copper bracelet" in text for text in tag.examples)


def test_what_is_as_frequent_as_ever_is_not_new(feed: Feed) -> None:
    for day in (10, 15, 20, 25, 30, 35):
        posts(feed, 6, "Wearing compression stockings", day)
    assert phrases(feed) == []


def test_what_was_frequent_long_ago_is_new_again(feed: Feed) -> None:
    for day, number in ((0, 60), (40, 6)):
        posts(feed, number, "Wearing compression stockings", day)
    assert "compression stockings" in phrases(feed, "words")


@pytest.mark.parametrize(
    ("authors", "claims", "known"),
    [
        (1, (), {}),
        (6, (claim(),), {}),
        (6, (), {"repost_of": "7"}),
    ],
    ids=["one account", "a known claim", "reposts"],
)
def test_what_one_account_a_known_claim_or_reposts_make_frequent_is_not_new(
    feed: Feed, authors: int, claims: Any, known: Any
) -> None:
    posts(feed, 20, "Copper bracelet magic", 40, authors, *claims, **known)
    assert phrases(feed) == []


def test_a_false_claim_on_no_list_is_new_and_comes_first(feed: Feed) -> None:
    posts(feed, 40, "Splendid weather today", 40)
    posts(feed, 6, "Copper bracelet magic", 40, 6, claim("chronic-disease-cure-unlisted"))
    first, *others = found(feed, "words")
    assert (first.phrase, first.posts, first.unlisted_posts) == ("bracelet magic", 6, 6)
    assert {each.phrase for each in others if not each.unlisted_posts} == {"splendid weather", "weather today"}


def test_its_examples_show_the_false_claim_first(feed: Feed) -> None:
    posts(feed, 12, "Copper bracelet for sale", 40)
    late = {"author": "u9", "created_at": at(40.5 * DAY)}
    false = seen("99", "My copper bracelet undoes lupus", 40.5 * DAY, **late)
    feed.load((false, tags(claim("chronic-disease-cure-unlisted"), fingerprint=99)))
    (burst,) = (each for each in found(feed, "words") if each.phrase == "copper bracelet")
    assert burst.unlisted_posts == 1
    assert burst.examples[0] == "My copper bracelet undoes lupus"


def test_a_registered_hashtag_is_not_new(feed: Feed) -> None:
    set_hashtags(feed.warehouse, [Registered("hrs2026", "meeting", "Heart Rhythm 2026")])
    posts(feed, 6, "a", 40, hashtags=("hrs2026", "hrsparty"))
    assert phrases(feed, "hashtag") == ["hrsparty"]
