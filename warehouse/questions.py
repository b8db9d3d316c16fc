"""The questions that commands ask of a snapshot, by name; their SQL stands in `questions.sql`."""

from pathlib import Path
from typing import Any

from warehouse.query import Result, run
from warehouse.statements import statements


def asked(snapshot: Path, question: str, *parameters: Any) -> Result:
    """Give the answer to a named question."""
    return run(snapshot, statements("questions")[question], parameters=parameters)
