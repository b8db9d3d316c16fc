"""Publishing: the warehouse as it stands becomes an immutable, versioned file that is renamed into place."""

import os
import subprocess
import time
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from warehouse import marts
from warehouse.database import WAREHOUSE_FILE, Warehouse, transaction
from warehouse.failures import disk_watched

KEEP = 3
KEEP_FOR = timedelta(minutes=10)
MARKERS_KEPT = timedelta(days=7)
LATEST = "latest.duckdb"


class Snapshot(msgspec.Struct, frozen=True):
    """A published version: its number, its file, and how long publishing took."""

    version: int
    path: Path
    seconds: float


def publish(warehouse: Warehouse, now: datetime) -> Snapshot | None:
    """Publish the warehouse as the next version; None when nothing was loaded since the last one.

    Readers see the old version or the new one, never a half. The last 3 are kept, and all younger than 10 minutes.
    """
    started = time.monotonic()
    marts.create(warehouse)
    loads, published_loads, stale = warehouse.run("database", "loads")[0]
    if loads == published_loads and not stale:
        return None
    with disk_watched("publishing"):
        settle(warehouse)
        marts.refresh(warehouse)
        version = _number(warehouse, now)
        path = _copy(warehouse, version)
        with transaction(warehouse.connection):
            warehouse.run("publish", "published", {"loads": loads})
    _drop_old(path.parent, now)
    return Snapshot(version=version, path=path, seconds=time.monotonic() - started)


def settle(warehouse: Warehouse) -> None:
    """Make what depends on more than one batch right: posts of removed authors go, aliases become their author."""
    with transaction(warehouse.connection):
        warehouse.run("publish", "find_gone_authors")
        for name in _REMOVING + _REWRITING:
            warehouse.run("publish", name)
        warehouse.run("load_records", "delete_removed_verdicts")


_REMOVING = (
    "find_gone_posts",
    "keep_gone_posts",
    "note_days_of_gone_posts",
    "delete_gone_posts",
    "delete_gone_taggings",
    "delete_gone_counts",
    "delete_gone_authors",
)
_REWRITING = ("find_rewritten", "note_days_of_rewritten", "rewrite")


def versions(published: Path) -> list[Path]:
    """Give the snapshots in `published`, oldest first."""
    return sorted(path for path in published.glob("*.duckdb") if path.stem.isdigit())


def _number(warehouse: Warehouse, now: datetime) -> int:
    stored: int = warehouse.run("publish", "next_version")[0][0]
    on_disk = [int(path.stem) + 1 for path in versions(warehouse.home / "published")]
    version = max([stored, *on_disk])
    with transaction(warehouse.connection):
        warehouse.run("publish", "forget_old_markers", {"before": now - MARKERS_KEPT})
        warehouse.run("publish", "note_publication", {"version": version, "now": now})
    return version


def copy_closed(source: Path, target: Path, mode: int = 0o600) -> None:
    """Copy a database file that this process holds open, in a process of its own: closing it here could drop its lock.

    Complete and on disk, or not there at all.
    """
    half = target.with_suffix(".half")
    half.unlink(missing_ok=True)
    command = ["cp", str(source), str(half)]
    # restore_signals: a file-size limit then is cp's error to report, not the signal that ends it.
    copied = subprocess.run(command, capture_output=True, text=True, check=False, restore_signals=False)
    if copied.returncode != 0:
        half.unlink(missing_ok=True)
        raise OSError(copied.stderr.strip())
    half.chmod(mode)
    _sync(half)
    half.rename(target)


def _copy(warehouse: Warehouse, version: int) -> Path:
    published = warehouse.home / "published"
    published.mkdir(exist_ok=True)
    path = published / f"{version:012}.duckdb"
    warehouse.run("publish", "checkpoint_warehouse")
    copy_closed(warehouse.home / WAREHOUSE_FILE, path, mode=0o444)
    _point(published / LATEST, path.name)
    _sync(published)
    return path


def _point(link: Path, target: str) -> None:
    beside = link.with_suffix(".half")
    beside.unlink(missing_ok=True)
    beside.symlink_to(target)
    beside.rename(link)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _drop_old(published: Path, now: datetime) -> None:
    for path in versions(published)[:-KEEP]:
        if path.stat().st_mtime < (now - KEEP_FOR).timestamp():
            path.unlink()
    for half in published.glob("*.half"):
        half.unlink(missing_ok=True)
