"""Search at X: tweepy's own client against a server on loopback that answers as X does."""

from collections.abc import Iterator
from datetime import timedelta

import msgspec
import pytest
from x_server import START, TOKEN, Clock, Transport, XServer, post, post_id, x_server

from listeners.budget import Budget, BudgetReached, Ledger, opened, prices
from listeners.events import Gap, PostSeen, WindowListened
from listeners.x import Client
from listeners.x_pages import Account
from listeners.x_positions import Batch, SearchPosition, adopted
from listeners.x_problems import Refused, Unavailable
from listeners.x_rules import Access, Query
from listeners.x_search import backfill, search

QUERY = Query("#afib OR #stroke", ("afib", "stroke"))
BUDGET = Budget(prices(), day_usd=100.0, month_usd=1000.0)
HOUR = timedelta(hours=1)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server(clock: Clock) -> Iterator[XServer]:
    with x_server(clock) as running:
        yield running


@pytest.fixture
def account(server: XServer, clock: Clock) -> Iterator[Account]:
    client = Client(TOKEN, now=clock.now, sleep=clock.sleep, transport=Transport(server.server_port))
    yield Account(client, BUDGET, Access(page=10), {})
    client.close()


def hourly(server: XServer, number: int, text: str = "Living with #afib today") -> list[str]:
    """Put invented posts on the server, a minute apart, the oldest first; give their ids."""
    server.posts = [
        post(START - HOUR + timedelta(minutes=n), f"{text} {n}", author=str(500 + n % 3)) for n in range(number)
    ]
    return [each["id"] for each in server.posts]


def seen(batches: list[Batch]) -> list[str]:
    return [event.post.post_id for batch in batches for event in batch.events if isinstance(event, PostSeen)]


def pull(account: Account, position: SearchPosition, ledger: Ledger | None = None) -> list[Batch]:
    ledger = ledger or opened(BUDGET, START)
    return list(search(account, QUERY, position, ledger, start=START - 2 * HOUR))


def test_all_pages_come_once_newest_first_and_the_position_is_the_newest_id(account: Account, server: XServer) -> None:
    ids = hourly(server, 25)
    batches = pull(account, SearchPosition())
    assert seen(batches) == ids[::-1]
    position = batches[-1].position
    assert isinstance(position, SearchPosition)
    assert (position.newest_id, position.sweep) == (ids[-1], None)
    assert len(server.searches()) == 3


def test_the_next_search_asks_only_for_what_is_newer(account: Account, server: XServer, clock: Clock) -> None:
    ids = hourly(server, 5)
    first = pull(account, SearchPosition())
    clock.sleep(600)
    server.posts.append(post(clock.now() - timedelta(minutes=1), "More on #afib"))
    second = pull(account, first[-1].position, first[-1].ledger)
    assert seen(second) == [server.posts[-1]["id"]]
    assert server.searches()[-1]["since_id"] == ids[-1]
    windows = [event for batch in first + second for event in batch.events if isinstance(event, WindowListened)]
    assert [window.method for window in windows] == ["search", "search"]
    assert windows[0].started_at == START - 2 * HOUR
    assert windows[0].ended_at == windows[1].started_at
    assert windows[0].hashtags == ("afib", "stroke")


def test_every_request_was_reserved_in_a_batch_before_it(account: Account, server: XServer) -> None:
    hourly(server, 25)
    asked = 0
    for batch in search(account, QUERY, SearchPosition(), opened(BUDGET, START), start=START - 2 * HOUR):
        if len(server.searches()) > asked:
            asked += 1
            assert batch.ledger.reserved == 0
        else:
            assert batch.ledger.reserved > 0
    assert asked == 3


