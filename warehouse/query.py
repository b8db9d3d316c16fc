"""Questions to the newest snapshot: read-only, locked down, one statement, with a row cap and a time limit."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import msgspec

from warehouse.database import quoted
from warehouse.publish import LATEST
from warehouse.statements import statements

EXPORTS = ("csv", "json", "parquet")


class BadQuestion(ValueError):
    """What was asked is not one readable statement, or asks for what is locked."""


class TooSlow(Exception):
    """The time limit ended the query."""


class Result(msgspec.Struct, frozen=True):
    """Rows as Python values; `truncated` when the row cap cut them off."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    truncated: bool


def newest(home: Path) -> Path | None:
    """Give the newest snapshot by its versioned name, or None before the first."""
    link = home / "published" / LATEST
    return link.resolve() if link.exists() else None


def connect(
    snapshot: Path, memory: str = "1GB", threads: int = 2, writing: Path | None = None
) -> duckdb.DuckDBPyConnection:
    """Open a snapshot read-only and locked down: no file, no network, no setting, no write can be reached by SQL.

    The one exception is the file `writing`, for an export.
    """
    config: dict[str, Any] = {
        "enable_external_access": str(writing is not None).lower(),
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "python_enable_replacements": "false",
        "memory_limit": memory,
        "threads": threads,
        "max_temp_directory_size": "0GB",
    }
    connection = duckdb.connect(str(snapshot), read_only=True, config=config)
    if writing is not None:
        connection.execute(statements("query")["allow_only"].format(path=quoted(writing)))
    connection.execute(statements("query")["lock"])
    return connection


def run(
    snapshot: Path, sql: str, *, parameters: Sequence[Any] = (), max_rows: int = 10_000, seconds: float = 60
) -> Result:
    """Answer one statement. Raises BadQuestion with a line that says what is wrong, TooSlow after `seconds`."""
    with connect(snapshot) as connection:
        return answer(connection, sql, parameters=parameters, max_rows=max_rows, seconds=seconds)


def answer(
    connection: duckdb.DuckDBPyConnection,
    sql: str,
    *,
    parameters: Sequence[Any] = (),
    max_rows: int = 10_000,
    seconds: float = 60,
) -> Result:
    """As `run`, on a connection that `connect` gave."""
    with limited(connection, seconds):
        statement = only_statement(connection, sql)
        cursor = connection.execute(statement, list(parameters))
        columns = tuple(column[0] for column in cursor.description or ())
        rows = cursor.fetchmany(max_rows + 1)
    return Result(columns=columns, rows=rows[:max_rows], truncated=len(rows) > max_rows)


def export(snapshot: Path, sql: str, path: Path, form: str, *, seconds: float = 600) -> None:
    """Write all rows of one select to `path` as csv, json (an array of objects) or parquet; no row cap.

    `path` is written beside itself and renamed, so that a failed export leaves nothing. Raises as `run` does.
    """
    half = path.with_name(f".{path.name}.half").absolute()
    try:
        with connect(snapshot, writing=half) as connection, limited(connection, seconds):
            statement = only_statement(connection, sql)
            if statement.type != duckdb.StatementType.SELECT:
                raise BadQuestion("an export takes one select")
            copy = statements("query")[f"export_{form}"]
            connection.execute(copy.format(select=statement.query.rstrip().rstrip(";"), path=quoted(half)))
        half.rename(path)
    finally:
        half.unlink(missing_ok=True)


def new_posts(snapshot: Path, import_id: str) -> int:
    """Give how many posts have `import_id` as their first import."""
    return _number(snapshot, "new_posts", {"import_id": import_id})


def marked_partitions(snapshot: Path, marker_id: str) -> int:
    """Give in how many partitions the marker was loaded."""
    return _number(snapshot, "marked_partitions", {"marker_id": marker_id})


def _number(snapshot: Path, name: str, parameters: dict[str, Any]) -> int:
    with connect(snapshot) as connection:
        return int(connection.execute(statements("query")[name], parameters).fetchall()[0][0])


def only_statement(connection: duckdb.DuckDBPyConnection, sql: str) -> duckdb.Statement:
    """Give the one statement of `sql`."""
    found = connection.extract_statements(sql)
    if len(found) != 1:
        raise BadQuestion(f"expected one statement, got {len(found)}")
    return found[0]


@contextmanager
def limited(connection: duckdb.DuckDBPyConnection, seconds: float) -> Iterator[None]:
    """Interrupt what runs on `connection` after `seconds`, and say in one line what went wrong."""
    timer = threading.Timer(seconds, connection.interrupt)
    timer.start()
    try:
        yield
    except duckdb.InterruptException as error:
        raise TooSlow(f"stopped after {seconds:g} seconds") from error
    except duckdb.Error as error:
        raise BadQuestion(str(error)) from error
    finally:
        timer.cancel()
