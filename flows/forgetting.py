"""Forget a post or an author: the deletion goes the way of every event, and so reaches whatever the post reached."""

import uuid
from datetime import datetime

from flows.attach import wait_for_marker
from flows.errands import Erase, ask
from flows.home import Home, connection, owner
from flows.send import Sender
from flows.settings import Settings
from listeners.events import AuthorRemoved, Event, PostDeleted
from listeners.privacy import Pseudonyms


def forget_post(home: Home, config: Settings, platform: str, post_id: str, now: datetime) -> None:
    """Forget a post, and what was rejected with its id in it. Returns when a snapshot no longer shows it."""
    _send(home, config, PostDeleted(platform, post_id, now, "forgotten"), now)
    ask(home, config, Erase((post_id,)))


def forget_author(home: Home, config: Settings, platform: str, named: str, by_id: bool, now: datetime) -> None:
    """Forget an author, by handle or by id, with all their posts and what was rejected with the name in it."""
    named = named.lstrip("@")
    pseudonyms = Pseudonyms(home.key, frozenset())
    author = pseudonyms.author(platform, named if by_id else None, None if by_id else named)
    _send(home, config, AuthorRemoved(platform, author, now, "forgotten"), now)
    ask(home, config, Erase((named,)))


def _send(home: Home, config: Settings, event: Event, now: datetime) -> None:
    state = owner(home)
    marker_id = f"forget-{uuid.uuid4().hex}"
    with Sender(home, connection(config, home, state.bootstrap if state else None), frozenset()) as sender:
        sender.send(event)
        sender.mark(marker_id, now)
    wait_for_marker(home, config, marker_id, lambda said: None)
