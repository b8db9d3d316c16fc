"""The commands that bring posts in: demo, run, import, listen, serve, broker."""

import json
import os
import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.live import Live
from rich.text import Text

from flows.cli import Sorry, app, here
from flows.durations import duration
from flows.home import Owner

console = Console(stderr=True)
Json = Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")]


def progress_line(stage: str, rows: int, owner: Owner | None) -> Text:
    """Say how far an import is, in one line."""
    line = f"{stage:<8} {rows:>10,} rows read"
    if owner is not None:
        waiting = (owner.lag_posts or 0) + (owner.lag_tagged or 0)
        line += f"   {owner.loaded:>10,} loaded   {waiting:>9,} waiting"
    return Text(line)


@app.command("import")
def import_(
    paths: Annotated[list[Path], typer.Argument(help="Files or folders; - for standard input.", show_default=False)],
    map_: Annotated[
        str, typer.Option("--map", help="Name the columns of an unknown table: id=tweet,text=body,created_at=when.")
    ] = "",
    platform: Annotated[
        str | None, typer.Option(help="The platform of the posts, where the file does not say.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Import files of posts: X API JSON (v1.1, v2), CSV or Parquet, plain or gzip.

    Returns when every row is loaded, tagged and published. Importing again changes nothing.
    """
    from flows.attach import OwnerFailed
    from flows.imports import Progress, Source, import_files

    home, config = here()
    source = Source(tuple(_there(path) for path in paths if str(path) != "-"), _mapping(map_), platform)
    with Live(console=console, refresh_per_second=4, transient=True) as live:

        def watch(progress: Progress) -> None:
            live.update(progress_line(progress.stage, progress.rows, progress.owner))

        try:
            summary = import_files(home, config, source, watch)
        except OwnerFailed as error:
            raise Sorry(str(error), 1) from None
    if as_json:
        print(json.dumps(msgspec.structs.asdict(summary)))
    else:
        print_import(summary, home.path)


def print_import(summary: "msgspec.Struct", home: Path) -> None:
    """Print what an import came to, the home last."""
    for name, value in msgspec.structs.asdict(summary).items():
        print(f"{name:<9} {value:>12,}")
    print(f"{'home':<9} {home}")


def _there(path: Path) -> Path:
    if not path.exists():
        raise Sorry(f"{path}: no such file or folder", 2)
    return path


def _mapping(text: str) -> dict[str, str]:
    pairs = [pair.partition("=") for pair in text.split(",") if pair.strip()]
    if any(not (name.strip() and equals and column.strip()) for name, equals, column in pairs):
        raise Sorry(f"--map: expected field=column pairs such as id=tweet_id,text=body, got {text!r}", 2)
    return {name.strip(): column.strip() for name, _, column in pairs}


@app.command()
def run(window: Annotated[str | None, typer.Option(help="End after this long: 90s, 15m, 2h.")] = None) -> None:
    """Own the home in the foreground: broker, taggers, loader and publisher, until Ctrl-C.

    Other commands attach to it. What it does is shown once a second by `auscult status`.
    """
    from flows.run import AlreadyOwned, Stop
    from flows.run import run as own
    from listeners.stream import Unreachable

    home, config = here()
    stop = Stop()
    stop.listen()
    console.print(f"running {home.path}; Ctrl-C ends it")
    try:
        summary = own(home, config, stop, stay=True, window=_seconds(window))
    except (AlreadyOwned, Unreachable) as error:
        raise Sorry(str(error), 1) from None
    print_import(summary, home.path)


def _seconds(text: str | None) -> float | None:
    try:
        return duration(text).total_seconds() if text else None
    except ValueError as error:
        raise Sorry(str(error), 2) from None


@app.command()
def broker() -> None:
    """Run the home's embedded broker alone, in the foreground, until Ctrl-C."""
    from flows.children import settled_port

    home, config = here()
    arguments = [sys.executable, "-m", "listeners.broker", str(home.broker), "--port", str(settled_port(home))]
    os.execv(sys.executable, [*arguments, "--retention-days", str(config.retention_days)])
