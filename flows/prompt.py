"""SQL from the command line: one answer in four formats, or a prompt with a history."""

import csv
import json
import sys
from pathlib import Path
from typing import TextIO

from flows.commands_ask import Format, print_table
from warehouse.query import Result, run

HELP = "Type a select and end it with ;   .tables lists the tables   .quit or Ctrl-D leaves"
TABLES = (
    "select table_name, comment from duckdb_tables() where schema_name = 'main' union all select view_name, comment "
)
TABLES += "from duckdb_views() where schema_name = 'main' and not internal order by 1"


def answer(snapshot: Path, sql: str, form: Format, max_rows: int, seconds: float, out: Path | None) -> None:
    """Print or write the answer to one statement. Raises BadQuestion and TooSlow."""
    result = run(snapshot, sql, max_rows=max_rows, seconds=seconds)
    if form is Format.parquet:
        write_parquet(result, out)
    elif out is None:
        _write(result, form, sys.stdout)
    else:
        with out.open("w", encoding="utf-8", newline="") as file:
            _write(result, form, file)
    if result.truncated:
        print(f"auscult: only the first {max_rows} rows; --max-rows raises it", file=sys.stderr)


def _write(result: Result, form: Format, to: TextIO) -> None:
    if form is Format.csv:
        writer = csv.writer(to, lineterminator="\n")
        writer.writerow(result.columns)
        writer.writerows(result.rows)
    elif form is Format.json:
        named = [dict(zip(result.columns, row, strict=True)) for row in result.rows]
        json.dump(named, to, default=str, ensure_ascii=False)
        to.write("\n")
    else:
        print_table(result.columns, result.rows)
