"""Group commit: everything written while the disk was busy becomes durable with the next sync, in one go."""

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, TypeVar

_THREADS = 4


class _Mark(Protocol):
    @property
    def file(self) -> int: ...


_M = TypeVar("_M", bound=_Mark)


class Durable(Protocol[_M]):
    """A file that grows: `mark` says how far it came, `synced` hears that the disk has it."""

    def mark(self) -> _M:
        """What a sync that begins now will have made durable, with a file number that the sync closes."""

    def synced(self, mark: _M) -> None:
        """The disk has everything up to the mark."""


class Commits:
    """Syncs, round after round, the files that were written since the last round began."""

    def __init__(self) -> None:
        self._dirty: dict[Durable[_Mark], None] = {}
        self._asked = asyncio.Event()
        self._next: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._threads = ThreadPoolExecutor(_THREADS, "sync")

    def written(self, durable: Durable[_Mark]) -> "asyncio.Future[None]":
        """Completes when all that was written to it so far is on the disk."""
        self._dirty[durable] = None
        self._asked.set()
        return asyncio.shield(self._next)

    async def run(self) -> None:
        """Runs until cancelled. An OSError ends it: what a failed sync left on the disk is not known."""
        while True:
            await self._asked.wait()
            await self.round()

    async def round(self) -> None:
        """Makes everything written so far durable."""
        self._asked.clear()
        dirty, done = list(self._dirty), self._next
        self._dirty, self._next = {}, asyncio.get_running_loop().create_future()
        marks = [durable.mark() for durable in dirty]
        files = [mark.file for mark in marks]
        loop = asyncio.get_running_loop()
        await asyncio.gather(*(loop.run_in_executor(self._threads, _sync, files[n::_THREADS]) for n in range(_THREADS)))
        for durable, mark in zip(dirty, marks, strict=True):
            durable.synced(mark)
        done.set_result(None)


def _sync(files: list[int]) -> None:
    for file in files:
        try:
            os.fdatasync(file)
        finally:
            os.close(file)
