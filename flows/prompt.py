"""SQL from the command line: one answer in four formats, or a prompt with a history."""

import csv
import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import TextIO

from flows.commands_ask import Format, print_table
from warehouse.query import BadQuestion, Result, TooSlow, export, run
from warehouse.questions import asked

HELP = "Type a select and end it with ;   .tables lists the tables   .quit or Ctrl-D leaves"


def answer(snapshot: Path, sql: str, form: Format, max_rows: int, seconds: float, out: Path | None) -> None:
    """Print the answer to one statement, at most `max_rows` of it, or write all of it to `out`.

    Raises BadQuestion and TooSlow.
    """
    if out is not None and form is not Format.table:
        export(snapshot, sql, out, form.value, seconds=seconds)
        return
    if form is Format.parquet:
        _print_parquet(snapshot, sql, seconds)
        return
    result = run(snapshot, sql, max_rows=max_rows, seconds=seconds)
    with out.open("w", encoding="utf-8") if out else nullcontext(sys.stdout) as to:
        _write(result, form, to)
    if result.truncated:
        print(f"auscult: only the first {max_rows} rows; --max-rows raises it, --out takes all", file=sys.stderr)


def _print_parquet(snapshot: Path, sql: str, seconds: float) -> None:
    if sys.stdout.isatty():
        raise BadQuestion("Parquet is no text: name a file with --out, or send it on with |")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answer.parquet"
        export(snapshot, sql, path, "parquet", seconds=seconds)
        sys.stdout.buffer.write(path.read_bytes())


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
        print_table(result.columns, result.rows, to)


def prompt(snapshot: Path, max_rows: int, seconds: float) -> None:
    """Answer statements as they are typed, until Ctrl-D. A bad one is said to be so, and the prompt stays."""
    import readline  # noqa: F401  gives `input` a history and editing

    print(f"snapshot {snapshot.stem}. {HELP}")
    for statement in _statements():
        try:
            if statement == ".tables":
                print_table(*_named(asked(snapshot, "tables")))
            else:
                answer(snapshot, statement, Format.table, max_rows, seconds, None)
        except (BadQuestion, TooSlow) as error:
            print(str(error).strip())


def _named(result: Result) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
    return result.columns, result.rows


def _statements() -> Iterator[str]:
    typed = ""
    while True:
        try:
            line = input("...> " if typed else "sql> ")
        except EOFError:
            print()
            return
        if not typed and line.strip() in (".quit", ".exit"):
            return
        typed = f"{typed}\n{line}".strip()
        if typed.endswith(";") or typed == ".tables":
            yield typed
            typed = ""
