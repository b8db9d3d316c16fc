"""The commands that keep things in order: dead-letters, forget, purge, check, publish, backup, restore, who."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from flows.cli import Sorry, app, here
from flows.commands_ask import newest_snapshot, print_table
from flows.home import Home, Lock
from flows.settings import Settings

letters_app = typer.Typer(
    help="What could not be read: list it, show it, send it again.",
    epilog="Example: `auscult dead-letters list`",
    no_args_is_help=True,
)
app.add_typer(letters_app, name="dead-letters")
forget_app = typer.Typer(
    help="Forget a post or an author, everywhere.",
    epilog="Example: `auscult forget post 1234567890`",
    no_args_is_help=True,
)
app.add_typer(forget_app, name="forget")

Reason = Annotated[str, typer.Option(help="Why: it is noted in the vault.", prompt="Why do you open the vault?")]


@contextmanager
def owned() -> Iterator[tuple[Home, Settings]]:
    """Give home and settings with the owner attached; what goes wrong there is one line."""
    from flows.attach import OwnerFailed, attached
    from flows.errands import ErrandFailed

    home, config = here()
    try:
        with attached(home, config):
            yield home, config
    except (OwnerFailed, ErrandFailed) as error:
        raise Sorry(str(error), 1) from None


@letters_app.command("list", epilog="Example: `auscult dead-letters list --most 20`")
def list_letters(most: Annotated[int, typer.Option(min=1, help="At most so many.")] = 100) -> None:
    """List what could not be read and was not sent again, the newest first."""
    from warehouse.dead_letters import letters

    found = letters(newest_snapshot(), most)
    rows = [(f"{x.observed_at:%Y-%m-%d %H:%M}", x.sha256[:12], x.source, x.place, x.size, x.reason) for x in found]
    print_table(("when", "id", "source", "place", "bytes", "why"), rows)


@letters_app.command(
    "show", epilog='Example: `auscult dead-letters show 3f9a2c01b7de --reason "does it name a column we lack?"`'
)
def show_letter(letter: Annotated[str, typer.Argument(help="Its id, from the list.")], reason: Reason) -> None:
    """Show the bytes of a dead letter. They may name people: the vault notes who looked, and why."""
    from flows.letters import chosen, raw

    with owned() as (home, config):
        for found in chosen(newest_snapshot(), letter):
            content = raw(home, config, [found], getpass.getuser(), reason)[0]
            shown = "its bytes were erased" if content is None else content.decode("utf-8", "backslashreplace")
            print(f"{found.source} {found.place}: {found.reason}\n{shown}")


@letters_app.command("replay", epilog="Example: `auscult dead-letters replay`")
def replay_letters(
    letter: Annotated[str | None, typer.Argument(help="An id from the list; all of them without.")] = None,
) -> None:
    """Send dead letters again, after what kept them from being read was mended."""
    from flows.letters import chosen, replay

    with owned() as (home, config):
        sent, left = replay(home, config, chosen(newest_snapshot(), letter), getpass.getuser())
    print(f"{sent} sent again and published; {left} still cannot be read on their own")


@forget_app.command("post", epilog="Example: `auscult forget post 1234567890 --platform x`")
def forget_post(
    post_id: Annotated[str, typer.Argument(help="The post's id at its platform.")],
    platform: Annotated[str, typer.Option(help="Its platform.")] = "x",
) -> None:
    """Forget a post: hidden at once, erased from every file by the next purge. Final."""
    from flows.forgetting import forget_post as forget_it

    with owned() as (home, config):
        forget_it(home, config, platform, post_id, datetime.now(UTC))
    print(f"{platform}:{post_id} is hidden; `auscult purge` erases it now, the nightly purge otherwise")


@forget_app.command("author", epilog="Example: `auscult forget author somebody --platform x`")
def forget_author(
    handle: Annotated[str, typer.Argument(help="The author's handle, or with --id their id at the platform.")],
    platform: Annotated[str, typer.Option(help="Their platform.")] = "x",
    by_id: Annotated[bool, typer.Option("--id", help="What was given is the platform's author id.")] = False,
) -> None:
    """Forget an author with all their posts: hidden at once, erased from every file by the next purge. Final."""
    from flows.forgetting import forget_author as forget_them

    with owned() as (home, config):
        forget_them(home, config, platform, handle, by_id, datetime.now(UTC))
    print("the author is hidden with all posts; `auscult purge` erases them now, the nightly purge otherwise")


@app.command(epilog="Example: `auscult purge`")
def purge() -> None:
    """Erase what was deleted or forgotten from every file: warehouse, vault, snapshots, stream."""
    from flows.purge import purge_home

    with owned() as (home, config):
        snapshot = purge_home(home, config)
    print(f"purged; the one snapshot left is {snapshot}")


@app.command(epilog="Example: `auscult check`")
def check() -> None:
    """Check what must hold of the newest snapshot; exit 1 and say what does not."""
    from flows.check import failures

    newest_snapshot()
    home, _ = here()
    found = failures(home)
    for failure in found:
        print(failure)
    if found:
        raise Sorry(f"{len(found)} checks found something", 1)
    print("every check holds")


@app.command(epilog="Example: `auscult publish`")
def publish() -> None:
    """Publish now: wait until a snapshot holds all that has been sent."""
    from flows.publish import publish_now

    with owned() as (home, config):
        summary = publish_now(home, config, lambda state: None)
    print(f"snapshot {summary.snapshot} holds it all, after {summary.seconds} s")


@app.command(epilog="Example: `auscult backup /safe/place/2026-12-01`")
def backup(folder: Annotated[Path, typer.Argument(help="A new folder. Keep it as safe as the home.")]) -> None:
    """Copy what cannot be had again (warehouse, vault, key) into a new folder, with checksums."""
    from flows.errands import Backup, ask

    with owned() as (home, config):
        for line in ask(home, config, Backup(str(folder.absolute()))):
            print(line)
    print(f"backed up to {folder.absolute()}")


@app.command(epilog="Example: `auscult restore /safe/place/2026-12-01`")
def restore(
    folder: Annotated[Path, typer.Argument(help="A backup's folder.")],
    overwrite: Annotated[bool, typer.Option(help="Replace the warehouse that stands in the home.")] = False,
) -> None:
    """Put a backup back into the home, which nothing may be using. It is checked before anything is touched."""
    from warehouse.backup import Damaged, HomeInUse
    from warehouse.backup import restore as put_back

    home, _ = here()
    lock = Lock(home.path / "run.lock")
    if not lock.take():
        raise Sorry(f"{home.path} is running: end it first", 1)
    try:
        manifest = put_back(folder, home.path, overwrite)
    except (Damaged, HomeInUse) as error:
        raise Sorry(str(error), 1) from None
    finally:
        lock.release()
    print(f"restored {home.path} as of {manifest.taken_at:%Y-%m-%d %H:%M} UTC")


@app.command(epilog='Example: `auscult who u0123456789abcdef --reason "she asked what we hold of her"`')
def who(
    author: Annotated[str, typer.Argument(help="A pseudonym from the tables.")],
    reason: Reason,
    platform: Annotated[str, typer.Option(help="Their platform.")] = "x",
) -> None:
    """Say who stands behind a pseudonym. The vault notes who asked, and why."""
    from flows.errands import Who, ask

    with owned() as (home, config):
        person = ask(home, config, Who(platform, author, getpass.getuser(), reason))
    if person is None:
        raise Sorry(f"the vault knows nobody as {author} on {platform}", 1)
    for field, value in person.items():
        print(f"{field:<10} {value or ''}")
