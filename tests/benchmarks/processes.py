"""What processes cost: CPU seconds and memory by name, of this process and all that it started."""

import os

import psutil

NAMES = {
    "flows.tag": "tagger",
    "flows.run": "owner",
    "listeners.broker": "broker",
    "kafka.Kafka": "Kafka",
    "--send": "listener",
    "import": "import",
}
MEGABYTE = 1_000_000


def name(process: psutil.Process) -> str:
    """Give what a process is in our words."""
    if process.pid == os.getpid():
        return "this process"
    words = process.cmdline()
    return next((name for part, name in NAMES.items() if part in words), process.name())


def family(root: int | None = None) -> list[psutil.Process]:
    """Give this process (or `root`) and all that it started, however indirectly."""
    first = psutil.Process(root)
    return [first, *first.children(recursive=True)]


def cpu_seconds() -> dict[int, tuple[str, float]]:
    """Give the CPU seconds so far of each process of ours, by its id."""
    spent = {}
    for process in family():
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
