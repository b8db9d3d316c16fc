"""Backup: one folder with the warehouse, the vault and the key, each with its checksum; and back again."""

import hashlib
import shutil
from datetime import datetime
from pathlib import Path

import msgspec

from warehouse.database import VAULT_FILE, WAREHOUSE_FILE, Warehouse
from warehouse.failures import disk_watched
from warehouse.publish import copy_closed

MANIFEST = "manifest.json"
BESIDE = ("key", "home.json")


class Damaged(Exception):
    """The backup is not what its manifest says."""


class HomeInUse(Exception):
    """There is a warehouse where the backup should go."""


class Kept(msgspec.Struct, frozen=True):
    """A file of a backup."""

    name: str
    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """What a backup holds, and when it was taken."""

    taken_at: datetime
    files: tuple[Kept, ...]


def backup(warehouse: Warehouse, folder: Path, now: datetime) -> Manifest:
    """Copy everything that cannot be had again into the new `folder`, as it stands between two loads.

    It holds identities and the key: keep it as safe as the home. Raises FileExistsError if `folder` is there.
    """
    folder.mkdir(parents=True, mode=0o700)
    with disk_watched("the backup"):
        for catalog, name in (("vault", VAULT_FILE), ("warehouse", WAREHOUSE_FILE)):
            warehouse.run("publish", f"checkpoint_{catalog}")
            copy_closed(warehouse.home / name, folder / name)
        for name in BESIDE:
            if (warehouse.home / name).exists():
                shutil.copy2(warehouse.home / name, folder / name)
        manifest = Manifest(taken_at=now, files=tuple(_kept(path) for path in sorted(folder.iterdir())))
        (folder / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(manifest)))
    return manifest


def verified(folder: Path) -> Manifest:
    """Give the manifest of a backup whose files all match it. Raises Damaged."""
    try:
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except (FileNotFoundError, msgspec.DecodeError) as error:
        raise Damaged(f"{folder} is no backup: {error}") from error
    for kept in manifest.files:
        path = folder / kept.name
        if not path.exists() or _kept(path) != kept:
            raise Damaged(f"{path} is missing or is not the file that was backed up")
    return manifest


def restore(folder: Path, home: Path, overwrite: bool = False) -> Manifest:
    """Put a backup back into `home`, which nothing may be using; snapshots of what stood there are dropped.

    Raises Damaged before anything is touched, HomeInUse when a warehouse is there and `overwrite` is not set.
    """
    manifest = verified(folder)
    if (home / WAREHOUSE_FILE).exists() and not overwrite:
        raise HomeInUse(f"{home} already has a warehouse; say so if it is to be replaced")
    home.mkdir(parents=True, exist_ok=True)
    with disk_watched("restoring"):
        for kept in manifest.files:
            shutil.copy2(folder / kept.name, home / f"{kept.name}.restored")
        for name in (VAULT_FILE, WAREHOUSE_FILE):
            (home / f"{name}.wal").unlink(missing_ok=True)
        shutil.rmtree(home / "published", ignore_errors=True)
        for kept in manifest.files:
            (home / f"{kept.name}.restored").rename(home / kept.name)
    return manifest


def _kept(path: Path) -> Kept:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Kept(name=path.name, size=path.stat().st_size, sha256=digest)
