"""Listening to X the whole way: from a server that answers as X does to rows, cursors, windows and a budget."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from homes import asked, auscult, end_owner
from x_server import START, TOKEN, Clock, Transport, XServer, post, x_server

from flows.home import Home, open_home
from flows.listen import Listened, Window, listen_x
from flows.publish import publish_now
from flows.settings import BadSetting, settings
from listeners.x import Client


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server(clock: Clock) -> Iterator[XServer]:
    with x_server(clock) as running:
        yield running


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    opened = open_home(tmp_path / "home")
    yield opened
    end_owner(opened.path)


def listen(home: Home, server: XServer, clock: Clock, window: Window, **more: str) -> Listened:
    """Listen to the server for #afib as a new process would: with a client and cursors read anew."""
    config = settings({"AUSCULT_HOME": str(home.path), **more})
    client = Client(TOKEN, now=clock.now, sleep=clock.sleep, transport=Transport(server.server_port))
    try:
        return listen_x(home, config, client, window, lambda so_far: None, ["afib"])
    finally:
        client.close()


def test_a_second_search_goes_on_where_the_first_ended(home: Home, server: XServer, clock: Clock) -> None:
    server.posts = [post(START - timedelta(minutes=50 - n), f"Living with #afib day {n}", n) for n in range(5)]
    first = listen(home, server, clock, Window())
    assert first.posts == 5 and first.day_usd > 0
    clock.sleep(600)
    server.posts += [post(START + timedelta(minutes=n), f"Asking about #afib {n}", 100 + n) for n in range(3)]
    second = listen(home, server, clock, Window())
    assert second.posts == 3
    publish_now(home, settings({"AUSCULT_HOME": str(home.path)}), lambda state: None)
    found = asked(
        home.path, "select distinct f.method as method, count(*) over () as n from posts, unnest(found_by) u(f)"
    )
    assert found == [{"method": "search", "n": 8}]
    windows = asked(home.path, "select list_contains(hashtags, 'afib') as afib, started_at from collection_windows")
    assert len(windows) == 2 and all(window["afib"] for window in windows)
    readable = "select count(*) as n from posts where text like '%@%' and text not like '%@u%'"
    assert asked(home.path, readable) == [{"n": 0}]


def test_the_budget_ends_listening_with_a_clear_word(home: Home, server: XServer, clock: Clock) -> None:
    first = START - timedelta(minutes=59)
    server.posts = [post(first + timedelta(seconds=n), f"Talk of #afib {n}", n) for n in range(300)]
    total = listen(home, server, clock, Window(), AUSCULT_X_DAY_USD="1")
    assert total.ended.startswith("X budget reached: $")
    assert total.day_usd <= 1.0
    again = listen(home, server, clock, Window(), AUSCULT_X_DAY_USD="1")
    assert again.posts == 0 and again.ended.startswith("X budget reached")


def test_an_unregistered_hashtag_is_refused_before_x_is_asked(home: Home, server: XServer, clock: Clock) -> None:
    config = settings({"AUSCULT_HOME": str(home.path)})
    client = Client(TOKEN, now=clock.now, sleep=clock.sleep, transport=Transport(server.server_port))
    with pytest.raises(BadSetting, match="#nosuchtag is not registered"):
        listen_x(home, config, client, Window(), lambda so_far: None, ["nosuchtag"])
    client.close()


def test_the_token_is_nowhere_in_the_home(home: Home, server: XServer, clock: Clock) -> None:
    server.posts = [post(START - timedelta(minutes=5), "#afib", 1)]
    os.environ["X_BEARER_TOKEN"] = TOKEN
    try:
        listen(home, server, clock, Window())
    finally:
        del os.environ["X_BEARER_TOKEN"]
    end_owner(home.path)
    assert not [path for path in home.path.rglob("*") if path.is_file() and TOKEN.encode() in path.read_bytes()]


def test_without_credentials_listening_is_one_line(tmp_path: Path) -> None:
    ran = auscult(tmp_path / "home", "listen")
    assert (ran.returncode, ran.stderr.count("\n")) == (2, 1)
    assert ran.stderr.startswith("auscult: no X credentials")
