"""Who says what and when in the simulated week: the texts composed into conversations, answers, quotes and reposts.

Times are seconds since the week's first midnight in UTC. Chance comes from the seed alone.
"""

import itertools
import random
from collections.abc import Iterator

import msgspec

from listeners.simulated_authors import Author, People, gather
from listeners.simulated_texts import LISTENED, Entry, conversations, marks
from listeners.simulated_turns import Turns

DAY = 86_400.0
WEEK = 7 * DAY
OUTAGE = (2 * DAY + 3.2 * 3600, 2 * DAY + 5.2 * 3600)  # Wednesday before dawn: nothing is heard for two hours
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MEETING_OFFSET = -5  # hours from UTC in Chicago in April
BURSTS = {"burst": (2 * DAY + 14 * 3600, 7 * 3600), "second-burst": (4 * DAY + 15 * 3600, 9 * 3600)}  # start, spread

CONVERSED, REPLIES, QUOTES = 0.5, 0.11, 0.05  # shares of the posts; the rest are reposts
ANSWERED = 0.6  # how many of the posts that promote a false claim somebody means to answer
ANSWERED_COPIES = 0.15
COPIES_PER_POST = 1 / 900
REACH = (0.05, 1.0, 3.0, 9.0, 27.0, 70.0)
CIRCLES = {
    "afib": "heart",
    "hrs2026": "heart",
    "breastcancer": "breast",
    "diabetes": "diabetes",
    "lupus": "lupus",
    "measles": "families",
    "autism": "families",
}


class Planned(msgspec.Struct, eq=False):
    """One post of the week. `parent` is what it replies to, quotes or reposts; `versions` are its later texts."""

    entry: Entry
    author: Author
    at: float
    relation: str
    text: str
    topic: str
    parent: "Planned | None" = None
    root: "Planned | None" = None
    versions: tuple[tuple[float, str, Entry], ...] = ()
    deleted_at: float | None = None
    answerable: bool = True
    number: int = 0

    def said(self, at: float) -> tuple[str, Entry]:
        """Give the text that stood there at that time, and what it is."""
        text, entry = self.text, self.entry
        for edited_at, later, became in self.versions:
            if edited_at <= at:
                text, entry = later, became
        return text, entry

    @property
    def final(self) -> Entry:
        """What it is after its last edit."""
        return self.versions[-1][2] if self.versions else self.entry


