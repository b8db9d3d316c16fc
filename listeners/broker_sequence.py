"""Who wrote what last: by this a producer's repeated batch is recognised, and a missing one too.

Kept for each partition, stored beside each sealed segment, so that it outlives a restart and a kill.
"""

import msgspec

from listeners.broker_batch import Batch
from listeners.broker_refusal import Code, Refusal

_REMEMBERED = 5
_WRAP = 0x7FFFFFFF


class Written(msgspec.Struct, frozen=True, array_like=True):
    """A batch as one producer numbered it, and the offset that it got."""

    first: int
    last: int
    base: int


class Author(msgspec.Struct, array_like=True):
    """A producer's newest batches, as many as a client may have under way at once."""

    epoch: int
    seen_ms: int
    written: list[Written]


class Sequences:
    """The idempotent producers of one partition."""

    def __init__(self, authors: dict[int, Author] | None = None) -> None:
        self.authors = authors or {}

    def written(self, batch: Batch) -> int | None:
        """The offset that this batch got earlier, if it is a repetition; None if it is new and next in line.

        A producer that is not known may begin anywhere, as in Kafka: what it wrote may have expired.
        """
        author = self.authors.get(batch.producer) if batch.producer >= 0 else None
        if author is None:
            return None
        if batch.epoch < author.epoch:
            raise Refusal(Code.INVALID_PRODUCER_EPOCH, f"epoch {batch.epoch} after {author.epoch}")
        if batch.epoch > author.epoch:
            _expect(batch, 0)
            return None
        last = (batch.sequence + batch.records - 1) & _WRAP
        for earlier in author.written:
            if (earlier.first, earlier.last) == (batch.sequence, last):
                return earlier.base
        _expect(batch, (author.written[-1].last + 1) & _WRAP)
        return None

    def note(self, batch: Batch, base: int, now_ms: int) -> None:
        """Remembers a batch that was written at offset `base`."""
        if batch.producer < 0:
            return
        author = self.authors.get(batch.producer)
        if author is None or author.epoch != batch.epoch:
            author = self.authors[batch.producer] = Author(batch.epoch, now_ms, [])
        author.seen_ms = now_ms
        author.written.append(Written(batch.sequence, (batch.sequence + batch.records - 1) & _WRAP, base))
        del author.written[:-_REMEMBERED]

    def forget(self, before_ms: int) -> None:
        """Drops producers that have written nothing since."""
        self.authors = {name: author for name, author in self.authors.items() if author.seen_ms >= before_ms}


def _expect(batch: Batch, sequence: int) -> None:
    if batch.sequence != sequence:
        raise Refusal(Code.OUT_OF_ORDER_SEQUENCE_NUMBER, f"sequence {batch.sequence}: expected {sequence}")