def test_what_a_killed_search_had_reserved_counts_as_spent(account: Account, server: XServer) -> None:
    hourly(server, 3)
    held = next(search(account, QUERY, SearchPosition(), opened(BUDGET, START), start=START - HOUR)).ledger
    assert held.reserved > 0
    after = pull(account, SearchPosition(), held)[-1].ledger
    assert (after.reserved, after.day_spent) == (0, held.reserved + 3 * 5_000 + 3 * 10_000)


@pytest.mark.parametrize("killed_after", range(1, 7))
def test_after_a_kill_at_any_batch_the_search_goes_on_and_misses_nothing(
    account: Account, server: XServer, clock: Clock, killed_after: int
) -> None:
    ids = hourly(server, 25)
    before = []
    for batch in search(account, QUERY, SearchPosition(), opened(BUDGET, START), start=START - 2 * HOUR):
        before.append(batch)
        if len(before) == killed_after:
            break
    stored = msgspec.json.decode(msgspec.json.encode(before[-1].position), type=SearchPosition)
    clock.sleep(120)
    server.posts.append(post(clock.now() - timedelta(minutes=1), "News of #stroke"))
    after = pull(account, stored, before[-1].ledger)
    assert set(seen(before) + seen(after)) == {*ids, server.posts[-1]["id"]}
    assert len(seen(before) + seen(after)) == 26
    assert after[-1].position.newest_id == server.posts[-1]["id"]


def test_a_token_that_x_no_longer_takes_is_gone_round_by_ids(account: Account, server: XServer) -> None:
    ids = hourly(server, 25)
    stopped = next(
        b for b in search(account, QUERY, SearchPosition(), opened(BUDGET, START), start=START - HOUR) if b.posts
    )
    wrong = {"errors": [{"message": "Invalid next_token"}], "title": "Invalid Request", "detail": "invalid"}
    server.failures.append(("/2/tweets/search/recent", 400, {}, wrong))
    after = pull(account, stopped.position, stopped.ledger)
    assert seen(after) == ids[14::-1]
    assert server.searches()[-2]["until_id"] == ids[15]


def test_what_is_older_than_seven_days_is_a_gap(account: Account, server: XServer, clock: Clock) -> None:
    hourly(server, 3)
    first = pull(account, SearchPosition())
    clock.sleep(9 * 86400)
    server.posts.append(post(clock.now() - HOUR, "Back to #afib"))
    second = pull(account, first[-1].position, first[-1].ledger)
    gaps = [event for batch in second for event in batch.events if isinstance(event, Gap)]
    assert [(gap.started_at, gap.query) for gap in gaps] == [(first[-1].position.listened_until, QUERY.text)]
    assert clock.now() - gaps[0].ended_at < timedelta(days=7)
    assert seen(second) == [server.posts[-1]["id"]]


def test_an_unfinished_sweep_that_became_too_old_is_a_gap_too(account: Account, server: XServer, clock: Clock) -> None:
    hourly(server, 25)
    stopped = next(
        b for b in search(account, QUERY, SearchPosition(), opened(BUDGET, START), start=START - HOUR) if b.posts
    )
    clock.sleep(8 * 86400)
    after = pull(account, stopped.position, stopped.ledger)
    gaps = [event for batch in after for event in batch.events if isinstance(event, Gap)]
    assert len(gaps) == 2
    assert seen(after) == []
    assert after[-1].position.sweep is None


def test_a_query_that_finds_nothing_for_a_week_keeps_listening_without_a_gap(
    account: Account, server: XServer, clock: Clock
) -> None:
    hourly(server, 1)
    batches = pull(account, SearchPosition())
    for _ in range(9):
        clock.sleep(86400)
        batches = pull(account, batches[-1].position, batches[-1].ledger)
        assert not [event for batch in batches for event in batch.events if isinstance(event, Gap)]


