"""What listening may cost: prices, caps and a ledger, as arithmetic. No network, no clock, no storage.

The caller writes the ledger durably after `reserve` and before the request, and again after `settle`. A crash in
between leaves the reservation in it, and `recovered` counts it as spent: the ledger errs to the safe side.
Money is whole micro-dollars; days and months are UTC.
"""

import tomllib
from datetime import date, datetime, timedelta
from pathlib import Path

import msgspec

MICRO = 1_000_000
PRICES = Path(__file__).with_name("x_prices.toml")


class BudgetReached(RuntimeError):
    """The next request could cost more than what is left: one line that says which cap, and until when."""


class BadPrices(ValueError):
    """A price list that cannot be used: one line naming file and field."""


class Read(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Dollars for each post and each user that was asked for."""

    post: float
    user: float


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Dollars for each request that is charged as such."""

    counts: float


class Included(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Dollars for what comes along with the posts that were asked for."""

    post: float = 0.0
    media: float = 0.0


class Prices(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A price list and its date."""

    date: date
    read: Read
    request: Request
    included: Included = Included()


class Use(msgspec.Struct, frozen=True):
    """What was returned, or at most may be."""

    posts: int = 0
    users: int = 0
    counts: int = 0
    included: int = 0
    media: int = 0

    def times(self, number: int) -> "Use":
        """Give this use, `number` times."""
        return Use(*(number * getattr(self, field) for field in self.__struct_fields__))

    def plus(self, other: "Use") -> "Use":
        """Give both uses together."""
        return Use(*(getattr(self, field) + getattr(other, field) for field in self.__struct_fields__))


class Budget(msgspec.Struct, frozen=True):
    """Prices and caps. `billing_day`: the day of the month on which X's month begins."""

    prices: Prices
    day_usd: float
    month_usd: float
    month_posts: int = 3_000_000
    billing_day: int = 1


class Ledger(msgspec.Struct, frozen=True):
    """What a day and a month have cost so far, and what is reserved for the request under way. Micro-dollars."""

    day: date
    month: str
    day_spent: int = 0
    month_spent: int = 0
    day_posts: int = 0
    month_posts: int = 0
    reserved: int = 0
    reserved_posts: int = 0

    @property
    def day_usd(self) -> float:
        """Dollars of the day, with what is reserved."""
        return (self.day_spent + self.reserved) / MICRO

    @property
    def month_usd(self) -> float:
        """Dollars of the month, with what is reserved."""
        return (self.month_spent + self.reserved) / MICRO


class Usage(msgspec.Struct, frozen=True):
    """Posts that X counted for the account: in its month, and by day where it says."""

    month_posts: int
    month_cap: int | None = None
    days: dict[date, int] = {}


class Estimate(msgspec.Struct, frozen=True):
    """Dollars that a window of listening may cost, from the least to the worst, and what the caps allow of it."""

    posts: int
    least_usd: float
    worst_usd: float
    allowed_usd: float


def prices(path: Path = PRICES) -> Prices:
    """Read a price list. Raises BadPrices naming file and field."""
    try:
        listed = msgspec.convert(tomllib.loads(path.read_text("utf-8")), Prices)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
        raise BadPrices(f"{path.name}: {error}") from None
    if min(listed.read.post, listed.read.user, listed.request.counts, *msgspec.structs.astuple(listed.included)) < 0:
        raise BadPrices(f"{path.name}: expected prices of 0 or more")
    return listed


def opened(budget: Budget, now: datetime) -> Ledger:
    """Give the empty ledger of this day and month."""
    return Ledger(day=now.date(), month=_month(budget, now))


def recovered(ledger: Ledger) -> Ledger:
    """Give the ledger after a restart: what was reserved and never settled counts as spent."""
    return msgspec.structs.replace(
        ledger,
        day_spent=ledger.day_spent + ledger.reserved,
        month_spent=ledger.month_spent + ledger.reserved,
        day_posts=ledger.day_posts + ledger.reserved_posts,
        month_posts=ledger.month_posts + ledger.reserved_posts,
        reserved=0,
        reserved_posts=0,
    )


def turned(ledger: Ledger, budget: Budget, now: datetime) -> Ledger:
    """Give the ledger with a new day's or month's page opened, if one began; a clock set back opens none."""
    if now.date() > ledger.day:
        ledger = msgspec.structs.replace(ledger, day=now.date(), day_spent=0, day_posts=0)
    if _month(budget, now) > ledger.month:
        ledger = msgspec.structs.replace(ledger, month=_month(budget, now), month_spent=0, month_posts=0)
    return ledger


def cost(use: Use, listed: Prices) -> int:
    """Give the micro-dollars of a use."""
    dollars = (
        use.posts * listed.read.post
        + use.users * listed.read.user
        + use.counts * listed.request.counts
        + use.included * listed.included.post
        + use.media * listed.included.media
    )
    return round(dollars * MICRO)


def reserve(ledger: Ledger, worst: Use, budget: Budget, now: datetime) -> Ledger:
    """Give the ledger with the worst case of the next request set aside. Raises BudgetReached if it passes a cap."""
    ledger = turned(ledger, budget, now)
    amount = cost(worst, budget.prices)
    _within("day", ledger.day.isoformat(), ledger.day_spent + ledger.reserved, amount, budget.day_usd)
    _within("month", ledger.month, ledger.month_spent + ledger.reserved, amount, budget.month_usd)
    posts = ledger.month_posts + ledger.reserved_posts
    if posts + worst.posts + worst.included > budget.month_posts:
        raise BudgetReached(
            f"X budget reached: {posts:,} of {budget.month_posts:,} posts of {ledger.month} are read; "
            "listening stops until the next month, or a higher cap"
        )
    return msgspec.structs.replace(
        ledger,
        reserved=ledger.reserved + amount,
        reserved_posts=ledger.reserved_posts + worst.posts + worst.included,
    )


def settle(ledger: Ledger, worst: Use, used: Use, budget: Budget, now: datetime) -> Ledger:
    """Give the ledger with a reservation lifted and what really came counted, on the day on which it came."""
    ledger = turned(ledger, budget, now)
    amount, posts = cost(used, budget.prices), used.posts + used.included
    return msgspec.structs.replace(
        ledger,
        day_spent=ledger.day_spent + amount,
        month_spent=ledger.month_spent + amount,
        day_posts=ledger.day_posts + posts,
        month_posts=ledger.month_posts + posts,
        reserved=max(0, ledger.reserved - cost(worst, budget.prices)),
        reserved_posts=max(0, ledger.reserved_posts - worst.posts - worst.included),
    )


def reconciled(ledger: Ledger, usage: Usage, budget: Budget, now: datetime) -> Ledger:
    """Give the ledger raised to what X counted, where X counted more posts; never lowered, since X counts late."""
    ledger = turned(ledger, budget, now)
    price = cost(Use(posts=1), budget.prices)
    more = max(0, usage.month_posts - ledger.month_posts)
    more_today = max(0, usage.days.get(ledger.day, 0) - ledger.day_posts)
    return msgspec.structs.replace(
        ledger,
        day_spent=ledger.day_spent + more_today * price,
        day_posts=ledger.day_posts + more_today,
        month_spent=ledger.month_spent + max(more, more_today) * price,
        month_posts=ledger.month_posts + max(more, more_today),
    )


def affordable(ledger: Ledger, each: Use, most: int, budget: Budget, now: datetime) -> int:
    """Give how many times `each` may still be reserved, at most `most`."""
    ledger = turned(ledger, budget, now)
    left = min(budget.day_usd * MICRO - ledger.day_spent, budget.month_usd * MICRO - ledger.month_spent)
    posts = budget.month_posts - ledger.month_posts - ledger.reserved_posts
    money = (left - ledger.reserved) // cost(each, budget.prices) if cost(each, budget.prices) else most
    return max(0, min(most, int(money), posts // max(1, each.posts + each.included)))


def estimate(posts: int, each: Use, ledger: Ledger, budget: Budget, now: datetime) -> Estimate:
    """Give what `posts` posts may cost: at least the posts alone, at worst `each` in full for every one of them.

    `allowed_usd` is the worst case cut at what the caps still leave today, or this month if that is less.
    """
    ledger = turned(ledger, budget, now)
    worst = cost(each.times(posts), budget.prices) / MICRO
    left = min(budget.day_usd - ledger.day_usd, budget.month_usd - ledger.month_usd)
    return Estimate(
        posts=posts,
        least_usd=cost(Use(posts=posts), budget.prices) / MICRO,
        worst_usd=worst,
        allowed_usd=max(0.0, min(worst, left)),
    )


def _month(budget: Budget, now: datetime) -> str:
    """Give the name of the month of X's bill in which `now` falls."""
    return (now - timedelta(days=min(budget.billing_day, 28) - 1)).strftime("%Y-%m")


def _within(period: str, name: str, spent: int, amount: int, cap: float) -> None:
    """Raise BudgetReached when `amount` more would pass the cap of the period."""
    if spent + amount > round(cap * MICRO):
        raise BudgetReached(
            f"X budget reached: ${spent / MICRO:.2f} of ${cap:.2f} for {name} is spent and the next request could "
            f"cost ${amount / MICRO:.2f}; listening stops until the next {period} (UTC), or a higher cap"
        )
