"""The client of X: credentials that show nowhere, usage, counts, and waits."""

import logging
from collections.abc import Iterator

import pytest
from x_server import START, TOKEN, Clock, Transport, XServer, x_server

from listeners.x import Client
from listeners.x_problems import Problem, Refused, Unavailable, backoff, until_reset


@pytest.fixture
def server() -> Iterator[XServer]:
    with x_server(Clock()) as running:
        yield running


def client_of(server: XServer, token: str | None = TOKEN) -> Client:
    clock = server.clock
    return Client(token, now=clock.now, sleep=clock.sleep, transport=Transport(server.server_port))


@pytest.mark.parametrize("token", [None, "", "  ", "two words", "tab\tin it", "smart\u2019quote", "line\nbreak"])
def test_missing_or_misshapen_credentials_are_one_line_that_does_not_show_them(token: str | None) -> None:
    with pytest.raises(Refused) as raised:
        Client(token)
    assert "X_BEARER_TOKEN" in str(raised.value)
    assert "\n" not in str(raised.value)
    assert not token or not token.strip() or token.strip() not in str(raised.value)


def test_the_token_shows_in_no_log_error_or_repr(server: XServer, caplog: pytest.LogCaptureFixture) -> None:
    secret = "AAAAsecret-of-ours"
    client = client_of(server, secret)
    with caplog.at_level(logging.DEBUG), pytest.raises(Refused) as raised:
        client.usage()
    shown = caplog.text + repr(client) + str(client) + repr(raised.value) + str(raised.value)
    shown += repr(raised.value.__cause__) + repr(raised.value.__context__)
    assert secret not in shown
    assert secret not in "".join(str(vars(record)) for record in caplog.records)
    client.close()


def test_usage_and_counts_are_read_as_x_writes_them(server: XServer) -> None:
    client = client_of(server)
    server.usage |= {
        "project_usage": "43435",
        "daily_project_usage": {"project_id": 7, "usage": [{"date": "2026-11-01T00:00:00.000Z", "usage": "321"}]},
    }
    usage = client.usage()
    assert (usage.month_posts, usage.month_cap, usage.days) == (43435, 3_000_000, {START.date(): 321})
    assert client.posts_in_week("#afib") == 0
    client.close()


def test_an_x_out_of_reach_is_unavailable_after_bounded_tries() -> None:
    clock = Clock()
    client = Client(TOKEN, now=clock.now, sleep=clock.sleep, jitter=lambda: 0.0, transport=Transport(9))
    with pytest.raises(Unavailable, match="tried 6 times"):
        client.usage()
    assert clock.slept == [1, 2, 4, 8, 16]
    client.close()


def test_a_limit_that_never_lifts_is_unavailable(server: XServer) -> None:
    client = client_of(server)
    server.failures += [("/2/usage/tweets", 429, {}, {"title": "Too Many Requests"})] * 9
    with pytest.raises(Unavailable, match="429"):
        client.usage()
    assert len(server.clock.slept) == 4
    assert all(60 * 2**n <= slept <= 90 * 2**n for n, slept in enumerate(server.clock.slept))
    client.close()


def test_waits_grow_are_bounded_and_never_negative() -> None:
    assert [backoff(tries, lambda: 0.0) for tries in (1, 2, 3, 7, 100)] == [1, 2, 4, 64, 64]
    assert backoff(1, lambda: 1.0) == 1.5
    assert until_reset(Problem(429, reset=START), 1, START.replace(hour=13), lambda: 0.0) == 1
