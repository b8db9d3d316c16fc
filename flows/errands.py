"""Errands: what a command asks of the owner of the home, since the owner alone writes the warehouse and the vault.

A command leaves a file in `errands/` and waits for the answer beside it. The owner takes errands between two loads.
"""

import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from flows.attach import ensure_owner
from flows.home import Home
from flows.settings import Settings
from warehouse import backup as backups
from warehouse import dead_letters, forget, vault
from warehouse.database import Warehouse
from warehouse.failures import DiskFull


class Purge(msgspec.Struct, frozen=True, tag="purge"):
    """Rewrite the files without what was deleted."""


class Backup(msgspec.Struct, frozen=True, tag="backup"):
    """Copy what cannot be had again into a new folder."""

    folder: str


class Raw(msgspec.Struct, frozen=True, tag="raw"):
    """Give the bytes of dead letters; the vault notes who opened it and why."""

    letters: tuple[dead_letters.DeadLetter, ...]
    opened_by: str
    reason: str


class Replayed(msgspec.Struct, frozen=True, tag="replayed"):
    """Note that dead letters were sent again."""

    letters: tuple[dead_letters.DeadLetter, ...]


class Erase(msgspec.Struct, frozen=True, tag="erase"):
    """Erase the bytes of the dead letters that hold one of these texts."""

    needles: tuple[str, ...]


class Who(msgspec.Struct, frozen=True, tag="who"):
    """Give who stands behind a pseudonym; noted in the vault."""

    platform: str
    author: str
    opened_by: str
    reason: str


Errand = Purge | Backup | Raw | Replayed | Erase | Who


class Answer(msgspec.Struct, frozen=True):
    """What came of an errand: its result, or in one line why not."""

    result: Any = None
    error: str | None = None


class ErrandFailed(RuntimeError):
    """The owner could not do what was asked; the message says why."""


def ask(home: Home, config: Settings, errand: Errand) -> Any:
    """Have the owner of the home (which must be attached to) do an errand, and give its result. Raises ErrandFailed."""
    folder = _folder(home)
    name = folder / uuid.uuid4().hex
    asked, answered = name.with_suffix(".asked"), name.with_suffix(".answered")
    _write(asked, msgspec.json.encode(errand))
    try:
        while not answered.exists():
            ensure_owner(home, config)
            time.sleep(0.1)
        answer = msgspec.json.decode(answered.read_bytes(), type=Answer)
    finally:
        asked.unlink(missing_ok=True)
        answered.unlink(missing_ok=True)
    if answer.error is not None:
        raise ErrandFailed(answer.error)
    return answer.result


def run_errands(home: Home, warehouse: Warehouse) -> int:
    """Do what was asked since the last time, oldest first, and give how many errands that were."""
    asked = sorted(_folder(home).glob("*.asked"), key=lambda path: path.stat().st_mtime)
    for path in asked:
        answer = _answer(warehouse, msgspec.json.decode(path.read_bytes(), type=Errand), datetime.now(UTC))
        _write(path.with_suffix(".answered"), msgspec.json.encode(answer))
        path.unlink(missing_ok=True)
    return len(asked)


def _answer(warehouse: Warehouse, errand: Errand, now: datetime) -> Answer:
    try:
        return Answer(result=_DOERS[type(errand)](warehouse, errand, now))
    except (DiskFull, FileExistsError, PermissionError, FileNotFoundError) as error:
        return Answer(error=str(error))


def _purge(warehouse: Warehouse, errand: Purge, now: datetime) -> str:
    return forget.purge(warehouse, now).path.name


def _backup(warehouse: Warehouse, errand: Backup, now: datetime) -> list[str]:
    return [f"{kept.name} ({kept.size:,} bytes)" for kept in backups.backup(warehouse, Path(errand.folder), now).files]


def _raw(warehouse: Warehouse, errand: Raw, now: datetime) -> list[bytes | None]:
    vault.note_opening(warehouse, vault.Opening(errand.opened_by, errand.reason, now))
    return [dead_letters.raw(warehouse, letter) for letter in errand.letters]


def _replayed(warehouse: Warehouse, errand: Replayed, now: datetime) -> int:
    dead_letters.mark_replayed(warehouse, errand.letters, now)
    return len(errand.letters)


def _erase(warehouse: Warehouse, errand: Erase, now: datetime) -> int:
    return dead_letters.erase_bytes(warehouse, [needle.encode() for needle in errand.needles])


def _who(warehouse: Warehouse, errand: Who, now: datetime) -> vault.Person | None:
    return vault.person(warehouse, errand.platform, errand.author, vault.Opening(errand.opened_by, errand.reason, now))


_DOERS: dict[type[Errand], Callable[[Warehouse, Any, datetime], Any]] = {
    Purge: _purge,
    Backup: _backup,
    Raw: _raw,
    Replayed: _replayed,
    Erase: _erase,
    Who: _who,
}


def _folder(home: Home) -> Path:
    folder = home.path / "errands"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _write(path: Path, content: bytes) -> None:
    part = path.with_suffix(".part")
    part.write_bytes(content)
    part.chmod(0o600)
    part.rename(path)
