"""What every reader of files gives: rows, each a post or what could not be read. Pure but for `spool`."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

import msgspec

from listeners.events import INLINE_LIMIT, Collected, PostDeleted, PostSeen, Rejected, rejected

SOURCE = "archive"
METHOD = "import"


class Row(NamedTuple):
    """One event of a file. `counted`: it stands for a row of the file; else it came along with one."""

    counted: bool
    event: PostSeen | PostDeleted | Rejected


class Reading(msgspec.Struct, frozen=True):
    """Which file is read, and for which import. `file` is its name relative to what was imported.

    `spool` keeps bytes that are too many for an event and gives the name under which they lie.
    """

    file: str
    now: datetime
    import_id: str
    platform: str = "x"
    spool: Callable[[bytes], str] | None = None

    def collected(self, query: str | None = None) -> Collected:
        """Give how the posts of this file were found."""
        return Collected(SOURCE, METHOD, query or None, self.import_id)

    def place(self, line: int) -> str:
        """Give the place of a row: the file and the line on which it starts."""
        return f"{self.file}:{line}"

    def rejected(self, line: int, reason: str, raw: bytes) -> Row:
        """Give the row of `raw`, which could not be read."""
        return Row(True, self.kept(rejected(SOURCE, self.place(line), reason, raw, self.now, self.import_id), raw))

    def kept(self, event: Rejected, raw: bytes) -> Rejected:
        """Give the event with its bytes spooled where they are too many to travel in it."""
        if event.size <= INLINE_LIMIT or self.spool is None or event.spooled:
            return event
        return msgspec.structs.replace(event, spooled=self.spool(raw))
