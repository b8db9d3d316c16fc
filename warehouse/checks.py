"""Checks: what must hold of the tables, run over the warehouse or over a snapshot."""

from pathlib import Path
from typing import Any

import duckdb
import msgspec

from warehouse.database import Warehouse
from warehouse.query import connect
from warehouse.statements import statements

EXAMPLES = 5


class Failure(msgspec.Struct, frozen=True):
    """A check that found something: what should hold, and the first rows that break it."""

    check: str
    expected: str
    examples: list[tuple[Any, ...]]

    def __str__(self) -> str:
        return f"{self.check}: {self.expected} But: {', '.join(map(str, self.examples))}"


def check(checked: Warehouse | Path) -> list[Failure]:
    """Run every check; no failure is an empty list. Changes nothing."""
    if isinstance(checked, Warehouse):
        return _failures(checked.connection)
    with connect(checked) as connection:
        return _failures(connection)


def _failures(connection: duckdb.DuckDBPyConnection) -> list[Failure]:
    failures = []
    for name, sql in statements("checks").items():
        rows = connection.execute(sql).fetchmany(EXAMPLES)
        if rows:
            expected = sql.splitlines()[0].removeprefix("-- ")
            failures.append(Failure(check=name, expected=expected, examples=rows))
    return failures
