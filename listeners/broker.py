"""The embedded broker: one node that speaks Kafka's protocol and keeps its log in a folder, for one machine.

    python -m listeners.broker FOLDER [--port 0] [--retention-days 7] [--retention-bytes N] [--with-parent PID]

It prints one line, {"port": …}, when it serves; SIGTERM ends it. It listens on loopback only. What it acknowledged or
served is on the disk (fdatasync), so that neither a kill nor a power cut takes it back. Any number of clients, of any
make; no transactions, replicas or access control: for those, and for more than one machine, there is Apache Kafka.
"""

import argparse
import asyncio
import contextlib
import fcntl
import json
import os
import signal
import struct
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any, NamedTuple

from kafka.protocol import admin, consumer, metadata, producer  # type: ignore[import-untyped]

from listeners import broker_catalogue, broker_members, broker_records
from listeners.broker_commit import Commits
from listeners.broker_compaction import compact
from listeners.broker_groups import Groups
from listeners.broker_log import Damaged, Limits
from listeners.broker_offsets import Offsets
from listeners.broker_refusal import Code
from listeners.broker_store import HOST, Asked, Store
from listeners.broker_topics import Topics

REQUEST_BYTES = 32 * 1024 * 1024
"""The largest request that is read; a connection that announces a larger one is closed."""

_UNDER_WAY = 8
_MAINTENANCE_S = 10
_DAY_MS = 86_400_000


class _Api(NamedTuple):
    request: Any
    answer: Any
    oldest: int
    newest: int
    serve: Callable[[Store, Asked], Awaitable[Any]]


async def _versions(store: Store, asked: Asked) -> Any:
    """Which requests are served, in which versions."""
    part = asked.answer.ApiVersion
    served = [part(api_key=key, min_version=api.oldest, max_version=api.newest) for key, api in _APIS.items()]
    return asked.answer(api_keys=served)


_VERSIONS = _Api(metadata.ApiVersionsRequest, metadata.ApiVersionsResponse, 0, 3, _versions)
_APIS: dict[int, _Api] = {
    api.request.API_KEY: api
    for api in (
        _VERSIONS,
        _Api(producer.ProduceRequest, producer.ProduceResponse, 3, 9, broker_records.produce),
        _Api(consumer.FetchRequest, consumer.FetchResponse, 4, 12, broker_records.fetch),
        _Api(consumer.ListOffsetsRequest, consumer.ListOffsetsResponse, 1, 6, broker_records.list_offsets),
        _Api(admin.DeleteRecordsRequest, admin.DeleteRecordsResponse, 0, 2, broker_records.delete_records),
        _Api(metadata.MetadataRequest, metadata.MetadataResponse, 1, 12, broker_catalogue.describe),
        _Api(admin.DescribeClusterRequest, admin.DescribeClusterResponse, 0, 1, broker_catalogue.describe_cluster),
        _Api(admin.CreateTopicsRequest, admin.CreateTopicsResponse, 2, 7, broker_catalogue.create_topics),
        _Api(admin.DeleteTopicsRequest, admin.DeleteTopicsResponse, 1, 5, broker_catalogue.delete_topics),
        _Api(
            admin.IncrementalAlterConfigsRequest,
            admin.IncrementalAlterConfigsResponse,
            0,
            1,
            broker_catalogue.alter_settings,
        ),
        _Api(producer.InitProducerIdRequest, producer.InitProducerIdResponse, 0, 4, broker_catalogue.begin_producer),
        _Api(metadata.FindCoordinatorRequest, metadata.FindCoordinatorResponse, 0, 3, broker_members.find_coordinator),
        _Api(consumer.JoinGroupRequest, consumer.JoinGroupResponse, 0, 7, broker_members.join_group),
        _Api(consumer.SyncGroupRequest, consumer.SyncGroupResponse, 0, 5, broker_members.sync_group),
        _Api(consumer.HeartbeatRequest, consumer.HeartbeatResponse, 0, 4, broker_members.beat),
        _Api(consumer.LeaveGroupRequest, consumer.LeaveGroupResponse, 0, 5, broker_members.leave_group),
        _Api(consumer.OffsetCommitRequest, consumer.OffsetCommitResponse, 2, 8, broker_members.commit_offsets),
        _Api(consumer.OffsetFetchRequest, consumer.OffsetFetchResponse, 1, 7, broker_members.fetch_offsets),
    )
}


class _Malformed(Exception):
    """What a client sent is no request that this broker knows."""


class _Decoded(NamedTuple):
    api: _Api
    asked: Asked
    version: int
    correlation: int


def _decode(frame: memoryview) -> _Decoded:
    """The request in a frame; `_Malformed` if there is none."""
    try:
        key, version, correlation, client_bytes = struct.unpack_from(">hhih", frame)
        api = _APIS[key]
        if not api.oldest <= version <= api.newest:
            return _unsupported(api, version, correlation)
        client = bytes(frame[10 : 10 + max(client_bytes, 0)]).decode()
        body = 10 + max(client_bytes, 0)
        if api.request.flexible_version_q(version):
            body = _after_tags(frame, body)
        request = api.request.decode(frame[body:], version=version)
    except (struct.error, KeyError, IndexError, ValueError, TypeError, OverflowError, MemoryError) as error:
        raise _Malformed(f"{type(error).__name__}: {error}") from error
    return _Decoded(api, Asked(request, api.answer, client), version, correlation)


