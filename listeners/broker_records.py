"""Requests about records: append them, serve them, tell where they begin and end, forget the oldest."""

import asyncio
import sys
import time
from typing import Any

from listeners.broker_log import Log
from listeners.broker_refusal import Code, Refusal
from listeners.broker_store import Asked, Store, each_partition

_LONGEST_WAIT_MS = 30_000
_MOST_BYTES = 32 * 1024 * 1024
_LATEST, _EARLIEST = -1, -2


async def produce(store: Store, asked: Asked) -> Any:
    """Appends each partition's batch, and answers once the disk has them all; never, if no answer is wanted."""
    answer, now_ms = asked.answer, time.time_ns() // 1_000_000
    written: list[Log] = []
    responses = [
        answer.TopicProduceResponse(
            name=topic.name,
            partition_responses=[
                _append(store, topic.name, part, answer.TopicProduceResponse.PartitionProduceResponse, written, now_ms)
                for part in topic.partition_data
            ],
        )
        for topic in asked.request.topic_data
    ]
    for durable in [store.commits.written(log) for log in written]:
        await durable
    return None if asked.request.acks == 0 else answer(responses=responses)


def _append(store: Store, topic: str, part: Any, answer: Any, written: list[Log], now_ms: int) -> Any:
    try:
        log = store.topics.log(topic, part.index)
        base = log.append(memoryview(part.records or b""), now_ms)
    except Refusal as refusal:
        return answer(index=part.index, error_code=refusal.code, base_offset=-1, error_message=refusal.why)
    except OSError as error:
        print(f"{topic}[{part.index}]: {error}", file=sys.stderr, flush=True)
        code = Code.UNKNOWN_SERVER_ERROR
        return answer(index=part.index, error_code=code, base_offset=-1, error_message=str(error))
    written.append(log)
    return answer(index=part.index, base_offset=base, log_start_offset=log.start)


async def fetch(store: Store, asked: Asked) -> Any:
    """Whole batches from each wanted offset on. Waits, without looking again and again, until there is enough."""
    request = asked.request
    deadline = time.monotonic() + min(request.max_wait_ms, _LONGEST_WAIT_MS) / 1000
    while not _enough(store, request) and (left := deadline - time.monotonic()) > 0:
        await _more(_wanted(store, request), left)
    return asked.answer(responses=_fetched(store, request, asked.answer.FetchableTopicResponse))


def _wanted(store: Store, request: Any) -> list[Log]:
    return [store.topics.log(topic.topic, part.partition) for topic in request.topics for part in topic.partitions]


async def _more(logs: list[Log], seconds: float) -> None:
    """Returns when one of the logs can serve more, or after some seconds."""
    watcher: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    timer = asyncio.get_running_loop().call_later(seconds, _complete, watcher)
    for log in logs:
        log.watch(watcher)
    try:
        await watcher
    finally:
        timer.cancel()
        for log in logs:
            log.unwatch(watcher)


def _complete(watcher: "asyncio.Future[None]") -> None:
    if not watcher.done():
        watcher.set_result(None)


def _enough(store: Store, request: Any) -> bool:
    """Whether the answer would hold the bytes that are wanted at least, or an error."""
    wanted = max(request.min_bytes, 1) if request.max_wait_ms > 0 else 0
    try:
        for topic in request.topics:
            for part in topic.partitions:
                wanted -= store.topics.log(topic.topic, part.partition).available(part.fetch_offset)
                if wanted <= 0:
                    return True
    except Refusal:
        return True
    return False


def _fetched(store: Store, request: Any, answer: Any) -> list[Any]:
    given, most = 0, min(request.max_bytes, _MOST_BYTES)
    responses = []
    for topic in request.topics:
        partitions = []
        for part in topic.partitions:
            partitions.append(_fetched_part(store, topic.topic, part, answer.PartitionData, most - given, given == 0))
            given += len(partitions[-1].records or b"")
        responses.append(answer(topic=topic.topic, partitions=partitions))
    return responses


def _fetched_part(store: Store, topic: str, part: Any, answer: Any, most: int, first: bool) -> Any:
    number = part.partition
    try:
        log = store.topics.log(topic, number)
    except Refusal as refusal:
        return answer(partition_index=number, error_code=refusal.code, high_watermark=-1, aborted_transactions=None)
    try:
        code, records = Code.NONE, log.read(part.fetch_offset, min(most, part.partition_max_bytes), first)
    except Refusal as refusal:
        code, records = refusal.code, b""
    return answer(
        partition_index=number,
        error_code=code,
        high_watermark=log.durable_end,
        last_stable_offset=log.durable_end,
        log_start_offset=log.start,
        aborted_transactions=None,
        records=records,
    )


async def list_offsets(store: Store, asked: Asked) -> Any:
    """Where logs begin, where they end, or what is not older than a time."""

    def offset(topic: str, part: Any, answer: Any) -> Any:
        try:
            timestamp, offset = _offset(store.topics.log(topic, part.partition_index), part.timestamp)
        except Refusal as refusal:
            return answer(partition_index=part.partition_index, error_code=refusal.code)
        return answer(partition_index=part.partition_index, timestamp=timestamp, offset=offset, leader_epoch=0)

    answer = asked.answer.ListOffsetsTopicResponse
    return asked.answer(
        topics=each_partition(asked.request.topics, answer, answer.ListOffsetsPartitionResponse, offset)
    )


def _offset(log: Log, timestamp: int) -> tuple[int, int]:
    if timestamp == _LATEST:
        return -1, log.durable_end
    if timestamp == _EARLIEST:
        return -1, log.start
    return log.first_since(timestamp)


async def delete_records(store: Store, asked: Asked) -> Any:
    """Moves the start of logs, durably; -1 stands for the end."""

    def delete(topic: str, part: Any, answer: Any) -> Any:
        try:
            log = store.topics.log(topic, part.partition_index)
            log.delete_before(log.durable_end if part.offset == -1 else part.offset)
        except Refusal as refusal:
            return answer(partition_index=part.partition_index, low_watermark=-1, error_code=refusal.code)
        return answer(partition_index=part.partition_index, low_watermark=log.start)

    answer = asked.answer.DeleteRecordsTopicResult
    return asked.answer(
        topics=each_partition(asked.request.topics, answer, answer.DeleteRecordsPartitionResult, delete)
    )
