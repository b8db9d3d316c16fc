"""What processes cost: CPU seconds and memory, by name."""

import os
import threading
import time
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import NamedTuple

import psutil

NAMES = {
    "flows.tag": "tagger",
    "flows.run": "owner",
    "listeners.broker": "broker",
    "kafka.Kafka": "Kafka",
    "import": "import",
}
MEGABYTE = 1_000_000
Sizes = dict[str, float]


def name(process: psutil.Process) -> str:
    """Give what a process is in our words."""
    if process.pid == os.getpid():
        return "this process"
    words = process.cmdline()
    return next((name for part, name in NAMES.items() if part in words), process.name())


def family(root: int) -> list[psutil.Process]:
    """Give a process and all that it started, however indirectly; nothing where it is no more."""
    try:
        first = psutil.Process(root)
        return [first, *first.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def cpu_seconds() -> dict[int, tuple[str, float]]:
    """Give the CPU seconds so far of this process and all that it started, by their ids."""
    spent = {}
    for process in family(os.getpid()):
        try:
            times = process.cpu_times()
            spent[process.pid] = (name(process), times.user + times.system)
        except psutil.Error:
            continue
    return spent


def spent_since(before: dict[int, tuple[str, float]]) -> dict[str, float]:
    """Give the CPU seconds by name since `before`, those of the same name together."""
    total: dict[str, float] = {}
    for pid, (named, seconds) in cpu_seconds().items():
        total[named] = total.get(named, 0.0) + seconds - before.get(pid, ("", 0.0))[1]
    return total


def sizes(processes: Iterable[psutil.Process]) -> Sizes:
    """Give the resident size of processes by name, in megabytes: the largest of each name."""
    found: Sizes = {}
    for process in processes:
        try:
            named, size = name(process), process.memory_info().rss / MEGABYTE
        except psutil.Error:
            continue
        found[named] = max(size, found.get(named, 0.0))
    return found


class Sample(NamedTuple):
    """What was seen at one moment: how far the work was, and the sizes of its processes."""

    at: float
    progress: int
    sizes: Sizes


class Sampling:
    """Looks at the processes that `roots` names, and at how far they are, some times a second while the block runs."""

    def __init__(self, roots: Callable[[], Iterable[int]], progress: Callable[[], int], every: float = 0.2) -> None:
        self.samples: list[Sample] = []
        self._roots, self._progress, self._every = roots, progress, every
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> "Sampling":
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(self._every):
            ours = {process.pid: process for root in self._roots() for process in family(root)}
            self.samples.append(Sample(time.monotonic(), self._progress(), sizes(ours.values())))


def peaks(samples: Iterable[Sample]) -> Sizes:
    """Give the largest size of each process, by name."""
    largest: Sizes = {}
    for sample in samples:
        for named, size in sample.sizes.items():
            largest[named] = max(size, largest.get(named, 0.0))
    return dict(sorted(largest.items()))
