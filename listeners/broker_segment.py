"""A segment: one file of whole batches, named by the offset of its first, with a sparse index of where batches begin.

A sealed segment never changes, and a summary beside it saves reading it again; the newest is read and checked at each
start, and what a kill left half-written at its end is cut off.
"""

import os
from array import array
from bisect import bisect_right
from contextlib import suppress
from pathlib import Path

import msgspec

from listeners.broker_batch import HEADER_BYTES, Batch, batches, read
from listeners.broker_sequence import Author, Sequences

_INDEXED_BYTES = 32 * 1024


class _Summary(msgspec.Struct, array_like=True):
    size: int
    end: int
    oldest_ms: int
    newest_ms: int
    offsets: list[int]
    positions: list[int]
    authors: dict[int, Author]


class Segment:
    """The records from offset `base` up to `end`, in `size` bytes."""

    def __init__(self, folder: Path, base: int) -> None:
        self.base = self.end = base
        self.path = folder / f"{base:020}.log"
        self.size = 0
        self.oldest_ms = self.newest_ms = -1
        self._offsets = array("q")
        self._positions = array("q")

    def grow(self, batch: Batch, base: int, now_ms: int) -> None:
        """Notes a batch that was written at the end; its time counts as now if it lies in the future."""
        if not self._positions or self.size - self._positions[-1] >= _INDEXED_BYTES:
            self._offsets.append(base)
            self._positions.append(self.size)
        sent_ms = min(batch.newest_ms, now_ms)
        self.oldest_ms = sent_ms if self.oldest_ms < 0 else min(self.oldest_ms, sent_ms)
        self.newest_ms = max(self.newest_ms, sent_ms)
        self.end = base + batch.end - batch.base
        self.size += batch.size

    def place(self, file: int, offset: int) -> int:
        """Where the first batch begins that reaches beyond `offset`."""
        position = self._positions[bisect_right(self._offsets, offset) - 1] if self._positions else 0
        while position < self.size:
            batch = read(os.pread(file, HEADER_BYTES, position))
            if batch is None or batch.end > offset:
                break
            position += batch.size
        return position

    def seal(self, sequences: Sequences) -> None:
        """Writes the summary, with who has written up to here. Without it the next start reads the file instead."""
        summary = _Summary(
            self.size,
            self.end,
            self.oldest_ms,
            self.newest_ms,
            list(self._offsets),
            list(self._positions),
            sequences.authors,
        )
        draft = self._summary.with_suffix(".draft")
        with suppress(OSError):
            draft.write_bytes(msgspec.msgpack.encode(summary))
            draft.rename(self._summary)

    @property
    def _summary(self) -> Path:
        return self.path.with_suffix(".summary")

    def unseal(self) -> None:
        """Deletes the summary, before the file changes."""
        self._summary.unlink(missing_ok=True)

    def load(self, sequences: Sequences) -> bool:
        """Takes all from the summary; False if there is none that fits the file."""
        try:
            summary = msgspec.msgpack.decode(self._summary.read_bytes(), type=_Summary)
        except (OSError, msgspec.DecodeError):
            return False
        if summary.size != self.path.stat().st_size:
            return False
        self.size, self.end = summary.size, summary.end
        self.oldest_ms, self.newest_ms = summary.oldest_ms, summary.newest_ms
        self._offsets, self._positions = array("q", summary.offsets), array("q", summary.positions)
        sequences.authors = summary.authors
        return True

    def scan(self, sequences: Sequences, now_ms: int) -> int:
        """Reads and checks every batch; gives the number of bytes after the last whole one."""
        content = memoryview(self.path.read_bytes())
        for batch in batches(content):
            if batch.base < self.end:
                break
            self.grow(batch, batch.base, now_ms)
            sequences.note(batch, batch.base, batch.newest_ms)
        return len(content) - self.size

    def drop(self) -> None:
        """Deletes the file and its summary."""
        self.path.unlink()
        self._summary.unlink(missing_ok=True)
