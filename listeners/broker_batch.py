"""A batch of records, the unit that is sent, stored and served. Read by its header alone: what is inside stays packed.

Layout (Kafka's, version 2): base offset, size of what follows, leader epoch, magic, checksum, attributes, last offset's
distance, first and newest timestamp, producer's id and epoch, first sequence, count, then the records. The checksum
covers all from the attributes on, so that the base offset can be written in without touching it.
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from crc32c import crc32c

from listeners.broker_refusal import Code, Refusal

_HEADER = struct.Struct(">qiibIhiqqqhii")
HEADER_BYTES = _HEADER.size
_SIZE_ENDS_AT = 12
_CHECKED_FROM = 21
_MAGIC = 2
_TRANSACTION_OR_CONTROL = 0x30
_OFFSET_AND_SIZE = struct.Struct(">qi")
_BASE_AND_EPOCH = struct.Struct(">qii")
_LAST_DISTANCE_AT = 23
_INT = struct.Struct(">i")


class Batch(NamedTuple):
    """The header of a batch, and where it lies in what it was read from."""

    position: int
    base: int
    size: int
    end: int
    newest_ms: int
    producer: int
    epoch: int
    sequence: int
    records: int


def read(buffer: bytes | memoryview, position: int = 0) -> Batch | None:
    """The batch whose header begins at `position`; None if the header is cut off or cannot be one."""
    if len(buffer) - position < HEADER_BYTES:
        return None
    base, size, _, magic, _, _, distance, _, newest, producer, epoch, sequence, count = _HEADER.unpack_from(
        buffer, position
    )
    if magic != _MAGIC or size < HEADER_BYTES - _SIZE_ENDS_AT or distance < 0 or base < 0:
        return None
    return Batch(position, base, size + _SIZE_ENDS_AT, base + distance + 1, newest, producer, epoch, sequence, count)


def is_whole(buffer: memoryview, batch: Batch) -> bool:
    """Whether all of the batch is there, and its checksum right."""
    end = batch.position + batch.size
    if end > len(buffer):
        return False
    (checksum,) = struct.unpack_from(">I", buffer, batch.position + 17)
    return bool(crc32c(buffer[batch.position + _CHECKED_FROM : end]) == checksum)


def batches(buffer: memoryview) -> Iterator[Batch]:
    """The whole and sound batches from the beginning on; ends at the first that is neither."""
    position = 0
    while (batch := read(buffer, position)) is not None and is_whole(buffer, batch):
        yield batch
        position += batch.size


def sent(records: memoryview, largest: int) -> Batch:
    """The one batch that a producer sent for one partition, or a `Refusal` that says what is wrong with it."""
    if len(records) > largest:
        raise Refusal(Code.MESSAGE_TOO_LARGE, f"{len(records)} bytes: at most {largest}")
    batch = read(records)
    if batch is None:
        raise Refusal(Code.CORRUPT_MESSAGE, "no batch of version 2")
    if batch.size != len(records):
        raise Refusal(Code.INVALID_RECORD, "expected exactly one batch for a partition")
    if not is_whole(records, batch):
        raise Refusal(Code.CORRUPT_MESSAGE, "the checksum is wrong")
    if batch.end - batch.base != batch.records:
        raise Refusal(Code.INVALID_RECORD, "the offsets of a new batch have gaps")
    (attributes,) = struct.unpack_from(">h", records, _CHECKED_FROM)
    if attributes & _TRANSACTION_OR_CONTROL:
        raise Refusal(Code.INVALID_RECORD, "transactions are not served here")
    return batch


def header_at(records: memoryview, base: int) -> bytes:
    """The first bytes of a batch with its base offset set, and the epoch of the only leader there is; `BASE_BYTES`."""
    (size,) = _INT.unpack_from(records, 8)
    return _BASE_AND_EPOCH.pack(base, size, 0)


BASE_BYTES = _BASE_AND_EPOCH.size


def whole_batches(buffer: bytes, most: int) -> tuple[int, int]:
    """Length of the whole batches in `buffer`, one at least where there is one, and the offset after them."""
    position = end = 0
    while len(buffer) - position >= HEADER_BYTES:
        base, size = _OFFSET_AND_SIZE.unpack_from(buffer, position)
        after = position + size + _SIZE_ENDS_AT
        if after > len(buffer) or (after > most and position):
            break
        (distance,) = _INT.unpack_from(buffer, position + _LAST_DISTANCE_AT)
        position, end = after, base + distance + 1
    return position, end
