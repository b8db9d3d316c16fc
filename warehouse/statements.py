"""SQL by name: each statement stands in a .sql file of this folder under a line `-- name: …`. No database here."""

import re
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
_NAME = re.compile(r"^-- name: (\w+)$", re.MULTILINE)


@cache
def statements(stem: str) -> dict[str, str]:
    """Give the named statements of `<stem>.sql`, in their order in the file."""
    parts = _NAME.split((FOLDER / f"{stem}.sql").read_text(encoding="utf-8"))
    return {name: text.strip() for name, text in zip(parts[1::2], parts[2::2], strict=True)}
