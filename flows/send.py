"""Where events enter the stream: handles become pseudonyms here, and what is too large is spooled."""

import hashlib
import os
from collections.abc import Iterable
from datetime import datetime
from types import TracebackType

import msgspec

from flows.home import Home
from flows.settings import Settings
from listeners import events
from listeners.hashtags import own_accounts
from listeners.privacy import Pseudonyms, organisations, pseudonymise
from listeners.stream import PARTITIONS, Connection, Producer

LARGEST = 1_500_000


def readable_accounts(config: Settings) -> frozenset[str]:
    """Give the handles that stay readable: public organisations and the user's own accounts."""
    return organisations(own_accounts(config.hashtags_path))


class Sender:
    """Sends events to the topic `posts`. `flush` returns when the broker acknowledged every one, or raises."""

    def __init__(self, home: Home, stream: Connection, organisations: frozenset[str]) -> None:
        self._home = home
        self._pseudonyms = Pseudonyms(home.key, organisations)
        self._producer = Producer(stream)

    def __enter__(self) -> "Sender":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._producer.close()

    def send(self, event: events.Event) -> None:
        """Send one event, its handles made pseudonyms."""
        value = events.encode(pseudonymise(event, self._pseudonyms))
        if len(value) > LARGEST:
            event = self._too_large(event, value)
            value = events.encode(event)
        self._producer.send("posts", events.key(event), value)

    def send_all(self, found: Iterable[events.Event]) -> int:
        """Send events and give how many."""
        sent = 0
        for event in found:
            self.send(event)
            sent += 1
        return sent

    def mark(self, marker_id: str, now: datetime) -> None:
        """Send a marker to every partition, after all that was sent before."""
        for partition in range(PARTITIONS):
            marker = events.Marker(marker_id=marker_id, partition=partition, observed_at=now)
            self._producer.send("posts", events.key(marker), events.encode(marker), partition=partition)
        self._producer.flush()

    def flush(self) -> None:
        """Wait until all is acknowledged. Raises the first failure."""
        self._producer.flush()

    def _too_large(self, event: events.Event, value: bytes) -> events.Rejected:
        observed_at = event.observed_at
        reason = f"an event of {len(value)} bytes is larger than the stream takes"
        refused = events.rejected("sender", events.key(event).decode(), reason, value, observed_at)
        return msgspec.structs.replace(refused, spooled=self.spool(value))

    def spool(self, raw: bytes) -> str:
        """Keep bytes that are too large to travel; gives the file, relative to the home."""
        path = self._home.spool / hashlib.sha256(raw).hexdigest()
        if not path.exists():
            part = path.with_suffix(f".{os.getpid()}.part")
            with part.open("wb") as file:
                file.write(raw)
                file.flush()
                os.fsync(file.fileno())
            part.rename(path)
        return str(path.relative_to(self._home.path))
