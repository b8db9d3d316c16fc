"""The hashtags people listen to: the registry that comes with Auscult, and a user's own file on top. Reads files only.

One CSV row per tag; a bad row is refused with file, line and field, before anything runs.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from importlib.resources import as_file, files
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

COLUMNS = ("tag", "kind", "name", "aliases", "ontology_id", "starts", "ends", "time_zone", "society", "source")
KINDS = ("disease", "meeting", "chat", "ours")
ACCOUNT = "account"
_TAG = re.compile(r"\w*[^\W\d_]\w*")
_HANDLE = re.compile(r"[A-Za-z0-9_]{1,30}(?:[.@-][A-Za-z0-9_]+)*")
_ONTOLOGY_ID = re.compile(r"(?:DOID|SYMP):\d{7}|DOID:\d{1,6}")


class Hashtag(msgspec.Struct, frozen=True):
    """A registered hashtag; `tag` and `aliases` are lower-case, without '#'. Meetings have days and a time zone."""

    tag: str
    kind: str
    name: str
    aliases: tuple[str, ...] = ()
    ontology_id: str | None = None
    starts: date | None = None
    ends: date | None = None
    time_zone: str | None = None
    society: str | None = None
    source: str | None = None


class Account(msgspec.Struct, frozen=True):
    """An account of the user's own organisation."""

    handle: str
    name: str


class BadRow(ValueError):
    """A row that cannot be: says file, line, field, what was expected and what came."""


class _Row:
    """One row of a file, field by field; each refusal names its place."""

    def __init__(self, file: str, line: int, cells: Mapping[str, str]) -> None:
        self.place = f"{file}:{line}"
        self._cells = cells

    def refuse(self, field: str, expected: str, came: str) -> BadRow:
        """Give the error of one field."""
        return BadRow(f"{self.place}: field `{field}`: expected {expected}, got `{came}`")

    def text(self, field: str) -> str:
        """Give the cell, without blanks around it."""
        return self._cells[field].strip()

    def needed(self, field: str) -> str:
        """Give the cell, which must not be empty."""
        if not self.text(field):
            raise self.refuse(field, "a value", "")
        return self.text(field)

    def matching(self, field: str, pattern: re.Pattern[str], expected: str) -> str | None:
        """Give the cell in the form it must have, or None where it is empty."""
        cell = self.text(field)
        if cell and not pattern.fullmatch(cell):
            raise self.refuse(field, expected, cell)
        return cell or None

    def day(self, field: str) -> date | None:
        """Give the cell as a day."""
        cell = self.text(field)
        try:
            return date.fromisoformat(cell) if cell else None
        except ValueError as error:
            raise self.refuse(field, "a day as 2026-03-28", cell) from error

    def zone(self) -> str | None:
        """Give the time zone, which must be known."""
        cell = self.text("time_zone")
        try:
            return ZoneInfo(cell).key if cell else None
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise self.refuse("time_zone", "a zone as Europe/Vienna", cell) from error


def registry(own: Path | None = None) -> tuple[Hashtag, ...]:
    """Give all registered hashtags: those of Auscult, and those of the user's `own` file.

    Raises BadRow for the first row that cannot be, and for a tag or alias that stands twice. Raises OSError where
    the file cannot be read.
    """
    hashtags = [_hashtag(row) for row in _all_rows(own) if row.text("kind") != ACCOUNT]
    _each_once(_all_rows(own))
    return tuple(hashtags)


def own_accounts(own: Path | None) -> tuple[str, ...]:
    """Give the handles, lower-case, that the user's file names as their own (rows of kind `account`)."""
    return tuple(account.handle for account in accounts(own))


def accounts(own: Path | None) -> tuple[Account, ...]:
    """Give the user's own accounts."""
    rows = _own_rows(own) if own else iter(())
    return tuple(_account(row) for row in rows if row.text("kind") == ACCOUNT)


def matches(hashtags: Iterable[Hashtag]) -> dict[str, str]:
    """Give, for each tag and each alias, the tag under which it is counted."""
    return {word: hashtag.tag for hashtag in hashtags for word in (hashtag.tag, *hashtag.aliases)}


def _all_rows(own: Path | None) -> Iterator[_Row]:
    with as_file(files("listeners").joinpath("hashtags.csv")) as path:
        yield from _rows(path, "hashtags.csv")
    if own:
        yield from _own_rows(own)