def _unsupported(api: _Api, version: int, correlation: int) -> _Decoded:
    """Clients begin by asking for versions, in the newest that they know: that is answered in the oldest."""
    if api is not _VERSIONS:
        raise _Malformed(f"version {version} of {api.request.name}")
    return _Decoded(api, Asked(None, api.answer, ""), 0, correlation)


def _after_tags(frame: memoryview, position: int) -> int:
    """Where the body of a request begins, whose header ends in tagged fields: none that matters here."""
    count, position = _varint(frame, position)
    for _ in range(count):
        _, position = _varint(frame, position)
        size, position = _varint(frame, position)
        position += size
    return position


def _varint(frame: memoryview, position: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = frame[position]
        number |= (byte & 0x7F) << shift
        position, shift = position + 1, shift + 7
        if byte < 0x80:
            return number, position


async def _answer(store: Store, decoded: _Decoded) -> bytes | None:
    answer = await decoded.api.serve(store, decoded.asked)
    if answer is None:
        return None
    if decoded.asked.request is None:
        answer.error_code = Code.UNSUPPORTED_VERSION
    answer.API_VERSION = decoded.version
    answer.with_header(decoded.correlation)
    encoded: bytes = answer.encode(header=True, framed=True)
    return encoded


async def _serve(store: Store, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One connection: requests begin in the order they come, are under way together, and are answered in that order."""
    answers: asyncio.Queue[asyncio.Task[bytes | None]] = asyncio.Queue(_UNDER_WAY)
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(_write(answers, writer))
            while True:
                (size,) = struct.unpack(">i", await reader.readexactly(4))
                if not 0 < size <= REQUEST_BYTES:
                    raise _Malformed(f"a request of {size} bytes: at most {REQUEST_BYTES}")
                decoded = _decode(memoryview(await reader.readexactly(size)))
                await answers.put(group.create_task(_answer(store, decoded)))
    except* (ConnectionError, asyncio.IncompleteReadError):
        pass
    except* _Malformed as malformed:
        print(f"closed a connection: {malformed.exceptions[0]}", file=sys.stderr, flush=True)
    finally:
        writer.close()


async def _write(answers: "asyncio.Queue[asyncio.Task[bytes | None]]", writer: asyncio.StreamWriter) -> None:
    while True:
        encoded = await (await answers.get())
        if encoded is not None:
            writer.write(encoded)
            await writer.drain()


async def _maintain(store: Store) -> None:
    """Applies the retention and compacts, now and then."""
    while True:
        for log in store.topics.logs:
            try:
                now_ms = time.time_ns() // 1_000_000
                log.expire(now_ms)
                compact(log, now_ms)
            except OSError as error:
                print(f"{log.folder}: {error}", file=sys.stderr, flush=True)
        await asyncio.sleep(_MAINTENANCE_S)


async def _until_gone(parent: int) -> None:
    """Returns when the process has ended."""
    ours = os.getppid() == parent
    while os.getppid() == parent if ours else _is_alive(parent):
        await asyncio.sleep(0.5)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


async def run(folder: Path, port: int, limits: Limits, parent: int | None) -> None:
    """Serves until SIGTERM or SIGINT, or until the process `parent` is gone. Raises OSError when the disk fails."""
    commits, stop = Commits(), asyncio.Event()
    topics, offsets = Topics(folder, limits), Offsets(folder)
    with contextlib.closing(topics), contextlib.closing(offsets):
        groups = Groups()
        server = await asyncio.start_server(lambda r, w: _serve(store, r, w), HOST, port, limit=1024 * 1024)
        store = Store(topics, groups, offsets, commits, server.sockets[0].getsockname()[1])
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        print(json.dumps({"port": store.port}), flush=True)
        ends: list[Coroutine[Any, Any, object]] = [commits.run(), _maintain(store), stop.wait()]
        if parent is not None:
            ends.append(_until_gone(parent))
        done, _ = await asyncio.wait([asyncio.create_task(end) for end in ends], return_when=asyncio.FIRST_COMPLETED)
        server.close()
        for task in done:
            task.result()


def main() -> int:
    """The command line; 1 with one line on stderr if the folder is in use or damaged, or the disk fails."""
    options = _options()
    options.folder.mkdir(parents=True, exist_ok=True)
    limits = Limits(retention_ms=int(options.retention_days * _DAY_MS), retention_bytes=options.retention_bytes)
    with (options.folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"{options.folder}: another broker is running here", file=sys.stderr)
            return 1
        try:
            asyncio.run(run(options.folder, options.port, limits, options.with_parent))
        except (OSError, Damaged) as error:
            print(f"the broker stops: {error}", file=sys.stderr)
            return 1
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m listeners.broker", description="A Kafka broker for one machine.")
    parser.add_argument("folder", type=Path, help="where the log is kept")
    parser.add_argument("--port", type=int, default=0, help="0: a free one, printed")
    parser.add_argument("--retention-days", type=float, default=7, help="for topics that say nothing else")
    parser.add_argument("--retention-bytes", type=int, default=-1, help="of a partition; -1: no limit")
    parser.add_argument("--with-parent", type=int, metavar="PID", help="end when this process is gone")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
