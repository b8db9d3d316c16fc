"""The commands of reviewers: what waits, what they say of it, and how far the signals can be trusted."""

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Literal

import msgspec
import typer
from rich.console import Console
from rich.text import Text

from flows.cli import Sorry, app
from flows.commands_ask import newest_snapshot, print_table
from flows.commands_keep import owned
from flows.review import STANCES, UnknownPost, send, verdict, verdict_on
from listeners.events import DANGER, Handled, Judged, Verdict
from warehouse.review import Waiting

review_app = typer.Typer(help="Judge signals, and see how far they can be trusted.")
app.add_typer(review_app, name="review")

LETTERS: dict[str, Judged] = {stance[0]: stance for stance in STANCES}
HANDLED: dict[Handled, str] = {"handed-over": "handed over", "none": "no danger", "waiting": "back on the list"}
ASK = "[p]romotes, [d]ebunks, [q]uestions, [r]eports, [n]one; Enter skips, x ends"

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")]


@review_app.callback(invoke_without_command=True, epilog="Example: `auscult review --queue uncertain`")
def review(
    context: typer.Context,
    queue: Annotated[str | None, typer.Option(help="Only this queue: random or uncertain.")] = None,
    list_: Annotated[bool, typer.Option("--list", help="List what waits instead of asking.")] = False,
    as_json: Json = False,
    most: Annotated[int, typer.Option(min=1, help="At most so many.")] = 20,
) -> None:
    """Show what waits for a reviewer, one after another, and ask what each post does with the claim.

    The random queue measures precision, so that is shown first; the uncertain one is where the tagger needs help.
    """
    if context.invoked_subcommand is not None:
        return
    from warehouse.review import waiting

    if queue not in (None, "random", "uncertain"):
        raise Sorry(f"--queue: expected random or uncertain, got {queue!r}", 2)
    found = waiting(newest_snapshot(), queue, most)
    if as_json:
        _print_json(found)
    elif list_ or not sys.stdin.isatty():
        _list(found)
    else:
        _ask(found)


@review_app.command(
    "verdict", epilog="Example: `auscult review verdict 1234567890 vaccines-cause-autism debunks --platform x`"
)
def give_verdict(
    post_id: Annotated[str, typer.Argument(help="The post's id at its platform.")],
    claim_id: Annotated[str, typer.Argument(help="The claim.")],
    stance: Annotated[str, typer.Argument(help="promotes, debunks, questions, reports or none.")],
    platform: Annotated[str, typer.Option(help="The post's platform.")] = "x",
    note: Annotated[str | None, typer.Option(help="A note, without names.")] = None,
) -> None:
    """Say what a post of your choice does with a claim. Precision is measured by what `auscult review` asks for."""
    given = next((known for known in STANCES if known == stance), None)
    if given is None:
        raise Sorry(f"expected one of {', '.join(STANCES)}, got {stance!r}", 2)
    if claim_id == DANGER:
        raise Sorry(f"of a person in danger say `auscult review handed-over {post_id}`", 2)
    _note(platform, post_id, claim_id, given, note)
    print(f"{platform}:{post_id} {stance} {claim_id}: noted")


def _note(platform: str, post_id: str, claim_id: str, stance: Judged | Handled, note: str | None = None) -> None:
    with owned() as (home, config):
        try:
            said = verdict_on(newest_snapshot(), platform, post_id, claim_id, stance, datetime.now(UTC))
        except UnknownPost as error:
            raise Sorry(str(error), 1) from None
        send(home, config, [msgspec.structs.replace(said, note=note)])


@review_app.command("precision", epilog="Example: `auscult review precision`")
def show_precision(as_json: Json = False) -> None:
    """Say how many signals of each family reviewers confirm, with the 95 % interval."""
    from warehouse.review import precision

    measured = precision(newest_snapshot())
    if as_json:
        _print_json(measured)
        return
    rows = [(x.family, x.signals, x.verdicts, x.confirmed, share(x.precision, x.low, x.high)) for x in measured]
    print_table(("family", "signals", "judged", "confirmed", "precision (95 %)"), rows)


