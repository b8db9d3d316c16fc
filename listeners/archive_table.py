"""A row of a table, as cells, to the events of its posts. Pure; for CSV and Parquet alike."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from listeners.archive_layouts import Layout
from listeners.archive_moments import Unreadable, moment
from listeners.archive_rows import Reading, Row
from listeners.archive_text import hashtags, links, mentions, unescaped
from listeners.events import Counts, Identity, Link, Post, PostSeen
from listeners.snowflake import newest_id, time_of_id

_DAMAGED = re.compile(r"[+-]?\d+(?:[.,]\d*)?(?:[eE][+-]?\d+)|\d+[.,]\d*")
_BETWEEN = re.compile(r"[~\s,;|\[\]'\"]+")
_STATUS = re.compile(r"(?:twitter|x)\.com/[^/]+/status(?:es)?/(\d{1,19})")
_UNPRINTABLE = re.compile(r"[\s\x00-\x1f\x7f]")
_COUNTS = ("likes", "reposts", "replies", "quotes", "views")
_RICH = frozenset({"text", "id", "created_at", "author", "query"})
_MOST = 2**53
_LONGEST_ID = 512

Cells = Sequence[str | None]


class Refused(ValueError):
    """Why a row is no post."""


class Table:
    """The columns of one file, by number; gives the events of each of its rows."""

    def __init__(self, layout: Layout, header: Sequence[str], reading: Reading) -> None:
        self._reading = reading
        self._missing = layout.missing
        self._own = _numbers(layout.columns, header)
        self._rich = bool(self._own.keys() - _RICH)
        self._beside = [_numbers(other.columns, header) for other in layout.beside]
        self._newest = newest_id(reading.now + timedelta(days=1))
        self._x = reading.platform == "x"
        self.width = len(header)
        self.id_column = self._own["id"]

    def rows(self, cells: Cells) -> Iterator[Row]:
        """Give the event of the row, and after it those of the posts beside it. Raises Refused, before any."""
        own = self._seen(self._own, cells)
        yield Row(True, own)
        if own.post.repost_of and "repost_of" not in self._own:
            yield Row(False, self._awaited(own))
        for numbers in self._beside:
            if self._cell(numbers, "id", cells):
                yield from self._related(numbers, cells, own)

    def _related(self, numbers: Mapping[str, int], cells: Cells, own: PostSeen) -> Iterator[Row]:
        try:
            seen = self._seen(numbers, cells)
        except Refused:
            return  # the row itself is in; what it says of another post is not to be had
        observed_at = max(seen.observed_at, own.observed_at)
        yield Row(False, PostSeen(seen.post, self._reading.collected(), observed_at, seen.identity))

    def _awaited(self, own: PostSeen) -> PostSeen:
        """Give the post that `own` reposts, of which only the id is known."""
        post_id = own.post.repost_of or ""
        post = Post(own.post.platform, post_id, time_of_id(post_id))
        return PostSeen(post, self._reading.collected(), own.observed_at)

    def _seen(self, numbers: Mapping[str, int], cells: Cells) -> PostSeen:
        post_id = self.post_id(self._cell(numbers, "id", cells))
        text = self._text(numbers, cells)
        id_time = time_of_id(post_id) if self._x else None
        created_at = self._created_at(self._cell(numbers, "created_at", cells), id_time)
        handle = (self._cell(numbers, "author", cells) or "").strip().lstrip("@") or None
        if self._rich or numbers is not self._own:
            return self._rich_seen(numbers, cells, post_id, text, created_at, handle)
        identity = Identity(handle=handle, permalink=self._permalink(handle, post_id)) if handle else None
        post = Post(
            self._reading.platform,
            post_id,
            created_at,
            text,
            links=links(text) if text else (),
            hashtags=hashtags(text) if text else (),
            mentions=mentions(text) if text else (),
        )
        query = self._cell(numbers, "query", cells)
        return PostSeen(post, self._reading.collected(query), created_at or self._reading.now, identity)

    def _rich_seen(
        self,
        numbers: Mapping[str, int],
        cells: Cells,
        post_id: str,
        text: str | None,
        created_at: datetime | None,
        handle: str | None,
    ) -> PostSeen:
        def cell(field: str) -> str | None:
            return self._cell(numbers, field, cells)

        permalink, repost_of = cell("permalink"), related_id(cell("repost_of"), post_id)
        linked = _STATUS.search(permalink) if permalink and self._x else None
        if linked and linked[1] != post_id and text and text.startswith("RT @"):
            # An export by "trackback" names a repost by the id of what it reposts; its own id stands in its link.
            repost_of, post_id = post_id, self.post_id(linked[1])
            created_at = time_of_id(post_id)
        edited_at = self._known_moment(cell("edited_at"))
        post = Post(
            platform=self._reading.platform,
            post_id=post_id,
            created_at=created_at,
            text=text,
            language=cell("language"),
            links=_links(cell("links"), cell("resolved"), text),
            media_alts=tuple(filter(None, [cell("media_alts")])),
            hashtags=hashtags(text or "", _words(cell("hashtags"), "#＃")),
            mentions=mentions(text or "", _words(cell("mentions"), "@＠")),
            in_reply_to=related_id(cell("in_reply_to"), post_id),
            root=related_id(cell("root"), post_id),
            quote_of=related_id(cell("quote_of"), post_id),
            repost_of=repost_of,
            counts=None if repost_of or (cell("is_repost") or "").lower() == "true" else _counts(cell),
            edited_at=edited_at,
        )
        return PostSeen(
            post=post,
            collected=self._reading.collected(cell("query")),
            observed_at=self._known_moment(cell("observed_at")) or edited_at or created_at or self._reading.now,
            identity=self._identity(cell("author_id"), handle, cell("name"), cell("bio"), permalink, post_id),
        )

    def post_id(self, cell: str | None) -> str:
        """Give the id, or raise Refused: damaged by a spreadsheet, no number, out of range."""
        post_id = (cell or "").strip()
        if not post_id:
            raise Refused("no id")
        if self._x:
            post_id = post_id.removeprefix("x").removeprefix("'")  # marks that keep spreadsheets from damaging it
        return x_id(post_id, self._newest) if self._x else _foreign_id(post_id)

    def _cell(self, numbers: Mapping[str, int], field: str, cells: Cells) -> str | None:
        number = numbers.get(field)
        if number is None:
            return None
        cell = cells[number]
        return None if cell is None or cell in self._missing else cell

    def _text(self, numbers: Mapping[str, int], cells: Cells) -> str | None:
        number = numbers.get("text")
        text = cells[number] if number is not None else None
        if not text:
            return None  # what is missing elsewhere ("NA", "None") may be the words of a post here
        return unescaped(text) if self._x else text.replace("\0", "")

    def _created_at(self, cell: str | None, id_time: datetime | None) -> datetime | None:
        """Give when it was posted: as it says, or by its id where it says only the day, or nothing readable."""
        if cell is None:
            return id_time
        try:
            stated = moment(cell, self._reading.now, self._reading.platform)
        except Unreadable as error:
            if id_time is None:
                raise Refused(f"created_at: {error}") from error
            return id_time
        return id_time if stated.day_only and id_time else stated.at

    def _known_moment(self, cell: str | None) -> datetime | None:
        if cell is None:
            return None
        try:
            return moment(cell, self._reading.now, self._reading.platform).at
        except Unreadable:
            return None

    def _permalink(self, handle: str | None, post_id: str) -> str | None:
        return f"https://x.com/{handle}/status/{post_id}" if handle and self._x else None

    def _identity(
        self,
        author_id: str | None,
        handle: str | None,
        name: str | None,
        bio: str | None,
        permalink: str | None,
        post_id: str,
    ) -> Identity | None:
        if author_id is None and handle is None:
            return None
        return Identity(
            author_id=author_id,
            handle=handle,
            name=name,
            bio=bio,
            permalink=permalink or self._permalink(handle, post_id),
        )


def _numbers(columns: Mapping[str, str], header: Sequence[str]) -> dict[str, int]:
    places = {name: number for number, name in reversed(list(enumerate(header)))}
    return {field: places[column] for field, column in columns.items() if column in places}


def x_id(post_id: str, newest: int) -> str:
    """Give an id that X can have made, `newest` being its largest by now; raises Refused."""
    _undamaged(post_id)
    if not (post_id.isascii() and post_id.isdigit()) or len(post_id) > 19 or post_id[0] == "0":
        raise Refused(f"id: expected up to 19 digits, got `{post_id[:40]}`")
    if int(post_id) > newest:
        raise Refused(f"id: expected one that X has made by now, got {post_id}")
    return post_id


def _undamaged(post_id: str) -> None:
    if _DAMAGED.fullmatch(post_id):
        raise Refused(f"id damaged by a spreadsheet: `{post_id[:40]}`; export it again with the ids as text")


def _foreign_id(post_id: str) -> str:
    _undamaged(post_id)
    if len(post_id) > _LONGEST_ID or _UNPRINTABLE.search(post_id):
        raise Refused(f"id: expected up to {_LONGEST_ID} characters without blanks, got `{post_id[:40]}`")
    return post_id


def related_id(cell: str | None, post_id: str) -> str | None:
    """Give the id of another post; None where it is none, or the post itself (as the root of its thread)."""
    other = (cell or "").strip().removeprefix("x")
    if not other or other in (post_id, "0") or _DAMAGED.fullmatch(other) or _UNPRINTABLE.search(other):
        return None
    return other


def _words(cell: str | None, signs: str) -> list[str]:
    """Give the words of a cell that holds several, however they are joined."""
    if not cell or "{" in cell:
        return []
    return [word for word in (part.lstrip(signs) for part in _BETWEEN.split(cell)) if word]


def _links(urls: str | None, resolved: str | None, text: str | None) -> tuple[Link, ...]:
    if not urls:
        return links(text) if text else ()
    shown, leads = urls.split(), (resolved or "").split()
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