def compose(seed: int, posts: int) -> list[Planned]:
    """Give exactly `posts` posts in the order in which they were written, numbered. The same for the same arguments."""
    rng = random.Random(seed)
    people = gather(rng, max(300, posts // 8))
    planned = list(itertools.islice(_conversed(rng, people, posts), posts))
    spread = _by_reach(rng, planned, 0.6)
    planned += _answers(rng, people, planned, spread, round(posts * REPLIES), "reply")
    planned += _answers(rng, people, planned[: len(spread)], spread, round(posts * QUOTES), "quote")
    planned = planned[:posts]
    planned += _reposts(rng, people, planned, posts - len(planned))
    planned.sort(key=lambda post: post.at)
    for number, post in enumerate(planned, start=1):
        post.number = number
    return planned


def circle(entry: Entry, topic: str) -> str:
    """Give the circle in which an entry is at home when the talk is of that topic."""
    if entry.spam:
        return "spam"
    return "wellness" if entry.stance == "promotes" else CIRCLES[topic]


def _conversed(rng: random.Random, people: People, posts: int) -> Iterator[Planned]:
    """Give the written conversations: all of them in a week of usual size, again from others in a larger one."""
    count, budget = 0, max(1, int(posts * CONVERSED))
    for _ in range(max(1, posts // 60_000)):
        for entries in rng.sample(conversations(), len(conversations())):
            if count >= budget:
                return
            for post in _conversation(rng, people, entries, max(3, int(posts * COPIES_PER_POST))):
                count += 1
                yield post


def _conversation(rng: random.Random, people: People, entries: tuple[Entry, ...], copies: int) -> Iterator[Planned]:
    opening = entries[0]
    author = people.writer(rng, circle(opening, opening.topic), opening)
    at = heard(_opening_time(rng, opening, author))
    root = above = _planned(rng, opening, author, at, "post")
    found = [root]
    for entry in entries[1:]:
        if entry.move == "edit":
            above.versions = ((_later(rng, above.at, 40, _end(above)), entry.text, entry),)
            continue
        above = _follow(rng, people, entry, root, above)
        found.append(above)
    yield from found
    if opening.move == "copy":
        yield from _copies(rng, people, root, copies)


def _follow(rng: random.Random, people: People, entry: Entry, root: Planned, above: Planned) -> Planned:
    end = _end(root)
    if entry.move == "more":
        return _planned(rng, entry, root.author, _later(rng, above.at, 2, end), "reply", above, root)
    if entry.move == "back":
        at = _later(rng, above.at, 25, end)
        return _planned(rng, entry, root.author, at, "reply", above, root, f"@{above.author.handle} {entry.text}")
    at = _later(rng, root.at, 45, end)
    author = people.one(rng, circle(entry, root.topic), entry.language, entry.role, at)
    if entry.move == "quote":
        return _planned(rng, entry, author, at, "quote", root)
    return _planned(rng, entry, author, at, "reply", root, root, f"@{root.author.handle} {entry.text}")


def _copies(rng: random.Random, people: People, root: Planned, copies: int) -> Iterator[Planned]:
    """Give the same words from other accounts within two hours: a campaign."""
    for _ in range(copies):
        author = people.anyone(rng, circle(root.entry, root.topic), root.entry.language, root.at)
        at = heard(min(root.at + rng.random() * 7200, WEEK - 60))
        copy = _planned(rng, root.entry, author, at, "post")
        copy.answerable = rng.random() < ANSWERED_COPIES
        yield copy


def _answers(
    rng: random.Random, people: People, openings: list[Planned], spread: list[float], count: int, move: str
) -> list[Planned]:
    """Give `count` replies or quotes from the pool; first, what was chosen to be answered is answered."""
    turns = Turns(rng, "replies" if move == "reply" else "quotes")
    among = openings[: len(spread)]
    parents = [post for post in among if move == "reply" and post.entry.false_claim and post.answerable]
    first = len(parents)
    parents += rng.choices(among, cum_weights=spread, k=max(0, count - first))
    found = []
    for index, parent in enumerate(parents[:count]):
        entry = turns.next(parent.final, parent.answerable, must_debunk=index < first)
        if entry is None:
            continue
        at = _later(rng, parent.at, 30 if move == "reply" else 150, _end(parent))
        author = people.one_of_many(rng, circle(entry, parent.topic), entry.language, entry.role, at)
        text = f"@{parent.author.handle} {entry.text}" if move == "reply" else entry.text
        root = (parent.root or parent) if move == "reply" else None
        found.append(_planned(rng, entry, author, at, move, parent, root, text))
    return found


def _reposts(rng: random.Random, people: People, posts: list[Planned], count: int) -> list[Planned]:
    """Give reposts, no account reposting the same post twice."""
    seen: set[tuple[int, str]] = set()
    found: list[Planned] = []
    spread = _by_reach(rng, posts, 1.0)
    while len(found) < count:
        for parent in rng.choices(posts, cum_weights=spread, k=count - len(found)):
            at = _later(rng, parent.at, 100, _end(parent))
            home = circle(parent.entry, parent.topic) if rng.random() < 0.93 else "any"
            author = people.anyone(rng, home, parent.entry.language, at)
            if author is parent.author or (id(parent), author.author_id) in seen:
                author = people.anyone(rng, "any", "en", at)
            if (id(parent), author.author_id) in seen:
                continue
            seen.add((id(parent), author.author_id))
            text, entry = parent.said(at)
            gone = None if parent.deleted_at is None else min(parent.deleted_at + rng.random() * 5, WEEK)
            text = f"RT @{parent.author.handle}: {text}"
            found.append(Planned(entry, author, at, "repost", text, parent.topic, parent, deleted_at=gone))
    return found


def _planned(
    rng: random.Random,
    entry: Entry,
    author: Author,
    at: float,
    relation: str,
    parent: Planned | None = None,
    root: Planned | None = None,
    text: str | None = None,
) -> Planned:
    text = entry.text if text is None else text
    post = Planned(entry, author, at, relation, text, parent.topic if parent else entry.topic, parent, root)
    post.answerable = not entry.false_claim or rng.random() < ANSWERED
    chance = 0.35 if entry.spam else 0.06 if entry.stance == "promotes" else 0.006
    if rng.random() < chance:
        post.deleted_at = heard(at + rng.lognormvariate(10.3, 0.7))
        if post.deleted_at > WEEK - 120:
            post.deleted_at = None
    elif rng.random() < 0.03 and (slip := _misspelt(rng, text)):
        post.text, post.versions = slip, ((_later(rng, at, 6, WEEK), text, entry),)
    return post


def _misspelt(rng: random.Random, text: str) -> str | None:
    """Give the text with two letters of one word swapped, as typed in haste; None if no word is long enough."""
    words = text.split(" ")
    long = [place for place, word in enumerate(words) if len(word) > 6 and word.isascii() and word.isalpha()]
    if not long:
        return None
    place = rng.choice(long)
    word, at = words[place], rng.randrange(1, len(words[place]) - 2)
    words[place] = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return None if words[place] == word else " ".join(words)


def _by_reach(rng: random.Random, posts: list[Planned], steepness: float) -> list[float]:
    """Give cumulated weights: people repost what is far known more steeply than they answer it."""
    return list(itertools.accumulate(_weight(rng, post) ** steepness for post in posts))


def _weight(rng: random.Random, post: Planned) -> float:
    weight = REACH[post.entry.reach] * rng.lognormvariate(0, 0.9)
    if not set(LISTENED).intersection(marks(post.text).hashtags):
        return weight * 0.01
    return weight if post.relation == "post" else weight * 0.3


def _opening_time(rng: random.Random, entry: Entry, author: Author) -> float:
    if entry.when in BURSTS:
        start, spread = BURSTS[entry.when]
        return min(start + rng.gammavariate(1.6, spread), WEEK - 3600)
    day, _, clock = entry.when.partition(" ")
    date = DAYS.index(day) * DAY if day else rng.randrange(7) * DAY
    if clock:
        hour, minute = clock.split(":")
        return date + int(hour) * 3600 + int(minute) * 60 - MEETING_OFFSET * 3600 + rng.random() * 600
    local = rng.triangular(6, 23.9, rng.choice((8, 13, 20)))
    return min((date + (local - author.offset) * 3600) % WEEK, WEEK - 3600)


def _later(rng: random.Random, at: float, minutes: float, end: float) -> float:
    """Give a time after `at`, typically by so many minutes, always before `end`."""
    later = at + 20 + rng.lognormvariate(0, 1.1) * minutes * 60
    if later >= end:
        later = at + (end - at) * rng.random()
    later = heard(later)
    return later if later < end else at + (end - at) * 0.01


def _end(parent: Planned) -> float:
    return WEEK - 60 if parent.deleted_at is None else parent.deleted_at


def heard(at: float) -> float:
    """Move what falls into the outage past it: what was written meanwhile was never captured."""
    return at + (OUTAGE[1] - OUTAGE[0]) if OUTAGE[0] <= at < OUTAGE[1] else at
