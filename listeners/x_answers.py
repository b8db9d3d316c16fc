"""What X answers beside posts: users, rules, counts, usage. Pure: bytes in, records out."""

from datetime import date, datetime

import msgspec

from listeners.budget import Usage
from listeners.x_objects import XRule, XUser


class RuleError(msgspec.Struct, frozen=True):
    """Why X did not take a rule."""

    title: str | None = None
    value: str | None = None
    detail: str | None = None
    details: tuple[str, ...] = ()

    def words(self) -> str:
        """Give X's reason on one line."""
        return " ".join(" ".join((*self.details, self.detail or self.title or "no reason given")).split())[:300]


class RuleAnswer(msgspec.Struct, frozen=True):
    """The rules that stand, or were added, and what X did not take."""

    data: tuple[XRule, ...] = ()
    errors: tuple[RuleError, ...] = ()


class _Users(msgspec.Struct, frozen=True):
    data: tuple[msgspec.Raw, ...] = ()


class _CountMeta(msgspec.Struct, frozen=True):
    total_tweet_count: int


class _Counts(msgspec.Struct, frozen=True):
    meta: _CountMeta


class _Day(msgspec.Struct, frozen=True):
    date: str
    usage: int | str = 0


class _Days(msgspec.Struct, frozen=True):
    usage: tuple[_Day, ...] = ()


class _UsageData(msgspec.Struct, frozen=True):
    project_usage: int | str = 0
    project_cap: int | str | None = None
    daily_project_usage: _Days = _Days()


class _Usage(msgspec.Struct, frozen=True):
    data: _UsageData


rules = msgspec.json.Decoder(RuleAnswer).decode
_users = msgspec.json.Decoder(_Users).decode
_counts = msgspec.json.Decoder(_Counts).decode
_usage = msgspec.json.Decoder(_Usage).decode


def users(body: bytes) -> tuple[XUser, ...]:
    """Give the users of an answer; one that cannot be read is as if X had not shown it."""
    found = []
    for raw in _users(body).data:
        try:
            found.append(msgspec.json.decode(raw, type=XUser))
        except (msgspec.DecodeError, UnicodeDecodeError):
            continue
    return tuple(found)


def posts_counted(body: bytes) -> int:
    """Give the total of a counts answer."""
    return _counts(body).meta.total_tweet_count


def usage(body: bytes) -> Usage:
    """Give the posts that X counted. Its numbers come as strings, its days as moments."""
    said = _usage(body).data
    days: dict[date, int] = {}
    for day in said.daily_project_usage.usage:
        on = datetime.fromisoformat(day.date).date()
        days[on] = days.get(on, 0) + int(day.usage)
    cap = None if said.project_cap is None else int(said.project_cap)
    return Usage(month_posts=int(said.project_usage), month_cap=cap, days=days)
