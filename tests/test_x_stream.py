"""The filtered stream: tweepy's own client against a server on loopback, with a clock that runs 60 times as fast."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from x_server import START, TOKEN, Clock, Transport, XServer, post, x_server

from listeners.budget import Budget, BudgetReached, Ledger, opened, prices
from listeners.events import Gap, PostSeen, Rejected, WindowListened
from listeners.x import Client
from listeners.x_joining import synchronise
from listeners.x_pages import Account
from listeners.x_positions import Batch, StreamPosition
from listeners.x_problems import BadRequest, Refused, Unavailable
from listeners.x_rules import Access, BadQuery, Query
from listeners.x_stream import stream

QUERIES = (Query("#afib OR #stroke", ("afib", "stroke")),)
BUDGET = Budget(prices(), day_usd=100.0, month_usd=1000.0)
SECONDS = 8.0  # of the wall, at most, for one test's listening


@pytest.fixture
def clock() -> Clock:
    return Clock(speed=60.0)


@pytest.fixture
def server(clock: Clock) -> Iterator[XServer]:
    with x_server(clock) as running:
        yield running


@pytest.fixture
def account(server: XServer, clock: Clock) -> Iterator[Account]:
    client = Client(TOKEN, now=clock.now, sleep=clock.sleep, transport=Transport(server.server_port))
    yield Account(client, BUDGET, Access(page=10), {})
    client.close()


Enough = Callable[[list[Batch]], bool]


def listen(account: Account, enough: Enough, position: StreamPosition | None = None, **more: Any) -> list[Batch]:
    """Listen until there is enough, and a few seconds at most."""
    batches: list[Batch] = []
    until = time.monotonic() + SECONDS
    for batch in stream(
        account,
        more.pop("queries", QUERIES),
        position or StreamPosition(),
        more.pop("ledger", opened(account.budget, START)),
        label="auscult-test",
        stop=lambda: enough(batches) or time.monotonic() > until,
        seconds_silent=more.pop("seconds_silent", 3.0),
        **more,
    ):
        batches.append(batch)
    assert time.monotonic() <= until, "nothing of what was waited for came"
    return batches


def line(server: XServer, at: datetime, text: str, number: int = 0, **more: Any) -> dict[str, Any]:
    """Give a line of the stream as X writes it, matching our rule."""
    rules = [{"id": rule["id"], "tag": rule.get("tag")} for rule in server.rules] or [{"id": "1", "tag": "x"}]
    return {"data": post(at, text, number, **more), "matching_rules": rules}


def say_once_connected(server: XServer, *steps: Any) -> None:
    """Have the server speak once someone listens: rules have no ids before."""

    def speak() -> None:
        for _ in range(400):
            if server.connections:
                break
            time.sleep(0.01)
        server.say(*[step() if callable(step) else step for step in steps])

    threading.Thread(target=speak, daemon=True).start()


def seen(batches: list[Batch]) -> list[str]:
    return [str(e.post.text) for batch in batches for e in batch.events if isinstance(e, PostSeen)]


def events(batches: list[Batch], kind: type) -> list[Any]:
    return [event for batch in batches for event in batch.events if isinstance(event, kind)]


def has(number: int) -> Enough:
    return lambda batches: len(seen(batches)) >= number


def test_posts_are_pushed_and_the_time_listened_is_stated(account: Account, server: XServer, clock: Clock) -> None:
    say_once_connected(
        server,
        lambda: line(server, clock.now(), "First #afib"),
        "alive",
        lambda: line(server, clock.now(), "Second #stroke", 1),
    )
    batches = listen(account, has(2))
    assert seen(batches) == ["First #afib", "Second #stroke"]
    post_seen = events(batches, PostSeen)[0]
    assert (post_seen.collected.method, post_seen.collected.query) == ("stream", QUERIES[0].text)
    assert post_seen.identity.handle == "person501"
    windows = events(batches, WindowListened)
    assert [(w.method, w.hashtags) for w in windows] == [("stream", ("afib", "stroke"))]
    assert windows[-1].ended_at == batches[-1].position.listened_until
    assert batches[-1].ledger.reserved == 0
    assert batches[-1].ledger.day_usd == pytest.approx(2 * 0.005 + 0.010)


def test_spend_is_reserved_before_the_stream_is_opened(account: Account, server: XServer) -> None:
    first = next(iter(stream(account, QUERIES, StreamPosition(), opened(BUDGET, START), label="auscult-test")))
    assert first.ledger.reserved > 0
    assert not [path for _, path, _ in server.asked if path == "/2/tweets/search/stream"]


@pytest.mark.parametrize("end", ["cut", "half", "close", "silent"])
def test_a_lost_connection_is_joined_again_and_search_fills_the_hole(
    account: Account, server: XServer, clock: Clock, end: str
) -> None:
    say_once_connected(server, lambda: line(server, clock.now(), "Before #afib"), end)

    def missed() -> None:
        time.sleep(0.3)
        server.posts.append(post(clock.now() - timedelta(seconds=15), "Missed #afib", 3))

    threading.Thread(target=missed, daemon=True).start()
    silent = 0.6 if end == "silent" else 3.0
    batches = listen(account, lambda found: bool(windows_of_search(found)), seconds_silent=silent)
    assert set(seen(batches)) <= {"Before #afib", "Missed #afib"}
    gaps = events(batches, Gap)
    assert gaps and all("no reposts" in gap.reason for gap in gaps)
    assert not events(batches, Rejected)
    assert batches[-1].position.holes == () or end == "silent"
    joined = [path for _, path, _ in server.asked if path == "/2/tweets/search/stream"]
    assert len(joined) >= 2
    hole = windows_of_search(batches)[0]
    assert hole.started_at <= gaps[0].started_at and hole.ended_at >= gaps[0].ended_at


def windows_of_search(batches: list[Batch]) -> list[WindowListened]:
    return [window for window in events(batches, WindowListened) if window.method == "search"]


def test_after_a_kill_the_time_until_the_restart_is_fetched_by_search(
    account: Account, server: XServer, clock: Clock
) -> None:
    say_once_connected(server, lambda: line(server, clock.now(), "Before #afib"))
    before = []
    for batch in stream(account, QUERIES, StreamPosition(), opened(BUDGET, START), label="auscult-test"):
        before.append(batch)
        if seen(before):
            break  # killed: what is not written is lost
    stored = msgspec.json.decode(msgspec.json.encode(before[-1].position), type=StreamPosition)
    clock.sleep(120)
    server.posts.append(post(clock.now() - timedelta(seconds=60), "While down #stroke"))
    after = listen(account, lambda found: "While down #stroke" in seen(found), stored, ledger=before[-1].ledger)
    assert before[-1].ledger.reserved > 0
    assert after[0].ledger.day_usd >= before[-1].ledger.day_usd
    assert windows_of_search(after)[0].started_at < stored.listened_until
    stated = [window for window in events(after, WindowListened) if window.method == "stream"]
    assert stated[0].ended_at == stored.listened_until


def test_a_stop_longer_than_seven_days_leaves_a_gap(account: Account, server: XServer) -> None:
    old = START - timedelta(days=30)
    batches = listen(account, lambda found: bool(windows_of_search(found)), StreamPosition(old, old, QUERIES))
    reasons = [gap.reason for gap in events(batches, Gap)]
    assert "older than recent search reaches" in reasons


def test_a_connection_left_by_a_killed_process_is_cleared(account: Account, server: XServer, clock: Clock) -> None:
    server.stale = 1
    say_once_connected(server, lambda: line(server, clock.now(), "At last #afib"))
    batches = listen(account, has(1))
    assert ("DELETE", "/2/connections/filtered_stream", {}) in server.asked
    assert seen(batches) == ["At last #afib"]


def test_one_that_cannot_be_cleared_is_waited_out(account: Account, server: XServer, clock: Clock) -> None:
    server.stale, server.stale_until = 1, clock.now() + timedelta(seconds=40)
    server.failures.append(("/2/connections/filtered_stream", 403, {}, {"title": "Forbidden", "detail": "no"}))
    say_once_connected(server, lambda: line(server, clock.now(), "At last #afib"))
    assert seen(listen(account, has(1))) == ["At last #afib"]
    assert [round(waited / 5) for waited in clock.slept[:2]] in ([1, 2], [1, 3])


def test_failures_to_join_are_waited_out_and_end_in_one_line(account: Account, server: XServer, clock: Clock) -> None:
    clock.speed = 100_000.0
    server.failures += [("/2/tweets/search/stream", 503, {}, {"title": "x", "detail": "over capacity"})] * 12
    server.failures.insert(0, ("/2/tweets/search/stream/rules", 500, {}, b""))
    with pytest.raises(Unavailable, match="cannot be joined"):
        listen(account, has(1))
    assert max(clock.slept) >= 320


@pytest.mark.parametrize(("status", "error"), [(401, Refused), (403, Refused), (402, Refused)])
def test_a_refused_stream_is_one_clear_line(
    account: Account, server: XServer, status: int, error: type[Exception]
) -> None:
    server.rules = [{"id": "1", "value": QUERIES[0].text, "tag": "auscult-test"}]
    body = {"title": "Forbidden", "detail": "no access\nto this"}
    server.failures.append(("/2/tweets/search/stream", status, {}, body))
    with pytest.raises(error) as raised:
        listen(account, has(1))
    assert "\n" not in str(raised.value)


def test_an_edit_a_duplicate_and_a_bad_line(account: Account, server: XServer, clock: Clock) -> None:
    def edited() -> dict[str, Any]:
        new = line(server, START + timedelta(minutes=3), "Edited #afib", 2)
        new["data"]["edit_history_tweet_ids"] = [first["data"]["id"], new["data"]["id"]]
        return new

    server.rules = [{"id": "1", "value": QUERIES[0].text, "tag": "auscult-test"}]
    first = line(server, START, "Frist #afib")
    say_once_connected(server, first, first, b'{"data": nonsense}\r\n', edited)
    batches = listen(account, has(3))
    posts = [event.post for event in events(batches, PostSeen)]
    assert {each.post_id for each in posts} == {first["data"]["id"]}
    assert [each.text for each in posts] == ["Frist #afib", "Frist #afib", "Edited #afib"]
    assert (posts[0].edited_at, posts[2].edited_at) == (None, START + timedelta(minutes=3))
    assert posts[2].created_at == START
    assert [(bad.raw, bad.source) for bad in events(batches, Rejected)] == [(b'{"data": nonsense}', "x")]


def test_a_notice_of_disconnection_is_no_post(account: Account, server: XServer, clock: Clock) -> None:
    notice = {"errors": [{"title": "operational-disconnect", "disconnect_type": "UpstreamOperationalDisconnect"}]}
    say_once_connected(server, notice, "close", lambda: line(server, clock.now(), "Back #afib"))
    batches = listen(account, has(1))
    assert seen(batches) == ["Back #afib"]
    assert not events(batches, Rejected)


def test_the_budget_ends_the_stream_and_what_came_until_then_stands(
    account: Account, server: XServer, clock: Clock
) -> None:
    poor = Budget(prices(), day_usd=1.0, month_usd=100.0)
    many = [lambda n=n: line(server, clock.now(), f"Post {n} #afib", n) for n in range(60)]
    say_once_connected(server, *many)
    batches: list[Batch] = []
    with pytest.raises(BudgetReached, match="listening stops until the next day"):
        for batch in stream(
            msgspec.structs.replace(account, budget=poor),
            QUERIES,
            StreamPosition(),
            opened(poor, START),
            label="auscult-test",
        ):
            batches.append(batch)
    assert 20 <= len(seen(batches)) <= 60
    assert batches[-1].ledger.reserved == 0
    assert batches[-1].ledger.day_usd == pytest.approx(len(seen(batches)) * 0.005 + 0.010)


def test_posts_that_match_only_rules_of_others_are_paid_for_and_not_kept(
    account: Account, server: XServer, clock: Clock
) -> None:
    other = {"data": post(START, "Something else"), "matching_rules": [{"id": "999", "tag": "theirs"}]}
    say_once_connected(server, other, lambda: line(server, clock.now(), "Ours #afib"))
    batches = listen(account, has(1))
    assert seen(batches) == ["Ours #afib"]
    assert batches[-1].ledger.day_posts == 2


def test_rules_are_brought_in_line_and_those_of_others_left(account: Account, server: XServer) -> None:
    server.rules = [
        {"id": "1", "value": "#gout", "tag": "auscult-test"},
        {"id": "2", "value": "cats", "tag": "theirs"},
        {"id": "3", "value": "#bcsm", "tag": "theirs"},
    ]
    wanted = [*QUERIES, Query("#bcsm", ("bcsm",))]
    known = synchronise(account.client, wanted, "auscult-test", Access())
    assert sorted(rule["value"] for rule in server.rules) == ["#afib OR #stroke", "#bcsm", "cats"]
    assert set(known.values()) == set(wanted)
    asked = len(server.asked)
    synchronise(account.client, wanted, "auscult-test", Access())
    assert [method for method, _, _ in server.asked[asked:]] == ["GET"]


def test_a_rule_that_x_does_not_take_or_has_no_room_for_is_one_line(account: Account, server: XServer) -> None:
    with pytest.raises(BadRequest, match="X does not take the rule `#badword`: no such operator"):
        synchronise(account.client, [Query("#badword")], "auscult-test", Access())
    with pytest.raises(BadQuery, match="the account has 1 rules"):
        synchronise(account.client, [*QUERIES, Query("#gout")], "auscult-test", Access(rules=1))


def test_stale_rules_make_room_first_when_the_account_is_full(account: Account, server: XServer) -> None:
    server.rules = [{"id": "1", "value": "#gout", "tag": "auscult-test"}]
    synchronise(account.client, QUERIES, "auscult-test", Access(rules=1))
    assert [rule["value"] for rule in server.rules] == [QUERIES[0].text]


def test_ledger_of_a_killed_stream_counts_its_reservation_as_spent(account: Account, server: XServer) -> None:
    held = Ledger(day=START.date(), month="2026-11", reserved=900_000, reserved_posts=60)
    first = next(iter(stream(account, QUERIES, StreamPosition(), held, label="auscult-test")))
    assert first.ledger.day_spent == 900_000
