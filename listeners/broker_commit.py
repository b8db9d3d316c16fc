"""Group commit: everything written while the disk was busy becomes durable with the next sync, in one go."""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, Protocol

_THREADS = 4


class Mark(NamedTuple):
    """How far a file had come when a sync began: a file number to sync and close, and what to do then."""

    file: int
    synced: Callable[[], None]


class Durable(Protocol):
    """A file that grows."""

    def mark(self) -> Mark:
        """What a sync that begins now will have made durable."""


class Commits:
    """Syncs, round after round, the files that were written since the last round began."""

    def __init__(self) -> None:
        self._dirty: dict[Durable, None] = {}
        self._asked = asyncio.Event()
        self._next: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._threads = ThreadPoolExecutor(_THREADS, "sync")

    def written(self, durable: Durable) -> "asyncio.Future[None]":
        """Completes when all that was written to it so far is on the disk."""
        self._dirty[durable] = None
        self._asked.set()
        return asyncio.shield(self._next)

    async def run(self) -> None:
        """Runs until cancelled. An OSError ends it: what a failed sync left on the disk is not known."""
        while True:
            await self._asked.wait()
            await self._round()

    async def _round(self) -> None:
        self._asked.clear()
        marks, done = [durable.mark() for durable in self._dirty], self._next
        self._dirty, self._next = {}, asyncio.get_running_loop().create_future()
        files = [mark.file for mark in marks]
        loop = asyncio.get_running_loop()
        shares = [files[first::_THREADS] for first in range(min(_THREADS, len(files)))]
        await asyncio.gather(*(loop.run_in_executor(self._threads, _sync, share) for share in shares))
        for mark in marks:
            mark.synced()
        done.set_result(None)


def _sync(files: list[int]) -> None:
    for file in files:
        try:
            os.fdatasync(file)
        finally:
            os.close(file)
