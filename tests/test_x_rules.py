"""Queries and rules: every hashtag is covered once, within X's limits, in few queries."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listeners.x_objects import XRule
from listeners.x_rules import Access, BadQuery, Query, by_rule, queries, rule_changes, search_queries, stream_queries

TAGS = st.lists(st.from_regex(r"\A[a-z][a-z0-9_]{1,24}\Z"), min_size=1, max_size=120, unique=True)


@given(TAGS, st.integers(40, 1024), st.sampled_from(["", "-is:retweet", "lang:en -is:retweet"]))
def test_each_hashtag_is_in_exactly_one_query_and_none_is_too_long(tags: list[str], length: int, suffix: str) -> None:
    if max(map(len, tags)) + 1 > length - len(f"() {suffix}" if suffix else ""):
        return
    packed = queries(tags, length, suffix=suffix)
    assert sorted(tag for query in packed for tag in query.hashtags) == sorted(tags)
    for query in packed:
        assert len(query.text) <= length
        assert {word.strip("()#") for word in query.text.removesuffix(suffix).split()} - {"OR", ""} == set(
            query.hashtags
        )


@given(TAGS, st.integers(64, 1024))
def test_the_queries_are_few(tags: list[str], length: int) -> None:
    packed = queries(tags, length)
    room = length + len(" OR ")
    least = math.ceil(sum(len(f"#{tag} OR ") for tag in tags) / room)
    assert len(packed) <= least * 11 / 9 + 1  # what first-fit by decreasing length never passes


@given(TAGS, st.randoms())
def test_the_order_of_the_hashtags_changes_nothing(tags: list[str], random: object) -> None:
    shuffled = sorted(tags, key=lambda tag: random.random())  # type: ignore[attr-defined]
    assert queries(tags, 512) == queries(shuffled, 512)


def test_words_that_x_cannot_search_for_are_refused() -> None:
    for tag in ("", "a b", "covid-19", "2014", "#afib", "x" * 600):
        with pytest.raises(BadQuery):
            queries([tag], 512)
    with pytest.raises(BadQuery, match="is no account"):
        queries([], 512, accounts=["a name"])


def test_own_accounts_are_followed_with_their_mentions() -> None:
    (query,) = search_queries(["AFib", "afib"], Access(), accounts=["OurHospital"])
    assert query == Query("#afib OR @ourhospital OR from:ourhospital", ("afib",))


def test_a_stream_without_reposts_says_so_and_too_many_rules_are_refused() -> None:
    assert stream_queries(["afib"], Access(reposts=False))[0].text == "(#afib) -is:retweet"
    assert stream_queries(["afib"], Access())[0].text == "#afib"
    with pytest.raises(BadQuery, match="2 rules are needed and the account has 1"):
        stream_queries(["a" * 30, "b" * 30], Access(rules=1, rule_length=40))


def test_changes_add_what_is_missing_and_delete_only_ours() -> None:
    present = [XRule("1", "#gout", "ours"), XRule("2", "#cats", "theirs"), XRule(3, "#afib", "ours")]
    change = rule_changes([Query("#afib"), Query("#bcsm")], present, "ours", 10)
    assert [rule.value for rule in change.add] == ["#bcsm"]
    assert change.delete == ("1",)
    assert by_rule([Query("#afib")], present) == {"3": Query("#afib")}
