"""Tag what comes in: a worker that keeps nothing. Start as many as the machine has cores for.

Kafka's consumer group spreads the partitions over the workers and takes over a dead one's, so a worker that is killed
costs a repetition and nothing else.
"""

import gc
import os
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime

import msgspec
from prefect import flow

from flows.children import CANNOT, end_with_parent
from flows.home import connection, open_home, quiet_clients
from flows.recorded import leave_summary, recorded
from flows.settings import BadSetting, Settings, settings
from flows.tagging import tag_messages, tagger
from listeners.events import Rejected
from listeners.stream import Connection, GroupConsumer, Message, OffsetMismatch, Producer, Refused
from warehouse import tagged
from warehouse.tagged import Tagged

BATCH = 3000
SLICE = 500
"""Posts tagged at a time: while one slice is tagged, those before it are on their way to the broker."""


class TagSummary(msgspec.Struct, frozen=True):
    """What one window of tagging did."""

    events: int
    posts: int
    signals: int
    rejected: int
    seconds: float


@flow(name="tag", retries=3, retry_delay_seconds=5)
def tag(window: float | None = None, idle: float | None = None) -> TagSummary:
    """Tag what the stream named in the environment holds: see `tag_window`."""
    config = settings(os.environ)
    summary = tag_window(connection(config, open_home(config.home_path)), config, window, idle)
    leave_summary("tag", msgspec.structs.asdict(summary))
    return summary


def tag_window(stream: Connection, config: Settings, window: float | None, idle: float | None) -> TagSummary:
    """Tag for `window` seconds, or until nothing came for `idle` seconds; with neither, until the process ends.

    Every result is in `tagged` before its offset is committed: a crash repeats work and loses none.
    """
    pipe = tagger(config, careful=False)
    gc.freeze()  # what the tagger knows stays: the collector need not walk it again and again, a tenth of the time
    started = heard = time.monotonic()
    counts = dict.fromkeys(("events", "posts", "signals", "rejected"), 0)
    with Producer(stream) as producer, closing(GroupConsumer(stream, "posts", "taggers")) as consumer:
        while True:
            messages = consumer.poll(0.5, BATCH)
            if messages:
                heard = time.monotonic()
                for place in range(0, len(messages), SLICE):
                    part = messages[place : place + SLICE]
                    _pass_on(producer, tag_messages(pipe, part, datetime.now(UTC)), part, counts)
                producer.flush()
                consumer.commit()
            if _over(time.monotonic(), started, heard, window, idle):
                break
    return TagSummary(**counts, seconds=round(time.monotonic() - started, 1))


def _pass_on(producer: Producer, results: list[Tagged], messages: Sequence[Message], counts: dict[str, int]) -> None:
    for result, message in zip(results, messages, strict=True):
        producer.send("tagged", message.key, tagged.encode(result), partition=message.partition)
    counts["events"] += len(results)
    counts["posts"] += sum(result.tags is not None for result in results)
    counts["signals"] += sum(result.tags is not None and result.tags.signal for result in results)
    counts["rejected"] += sum(isinstance(result.event, Rejected) for result in results)


def _over(now: float, started: float, heard: float, window: float | None, idle: float | None) -> bool:
    return (window is not None and now - started >= window) or (idle is not None and now - heard >= idle)


def main() -> None:
    """Tag until the parent ends. What starting again would not mend is one line, and an exit code that says so."""
    end_with_parent()
    quiet_clients()
    try:
        recorded(tag)()
    except (BadSetting, OffsetMismatch, Refused) as error:
        print(error, file=sys.stderr)
        sys.exit(CANNOT)


if __name__ == "__main__":
    main()
