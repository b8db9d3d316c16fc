"""Lines of a stream of bytes, numbered, with bounded memory and room to step back."""

import io
from collections import deque
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

LONGEST_LINE = 32 * 1024 * 1024
_BOM = b"\xef\xbb\xbf"


class CarriageReturns(io.RawIOBase):
    """A stream whose lines end in carriage returns alone (old spreadsheets on a Mac), with line feeds instead."""

    def __init__(self, stream: io.BufferedReader) -> None:
        self._stream = stream

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill the buffer with what comes next."""
        part = self._stream.read1(len(buffer)).replace(b"\r", b"\n")
        buffer[: len(part)] = part
        return len(part)


class Line(NamedTuple):
    """A line with its end, and its number from 1. `whole` False: it is longer than what is kept of it."""

    number: int
    raw: bytes
    whole: bool = True


class Lines(Iterator[Line]):
    """The lines of a stream, one by one; lines given back come again."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._number = 0
        self._back: deque[Line] = deque()

    def __next__(self) -> Line:
        if self._back:
            return self._back.popleft()
        raw = self._stream.readline(LONGEST_LINE)
        if not raw:
            raise StopIteration
        self._number += 1
        if self._number == 1:
            raw = raw.removeprefix(_BOM)
        whole = len(raw) < LONGEST_LINE or raw.endswith(b"\n")
        if not whole:
            self._skip()
        return Line(self._number, raw, whole)

    @property
    def number(self) -> int:
        """The number of the line read last."""
        return self._number

    def give_back(self, lines: list[Line]) -> None:
        """Let these lines come again, in their order."""
        self._back.extendleft(reversed(lines))

    def _skip(self) -> None:
        rest = b"-"
        while rest and not rest.endswith(b"\n"):
            rest = self._stream.readline(LONGEST_LINE)
