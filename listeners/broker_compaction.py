"""Compaction: where a topic holds the newest value of each key, older ones are dropped; offsets stay as they are."""

import os
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from crc32c import crc32c
from kafka.errors import KafkaError  # type: ignore[import-untyped]
from kafka.record.default_records import DefaultRecordBatch, DefaultRecordBatchBuilder  # type: ignore[import-untyped]

from listeners.broker_batch import Batch, batches
from listeners.broker_log import Log, sync_folder
from listeners.broker_segment import Segment
from listeners.broker_sequence import Sequences

_MAGIC = 2


def compact(log: Log, now_ms: int) -> None:
    """Rewrites the sealed segments of a compacted log as one. A kill at any moment leaves the old ones or the new.

    Kept: the newest record of each key, deletions for a while, and the last record of all, which keeps the place.
    A codec that is not installed here leaves the log as it is.
    """
    sealed = log.segments[:-1]
    if not log.limits.compact or len(sealed) < 2:
        return
    try:
        content = b"".join(_kept(sealed, now_ms - log.limits.tombstones_ms))
    except KafkaError as error:
        print(f"{log.folder}: not compacted: {error}", file=sys.stderr, flush=True)
        return
    log.replace_sealed(_written(sealed, content, now_ms))


def _kept(sealed: list[Segment], deletions_since_ms: int) -> Iterator[bytes]:
    contents = [segment.path.read_bytes() for segment in sealed]
    newest = {
        record.key: record.offset
        for content in contents
        for batch in batches(memoryview(content))
        for record in _records(content, batch)
    }
    last = sealed[-1].end - 1
    for content in contents:
        for batch in batches(memoryview(content)):
            records = _records(content, batch)
            kept = [r for r in records if r.offset == last or _is_kept(r, newest, deletions_since_ms)]
            if len(kept) == batch.records:
                yield content[batch.position : batch.position + batch.size]
            elif kept:
                yield _packed(batch, kept)


def _is_kept(record: Any, newest: dict[bytes | None, int], deletions_since_ms: int) -> bool:
    if record.key is None:
        return True
    return newest[record.key] == record.offset and (record.value is not None or record.timestamp >= deletions_since_ms)


def _records(content: bytes, batch: Batch) -> list[Any]:
    return list(DefaultRecordBatch(content[batch.position : batch.position + batch.size]))


def _packed(batch: Batch, records: list[Any]) -> bytes:
    """A batch of some of another's records, with the same producer, base and end."""
    builder = DefaultRecordBatchBuilder(_MAGIC, 0, False, batch.producer, batch.epoch, batch.sequence, 1 << 31)
    for record in records:
        builder.append(record.offset - batch.base, record.timestamp, record.key, record.value, record.headers)
    packed = bytearray(builder.build())
    struct.pack_into(">q", packed, 0, batch.base)
    struct.pack_into(">i", packed, 23, batch.end - batch.base - 1)
    struct.pack_into(">I", packed, 17, crc32c(memoryview(packed)[21:]))
    return bytes(packed)


def _written(sealed: list[Segment], content: bytes, now_ms: int) -> Segment:
    """The one segment in place of the sealed ones, on the disk; the rest of them still lie beside it."""
    sequences = Sequences()
    if not sealed[-1].load(sequences):
        Segment(sealed[-1].path.parent, sealed[-1].base).scan(sequences, now_ms)
    segment = Segment(sealed[0].path.parent, sealed[0].base)
    draft: Path = segment.path.with_suffix(".draft")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    segment.unseal()
    draft.replace(segment.path)
    sync_folder(draft.parent)
    segment.scan(Sequences(), now_ms)
    segment.seal(sequences)
    return segment
