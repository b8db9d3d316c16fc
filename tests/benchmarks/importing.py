"""What an import of a whole archive costs: time, memory, disk; and whether a million posts more change that.

    python tests/benchmarks/importing.py [--data ../shared/data] [--rows 1500000] [--twice]

Runs `auscult import` on `hashtag_posts_2014` in a home of its own, as a person would, and prints what it counted, posts
a second, the peak memory of each process (the promise: at most 600 MB), the size on disk and the time to publish with
every mart filled anew. `--twice` imports it a second time: nothing may be new. With `--rows`, the archive is repeated
under new ids until there are so many rows, and the last tenth is set beside the first: memory must stay flat.
"""

import argparse
import csv
import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from processes import MEGABYTE, Sample, Sampling, peaks
from real_posts import ARCHIVE, DATA

sys.path.insert(0, str(Path(__file__).parents[1]))

from homes import AUSCULT, end_owner, environment, owner_pid

from warehouse.database import open_warehouse
from warehouse.publish import publish

EXPECTED = {"rows": 374_247, "posts": 267_927, "new": 267_927, "repeated": 106_320, "rejected": 0}
SHIFT = (400 * 86_400_000) << 22
"""What a snowflake grows by in 400 days: the archive again under ids that no post of it has."""


def main() -> None:
    """Import and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--rows", type=int, help="repeat the archive under new ids, up to so many rows")
    parser.add_argument("--twice", action="store_true", help="import it again afterwards: nothing may be new")
    parser.add_argument("--hours", type=float, default=1.0, help="give up after so long")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        archive, home = chosen.data / ARCHIVE, Path(folder) / "home"
        if chosen.rows:
            archive = repeated(archive, chosen.rows, Path(folder) / "archive")
        try:
            counts, samples = imported(home, archive, chosen.hours)
            report(counts, samples)
            if not chosen.rows:
                print(verdict(counts, EXPECTED))
            if chosen.twice:
                again, _ = imported(home, archive, chosen.hours)
                print(f"{'again':<22}{again['new']:>10,} new in {again['seconds']:,.0f} s")
        finally:
            end_owner(home)
        report_files(home)


def imported(home: Path, archive: Path, hours: float) -> tuple[dict[str, float], list[Sample]]:
    """Import, and give what the command counted and what was seen of its processes meanwhile."""
    command = [str(AUSCULT), "import", "--json", str(archive)]
    importing = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment(home)
    )

    def roots() -> list[int]:
        return [pid for pid in (importing.pid, owner_pid(home)) if pid is not None]

    try:
        with Sampling(roots, lambda: loaded(home)) as sampling:
            said, _ = importing.communicate(timeout=hours * 3600)
    finally:
        importing.kill()
        importing.wait()
    if importing.returncode != 0:
        raise SystemExit(f"the import failed with exit code {importing.returncode}")
    counts: dict[str, float] = json.loads(said)
    return counts, sampling.samples


def loaded(home: Path) -> int:
    """Give how many events the owner of the home has loaded."""
    try:
        return int(json.loads((home / "run.json").read_text())["loaded"])
    except FileNotFoundError:
        return 0


def report(counts: dict[str, float], samples: list[Sample]) -> None:
    """Print what was counted, and the first tenth beside the last."""
    for named, count in counts.items():
        print(f"{named:<22}{count:>10,.0f}")
    print(f"{'rows a second':<22}{counts['rows'] / counts['seconds']:>10,.0f}   start to published")
    total = max(sample.progress for sample in samples)
    first = [sample for sample in samples if 0 < sample.progress <= total / 10]
    last = [sample for sample in samples if total * 9 / 10 <= sample.progress < total]
    print(f"{'':<22}{'at most':>10}{'first tenth':>13}{'last tenth':>13}")
    print(f"{'events loaded /s':<22}{'':>10}{rate(first):>13,.0f}{rate(last):>13,.0f}")
    early, late = peaks(first), peaks(last)
    for named, size in peaks(samples).items():
        shown = "".join(f"{part[named]:>13,.0f}" if named in part else f"{'':>13}" for part in (early, late))
        print(f"{'MB ' + named:<22}{size:>10,.0f}{shown}")


def rate(samples: list[Sample]) -> float:
    """Give events a second from the first of the samples to the last."""
    if len(samples) < 2 or samples[-1].at == samples[0].at:
        return 0.0
    return (samples[-1].progress - samples[0].progress) / (samples[-1].at - samples[0].at)


def verdict(counts: dict[str, float], expected: dict[str, int]) -> str:
    """Say whether the counts are what they must be."""
    wrong = {named: count for named, count in expected.items() if counts[named] != count}
    return f"WRONG: expected {wrong}" if wrong else "the counts are right"


def report_files(home: Path) -> None:
    """Print what the home holds on disk, and how long it takes to publish it with every mart filled anew."""
    for named in ("warehouse.duckdb", "vault.duckdb", "published", "broker"):
        print(f"{'MB on disk, ' + named:<32}{size_on_disk(home / named) / MEGABYTE:>8,.0f}")
    warehouse = open_warehouse(home, datetime.now(UTC))
    try:
        warehouse.run("database", "stale_marts")
        started = time.monotonic()
        publish(warehouse, datetime.now(UTC))
        print(f"{'seconds to publish':<22}{time.monotonic() - started:>10,.1f}   every mart filled anew")
    finally:
        warehouse.close()


def size_on_disk(path: Path) -> int:
    """Give the bytes that a file, or all files of a folder, take up."""
    files = [path] if path.is_file() else [inner for inner in path.rglob("*") if inner.is_file()]
    return sum(os.lstat(file).st_blocks * 512 for file in files if not file.is_symlink())


def repeated(archive: Path, count: int, folder: Path) -> Path:
    """Write the archive again and again under new ids, up to so many rows, a file a round."""
    folder.mkdir()
    csv.field_size_limit(2**31)
    left, round_ = count, 0
    while left > 0:
        with gzip.open(
            folder / f"round-{round_:03}.csv.gz", "wt", compresslevel=1, encoding="utf-8", newline=""
        ) as file:
            writer = csv.writer(file)
            writer.writerow(("id", "created_at", "author", "text", "query"))
            written = 0
            for row in islice(rows(archive), left):
                writer.writerow((int(row[0]) + round_ * SHIFT, *row[1:]))
                written += 1
        left, round_ = left - written, round_ + 1
    return folder


def rows(archive: Path) -> Iterator[list[str]]:
    """Give the rows of the archive, without its header lines."""
    for path in sorted(archive.glob("*.csv.gz")):
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            lines = csv.reader(file)
            next(lines)
            yield from lines


if __name__ == "__main__":
    main()
