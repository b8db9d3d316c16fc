"""A partition's log: batches appended to the newest segment, served once they are on the disk, dropped by segments.

`end` is where the next record goes; `durable_end` is how far the disk is known to have it, and nothing beyond that is
acknowledged or served. A kill therefore loses nothing that anybody has seen.
"""

import asyncio
import os
import sys
import time
from bisect import bisect_right
from pathlib import Path

import msgspec

from listeners.broker_batch import BASE_BYTES, HEADER_BYTES, header_at, read, sent, whole_batches
from listeners.broker_commit import Mark
from listeners.broker_refusal import Code, Refusal
from listeners.broker_segment import Segment
from listeners.broker_sequence import Sequences

_PLACES = 32
_AUTHORS_MS = 7 * 86_400_000


class Damaged(Exception):
    """A file in the broker's folder is not as this broker leaves it, a kill included."""


class Limits(msgspec.Struct, frozen=True):
    """How long and how much a partition keeps. -1: no limit."""

    retention_ms: int = 7 * 86_400_000
    retention_bytes: int = -1
    segment_ms: int = 86_400_000
    segment_bytes: int = 32 * 1024 * 1024
    message_bytes: int = 4 * 1024 * 1024
    compact: bool = False
    tombstones_ms: int = 86_400_000


