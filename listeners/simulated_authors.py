"""The people of the simulated week: all invented, every handle ends in `_sim` and every bio says so.

`authors.csv` has the accounts that write the posts; the crowd that answers and reposts is drawn from the bios of
`bios.csv` and the names of `names.csv`. A circle is who listens to whom: heart, breast, diabetes, lupus, families,
wellness (who repeats false claims), spam.
"""

import random
import unicodedata
from functools import cache

import msgspec

from listeners.simulated_texts import FOLDER, ROLES, BadText, Entry, rows

SIMULATED = "Simulated account."
# How likely somebody is to be about at each local hour, from midnight on.
AWAKE = (8, 5, 3, 2, 2, 5, 20, 45, 65, 75, 80, 80, 90, 85, 75, 70, 70, 75, 85, 95, 100, 90, 60, 25)
# Hours from UTC in the last week of April, by the language people write in.
OFFSETS: dict[str, tuple[float, ...]] = {
    "en": (-7, -6, -5, -5, -4, -4, -4, 1, 1, 5.5, 10),
    "es": (-6, -5, -3, 2, 2),
    "fr": (2, 2, -4),
    "de": (2,),
    "pt": (-3, -3, 1),
    "ja": (9,),
}
CIRCLE_SHARES = {"heart": 30, "breast": 12, "diabetes": 12, "lupus": 7, "families": 20, "wellness": 16, "spam": 3}
OTHER_LANGUAGES = 0.08


class Author(msgspec.Struct, frozen=True):
    """An invented account. `offset`: hours from UTC."""

    author_id: str
    handle: str
    name: str
    bio: str
    role: str
    circle: str
    language: str
    offset: float

    def awake(self, at: float) -> int:
        """Give the chance in a hundred that they are about, `at` seconds after a midnight in UTC."""
        return AWAKE[int((at / 3600 + self.offset) % 24)]


Places = dict[tuple[str, ...], list[Author]]


class People(msgspec.Struct):
    """All accounts of a week, and who of them is where: by (circle, language) and by (circle, language, role)."""

    crowd: Places
    writers: Places

    def anyone(self, rng: random.Random, circle: str, language: str, at: float) -> Author:
        """Give somebody of the circle who is likely to be about then."""
        return _awake(rng, self.crowd.get((circle, language)) or self.crowd[("any", language)], at)

    def writer(self, rng: random.Random, circle: str, entry: Entry) -> Author:
        """Give who writes the entry: the account it names, else one of its role."""
        if entry.by:
            found = [author for author in writers() if (author.handle, author.role) == (entry.by, entry.role)]
            if not found:
                raise BadText(f"{entry.place}: field `by`: no {entry.role} of authors.csv is called `{entry.by}`")
            return found[0]
        return self.one(rng, circle, entry.language, entry.role, None)

    def one(self, rng: random.Random, circle: str, language: str, role: str, at: float | None) -> Author:
        """Give a writer of that role: of the circle if there is one, else of any circle."""
        return _awake(rng, self._of_role(self.writers, circle, language, role), at)

    def one_of_many(self, rng: random.Random, circle: str, language: str, role: str, at: float) -> Author:
        """Give somebody of that role from the crowd, of the circle if there is one."""
        return _awake(rng, self._of_role(self.crowd, circle, language, role), at)

    def _of_role(self, among: Places, circle: str, language: str, role: str) -> list[Author]:
        for place in (circle, "any"):
            for found in (among, self.crowd):
                if authors := found.get((place, language, role)):
                    return authors
        return self.crowd[("any", language)]


def gather(rng: random.Random, count: int) -> People:
    """Give the writers of `authors.csv` and a crowd of `count`."""
    return People(crowd=_index(_crowd(rng, count)), writers=_index(writers()))


@cache
def writers() -> tuple[Author, ...]:
    """Give the accounts of `authors.csv`."""
    return tuple(
        _author(place, number, row["handle"], row["name"], row, float(row["offset"]))
        for number, (place, row) in enumerate(rows(FOLDER / "authors.csv"))
    )


def _crowd(rng: random.Random, count: int) -> list[Author]:
    bios: dict[tuple[str, bool], list[tuple[str, dict[str, str]]]] = {}
    for place, row in rows(FOLDER / "bios.csv"):
        bios.setdefault((row["circle"], (row["language"] or "en") == "en"), []).append((place, row))
    circles = rng.choices(list(CIRCLE_SHARES), list(CIRCLE_SHARES.values()), k=count)
    crowd = []
    for number, circle in enumerate(circles, start=1000):
        english = rng.random() >= OTHER_LANGUAGES
        place, row = rng.choice(bios[(circle, True)] if english else bios[("any", False)])
        language = row["language"] or "en"
        given, family = rng.choice(_names()[language, "given"]), rng.choice(_names()[language, "family"])
        handle = f"{_plain(given)}_{_plain(family)}{number}_sim"
        crowd.append(_author(place, number, handle, f"{given} {family}", row, rng.choice(OFFSETS[language])))
    return crowd


def _author(place: str, number: int, handle: str, name: str, row: dict[str, str], offset: float) -> Author:
    if row["role"] not in ROLES:
        raise BadText(f"{place}: field `role`: expected one of {', '.join(ROLES)}, got `{row['role']}`")
    return Author(
        author_id=f"sim-author-{number}",
        handle=handle,
        name=name,
        bio=f"{row['bio']} {SIMULATED}",
        role=row["role"],
        circle=row["circle"],
        language=row["language"] or "en",
        offset=offset,
    )


def _index(authors: list[Author] | tuple[Author, ...]) -> Places:
    places: Places = {}
    for author in authors:
        for circle in {author.circle, "any"}:
            places.setdefault((circle, author.language), []).append(author)
            places.setdefault((circle, author.language, author.role), []).append(author)
    return places


def _awake(rng: random.Random, among: list[Author], at: float | None) -> Author:
    author = rng.choice(among)
    for _ in range(5):
        if at is None or rng.random() * 100 < author.awake(at):
            break
        author = rng.choice(among)
    return author


@cache
def _names() -> dict[tuple[str, str], list[str]]:
    names: dict[tuple[str, str], list[str]] = {}
    for _, row in rows(FOLDER / "names.csv"):
        names[row["language"], row["part"]] = row["names"].split()
    return names


def _plain(name: str) -> str:
    spelt = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return "".join(letter for letter in spelt.lower() if letter.isalnum())
