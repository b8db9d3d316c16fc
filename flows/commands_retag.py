"""The command `auscult retag`: tag stored posts again, and say what changed between two releases."""

import json
import os
from datetime import UTC, date, datetime, time
from typing import Annotated

import msgspec
import typer

from flows.cli import Sorry, app
from flows.commands_ask import newest_snapshot, print_table
from warehouse.retag import Comparison, Release


@app.command(epilog="Example: `auscult retag --since 2026-03-01`")
def retag(
    since: Annotated[
        str | None, typer.Option(help="Only posts written on this day (UTC) or later: 2026-03-01.")
    ] = None,
    report: Annotated[bool, typer.Option(help="Say what changed between two releases instead.")] = False,
    older: Annotated[str | None, typer.Option("--from", help="The older release, as RULES/MODEL.")] = None,
    newer: Annotated[str | None, typer.Option("--to", help="The newer release, as RULES/MODEL.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Tag stored posts again with the present rules and model, while nothing else waits to be tagged.

    Old and new tags stand side by side, by release; roles stay as they are. With --report: signals won and lost and
    stances changed, by claim.
    """
    if report or older or newer:
        _report(older, newer, as_json)
        return
    from flows.commands_keep import owned
    from flows.recorded import recorded
    from flows.retag import retag as retag_it

    beginning = _beginning(since)
    newest_snapshot()
    with owned() as (home, _):
        os.environ["AUSCULT_HOME"] = str(home.path)
        summary = recorded(retag_it)(beginning)
    if as_json:
        print(json.dumps(msgspec.to_builtins(summary)))
        return
    print(f"{summary.tagged:,} posts tagged again and published in {summary.seconds:.0f} s")
    if summary.failed:
        print(f"{summary.failed:,} could not be tagged and keep their older tags")
    print("auscult retag --report says what changed")


def _beginning(since: str | None) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(since), time(), UTC) if since else None
    except ValueError:
        raise Sorry(f"--since: expected a day such as 2026-03-01, got {since!r}", 2) from None


def _report(older: str | None, newer: str | None, as_json: bool) -> None:
    from warehouse.retag import compared, releases, two_newest

    snapshot = newest_snapshot()
    known = releases(snapshot)
    chosen = two_newest(known)
    if chosen is None:
        raise Sorry("every post was tagged by one release only: there is nothing to compare", 1)
    before, after = _named(older, known) or chosen[0], _named(newer, known) or chosen[1]
    found = compared(snapshot, before, after)
    if as_json:
        print(json.dumps(msgspec.to_builtins(found)))
    else:
        _print(found)


def _named(name: str | None, known: list[Release]) -> Release | None:
    if name is None:
        return None
    spelled = {f"{release.rules}/{release.model}": release for release in known}
    if name not in spelled:
        raise Sorry(f"no release {name!r} tagged anything; known: {', '.join(spelled)}", 2)
    return spelled[name]


def _print(found: Comparison) -> None:
    before, after = ("/".join(release) for release in (found.older, found.newer))
    print(f"{before} against {after}: {found.posts:,} posts, {found.gained:,} signals gained, {found.lost:,} lost\n")
    rows = [(x.claim_id, x.before, x.after, x.posts, x.gained, x.lost, x.example) for x in found.changes]
    print_table(("claim", "before", "after", "posts", "gained", "lost", "example"), rows)
