"""Dead letters sent again, after what kept them from being read was mended."""

import tempfile
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from flows.attach import wait_for_marker
from flows.errands import Raw, Replayed, ask
from flows.home import Home, connection, owner
from flows.send import Sender, readable_accounts
from flows.settings import Settings
from listeners import archive, events
from warehouse import tagged
from warehouse.dead_letters import DeadLetter, letters

MOST = 100_000


def chosen(snapshot: Path, letter: str | None) -> list[DeadLetter]:
    """Give the letters whose id begins with `letter`, or all."""
    return [found for found in letters(snapshot, MOST) if letter is None or found.sha256.startswith(letter)]


def raw(home: Home, config: Settings, wanted: Sequence[DeadLetter], opened_by: str, reason: str) -> list[bytes | None]:
    """Give the bytes of dead letters, None where they were erased."""
    answer = ask(home, config, Raw(tuple(wanted), opened_by, reason))
    return msgspec.convert(answer, list[bytes | None])


def replay(home: Home, config: Settings, wanted: Sequence[DeadLetter], opened_by: str) -> tuple[int, int]:
    """Send again what can be read now, and wait until it is published. Gives how many were sent, and how many not."""
    found = [
        (letter, events_in(content, letter, datetime.now(UTC)))
        for letter, content in zip(wanted, raw(home, config, wanted, opened_by, "replay"), strict=True)
        if content is not None
    ]
    readable = [(letter, said) for letter, said in found if said]
    if readable:
        state, marker_id = owner(home), f"replay-{uuid.uuid4().hex}"
        where = connection(config, home, state.bootstrap if state else None)
        with Sender(home, where, readable_accounts(config)) as sender:
            for _, said in readable:
                sender.send_all(said)
            sender.mark(marker_id, datetime.now(UTC))
        ask(home, config, Replayed(tuple(letter for letter, _ in readable)))
        wait_for_marker(home, config, marker_id, lambda said: None)
    return len(readable), len(wanted) - len(readable)


def events_in(content: bytes, letter: DeadLetter, now: datetime) -> list[events.Event]:
    """Give the events that the bytes hold: an event, a tagged one, or a row of an archive; nothing if still none."""
    for decode in (events.decode, lambda value: tagged.decode(value).event):
        try:
            return [decode(content)]
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            continue
    return _rows_in(content, letter, now)


def _rows_in(content: bytes, letter: DeadLetter, now: datetime) -> list[events.Event]:
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        try:
            found = list(archive.rows(Path(file.name), now=now, import_id=letter.import_id or "replay"))
        except archive.BadLayout:
            return []
    said: list[events.Event] = [row.event for row in found]
    return [] if any(isinstance(event, events.Rejected) for event in said) else said
