"""The contract: what stands in `schema.sql` is what the migrations and the marts give, described column by column.

`python -m warehouse.schema` writes `schema.sql` anew after a migration or a mart changed.
"""

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from warehouse import marts
from warehouse.database import Warehouse, open_warehouse
from warehouse.statements import FOLDER

SCHEMA = FOLDER / "schema.sql"
_TITLE = """-- The tables that analysts read, with every column, as they stand in a snapshot. Others script against
-- them: columns may be added, never changed. Which of them are views, and how they are made, stands in
-- migrations/ and marts/; `warehouse/schema.py` writes this file from those.
"""


def contract(warehouse: Warehouse) -> str:
    """Give the text of `schema.sql` for the tables and views of `warehouse`."""
    marts.create(warehouse)
    relations: dict[tuple[str, str], list[str]] = {}
    for table, says, column, kind, described in warehouse.run("catalog", "columns"):
        relations.setdefault((table, says), []).append(f"    -- {described}\n    {column} {kind.lower()}")
    tables = (_table(name, says, columns) for (name, says), columns in relations.items())
    return _TITLE + "".join(tables)


def write() -> None:
    """Write `schema.sql`."""
    with (
        tempfile.TemporaryDirectory() as home,
        open_warehouse(Path(home), datetime.now(UTC)) as warehouse,
    ):
        SCHEMA.write_text(contract(warehouse), encoding="utf-8")


def _table(name: str, says: str, columns: list[str]) -> str:
    listed = ",\n".join(columns)
    return f"\n-- {says}\ncreate table {name} (\n{listed}\n);\n"


if __name__ == "__main__":
    write()
