"""The commands that answer: tag, sql, status, hashtags, dashboard."""

import json
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import msgspec
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from flows.cli import Sorry, app, here
from flows.durations import duration, spoken
from flows.home import Home
from flows.settings import BadSetting, settings
from warehouse.query import BadQuestion, TooSlow, newest

if TYPE_CHECKING:
    from flows.status import State


class Format(StrEnum):
    """How `auscult sql` writes its answer."""

    table = "table"
    csv = "csv"
    json = "json"
    parquet = "parquet"


@app.command(epilog="Example: `auscult tag < posts.jsonl > tags.jsonl`")
def tag(
    careful: Annotated[bool, typer.Option(help="Let the careful reader look at what may be a signal.")] = True,
) -> None:
    """Tag posts without a stream or a warehouse: JSON Lines in, JSON Lines out, in the same order.

    In: `id`, `text`, and where known `name`, `bio`, `language`, `urls`, `created_at`, `hashtags`.
    Out: `id`, `signal`, `score`, `role`, `language`, `topics`, `claims`, `versions`; or `id` and `error`.
    """
    from flows.tag_lines import answers, lines
    from flows.tagging import tagger, tags_or_reasons

    with_rules = tagger(settings(os.environ), careful=careful)
    for batch in lines(sys.stdin.fileno()):
        sys.stdout.buffer.writelines(answers(batch, lambda documents: tags_or_reasons(with_rules, documents)))
        sys.stdout.buffer.flush()


@app.command(epilog="Example: `auscult hashtags --check our-hashtags.csv`")
def hashtags(
    check: Annotated[Path | None, typer.Option(help="Check this file of your own instead of listing.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
) -> None:
    """List the hashtags that are listened to, or check a file of your own (AUSCULT_HASHTAGS)."""
    from listeners.hashtags import BadRow, registry

    config = settings(os.environ)
    try:
        tags = registry(check or config.hashtags_path)
    except (BadRow, OSError) as error:
        raise Sorry(str(error), 2) from None
    if check is not None:
        print(f"{check}: no fault found; {len(tags)} hashtags with the shipped ones")
    elif as_json:
        for tag_ in tags:
            print(msgspec.json.encode(tag_).decode())
    else:
        rows = [(f"#{t.tag}", t.kind, t.name, " ".join(f"#{alias}" for alias in t.aliases)) for t in tags]
        print_table(("hashtag", "kind", "name", "aliases"), rows)


def print_table(columns: Sequence[str], rows: Sequence[Sequence[object]], to: TextIO | None = None) -> None:
    """Print rows for a person; as wide as they need where nobody's terminal limits them."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(escape("" if value is None else str(value)) for value in row))
    to = to or sys.stdout
    Console(file=to, width=None if to.isatty() else 200).print(table)


def newest_snapshot() -> Path:
    """Give the newest snapshot of the home that the environment names, or say in one line that there is none (exit 3).

    It makes no home. Raises BadSetting.
    """
    home = settings(os.environ).home_path
    try:
        snapshot = newest(home)
    except OSError as error:
        raise BadSetting(f"AUSCULT_HOME: {home} cannot be used: {error.strerror}") from None
    if snapshot is None:
        raise Sorry(f"nothing is published in {home} yet: import or listen first", 3)
    return snapshot


@app.command(epilog='Example: `auscult sql --format csv "select * from signals"`')
def sql(
    statement: Annotated[str | None, typer.Argument(help="One select. Without it, a prompt opens.")] = None,
    format_: Annotated[Format, typer.Option("--format", help="How to write the answer.")] = Format.table,
    max_rows: Annotated[int, typer.Option(min=1, help="At most so many rows.")] = 10_000,
    seconds: Annotated[float, typer.Option(min=0.1, help="At most so long.")] = 60.0,
    out: Annotated[Path | None, typer.Option(help="Write the answer to this file.")] = None,
) -> None:
    """Ask the newest snapshot in SQL. Reading only: no file, no network and no write can be reached.

    The tables are described by `select * from duckdb_columns()` and in warehouse/schema.sql.
    """
    from flows.prompt import answer, prompt

    snapshot = newest_snapshot()
    try:
        if statement is None:
            prompt(snapshot, max_rows, seconds)
        else:
            answer(snapshot, statement, format_, max_rows, seconds, out)
    except (BadQuestion, TooSlow) as error:
        raise Sorry(str(error).strip().partition("\n")[0], 1) from None


@app.command(epilog="Example: `auscult status --json --max-age 2h`")
def status(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    max_age: Annotated[str | None, typer.Option(help="Fail (exit 4) when the newest post is older: 90m, 2h.")] = None,
) -> None:
    """Say what is stored, what waits, how fresh it is, and whether the pipeline runs."""
    from flows.status import state

    home, config = here()
    now = datetime.now(UTC)
    found = state(home, config, now)
    if as_json:
        print(json.dumps(msgspec.to_builtins(found)))
    else:
        print_status(found, home, now)
    _refuse_age(found.newest_post, max_age, now)


def print_status(found: "State", home: Home, now: datetime) -> None:
    """Print the status for a person."""
    age = f"{spoken((now - found.newest_post).total_seconds())} ago" if found.newest_post else "none yet"
    waiting = "no broker runs" if found.lag.posts is None else f"{found.lag.posts} to tag, {found.lag.tagged} to load"
    lines = {
        "posts": f"{found.posts:,}",
        "tagged": f"{found.tagged:,}",
        "waiting": waiting,
        "newest post": age,
        "snapshot": f"{found.snapshot.version}, {spoken(found.snapshot.age_seconds)} old" if found.snapshot else "none",
        "dead letters": f"{found.dead_letters:,}",
        "capture gaps": f"{found.capture_gaps:,}",
        "running": "yes" if found.running else "no",
        "home": str(home.path),
    }
    for name, value in lines.items():
        print(f"{name:<13} {value}")


def _refuse_age(newest_post: datetime | None, max_age: str | None, now: datetime) -> None:
    if max_age is None:
        return
    try:
        limit = duration(max_age)
    except ValueError as error:
        raise Sorry(f"--max-age: {error}", 2) from None
    if newest_post is None or now - newest_post > limit:
        seen = newest_post.isoformat(timespec="seconds") if newest_post else "never"
        raise Sorry(f"the newest post is of {seen}, older than {max_age}", 4)


@app.command(epilog="Example: `auscult dashboard --port 8600`")
def dashboard(port: Annotated[int, typer.Option(help="The port on 127.0.0.1.")] = 8501) -> None:
    """Serve the dashboard over the newest snapshot, until Ctrl-C."""
    from flows.commands_ingest import serve_page

    newest_snapshot()
    home, _ = here()
    serve_page(home, port)
