"""Post ids in archives: which can be true, and which a spreadsheet has damaged. Pure."""

import re

_DAMAGED = re.compile(r"[+-]?\d+(?:[.,]\d*)?[eE][+-]?\d+|[+-]?\d+[.,]\d*")
_UNPRINTABLE = re.compile(r"[\s\x00-\x1f\x7f]")
_LONGEST = 512


class Refused(ValueError):
    """Why a row is no post."""


def post_id(cell: str | None, newest_of_x: int | None) -> str:
    """Give the id in a cell; raises Refused where there is none, or none that can be.

    `newest_of_x`: the largest id that X can have made by now; None for another platform, whose ids may be any text.
    """
    found = (cell or "").strip()
    if newest_of_x is not None:
        found = found.removeprefix("x").removeprefix("'")  # marks that keep spreadsheets from damaging it
    if not found:
        raise Refused("no id")
    if _DAMAGED.fullmatch(found):
        raise Refused(f"id damaged by a spreadsheet: `{found[:40]}`; export it again with the ids as text")
    if newest_of_x is None:
        return _foreign(found)
    if not (found.isascii() and found.isdigit()) or len(found) > 19 or found[0] == "0":
        raise Refused(f"id: expected up to 19 digits, got `{found[:40]}`")
    if int(found) > newest_of_x:
        raise Refused(f"id: expected one that X has made by now, got {found}")
    return found


def related_id(cell: str | None, own: str) -> str | None:
    """Give the id of another post; None where it is none, or the post itself (as the root of its thread)."""
    other = (cell or "").strip().removeprefix("x")
    if not other or other in (own, "0") or len(other) > _LONGEST:
        return None
    return None if _DAMAGED.fullmatch(other) or _UNPRINTABLE.search(other) else other


def _foreign(found: str) -> str:
    if len(found) > _LONGEST or _UNPRINTABLE.search(found):
        raise Refused(f"id: expected up to {_LONGEST} characters without blanks, got `{found[:40]}`")
    return found
