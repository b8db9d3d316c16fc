"""The command line `auscult`: one command for each thing that a person does. What it does lives in the other files.

Exit codes: 0 done; 1 the world failed (a broker, a disk, a check that found something); 2 a wrong word or setting;
3 nothing is published yet; 4 the newest data is older than asked for.
"""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from flows.home import Home, open_home, prefect_environment, quiet_clients
from flows.settings import BadSetting, Settings, settings

app = typer.Typer(
    name="auscult",
    help="Listens to public health conversations: hashtags in, documented tables and a dashboard out.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)


class Sorry(Exception):
    """What stops a command, as one line for the person who typed it, and the exit code."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


def here() -> tuple[Home, Settings]:
    """Give the home and the settings that the environment names. Raises BadSetting."""
    config = settings(os.environ)
    home = open_home(config.home_path)
    os.environ.update({name: os.environ.get(name, value) for name, value in prefect_environment(home.path).items()})
    return home, config


@contextmanager
def in_one_line() -> Iterator[None]:
    """Turn what a person can mend into one line on standard error and an exit code."""
    try:
        yield
    except Sorry as error:
        _say(str(error), error.code)
    except BadSetting as error:
        _say(str(error), 2)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        _say("stopped; what was read so far is kept", 130)


def _say(message: str, code: int) -> None:
    print(f"auscult: {message}", file=sys.stderr)
    raise SystemExit(code)


@app.callback()
def common(
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Say more about what happens.")] = False,
) -> None:
    """Set up what every command shares."""
    logging.basicConfig(level=logging.INFO if verbose else logging.ERROR, format="%(levelname)s %(name)s %(message)s")
    if not verbose:
        quiet_clients()


def main() -> None:
    """Run the command that was typed."""
    from flows import (  # noqa: F401  they register themselves
        commands_ask,
        commands_claims,
        commands_ingest,
        commands_keep,
        commands_retag,
        commands_review,
    )

    with in_one_line():
        app()
