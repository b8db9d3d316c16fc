"""Stored posts for another release of the tagger to read, and what two releases say otherwise; from a snapshot."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from listeners.events import Link, Post, Retag
from warehouse.query import connect
from warehouse.statements import statements


class Release(NamedTuple):
    """A release of rules and model; releases sort by age."""

    rules: str
    model: str


class Change(msgspec.Struct, frozen=True):
    """What became of a claim in so many posts: stance before and after (none: not in play), signals won and lost."""

    claim_id: str
    before: str
    after: str
    posts: int
    gained: int
    lost: int
    example: str


class Comparison(msgspec.Struct, frozen=True):
    """What a newer release says otherwise than an older one, of the `posts` that both read."""

    older: Release
    newer: Release
    posts: int
    gained: int
    lost: int
    changes: list[Change]


def stored(snapshot: Path, release: Release, since: datetime | None, now: datetime) -> Iterator[Retag]:
    """Give the posts with text, written at `since` or later, that `release` has not tagged as they stand now."""
    asked = {"rules": release.rules, "model": release.model, "since": since}
    with connect(snapshot) as connection:
        found = connection.execute(statements("retag")["stored"], asked)
        while rows := found.fetchmany(1000):
            yield from (_retag(row, now) for row in rows)


def releases(snapshot: Path) -> list[Release]:
    """Give every release that tagged something, the oldest first."""
    with connect(snapshot) as connection:
        return [Release(*row) for row in connection.execute(statements("retag")["releases"]).fetchall()]


def two_newest(known: list[Release]) -> tuple[Release, Release] | None:
    """Give what to compare: the newest release, and the newest before it with other rules, else with another model."""
    if len(known) < 2:
        return None
    newer = known[-1]
    other_rules = [release for release in known if release.rules < newer.rules]
    return (other_rules or known[:-1])[-1], newer


def compared(snapshot: Path, older: Release, newer: Release) -> Comparison:
    """Give what changed between what stood after `older` and what stood after `newer`, by claim."""
    asked = {"old_rules": older.rules, "old_model": older.model, "new_rules": newer.rules, "new_model": newer.model}
    with connect(snapshot) as connection:
        posts, gained, lost = connection.execute(statements("retag")["compared"], asked).fetchall()[0]
        changes = [Change(*row) for row in connection.execute(statements("retag")["changes"], asked).fetchall()]
    return Comparison(older, newer, posts, gained, lost, changes)


def _retag(row: tuple[Any, ...], now: datetime) -> Retag:
    platform, post_id, created_at, text, text_version, language, links, media_alts = row
    post = Post(
        platform=platform,
        post_id=post_id,
        created_at=created_at,
        text=text,
        language=language,
        links=tuple(Link(**link) for link in links or ()),
        media_alts=tuple(media_alts or ()),
    )
    return Retag(post=post, text_version=text_version, observed_at=now)