@review_app.command("danger", epilog="Example: `auscult review danger --json`")
def show_danger(
    as_json: Json = False,
    most: Annotated[int, typer.Option(min=1, help="At most so many.")] = 20,
) -> None:
    """List the posts in which a person may be in danger, to hand to people who can help. No author is shown."""
    from warehouse.review import in_danger

    found, of = in_danger(newest_snapshot(), most)
    if of > len(found):
        print(f"auscult: the newest {len(found)} of {of:,}; --most raises it", file=sys.stderr)
    if as_json:
        _print_json(found)
        return
    rows = [(x.created_at and f"{x.created_at:%Y-%m-%d %H:%M}", f"{x.platform}:{x.post_id}", x.text) for x in found]
    print_table(("when", "post", "text"), rows)


@review_app.command("handed-over", epilog="Example: `auscult review handed-over 1234567890 --platform x`")
def note_handed_over(
    post_id: Annotated[str, typer.Argument(help="The post's id at its platform.")],
    platform: Annotated[str, typer.Option(help="The post's platform.")] = "x",
    no_danger: Annotated[bool, typer.Option("--no-danger", help="The words mean something else.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Put it back on the list.")] = False,
) -> None:
    """Take a post off the list of `auscult review danger`: it was handed to people who can help, or nobody needs it."""
    from warehouse.review import is_in_danger

    if undo and no_danger:
        raise Sorry("--no-danger takes the post off the list, --undo puts it back: say one of them", 2)
    if not undo and not is_in_danger(newest_snapshot(), platform, post_id):
        raise Sorry(f"{platform}:{post_id} is not on the list of `auscult review danger`", 1)
    stance: Handled = "waiting" if undo else "none" if no_danger else "handed-over"
    _note(platform, post_id, DANGER, stance)
    print(f"{platform}:{post_id} {HANDLED[stance]}: noted")


def share(precision: float | None, low: float | None, high: float | None) -> str:
    """Give a precision and its interval in words."""
    if precision is None or low is None or high is None:
        return "not judged yet"
    return f"{precision:.0%} ({low:.0%} to {high:.0%})"


def _print_json(found: Sequence[msgspec.Struct]) -> None:
    for each in found:
        print(json.dumps(msgspec.to_builtins(each), ensure_ascii=False))


def _list(found: list[Waiting]) -> None:
    rows = [(x.queue, f"{x.platform}:{x.post_id}", x.stance, x.claim_id, f"{x.score:.2f}", x.text) for x in found]
    print_table(("queue", "post", "says", "claim", "score", "text"), rows)


def _ask(found: list[Waiting]) -> None:
    """Ask for a verdict on each; they are sent together at the end, also when the reviewer stops early."""
    given: list[Verdict] = []
    for number, each in enumerate(found, 1):
        _show(each, number, len(found))
        stance = _answer()
        if stance == "end":
            break
        if stance is not None:
            given.append(verdict(each, stance, datetime.now(UTC)))
    if given:
        with owned() as (home, config):
            send(home, config, given)
    print(f"{len(given)} verdicts noted")


def _show(waiting: Waiting, number: int, of: int) -> None:
    text = Text(waiting.text)
    text.highlight_words(waiting.evidence, "bold")
    console = Console()
    console.print(f"\n[dim]{number} of {of}, {waiting.queue}[/dim] {waiting.platform}:{waiting.post_id}")
    console.print(text)
    said = f"is sure to {waiting.score:.0%}" if waiting.stance == "promotes" else f"thinks that it {waiting.stance} it"
    console.print(Text(f"Does it promote `{waiting.claim_id}`? The tagger {said}."))


def _answer() -> Judged | Literal["end"] | None:
    while True:
        try:
            typed = input(f"{ASK}: ").strip().lower()
        except EOFError:
            return "end"
        if typed in ("", "x"):
            return "end" if typed else None
        if typed in LETTERS:
            return LETTERS[typed]
