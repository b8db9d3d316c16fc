"""Durations as people type them: 90s, 15m, 2h, 7d."""

import re
from datetime import timedelta

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def duration(text: str) -> timedelta:
    """Read a duration. Raises ValueError saying what was expected."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smhd])", text.strip())
    if not found:
        raise ValueError(f"expected a duration such as 90s, 15m, 2h or 7d, got {text!r}")
    return timedelta(**{UNITS[found[2]]: float(found[1])})


def spoken(seconds: float) -> str:
    """Say a number of seconds as a person would: 45 s, 12 min, 3 h, 2 d."""
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"