class Log:
    """One partition. Every method is for the broker's one thread."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        self.folder, self.limits = folder, limits
        self.sequences = Sequences()
        folder.mkdir(parents=True, exist_ok=True)
        self.segments = self._recover()
        self._file = self._open(self.active)
        sync_folder(folder)
        os.fdatasync(self._file)
        self.durable_size, self.durable_end = self.active.size, self.active.end
        self.start = max(self.segments[0].base, self._deleted_before())
        self._places: dict[int, tuple[Segment, int]] = {}
        self._watchers: set[asyncio.Future[None]] = set()

    @property
    def active(self) -> Segment:
        """The newest segment, the only one that grows."""
        return self.segments[-1]

    @property
    def end(self) -> int:
        """The offset of the next record."""
        return self.segments[-1].end

    @property
    def size(self) -> int:
        """Bytes of all segments."""
        return sum(segment.size for segment in self.segments)

    def _recover(self) -> list[Segment]:
        for draft in self.folder.glob("*.draft"):
            draft.unlink()
        segments = [Segment(self.folder, base) for base in sorted(int(p.stem) for p in self.folder.glob("*.log"))]
        now_ms = _now_ms()
        kept: list[Segment] = []
        for segment in segments:
            if kept and segment.base < kept[-1].end:
                segment.drop()
                continue
            newest = segment is segments[-1]
            if newest or not segment.load(self.sequences):
                self._check(segment, newest, now_ms)
            kept.append(segment)
        return kept or [Segment(self.folder, 0)]

    def _check(self, segment: Segment, newest: bool, now_ms: int) -> None:
        torn = segment.scan(self.sequences, now_ms)
        if torn and not newest:
            raise Damaged(f"{segment.path}: {torn} bytes from position {segment.size} on are no whole batch")
        if torn:
            os.truncate(segment.path, segment.size)
            print(f"{segment.path}: cut {torn} bytes that were never acknowledged", file=sys.stderr, flush=True)

    def _open(self, segment: Segment) -> int:
        return os.open(segment.path, os.O_RDWR | os.O_CREAT, 0o600)

    def append(self, records: memoryview, now_ms: int) -> int:
        """Writes one producer's batch and gives its first offset; a repeated one is not written again."""
        batch = sent(records, self.limits.message_bytes)
        written = self.sequences.written(batch)
        if written is not None:
            return written
        if self._is_full(batch.size, now_ms):
            self.roll()
        base = self.end
        self._write([header_at(records, base), records[BASE_BYTES:]], batch.size)
        self.active.grow(batch, base, now_ms)
        self.sequences.note(batch, base, now_ms)
        return base

    def _is_full(self, more: int, now_ms: int) -> bool:
        active = self.active
        return active.size > 0 and (
            active.size + more > self.limits.segment_bytes or now_ms - active.oldest_ms > self.limits.segment_ms
        )

    def _write(self, pieces: list[bytes | memoryview], size: int) -> None:
        """All of it or, on a full disk, nothing."""
        at = self.active.size
        try:
            done = os.pwritev(self._file, pieces, at)
            if done < size:
                rest = b"".join(pieces)
                while done < size:
                    done += os.pwrite(self._file, rest[done:], at + done)
        except OSError:
            os.ftruncate(self._file, at)
            raise

    def roll(self) -> None:
        """Seals the newest segment and begins another."""
        os.fdatasync(self._file)
        sealed, fresh = self.active, Segment(self.folder, self.end)
        file = self._open(fresh)
        sync_folder(self.folder)
        sealed.seal(self.sequences)
        os.close(self._file)
        self._file = file
        self.segments.append(fresh)
        self._places.clear()
        self.durable_size, self.durable_end = 0, fresh.base
        self._wake()

    def mark(self) -> Mark:
        """What a sync that begins now will have made durable."""
        active, size, end = self.active, self.active.size, self.end
        return Mark(os.dup(self._file), lambda: self._synced(active, size, end))

    def _synced(self, segment: Segment, size: int, end: int) -> None:
        if segment is self.active and end > self.durable_end:
            self.durable_size, self.durable_end = size, end
            self._wake()

    def watch(self, watcher: asyncio.Future[None]) -> None:
        """Completes `watcher` when more can be served."""
        self._watchers.add(watcher)

    def unwatch(self, watcher: asyncio.Future[None]) -> None:
        """Forgets a watcher, completed or not."""
        self._watchers.discard(watcher)

    def _wake(self) -> None:
        for watcher in self._watchers:
            if not watcher.done():
                watcher.set_result(None)

    def available(self, offset: int) -> int:
        """Bytes that can be served from `offset` on, of its segment."""
        if not self.start <= offset <= self.durable_end:
            raise Refusal(Code.OFFSET_OUT_OF_RANGE, f"{offset} is not in {self.start} to {self.durable_end}")
        if offset == self.durable_end:
            return 0
        segment, position = self._place(offset)
        return self._served_size(segment) - position

    def read(self, offset: int, most: int, first: bool) -> bytes | memoryview:
        """Whole batches from `offset` on, at most `most` bytes, but if it is the `first` then at least one batch."""
        available = self.available(offset)
        if not available:
            return b""
        segment, position = self._place(offset)
        file = self._file if segment is self.active else self._open(segment)
        try:
            content = os.pread(file, min(available, max(most, HEADER_BYTES)), position)
            length, end = whole_batches(content, most)
            if not length and first:
                content = os.pread(file, _size_of_first(content), position)
                length, end = whole_batches(content, most)
            if not length:
                return b""
        finally:
            if segment is not self.active:
                os.close(file)
        self._remember(end, segment, position + length)
        return content if length == len(content) else memoryview(content)[:length]

    def _place(self, offset: int) -> tuple[Segment, int]:
        place = self._places.get(offset)
        if place is None:
            segment = self.segments[bisect_right(self.segments, offset, key=lambda s: s.base) - 1]
            file = self._file if segment is self.active else self._open(segment)
            try:
                place = segment, segment.place(file, offset)
            finally:
                if segment is not self.active:
                    os.close(file)
            self._remember(offset, *place)
        return place

    def _remember(self, offset: int, segment: Segment, position: int) -> None:
        if segment is not self.active and position >= segment.size:
            return
        self._places[offset] = segment, position
        if len(self._places) > _PLACES:
            del self._places[next(iter(self._places))]

    def _served_size(self, segment: Segment) -> int:
        return self.durable_size if segment is self.active else segment.size

    def first_since(self, timestamp_ms: int) -> tuple[int, int]:
        """Time and offset of the first batch that is not older; (-1, -1) without one."""
        for segment in self.segments:
            if segment.newest_ms < timestamp_ms:
                continue
            content = segment.path.read_bytes()[: self._served_size(segment)]
            position = 0
            while (batch := read(content, position)) is not None:
                if batch.newest_ms >= timestamp_ms and batch.end > self.start:
                    return batch.newest_ms, max(batch.base, self.start)
                position += batch.size
        return -1, -1

    def expire(self, now_ms: int) -> None:
        """Drops the oldest segments that are past the retention, by time or by bytes, and producers long silent."""
        self.sequences.forget(now_ms - _AUTHORS_MS)
        if self._is_full(0, now_ms) or (self.active.size and self._is_old(self.active, now_ms)):
            self.roll()
        if self.limits.compact:
            return
        while len(self.segments) > 1 and (self._is_old(self.segments[0], now_ms) or self._is_too_much()):
            self._drop_first()

    def _is_old(self, segment: Segment, now_ms: int) -> bool:
        limit = self.limits.retention_ms
        return not self.limits.compact and limit >= 0 and segment.newest_ms < now_ms - limit

    def _is_too_much(self) -> bool:
        limit = self.limits.retention_bytes
        return limit >= 0 and self.size - self.segments[0].size >= limit

    def _drop_first(self) -> None:
        segment = self.segments.pop(0)
        self._places.clear()
        self.start = max(self.start, self.segments[0].base)
        segment.drop()

    def replace_sealed(self, segment: Segment) -> None:
        """Goes on with one segment, already on the disk, in the place of all sealed ones."""
        for replaced in self.segments[1:-1]:
            replaced.drop()
        self.segments[:-1] = [segment]
        self._places.clear()

    def delete_before(self, offset: int) -> None:
        """Serves nothing before `offset` any more, and drops the segments that lie before it."""
        if not 0 <= offset <= self.durable_end:
            raise Refusal(Code.OFFSET_OUT_OF_RANGE, f"{offset} is beyond {self.durable_end}")
        if offset <= self.start:
            return
        replace_file(self.folder / "start", str(offset).encode())
        self.start = offset
        if self.active.size and self.end <= offset:
            self.roll()
        while len(self.segments) > 1 and self.segments[0].end <= offset:
            self._drop_first()

    def _deleted_before(self) -> int:
        path = self.folder / "start"
        return int(path.read_text()) if path.exists() else 0

    def close(self) -> None:
        """Makes all durable and closes the file."""
        os.fdatasync(self._file)
        os.close(self._file)


def _size_of_first(content: bytes) -> int:
    batch = read(content)
    return batch.size if batch else len(content)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def sync_folder(folder: Path) -> None:
    """Makes the names in a folder durable."""
    file = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def replace_file(path: Path, content: bytes) -> None:
    """Writes a file so that a kill at any moment leaves the old content or the new, durably."""
    draft = path.with_name(path.name + ".draft")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_folder(path.parent)