def test_backfill_takes_a_stretch_of_time_and_reaches_back_further_with_the_full_archive(
    account: Account, server: XServer
) -> None:
    server.posts = [post(START - timedelta(days=days), f"Day {days} with #afib") for days in (1, 3, 20)]
    ledger = opened(BUDGET, START)
    recent = list(backfill(account, QUERY, START - timedelta(days=30), START - timedelta(days=2), ledger))
    assert seen(recent) == [server.posts[1]["id"]]
    assert isinstance(recent[0].events[0], Gap)
    whole = msgspec.structs.replace(account, access=Access(page=10, full_archive=True))
    archive = list(backfill(whole, QUERY, START - timedelta(days=30), START - timedelta(days=2), ledger))
    assert seen(archive) == [server.posts[1]["id"], server.posts[2]["id"]]
    again = backfill(whole, QUERY, START - timedelta(days=30), START, ledger, position=archive[-1].position)
    assert list(again) == []


def test_authors_are_looked_up_once_and_stand_beside_their_posts(
    account: Account, server: XServer, clock: Clock
) -> None:
    hourly(server, 25)
    server.hidden_users = {"502"}
    first = pull(account, SearchPosition())
    lookups = [query for _, path, query in server.asked if path == "/2/users"]
    assert sorted(each for query in lookups for each in query["ids"].split(",")) == ["500", "501", "502"]
    handles = {
        e.identity.author_id: e.identity.handle
        for b in first
        for e in b.events
        if isinstance(e, PostSeen) and e.identity
    }
    assert handles == {"500": "person500", "501": "person501", "502": None}
    assert first[-1].ledger.day_usd == pytest.approx(25 * 0.005 + 2 * 0.010)
    clock.sleep(60)
    server.posts.append(post(clock.now() - timedelta(seconds=40), "Again #afib", author="501"))
    second = pull(account, first[-1].position, first[-1].ledger)
    assert second[-1].ledger.day_usd == pytest.approx(26 * 0.005 + 2 * 0.010)


def test_posts_go_on_without_authors_when_their_lookup_fails(account: Account, server: XServer) -> None:
    ids = hourly(server, 3)
    server.failures += [("/2/users", 503, {}, b"no")] * 6
    assert seen(pull(account, SearchPosition())) == ids[::-1]


def test_a_rate_limit_is_waited_out_until_its_reset(account: Account, server: XServer, clock: Clock) -> None:
    ids = hourly(server, 3)
    reset = str(int((clock.now() + timedelta(minutes=9)).timestamp()))
    body = {"title": "Too Many Requests", "detail": "Too Many Requests"}
    server.failures.append(("/2/tweets/search/recent", 429, {"x-rate-limit-reset": reset}, body))
    assert seen(pull(account, SearchPosition())) == ids[::-1]
    assert 539 < max(clock.slept) < 545


def test_server_errors_and_cut_connections_are_tried_again_with_growing_waits(
    account: Account, server: XServer, clock: Clock
) -> None:
    ids = hourly(server, 3)
    server.failures += [("/2/tweets/search/recent", status, {}, b"<html>") for status in (503, 500, 0, 502)]
    assert seen(pull(account, SearchPosition())) == ids[::-1]
    assert len(clock.slept) == 4
    assert all(1 <= waited / 2**n < 1.5 + 0.001 for n, waited in enumerate(clock.slept))


def test_a_garbled_page_is_asked_for_again(account: Account, server: XServer) -> None:
    ids = hourly(server, 3)
    server.failures.append(("/2/tweets/search/recent", 200, {}, b'{"data":[{"id":"17'))
    assert seen(pull(account, SearchPosition())) == ids[::-1]


def test_an_x_that_stays_down_ends_in_one_line_and_costs_nothing(account: Account, server: XServer) -> None:
    server.failures += [("/2/tweets/search/recent", 503, {}, problem_of_x())] * 6
    batches = []
    with pytest.raises(Unavailable, match=r"X does not answer \(503: over capacity\)"):
        for batch in search(account, QUERY, SearchPosition(), opened(BUDGET, START), start=START - HOUR):
            batches.append(batch)
    assert batches[-1].ledger.day_usd == 0


