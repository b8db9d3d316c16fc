"""The newest snapshot, opened once for all visitors, and questions to it by name. No page and no widget here."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import streamlit as st

from warehouse.query import connect, limited
from warehouse.statements import statements

SECONDS = 30.0
"""A question that takes longer is stopped, and the page says so."""

Row = TypeVar("Row")


@st.cache_resource(max_entries=2, show_spinner=False, on_release=lambda connection: connection.close())
def opened(path: str) -> duckdb.DuckDBPyConnection:
    """Give the open snapshot at a versioned path. Two are kept: the newest, and the one it took the place of."""
    return connect(Path(path))


def ask(path: str, kind: type[Row], name: str, **parameters: Any) -> list[Row]:
    """Give the rows of the statement `file.name` as records of `kind`, whose fields are the columns.

    Answered from memory when it was asked of the same snapshot before. Raises TooSlow.
    """
    return _answered(path, name, parameters, kind)


def one(path: str, kind: type[Row], name: str, **parameters: Any) -> Row:
    """Give the one row of a statement that always has one."""
    return ask(path, kind, name, **parameters)[0]


@st.cache_data(max_entries=400, show_spinner=False)
def _answered(path: str, name: str, parameters: Mapping[str, Any], _kind: type[Row]) -> list[Row]:
    file, _, statement = name.partition(".")
    sql = statements(f"dashboard/{file}")[statement]
    with opened(path).cursor() as cursor, limited(cursor, SECONDS):
        for macro in statements("dashboard/macros").values():
            cursor.execute(macro)
        cursor.execute(sql, dict(parameters) or None)
        columns = [column[0] for column in cursor.description or ()]
        return [_kind(**dict(zip(columns, row, strict=True))) for row in cursor.fetchall()]
