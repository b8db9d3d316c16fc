"""The commands that bring posts in: demo, run, import, listen, serve, broker."""

import json
import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.live import Live
from rich.text import Text

from flows.cli import Sorry, app, here
from flows.durations import duration
from flows.home import Home, Owner

console = Console(stderr=True)
Json = Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")]


def progress_line(stage: str, rows: int, owner: Owner | None) -> Text:
    """Say how far an import is, in one line."""
    line = f"{stage:<8} {rows:>10,} rows read"
    if owner is not None:
        waiting = (owner.lag_posts or 0) + max(owner.lag_tagged or 0, owner.lag_read or 0)
        line += f"   {owner.loaded:>10,} loaded   {waiting:>9,} waiting"
    return Text(line)


@app.command("import", epilog="Example: `auscult import archive/ more.csv.gz --platform x`")
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


@app.command(epilog="Example: `auscult run --window 2h`")
def run(
    window: Annotated[str | None, typer.Option(help="End after this long: 90s, 15m, 2h.")] = None,
    accept_gap: Annotated[
        bool, typer.Option("--accept-gap", help="Go on behind what the stream no longer holds; it is recorded.")
    ] = False,
) -> None:
    """Own the home in the foreground: broker, taggers, loader and publisher, until Ctrl-C.

    Other commands attach to it. What it does is shown once a second by `auscult status`.
    """
    from flows.run import STOPPING, Stop
    from flows.run import run as own

    home, config = here()
    stop = Stop()
    stop.listen()
    console.print(f"running {home.path}; Ctrl-C ends it")
    try:
        summary = own(home, config, stop, stay=True, window=_seconds(window), gap=accept_gap)
    except STOPPING as error:
        raise Sorry(str(error), 1) from None
    print_import(summary, home.path)


def _span(text: str | None) -> timedelta | None:
    try:
        return duration(text) if text else None
    except ValueError as error:
        raise Sorry(str(error), 2) from None


def _seconds(text: str | None) -> float | None:
    span = _span(text)
    return span.total_seconds() if span else None


@app.command(epilog="Example: `auscult broker`")
def broker() -> None:
    """Run the home's embedded broker alone, in the foreground, until Ctrl-C."""
    from flows.children import settled_port

    home, config = here()
    arguments = [sys.executable, "-m", "listeners.broker", str(home.broker), "--port", str(settled_port(home))]
    os.execv(sys.executable, [*arguments, "--retention-days", str(config.retention_days)])


@app.command(epilog="Example: `auscult demo --posts 2000 --dashboard`")
def demo(
    posts: Annotated[int, typer.Option(min=100, help="How many posts the week has.")] = 30_000,
    seed: Annotated[int, typer.Option(help="Another seed gives another week.")] = 1,
    page: Annotated[
        bool | None, typer.Option("--dashboard/--no-dashboard", help="Serve the dashboard at the end.")
    ] = None,
    port: Annotated[int, typer.Option(help="The dashboard's port on 127.0.0.1.")] = 8501,
) -> None:
    """Play a simulated week of posts through the whole pipeline, sum it up, and serve the dashboard.

    Every post is invented. Without a terminal it ends after the summary.
    """
    from flows.attach import OwnerFailed
    from flows.demo import play
    from flows.imports import Progress
    from flows.summary import print_summary

    home, config = here()
    print(f"Playing a simulated week of {posts:,} invented posts into {home.path}")
    with Live(console=console, refresh_per_second=4, transient=True) as live:

        def watch(progress: Progress) -> None:
            live.update(progress_line(progress.stage, progress.rows, progress.owner))

        try:
            played = play(home, config, watch, posts, seed)
        except OwnerFailed as error:
            raise Sorry(str(error), 1) from None
    print_summary(played.snapshot, home.path, played.events, played.seconds)
    if sys.stdout.isatty() if page is None else page:
        serve_page(home, port)


def serve_page(home: Home, port: int) -> None:
    """Serve the dashboard in place of this process."""
    from flows.page import page_command

    command = page_command(home, port)
    print(f"\nThe dashboard is at http://127.0.0.1:{port}  (Ctrl-C ends it)", flush=True)
    os.execv(command[0], command)


@app.command(epilog="Example: `auscult listen --hashtag afib --since 3h`")
def listen(
    method: Annotated[str, typer.Option(help="search (pull, once) or stream (push, for as long as --for).")] = "search",
    for_: Annotated[
        str | None, typer.Option("--for", help="How long to listen: 90s, 15m, 2h. Until Ctrl-C without.")
    ] = None,
    since: Annotated[str, typer.Option(help="How far back a first search goes.")] = "1h",
    backfill: Annotated[str | None, typer.Option(help="Fetch what was posted since so long ago, once: 3d.")] = None,
    hashtag: Annotated[list[str] | None, typer.Option(help="Only these hashtags; may be repeated.")] = None,
) -> None:
    """Listen to X under the registered hashtags, within the budget, and go on where the last time ended.

    The account comes from X_BEARER_TOKEN or from a Prefect Secret block `x-bearer-token`.
    """
    from flows.attach import OwnerFailed
    from flows.listen import AlreadyListening, Listened, Window, bearer_token, listen_x
    from listeners.x import Client
    from listeners.x_problems import BadRequest, Refused, Unavailable
    from listeners.x_rules import BadQuery

    home, config = here()
    if method not in ("search", "stream"):
        raise Sorry(f"--method: expected search or stream, got {method!r}", 2)
    forever = method == "stream" and for_ is None
    window = Window(
        method, _seconds(for_) or (float("inf") if forever else 0.0), _span(since) or timedelta(0), _span(backfill)
    )
    with Live(console=console, refresh_per_second=4) as live:

        def heard(so_far: Listened) -> None:
            live.update(
                Text(f"{so_far.posts:,} posts   ${so_far.day_usd:.2f} today   ${so_far.month_usd:.2f} this month")
            )

        try:
            total = listen_x(home, config, Client(bearer_token(config)), window, heard, hashtag or ())
        except Refused as error:
            raise Sorry(str(error), 2) from None
        except (OwnerFailed, AlreadyListening, BadRequest, BadQuery, Unavailable) as error:
            raise Sorry(str(error), 1) from None
    print_import(total, home.path)


@app.command(epilog="Example: `auscult serve`")
def serve(port: Annotated[int, typer.Option(help="Prefect's port on 127.0.0.1.")] = 4200) -> None:
    """Run the pipeline and schedule its flows: listening, checks, the purge. Prefect's pages show every run."""
    from flows.serve import ServerFailed
    from flows.serve import serve as serve_all

    home, config = here()
    console.print(f"serving {home.path}; Prefect's pages are at http://127.0.0.1:{port}; Ctrl-C ends it")
    try:
        serve_all(home, config, port)
    except ServerFailed as error:
        raise Sorry(str(error), 1) from None