def problem_of_x() -> dict[str, str]:
    return {"title": "Service Unavailable", "detail": "over capacity"}


@pytest.mark.parametrize(
    ("status", "error", "words"),
    [
        (401, Refused, "X refuses the credentials"),
        (402, Refused, "buy credits"),
        (403, Refused, "lacks this access"),
        (429, BudgetReached, "X's own cap is reached"),
    ],
)
def test_what_waiting_does_not_cure_is_one_clear_line(
    account: Account, server: XServer, status: int, error: type[Exception], words: str
) -> None:
    body = {"title": "UsageCapExceeded", "detail": "Usage cap\nexceeded", "type": "https://x/problems/usage-capped"}
    server.failures.append(("/2/tweets/search/recent", status, {}, body))
    with pytest.raises(error, match=words) as raised:
        pull(account, SearchPosition())
    assert "\n" not in str(raised.value)
    assert len(server.searches()) == 1


def test_reaching_the_budget_ends_the_search_where_it_goes_on_later(account: Account, server: XServer) -> None:
    ids = hourly(server, 40)
    poor = Budget(prices(), day_usd=0.60, month_usd=100.0)
    batches = []
    with pytest.raises(BudgetReached, match=r"\$0\.\d\d of \$0\.60 for 2026-11-01 is spent"):
        pinched = msgspec.structs.replace(account, budget=poor)
        for batch in search(pinched, QUERY, SearchPosition(), opened(poor, START), start=START - 2 * HOUR):
            batches.append(batch)
            assert batch.ledger.day_usd <= 0.60
    rest = pull(account, batches[-1].position, batches[-1].ledger)
    assert seen(batches) + seen(rest) == ids[::-1]
    assert seen(batches)


def test_included_posts_come_beside_and_posts_gone_at_x_are_reported(account: Account, server: XServer) -> None:
    hourly(server, 1)
    quoted = post(START - timedelta(days=40), "Years ago", number=9)
    server.posts[0]["referenced_tweets"] = [{"type": "quoted", "id": quoted["id"]}]
    server.includes = {"tweets": [quoted]}
    server.errors = [
        {
            "title": "Not Found Error",
            "type": "https://api.twitter.com/2/problems/resource-not-found",
            "resource_type": "tweet",
            "resource_id": "12345",
        }
    ]
    events = [event for batch in pull(account, SearchPosition()) for event in batch.events]
    assert [type(event).__name__ for event in events] == ["PostSeen", "PostSeen", "PostDeleted", "WindowListened"]
    assert events[0].post.quote_of == events[1].post.post_id == quoted["id"]
    assert (events[0].collected.query, events[1].collected.query) == (QUERY.text, None)


def test_stopping_ends_between_pages(account: Account, server: XServer) -> None:
    ids = hourly(server, 25)
    stops = iter([False, False, True, True, True])
    ledger = opened(BUDGET, START)
    batches = list(search(account, QUERY, SearchPosition(), ledger, start=START - HOUR, stop=lambda: next(stops)))
    assert len(seen(batches)) == 10
    assert batches[-1].position.sweep.next_token == f"t{ids[15]}"


def test_a_query_that_changed_with_the_registry_takes_up_where_its_hashtags_were() -> None:
    stored = {
        "#afib OR #stroke": SearchPosition(("afib", "stroke"), START, post_id(START)),
        "#bcsm": SearchPosition(("bcsm",), START - HOUR, "7"),
        "#afib": SearchPosition(("afib",), START - 500 * HOUR, "6"),  # given up long ago
    }
    assert adopted(QUERY, stored) == stored[QUERY.text]
    assert adopted(Query("#afib OR #bcsm", ("afib", "bcsm")), stored).listened_until == START - HOUR
    assert adopted(Query("#afib OR #gout", ("afib", "gout")), stored).listened_until == START
    assert adopted(Query("#gout", ("gout",)), stored) == SearchPosition(("gout",))
