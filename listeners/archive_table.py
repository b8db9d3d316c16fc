"""A row of a table, as cells, to the events of its posts. Pure; for CSV, Parquet and flat JSON alike."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from listeners.archive_ids import Refused, post_id, related_id
from listeners.archive_layouts import Layout
from listeners.archive_moments import Unreadable, moment
from listeners.archive_rows import Reading, Row
from listeners.archive_text import hashtags, links, mentions, unescaped
from listeners.events import Counts, Identity, Link, Post, PostSeen
from listeners.snowflake import newest_id, time_of_id

_BETWEEN = re.compile(r"[~\s,;|\[\]'\"]+")
_STATUS = re.compile(r"(?:twitter|x)\.com/[^/]+/status(?:es)?/(\d{1,19})")
_COUNTS = ("likes", "reposts", "replies", "quotes", "views")
_PLAIN = frozenset({"text", "id", "created_at", "author", "query"})
_MOST = 2**53

Cells = Sequence[str | None]
Numbers = Mapping[str, int]


class Table:
    """The columns of one file, by number; gives the events of each of its rows."""

    def __init__(self, layout: Layout, header: Sequence[str], reading: Reading) -> None:
        self._reading = reading
        self._missing = layout.missing
        self._own = _numbers(layout.columns, header)
        self._plain = not (self._own.keys() - _PLAIN)
        self._beside = [_numbers(other.columns, header) for other in layout.beside]
        self._x = reading.platform == "x"
        self._newest = newest_id(reading.now + timedelta(days=1)) if self._x else None

    def rows(self, cells: Cells) -> Iterator[Row]:
        """Give the event of the row, and after it those of the posts beside it. Raises Refused, before any."""
        own = self._plain_seen(cells) if self._plain else self._seen(self._own, cells)
        yield Row(True, own)
        if own.post.repost_of and "repost_of" not in self._own:
            yield Row(False, self._awaited(own.post.repost_of, own))
        for numbers in self._beside:
            if self._cell(numbers, "id", cells):
                yield from self._related(numbers, cells, own)

    def begins(self, cells: Cells) -> bool:
        """Say whether these may be the first cells of a row: its id stands where an id must."""
        number = self._own["id"]
        try:
            return len(cells) > number and bool(post_id(cells[number], self._newest))
        except Refused:
            return False

    def _related(self, numbers: Numbers, cells: Cells, own: PostSeen) -> Iterator[Row]:
        """Give the post beside `own`; nothing where what the row says of it cannot be read."""
        try:
            seen = self._seen(numbers, cells)
        except Refused:
            return
        observed_at = max(seen.observed_at, own.observed_at)
        yield Row(False, PostSeen(seen.post, self._reading.collected(), observed_at, seen.identity))

    def _awaited(self, reposted: str, own: PostSeen) -> PostSeen:
        """Give the post that `own` reposts, of which only the id is known."""
        post = Post(own.post.platform, reposted, time_of_id(reposted))
        return PostSeen(post, self._reading.collected(), own.observed_at)

    def _plain_seen(self, cells: Cells) -> PostSeen:
        """Give the post of a row that has no more than id, time, author, text and query: the quick way."""
        own = self._own
        found = post_id(self._cell(own, "id", cells), self._newest)
        text = self._text(own, cells)
        created_at = self._created_at(self._cell(own, "created_at", cells), found)
        post = Post(
            self._reading.platform,
            found,
            created_at,
            text,
            links=links(text) if text else (),
            hashtags=hashtags(text) if text else (),
            mentions=mentions(text) if text else (),
        )
        handle = self._handle(own, cells)
        identity = Identity(handle=handle, permalink=self._permalink(handle, found)) if handle else None
        collected = self._reading.collected(self._cell(own, "query", cells))
        return PostSeen(post, collected, created_at or self._reading.now, identity)

    def _seen(self, numbers: Numbers, cells: Cells) -> PostSeen:
        def cell(field: str) -> str | None:
            return self._cell(numbers, field, cells)

        found, text = post_id(cell("id"), self._newest), self._text(numbers, cells)
        created_at = self._created_at(cell("created_at"), found)
        repost_of = related_id(cell("repost_of"), found)
        repost = self._repost(cell("permalink"), found, text)
        if repost:
            found, repost_of, created_at = repost, found, time_of_id(repost)
        edited_at = self._known_moment(cell("edited_at"))
        post = Post(
            platform=self._reading.platform,
            post_id=found,
            created_at=created_at,
            text=text,
            language=cell("language"),
            links=_links(cell("links"), cell("resolved")) if "links" in numbers else links(text or ""),
            media_alts=tuple(filter(None, [cell("media_alts")])),
            hashtags=hashtags(text or "", _words(cell("hashtags"), "#＃")),
            mentions=mentions(text or "", _words(cell("mentions"), "@＠")),
            in_reply_to=related_id(cell("in_reply_to"), found),
            root=related_id(cell("root"), found),
            quote_of=related_id(cell("quote_of"), found),
            repost_of=repost_of,
            counts=None if repost_of or (cell("is_repost") or "").lower() == "true" else _counts(cell),
            edited_at=edited_at,
        )
        return PostSeen(
            post=post,
            collected=self._reading.collected(cell("query")),
            observed_at=self._known_moment(cell("observed_at")) or edited_at or created_at or self._reading.now,
            identity=self._identity(numbers, cells, found),
        )

    def _repost(self, permalink: str | None, found: str, text: str | None) -> str | None:
        """Give the post's own id where the row is named by the id of what it reposts, as trackback exports are."""
        linked = _STATUS.search(permalink) if permalink and self._x else None
        if linked is None or linked[1] == found or not (text and text.startswith("RT @")):
            return None
        return post_id(linked[1], self._newest)

    def _cell(self, numbers: Numbers, field: str, cells: Cells) -> str | None:
        number = numbers.get(field)
        if number is None:
            return None
        cell = cells[number]
        return None if cell is None or cell in self._missing else cell

    def _text(self, numbers: Numbers, cells: Cells) -> str | None:
        """Give the text; None where it is awaited. What is missing elsewhere ("NA", "None") may be words here."""
        number = numbers.get("text")
        text = cells[number] if number is not None else None
        if not text:
            return None
        text = unescaped(text) if self._x else text.replace("\0", "")
        return text if text.strip() else None

    def _created_at(self, cell: str | None, found: str) -> datetime | None:
        """Give when it was posted: as it says, or by its id where it says only the day, or nothing readable."""
        if cell is None:
            return time_of_id(found) if self._x else None
        try:
            stated = moment(cell, self._reading.now, self._reading.platform)
        except Unreadable as error:
            by_id = time_of_id(found) if self._x else None
            if by_id is None:
                raise Refused(f"created_at: {error}") from error
            return by_id
        return (time_of_id(found) if stated.day_only and self._x else None) or stated.at

    def _known_moment(self, cell: str | None) -> datetime | None:
        if cell is None:
            return None
        try:
            return moment(cell, self._reading.now, self._reading.platform).at
        except Unreadable:
            return None

    def _handle(self, numbers: Numbers, cells: Cells) -> str | None:
        return (self._cell(numbers, "author", cells) or "").strip().lstrip("@") or None

    def _permalink(self, handle: str | None, found: str) -> str | None:
        return f"https://x.com/{handle}/status/{found}" if handle and self._x else None

    def _identity(self, numbers: Numbers, cells: Cells, found: str) -> Identity | None:
        author_id, handle = self._cell(numbers, "author_id", cells), self._handle(numbers, cells)
        if author_id is None and handle is None:
            return None
        return Identity(
            author_id=author_id,
            handle=handle,
            name=self._cell(numbers, "name", cells),
            bio=self._cell(numbers, "bio", cells),
            permalink=self._cell(numbers, "permalink", cells) or self._permalink(handle, found),
        )


def _numbers(columns: Mapping[str, str], header: Sequence[str]) -> dict[str, int]:
    places = {name: number for number, name in reversed(list(enumerate(header)))}
    return {field: places[column] for field, column in columns.items() if column in places}


def _words(cell: str | None, signs: str) -> list[str]:
    """Give the words of a cell that holds several, however they are joined."""
    if not cell or "{" in cell:
        return []
    return [word for word in (part.lstrip(signs) for part in _BETWEEN.split(cell)) if word]


def _links(urls: str | None, resolved: str | None) -> tuple[Link, ...]:
    shown, leads = (urls or "").split(), (resolved or "").split()
    if len(leads) != len(shown):
        return tuple(Link(url) for url in shown)
    return tuple(Link(url, led) for url, led in zip(shown, leads, strict=True))


def _counts(cell: Callable[[str], str | None]) -> Counts | None:
    found = {field: _count(cell(field)) for field in _COUNTS}
    return Counts(**found) if any(count is not None for count in found.values()) else None


def _count(cell: str | None) -> int | None:
    digits = (cell or "").strip().removesuffix(".0")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 16:
        return None
    return int(digits) if int(digits) <= _MOST else None
