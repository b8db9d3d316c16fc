"""Marts: one plain select in a file, one table of the same name, refreshed for the days that were touched."""

import re
from datetime import date
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import msgspec

from warehouse.database import Warehouse, transaction
from warehouse.statements import FOLDER, statements

MOST_DAYS = 62
"""Above so many touched days, a mart is filled anew: one pass over all is cheaper."""

_COLUMN = re.compile(r"^-- (\w+): (.+)$")
_SOURCE = re.compile(r"\b(?:from|join)\s+(\w+)")


class Mart(msgspec.Struct, frozen=True):
    """A mart as its file states it: the grain in words, what each column is, and the select."""

    name: str
    grain: str
    columns: dict[str, str]
    select: str
    definition: str


@cache
def marts(folder: Path = FOLDER / "marts") -> tuple[Mart, ...]:
    """Give the marts of `folder`: by name, but each after those that it reads."""
    found = {path.stem: _mart(path) for path in sorted(folder.glob("*.sql"))}
    read = {name: sorted(_read(mart) & found.keys() - {name}) for name, mart in found.items()}
    return tuple(found[name] for name in TopologicalSorter(read).static_order())


def create(warehouse: Warehouse) -> None:
    """Make the table of each mart that is new or whose file changed, and drop those whose file is gone."""
    known = dict(warehouse.run("marts", "known"))
    wanted = {mart.name: mart for mart in marts()}
    with transaction(warehouse.connection):
        for name in known.keys() - wanted.keys():
            _drop(warehouse, name)
        for name, mart in wanted.items():
            if known.get(name) != mart.definition:
                _drop(warehouse, name)
                _create(warehouse, mart)


def refresh(warehouse: Warehouse) -> None:
    """Bring every mart up to date: those with a `day` for the touched days, the others whole. One transaction.

    A mart that reads another one is filled whole: what changed there may show on any day.
    """
    stale = warehouse.run("database", "loads")[0][2]
    days = [row[0] for row in warehouse.run("marts", "touched_days")]
    names = {mart.name for mart in marts()}
    with transaction(warehouse.connection):
        for mart in marts():
            by_day = "day" in mart.columns and not _read(mart) & names
            if stale or not by_day or len(days) > MOST_DAYS:
                _fill(warehouse, mart)
            elif days:
                _fill_days(warehouse, mart, days)
        warehouse.run("marts", "clear_touched_days")
        warehouse.run("marts", "fresh")


def _read(mart: Mart) -> set[str]:
    """Give the names that a mart's select may read, other marts among them."""
    code = (line for line in mart.select.splitlines() if not line.startswith("--"))
    return set(_SOURCE.findall("\n".join(code)))


def _mart(path: Path) -> Mart:
    text = path.read_text(encoding="utf-8")
    header = [line for line in text.splitlines() if line.startswith("--")]
    described = (_COLUMN.match(line) for line in header[1:])
    columns = {match[1]: match[2] for match in described if match}
    grain = header[0].removeprefix("-- ")
    return Mart(name=path.stem, grain=grain, columns=columns, select=text.strip().rstrip(";"), definition=text)


def _create(warehouse: Warehouse, mart: Mart) -> None:
    sql = statements("marts")
    execute = warehouse.connection.execute
    execute(sql["create"].format(name=mart.name, select=mart.select))
    execute(sql["describe"].format(name=mart.name, text=_literal(mart.grain)))
    for column, text in mart.columns.items():
        execute(sql["describe_column"].format(name=mart.name, column=column, text=_literal(text)))
    warehouse.run("marts", "note", {"name": mart.name, "definition": mart.definition})
    warehouse.run("database", "stale_marts")


def _drop(warehouse: Warehouse, name: str) -> None:
    warehouse.connection.execute(statements("marts")["drop"].format(name=name))
    warehouse.run("marts", "forget", {"name": name})


def _fill(warehouse: Warehouse, mart: Mart) -> None:
    sql = statements("marts")
    warehouse.connection.execute(sql["clear"].format(name=mart.name))
    warehouse.connection.execute(sql["fill"].format(name=mart.name, select=mart.select))


def _fill_days(warehouse: Warehouse, mart: Mart, days: list[date]) -> None:
    sql = statements("marts")
    listed = ", ".join(f"date '{day.isoformat()}'" for day in days)
    warehouse.connection.execute(sql["clear_days"].format(name=mart.name, days=listed))
    warehouse.connection.execute(sql["fill_days"].format(name=mart.name, select=mart.select, days=listed))


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
