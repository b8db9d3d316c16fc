"""How far each consumer group came: a file of lines, appended to at each commit and rewritten when it has grown."""

import os
import sys
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

import msgspec

from listeners.broker_commit import Mark

_ROOMY = 1024 * 1024
_FOLD = 8

Place = tuple[str, str, int]
"""Group, topic, partition."""


class Committed(NamedTuple):
    """The next offset that a group wants, and what it noted beside it."""

    offset: int
    metadata: str


class Offsets:
    """The committed offsets of every group."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "offsets"
        self.committed: dict[Place, Committed] = {}
        if self._path.exists():
            self._recover(self._path.read_bytes())
        self._rewrite()

    def _recover(self, content: bytes) -> None:
        for line in content.splitlines(keepends=True):
            checksum, _, body = line.partition(b" ")
            if not line.endswith(b"\n") or checksum != b"%08x" % crc32(body[:-1]):
                print(f"{self._path}: cut a commit that was never acknowledged", file=sys.stderr, flush=True)
                return
            group, topic, partition, offset, metadata = msgspec.json.decode(body, type=tuple[str, str, int, int, str])
            self._set((group, topic, partition), Committed(offset, metadata))

    def _set(self, place: Place, committed: Committed) -> None:
        if committed.offset < 0:
            self.committed.pop(place, None)
        else:
            self.committed[place] = committed

    def _rewrite(self) -> None:
        draft = self._path.with_name("offsets.draft")
        content = b"".join(_line(place, committed) for place, committed in self.committed.items())
        file = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        os.pwrite(file, content, 0)
        os.fsync(file)
        draft.replace(self._path)
        folder = os.open(self._path.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
        self._file, self._size, self._least = file, len(content), len(content)

    def commit(self, group: str, offsets: dict[tuple[str, int], Committed]) -> None:
        """Writes a group's offsets; they are durable after the next sync. An offset below 0 forgets."""
        lines = b"".join(_line((group, *partition), committed) for partition, committed in offsets.items())
        self._write(lines)
        for partition, committed in offsets.items():
            self._set((group, *partition), committed)
        if self._size > max(_ROOMY, _FOLD * self._least):
            os.close(self._file)
            self._rewrite()

    def _write(self, lines: bytes) -> None:
        """All of it or, on a full disk, nothing."""
        try:
            done = 0
            while done < len(lines):
                done += os.pwrite(self._file, lines[done:], self._size + done)
        except OSError:
            os.ftruncate(self._file, self._size)
            raise
        self._size += len(lines)

    def forget_topic(self, topic: str) -> None:
        """Forgets how far any group came in a topic that is no more."""
        for group, name, partition in [place for place in self.committed if place[1] == topic]:
            self.commit(group, {(name, partition): Committed(-1, "")})

    def mark(self) -> Mark:
        """What a sync that begins now will have made durable."""
        return Mark(os.dup(self._file), lambda: None)

    def close(self) -> None:
        """Makes all durable and closes the file."""
        os.fsync(self._file)
        os.close(self._file)


def _line(place: Place, committed: Committed) -> bytes:
    body = msgspec.json.encode((*place, *committed))
    return b"%08x %b\n" % (crc32(body), body)