def _own_rows(own: Path) -> Iterator[_Row]:
    return _rows(own, own.name)


def _rows(path: Path, name: str) -> Iterator[_Row]:
    """Give the rows of a registry file, each at the line on which it starts."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, strict=True)
        try:
            header = [column.strip() for column in next(reader, [])]
            _check_header(name, header)
            line = reader.line_num + 1
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield _row(name, line, header, cells)
                line = reader.line_num + 1
        except csv.Error as error:
            raise BadRow(f"{name}:{reader.line_num}: expected CSV, got a damaged row ({error})") from error
        except UnicodeDecodeError as error:
            raise BadRow(
                f"{name}:{reader.line_num + 1}: expected UTF-8, got byte {error.object[error.start]:#x}"
            ) from error


def _check_header(name: str, header: list[str]) -> None:
    """Refuse a header with a column too many or without the three that every row needs."""
    for column in header:
        if column not in COLUMNS or header.count(column) > 1:
            raise BadRow(f"{name}:1: field `{column}`: expected each of {', '.join(COLUMNS)} once, got `{column}`")
    for column in COLUMNS[:3]:
        if column not in header:
            raise BadRow(
                f"{name}:1: field `{column}`: expected a column of this name, got {', '.join(header) or 'none'}"
            )


def _row(name: str, line: int, header: list[str], cells: list[str]) -> _Row:
    if len(cells) > len(header) or len(cells) < 3:
        raise BadRow(f"{name}:{line}: expected {len(header)} fields, got {len(cells)}")
    return _Row(name, line, {**dict.fromkeys(COLUMNS, ""), **dict(zip(header, cells, strict=False))})


def _hashtag(row: _Row) -> Hashtag:
    hashtag = Hashtag(
        tag=_tag(row, "tag", row.needed("tag")),
        kind=_kind(row),
        name=row.needed("name"),
        aliases=tuple(_tag(row, "aliases", alias) for alias in row.text("aliases").split()),
        ontology_id=row.matching("ontology_id", _ONTOLOGY_ID, "an id as DOID:0060224 or SYMP:0000613"),
        starts=row.day("starts"),
        ends=row.day("ends"),
        time_zone=row.zone(),
        society=row.text("society") or None,
        source=row.text("source") or None,
    )
    _check_days(row, hashtag)
    return hashtag


def _tag(row: _Row, field: str, cell: str) -> str:
    tag = cell.removeprefix("#").lower()
    if not _TAG.fullmatch(tag):
        raise row.refuse(field, "a hashtag of letters, digits and _, not digits only", cell)
    return tag


def _kind(row: _Row) -> str:
    kind = row.text("kind")
    if kind not in KINDS:
        raise row.refuse("kind", f"one of {', '.join((*KINDS, ACCOUNT))}", kind)
    return kind


def _check_days(row: _Row, hashtag: Hashtag) -> None:
    """Refuse a meeting without its days and zone, days the wrong way round, and one day without the other."""
    if hashtag.kind == "meeting":
        for field in ("starts", "ends", "time_zone"):
            row.needed(field)
    if (hashtag.starts is None) != (hashtag.ends is None):
        raise row.refuse("ends" if hashtag.ends is None else "starts", "both days or none", "")
    if hashtag.starts and hashtag.ends and hashtag.starts > hashtag.ends:
        raise row.refuse("ends", f"a day from {hashtag.starts} on", str(hashtag.ends))


def _account(row: _Row) -> Account:
    handle = row.needed("tag").removeprefix("@").lower()
    if not _HANDLE.fullmatch(handle):
        raise row.refuse("tag", "a handle", row.text("tag"))
    return Account(handle, row.text("name"))


def _each_once(rows: Iterable[_Row]) -> None:
    """Refuse a tag, an alias or an account that already stands in an earlier row."""
    places: dict[str, str] = {}
    for row in rows:
        sign = "@" if row.text("kind") == ACCOUNT else ""
        for field, cell in _words(row):
            word = sign + cell.lstrip("#@").lower()
            if word in places:
                raise row.refuse(field, f"what does not stand in {places[word]} already", cell)
            places[word] = row.place


def _words(row: _Row) -> Iterator[tuple[str, str]]:
    yield "tag", row.text("tag")
    yield from (("aliases", alias) for alias in row.text("aliases").split())
