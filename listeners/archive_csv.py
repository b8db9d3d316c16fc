"""CSV of any columns to rows. Every row of the file ends as one post or one `Rejected`, whatever stands in it.

Rows run over line breaks. A row that does not close its quotes, or has another number of columns than the header,
is rejected by itself: reading goes on at the next line that begins a row.
"""

import csv
from collections.abc import Iterator, Mapping

from listeners.archive_ids import Refused
from listeners.archive_layouts import BadLayout, Layout, layout_of
from listeners.archive_lines import Line, Lines
from listeners.archive_rows import Reading, Row
from listeners.archive_table import Table

LONGEST_CELL = 1024 * 1024
_SEPARATORS = (",", ";", "\t", "|")


class _Text(Iterator[str]):
    """Lines as text for the CSV reader; remembers the lines of the row in work."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self.taken: list[Line] = []
        self.why: str | None = None  # the reason why the row in work can be no good

    def __next__(self) -> str:
        line = next(self._lines)
        self.taken.append(line)
        if not line.whole:
            self.why = f"longer than {len(line.raw)} bytes; only its start is kept"
            return "\n"
        try:
            return line.raw.decode()
        except UnicodeDecodeError as error:
            self.why = f"not UTF-8: {error.reason} at byte {error.start}"
            return line.raw.decode(errors="replace")


def csv_rows(lines: Lines, reading: Reading, mapping: Mapping[str, str] | None, strict: bool) -> Iterator[Row]:
    """Give the rows of a CSV. `strict`: raise BadLayout where its columns are not known, else reject each row."""
    csv.field_size_limit(LONGEST_CELL)
    text = _Text(lines)
    try:
        separator, header = _header(text)
    except StopIteration:
        return
    first = list(text.taken)
    try:
        layout, header = _layout(header, mapping, text, lines)
    except BadLayout as error:
        if strict:
            raise
        lines.give_back(first)
        yield from _unknown(lines, reading, str(error))
        return
    yield from _rows(text, lines, Table(layout, header, reading), header, reading, separator)


def _header(text: _Text) -> tuple[str, list[str]]:
    """Give the separator and the names of the columns; raises StopIteration where there are none."""
    first = next(text)
    while not first.strip():
        text.taken.clear()
        first = next(text)
    separator = max(_SEPARATORS, key=first.count)
    try:
        header = next(csv.reader([first], delimiter=separator))
    except csv.Error:
        header = first.split(separator)
    return separator, [name.strip() for name in header]


def _layout(
    header: list[str], mapping: Mapping[str, str] | None, text: _Text, lines: Lines
) -> tuple[Layout, list[str]]:
    """Give the layout, and the header: a list of ids, one a line, needs none."""
    if mapping is None and len(header) == 1 and header[0].isdecimal():
        lines.give_back(text.taken)
        header = ["id"]
    text.taken.clear()
    if text.why or any("\0" in name for name in header):
        raise BadLayout(f"the header is {text.why or 'not UTF-8: it holds NUL bytes'}; save the file as UTF-8")
    return layout_of(header, mapping), header


def _unknown(lines: Lines, reading: Reading, reason: str) -> Iterator[Row]:
    """Reject each line of a file whose columns nobody knows; the first too, for it may be no header."""
    for line in lines:
        if line.raw.strip():
            yield reading.rejected(line.number, reason, line.raw)


def _rows(
    text: _Text, lines: Lines, table: Table, header: list[str], reading: Reading, separator: str
) -> Iterator[Row]:
    reader = csv.reader(text, delimiter=separator, strict=True)
    width = len(header)
    while True:
        text.taken.clear()
        text.why = None
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield _damaged(text, lines, table, reading, separator, str(error))
            reader = csv.reader(text, delimiter=separator, strict=True)
            continue
        if len(cells) == width and text.why is None:
            if cells == header:
                continue
            try:
                yield from table.rows(cells)
            except Refused as refused:
                yield reading.rejected(text.taken[0].number, str(refused), _raw(text.taken))
        elif text.why or len(cells) > 1 or any(cell.strip() for cell in cells):
            why = text.why or f"expected {width} columns, got {len(cells)}"
            yield _damaged(text, lines, table, reading, separator, why)


def _damaged(text: _Text, lines: Lines, table: Table, reading: Reading, separator: str, why: str) -> Row:
    """Reject the row in work up to where another row begins, which is read again."""
    taken = text.taken
    end = next((n for n in range(1, len(taken)) if _begins(taken[n], table, separator)), len(taken))
    lines.give_back(taken[end:])
    return reading.rejected(taken[0].number, why, _raw(taken[:end]))


def _begins(line: Line, table: Table, separator: str) -> bool:
    """Say whether a row begins on this line: its id stands where an id must."""
    try:
        cells = next(csv.reader([line.raw.decode(errors="replace")], delimiter=separator), [])
        return table.begins(cells)
    except csv.Error:
        return False


def _raw(taken: list[Line]) -> bytes:
    return b"".join(line.raw for line in taken)
