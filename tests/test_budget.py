"""The budget: no sequence of reserving, settling, crashing and reconciling spends past a cap unseen."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from listeners.budget import (
    BadPrices,
    Budget,
    BudgetReached,
    Ledger,
    Usage,
    Use,
    affordable,
    cost,
    estimate,
    opened,
    prices,
    reconciled,
    recovered,
    reserve,
    settle,
    turned,
)

NOW = datetime(2026, 11, 30, 23, 50, tzinfo=UTC)
BUDGET = Budget(prices(), day_usd=2.0, month_usd=20.0)
PAGE = Use(posts=100, users=100)


def test_prices_are_those_of_the_list() -> None:
    assert cost(Use(posts=1000), BUDGET.prices) == 5_000_000
    assert cost(Use(users=100), BUDGET.prices) == 1_000_000
    assert cost(Use(counts=2, included=1, media=1), BUDGET.prices) == 20_000


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("date = 2026-08-01\n[read]\npost = 'a'\nuser = 1\n[request]\ncounts = 0.1", "read.post"),
        ("date = 2026-08-01\n[read]\npost = -1\nuser = 1\n[request]\ncounts = 0.1", "0 or more"),
        ("date = 2026-08-01\n[read]\npost = 1\nusr = 1\n[request]\ncounts = 0.1", "usr"),
        ("nonsense", "own.toml"),
    ],
)
def test_a_bad_price_list_is_refused_naming_file_and_field(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "own.toml").write_text(text)
    with pytest.raises(BadPrices, match=words) as raised:
        prices(tmp_path / "own.toml")
    assert str(raised.value).startswith("own.toml: ")


def test_settling_replaces_the_worst_case_by_what_came() -> None:
    held = reserve(opened(BUDGET, NOW), PAGE, BUDGET, NOW)
    assert held.day_usd == 1.5
    assert settle(held, PAGE, Use(posts=40, users=3), BUDGET, NOW).day_usd == pytest.approx(0.23)


def test_a_crash_before_settling_keeps_the_reservation_as_spent() -> None:
    held = reserve(opened(BUDGET, NOW), PAGE, BUDGET, NOW)
    stored = msgspec.json.decode(msgspec.json.encode(held), type=Ledger)
    after = recovered(stored)
    assert (after.day_spent, after.month_posts, after.reserved) == (1_500_000, 100, 0)
    assert recovered(after) == after


def test_each_cap_ends_with_its_own_clear_line() -> None:
    spent = settle(opened(BUDGET, NOW), Use(), Use(posts=200), BUDGET, NOW)
    with pytest.raises(
        BudgetReached, match=r"^X budget reached: \$1\.00 of \$2\.00 for 2026-11-30 is spent .* next day"
    ):
        reserve(spent, PAGE, BUDGET, NOW)
    month = msgspec.structs.replace(BUDGET, day_usd=100.0, month_usd=2.0)
    with pytest.raises(BudgetReached, match=r"for 2026-11 is spent .* next month"):
        reserve(spent, PAGE, month, NOW)
    posts = msgspec.structs.replace(BUDGET, day_usd=100.0, month_usd=100.0, month_posts=250)
    with pytest.raises(BudgetReached, match="200 of 250 posts of 2026-11 are read"):
        reserve(spent, PAGE, posts, NOW)


def test_a_new_day_and_month_open_a_new_page_and_a_clock_set_back_does_not() -> None:
    spent = settle(opened(BUDGET, NOW), Use(), Use(posts=200), BUDGET, NOW)
    tomorrow = turned(spent, BUDGET, NOW + timedelta(minutes=20))
    assert (tomorrow.day, tomorrow.month, tomorrow.day_spent, tomorrow.month_spent) == (
        date(2026, 12, 1),
        "2026-12",
        0,
        0,
    )
    assert turned(spent, BUDGET, NOW - timedelta(days=40)) == spent


def test_a_month_may_begin_on_the_day_of_the_bill() -> None:
    budget = msgspec.structs.replace(BUDGET, billing_day=10)
    assert opened(budget, datetime(2026, 12, 9, tzinfo=UTC)).month == "2026-11"
    assert opened(budget, datetime(2026, 12, 10, tzinfo=UTC)).month == "2026-12"


def test_what_x_counted_raises_the_ledger_and_never_lowers_it() -> None:
    ledger = settle(opened(BUDGET, NOW), Use(), Use(posts=50), BUDGET, NOW)
    raised = reconciled(ledger, Usage(month_posts=80, days={NOW.date(): 60}), BUDGET, NOW)
    assert (raised.month_posts, raised.day_posts) == (80, 60)
    assert (raised.month_spent, raised.day_spent) == (400_000, 300_000)
    assert reconciled(raised, Usage(month_posts=10), BUDGET, NOW) == raised


def test_an_estimate_goes_from_the_posts_alone_to_the_worst_case_within_the_caps() -> None:
    found = estimate(1000, Use(posts=1, users=1), opened(BUDGET, NOW), BUDGET, NOW)
    assert (found.least_usd, found.worst_usd, found.allowed_usd) == (5.0, 15.0, 2.0)


STEPS = st.lists(st.tuples(st.integers(1, 100), st.integers(0, 100), st.booleans(), st.integers(0, 700)), max_size=40)


@given(STEPS)
def test_no_sequence_of_requests_and_crashes_passes_a_cap(steps: list[tuple[int, int, bool, int]]) -> None:
    ledger, now, spent = opened(BUDGET, NOW), NOW, {}
    for size, came, crashed, minutes in steps:
        now += timedelta(minutes=minutes)
        worst, used = Use(posts=size, users=size), Use(posts=min(came, size), users=min(came, size) // 2)
        try:
            ledger = reserve(ledger, worst, BUDGET, now)
        except BudgetReached:
            continue
        spent[now.date()] = spent.get(now.date(), 0) + cost(used, BUDGET.prices)
        ledger = recovered(ledger) if crashed else settle(ledger, worst, used, BUDGET, now)
        assert ledger.reserved == 0
        assert ledger.day_spent >= spent[now.date()]
        assert ledger.day_spent <= 2_000_000
        assert ledger.month_spent <= 20_000_000


@given(st.integers(0, 400), st.integers(0, 200))
def test_what_is_affordable_can_be_reserved_and_one_more_cannot(spent: int, most: int) -> None:
    ledger = settle(opened(BUDGET, NOW), Use(), Use(posts=spent), BUDGET, NOW)
    each = Use(posts=1, users=1)
    number = affordable(ledger, each, most, BUDGET, NOW)
    reserve(ledger, each.times(number), BUDGET, NOW) if number else None
    if number < most:
        with pytest.raises(BudgetReached):
            reserve(ledger, each.times(number + 1), BUDGET, NOW)
