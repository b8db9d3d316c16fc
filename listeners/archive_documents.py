"""JSON values of a file, one by one: JSON Lines, or objects that run over many lines, in a list or one after another.

A value that is never closed ends where, by its indentation, the next one begins.
"""

import re
from collections.abc import Generator, Iterator

from listeners.archive_lines import Line, Lines

LARGEST = 32 * 1024 * 1024
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[{}]')
_BETWEEN = b"[], \t\r\n"


def documents(lines: Lines) -> Iterator[Line]:
    """Give each value, with the line on which it starts."""
    first = next((line for line in lines if line.raw.strip()), None)
    if first is None:
        return
    lines.give_back([first])
    if _runs_on(first.raw.strip()):
        yield from _spread(lines)
    else:
        yield from (line for line in lines if line.raw.strip())


def _runs_on(first: bytes) -> bool:
    """Say whether a file whose first line this is holds values over many lines."""
    if first.startswith(b"["):
        return not first.endswith(b"]")
    return first.endswith((b"{", b"[", b","))


class _Value:
    """An object in the making: its lines so far, from which byte of the first it starts, and how deep it is open."""

    def __init__(self, line: Line, start: int) -> None:
        self.lines = [line]
        self.indent = len(line.raw) - len(line.raw.lstrip())
        self.start = start
        self.depth = 0
        self.size = 0

    def text(self, lines: list[Line], end: int | None = None) -> Line:
        """Give `lines` of it as one value, up to byte `end` of the last."""
        parts = [line.raw for line in lines]
        if end is not None:
            parts[-1] = parts[-1][:end]
        parts[0] = parts[0][self.start :]
        return Line(lines[0].number, b"".join(parts).strip())


def _spread(lines: Lines) -> Iterator[Line]:
    value: _Value | None = None
    damaged = False  # from the first value on that is not closed, none may run over the beginning of another
    while True:
        for line in lines:
            if value:
                if damaged and _begins(line.raw, value.indent):
                    lines.give_back([line])
                    break
                value.lines.append(line)
            value = yield from _values(line, value)
            if value and value.size > LARGEST:
                break
        if value is None:
            return
        yield _cut(value, lines)
        value, damaged = None, True


def _values(line: Line, value: _Value | None) -> Generator[Line, None, _Value | None]:
    """Give what closes on this line, and what stands there outside of any object; return what stays open."""
    last = 0
    for token in _TOKEN.finditer(line.raw):
        sign = token[0]
        if value is None and sign == b"{":
            yield from _outside(line, last, token.start())
            value = _Value(line, token.start())
        if value is None:
            continue
        value.depth += (sign == b"{") - (sign == b"}")
        if value.depth == 0:
            yield value.text(value.lines, token.end())
            value, last = None, token.end()
    if value is None:
        yield from _outside(line, last, len(line.raw))
    else:
        value.size += len(line.raw)
    return value


def _outside(line: Line, start: int, end: int) -> Iterator[Line]:
    rest = line.raw[start:end].strip(_BETWEEN)
    if rest:
        yield Line(line.number, rest, line.whole)


def _cut(value: _Value, lines: Lines) -> Line:
    """Give up a value that is not closed, up to where the next one seems to begin; the rest is read again."""
    later = range(1, len(value.lines))
    end = next((n for n in later if _begins(value.lines[n].raw, value.indent)), len(value.lines))
    lines.give_back(value.lines[end:])
    return value.text(value.lines[:end])


def _begins(raw: bytes, indent: int) -> bool:
    bare = raw.lstrip()
    return bare.startswith(b"{") and len(raw) - len(bare) <= indent
