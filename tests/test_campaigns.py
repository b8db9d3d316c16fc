"""Campaigns: near-copies of one text by several authors in a short time, and nothing that only looks like one."""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from warehouse_stream import NOW, Feed, at, claim, fresh, rows, seen, tags

from warehouse.publish import publish

TEXT = "Doctors will not tell you that garlic water stops the flutter within a single week #afib"
PRINT = 0xDEAD_BEEF_0123_4567
HOUR = 60


@pytest.fixture
def feed(tmp_path: Path) -> Iterator[Feed]:
    opened = fresh(tmp_path)
    yield opened
    opened.warehouse.close()


def copies(feed: Feed, prints: Sequence[int], hours: Sequence[float], text: str = TEXT, **known: Any) -> None:
    """Load one post by an author of its own for each fingerprint, so many hours after a fixed moment."""
    for number, (mark, hour) in enumerate(zip(prints, hours, strict=True)):
        of = {"author": f"u{number}", "hashtags": ("afib",)} | known
        post = seen(f"{len(text)}-{number}", text, created_at=at(hour * HOUR), **of)
        feed.load((post, tags(claim(), fingerprint=mark)))


def campaigns(feed: Feed, select: str = "posts, authors") -> list[tuple[Any, ...]]:
    assert publish(feed.warehouse, NOW) is not None
    return rows(feed.warehouse, f"select {select} from campaigns order by first_post_at")


def test_copies_by_several_authors_are_one_campaign(feed: Feed) -> None:
    copies(feed, [PRINT] * 4, [0, 1, 2, 3])
    feed.load((seen("9", TEXT, repost_of=f"{len(TEXT)}-0", author="u9", created_at=at(5)), tags(fingerprint=PRINT)))
    assert campaigns(
        feed, 'first_post_at, last_post_at, posts, authors, reposts, hashtags, claims, signals, "text", "precision"'
    ) == [(at(0), at(3 * HOUR), 4, 4, 1, ["afib"], ["garlic-cures-afib"], 4, TEXT, None)]


def test_near_copies_join_through_those_between_them(feed: Feed) -> None:
    three, six = PRINT ^ (1 | 1 << 17 | 1 << 40), PRINT ^ (0b11 | 0b11 << 17 | 0b11 << 40)
    copies(feed, [six, three, PRINT, PRINT ^ 1], [0, 1, 2, 3])
    assert campaigns(feed) == [(4, 4)]


def test_four_bits_are_too_many(feed: Feed) -> None:
    copies(feed, [PRINT, PRINT, PRINT ^ 0x0001_0001_0001_0001], [0, 1, 2])
    assert campaigns(feed) == []


def test_a_day_of_silence_ends_a_campaign(feed: Feed) -> None:
    copies(feed, [PRINT] * 6, [0, 1, 2, 30, 31, 32])
    assert campaigns(feed) == [(3, 3), (3, 3)]


@pytest.mark.parametrize(
    ("text", "known"),
    [
        (TEXT, {"author": "u1"}),
        (TEXT, {"repost_of": "77"}),
        (f"RT @u0123456789abcdef: {TEXT}", {}),
        ("Good morning! #afib #stroke #heartdisease https://example.org/a-long-address-of-a-page", {}),
    ],
    ids=["one author", "reposts", "reposts by hand", "a greeting"],
)
def test_what_only_looks_like_a_campaign_is_none(feed: Feed, text: str, known: dict[str, Any]) -> None:
    copies(feed, [PRINT] * 5, range(5), text, **known)
    assert campaigns(feed) == []


def test_groups_are_those_of_comparing_every_pair(feed: Feed) -> None:
    drawn = random.Random(7)
    seeds = [drawn.getrandbits(64) for _ in range(12)]
    prints = [seed ^ sum(1 << bit for bit in drawn.sample(range(64), drawn.randint(0, 2))) for seed in seeds * 5]
    feed.load(
        *(
            (seen(str(n), f"{TEXT} {n}", author=f"u{n}", created_at=at(n)), tags(fingerprint=mark))
            for n, mark in enumerate(prints)
        )
    )
    assert publish(feed.warehouse, NOW) is not None
    found = rows(feed.warehouse, "select list(post_id order by post_id) from campaign_posts group by campaign_id")
    assert sorted(group for (group,) in found) == sorted(expected(prints))


def expected(prints: Sequence[int]) -> list[list[str]]:
    """Give the groups of three or more that are joined by pairs with at most 3 bits between them."""
    groups = [{n} for n in range(len(prints))]
    for one, left in enumerate(prints):
        for other, right in enumerate(prints[:one]):
            if (left ^ right).bit_count() <= 3 and groups[one] is not groups[other]:
                groups[one] |= groups[other]
                for each in groups[one]:
                    groups[each] = groups[one]
    distinct = {id(group): group for group in groups}.values()
    return [sorted(map(str, group)) for group in distinct if len(group) >= 3]
