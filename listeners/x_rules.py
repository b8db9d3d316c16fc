"""Queries and rules for X, built from hashtags within X's limits. Pure: no network, no tweepy."""

import re
from collections.abc import Iterable, Sequence

import msgspec

from listeners.budget import Use
from listeners.x_objects import XRule

HASHTAG = re.compile(r"\w*[^\W\d_]\w*")
HANDLE = re.compile(r"\w{1,15}", re.ASCII)
NO_REPOSTS = "-is:retweet"


class BadQuery(ValueError):
    """A query that X would refuse: one line that says why."""


class Access(msgspec.Struct, frozen=True):
    """What the account may do at X, and what it is to ask for. The defaults are those of pay-per-use.

    `search_length` and `rule_length` are in characters, `page` in posts, `days` is how far back recent search
    reaches. `reposts`: the stream delivers them (search never does). `references`: ask for posts that others refer to.
    `authors`: look up who wrote the posts.
    """

    search_length: int = 512
    rule_length: int = 1024
    rules: int = 1000
    page: int = 100
    days: int = 7
    full_archive: bool = False
    reposts: bool = True
    references: bool = True
    media: bool = True
    authors: bool = True

    @property
    def each(self) -> Use:
        """The worst case of one post: a new author, two posts that it refers to, four pictures."""
        return Use(
            posts=1,
            users=1 if self.authors else 0,
            included=2 if self.references else 0,
            media=4 if self.media else 0,
        )


class Query(msgspec.Struct, frozen=True):
    """A query, or the value of a rule, and the registered hashtags that it covers."""

    text: str
    hashtags: tuple[str, ...] = ()


class RuleChange(msgspec.Struct, frozen=True):
    """What to add to the stream's rules and which of ours to delete (by id), so that the wanted ones stand."""

    add: tuple[XRule, ...] = ()
    delete: tuple[str, ...] = ()


def search_queries(hashtags: Iterable[str], access: Access, accounts: Iterable[str] = ()) -> tuple[Query, ...]:
    """Give the queries for recent search that cover the hashtags, and the accounts' posts and mentions."""
    return queries(hashtags, access.search_length, accounts)


def stream_queries(hashtags: Iterable[str], access: Access, accounts: Iterable[str] = ()) -> tuple[Query, ...]:
    """Give the values of the stream's rules. Raises BadQuery when X would not take so many."""
    found = queries(hashtags, access.rule_length, accounts, "" if access.reposts else NO_REPOSTS)
    if len(found) > access.rules:
        raise BadQuery(f"{len(found)} rules are needed and the account has {access.rules}: listen to fewer hashtags")
    return found


def queries(hashtags: Iterable[str], length: int, accounts: Iterable[str] = (), suffix: str = "") -> tuple[Query, ...]:
    """Pack hashtags (without '#') and accounts (without '@') into few queries of `length` characters each (first fit).

    The same words in any order give the same queries. Raises BadQuery for a word that X cannot search for.
    """
    room = length - len(_query([], suffix))
    packed: list[list[str]] = []
    left: list[int] = []
    for term in sorted(_terms(hashtags, accounts), key=lambda term: (-len(term), term)):
        need = len(term) + len(" OR ")
        if len(term) > room:
            raise BadQuery(f"`{term}` does not fit into a query of {length} characters")
        place = next((place for place, free in enumerate(left) if free >= need), None)
        if place is None:
            packed.append([])
            left.append(room + len(" OR "))
            place = len(left) - 1
        packed[place].append(term)
        left[place] -= need
    return tuple(Query(_query(sorted(terms), suffix), _tags(terms)) for terms in packed)


def rule_changes(wanted: Sequence[Query], present: Sequence[XRule], label: str, most: int) -> RuleChange:
    """Give what to add and delete. Ours are tagged with `label`; a rule of others with a wanted value serves."""
    values = {query.text for query in wanted}
    standing = {rule.value for rule in present}
    stale = tuple(str(rule.id) for rule in present if (rule.tag or "") == label and rule.value not in values)
    add = tuple(XRule(id="", value=query.text, tag=label) for query in wanted if query.text not in standing)
    if len(present) - len(stale) + len(add) > most:
        raise BadQuery(
            f"the account has {most} rules, {len(present) - len(stale)} are taken and {len(add)} more are needed: "
            "listen to fewer hashtags, or delete rules of others at X"
        )
    return RuleChange(add, stale)


def by_rule(wanted: Sequence[Query], present: Sequence[XRule]) -> dict[str, Query]:
    """Give the query behind each of the stream's rules, by rule id."""
    known = {query.text: query for query in wanted}
    return {str(rule.id): known[rule.value] for rule in present if rule.value in known}


def _terms(hashtags: Iterable[str], accounts: Iterable[str]) -> set[str]:
    """Give the words of the queries, each checked, none twice."""
    terms = set()
    for tag in hashtags:
        if not HASHTAG.fullmatch(tag):
            raise BadQuery(f"`{tag}` is no hashtag: expected letters, digits and '_', with at least one letter")
        terms.add(f"#{tag.lower()}")
    for handle in accounts:
        if not HANDLE.fullmatch(handle):
            raise BadQuery(f"`{handle}` is no account: expected up to 15 letters, digits and '_'")
        terms.update((f"from:{handle.lower()}", f"@{handle.lower()}"))
    return terms


def _tags(terms: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(term[1:] for term in terms if term.startswith("#")))


def _query(terms: Sequence[str], suffix: str) -> str:
    """Spell a query; brackets only where something follows them."""
    words = " OR ".join(terms)
    return f"({words}) {suffix}" if suffix else words
