"""The commands that answer: tag, sql, status, hashtags, dashboard."""

import sys
from enum import StrEnum
from typing import Annotated

import typer

from flows.cli import app, here


class Format(StrEnum):
    """How `auscult sql` writes its answer."""

    table = "table"
    csv = "csv"
    json = "json"
    parquet = "parquet"


@app.command()
def tag(
    careful: Annotated[bool, typer.Option(help="Let the careful reader look at what may be a signal.")] = True,
) -> None:
    """Tag posts without a stream or a warehouse: JSON Lines in, JSON Lines out, in the same order.

    In: `id`, `text`, and where known `name`, `bio`, `language`, `urls`, `created_at`, `hashtags`.
    Out: `id`, `signal`, `score`, `role`, `language`, `topics`, `claims`, `versions`; or `id` and `error`.
    """
    from flows.tag_lines import answers, lines
    from flows.tagging import tagger, tags_or_reasons

    _, config = here()
    with_rules = tagger(config, careful=careful)
    for batch in lines(sys.stdin.fileno()):
        sys.stdout.buffer.writelines(answers(batch, lambda documents: tags_or_reasons(with_rules, documents)))
        sys.stdout.buffer.flush()
