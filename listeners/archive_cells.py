"""Values of JSON and Parquet as cells of a table. Pure."""

from datetime import date, datetime

import msgspec


def cell(value: object) -> str | None:
    """Give a value as a CSV would hold it: lists joined by '~', times in ISO 8601, None for nothing."""
    match value:
        case None | str():
            return value
        case bool():
            return "true" if value else "false"
        case datetime() | date():
            return value.isoformat()
        case bytes():
            return value.decode(errors="replace")
        case list() | tuple():
            return "~".join(part for part in map(cell, value) if part)
        case dict():
            return msgspec.json.encode(value, enc_hook=str).decode()
        case _:
            return str(value)
