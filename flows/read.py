"""Read again, carefully: a second consumer group that re-tags the few posts which may be signals.

The first pass stays fast; what the reader says of a post stands beside it as a tagging of a newer model, and is the one
that counts. A marker passes on when all that came before it has been read.
"""

import os
import sys
import time
from collections.abc import Sequence
from contextlib import closing

import msgspec
from prefect import flow

from flows.attach import READ
from flows.children import CANNOT, end_with_parent
from flows.home import connection, open_home, quiet_clients
from flows.loading import READERS
from flows.recorded import leave_summary, recorded
from flows.settings import BadSetting, Settings, settings
from flows.tagging import document, tagger, tags_or_reasons
from listeners import events
from listeners.stream import Connection, GroupConsumer, Message, OffsetMismatch, Producer, Refused
from nlp.pipeline import Tagger
from nlp.tags import Tags
from warehouse import tagged
from warehouse.tagged import Tagged

BATCH = 1000


class ReadSummary(msgspec.Struct, frozen=True):
    """What one window of careful reading did: posts met, posts read again, and those whose signal changed."""

    posts: int
    read: int
    changed: int
    seconds: float


def read_again(pipe: Tagger, messages: Sequence[Message]) -> list[tuple[Message, Tagged]]:
    """Give what is to follow each message: candidates tagged anew, markers passed on; nothing for all else."""
    found = [(message, said) for message in messages if (said := _decoded(message)) is not None]
    again = [(message, said) for message, said in found if _is_candidate(said, pipe)]
    tags = iter(tags_or_reasons(pipe, [document(said.event) for _, said in again]))  # type: ignore[arg-type]
    results = []
    for message, said in found:
        if isinstance(said.event, events.Marker):
            if not said.event.marker_id.endswith(READ):
                passed = msgspec.structs.replace(said.event, marker_id=said.event.marker_id + READ)
                results.append((message, msgspec.structs.replace(said, event=passed)))
        elif _is_candidate(said, pipe):
            better = next(tags)
            if isinstance(better, Tags):
                results.append((message, msgspec.structs.replace(said, tags=better)))
    return results


def _decoded(message: Message) -> Tagged | None:
    """Give the tagged event; what cannot be read is the loader's to keep."""
    try:
        return tagged.decode(message.value)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _is_candidate(said: Tagged, pipe: Tagger) -> bool:
    return isinstance(said.event, events.PostSeen) and said.tags is not None and (
        said.tags.candidate and said.tags.model != pipe.model
    )  # fmt: skip


@flow(name="read", retries=3, retry_delay_seconds=5)
def read(window: float | None = None, idle: float | None = None) -> ReadSummary:
    """Read what the stream named in the environment holds: see `read_window`."""
    config = settings(os.environ)
    summary = read_window(connection(config, open_home(config.home_path)), config, window, idle)
    leave_summary("read", msgspec.structs.asdict(summary))
    return summary


def read_window(stream: Connection, config: Settings, window: float | None, idle: float | None) -> ReadSummary:
    """Read for `window` seconds, or until nothing came for `idle` seconds; with neither, until the process ends."""
    pipe = tagger(config)
    started = heard = time.monotonic()
    posts = again = changed = 0
    with Producer(stream) as producer, closing(GroupConsumer(stream, "tagged", READERS)) as consumer:
        while True:
            messages = consumer.poll(0.5, BATCH)
            if messages:
                heard = time.monotonic()
                results = read_again(pipe, messages)
                for message, said in results:
                    producer.send("tagged", message.key, tagged.encode(said), partition=message.partition)
                producer.flush()
                consumer.commit()
                posts, again = posts + len(messages), again + sum(said.tags is not None for _, said in results)
                changed += sum(_changed(message, said) for message, said in results)
            now = time.monotonic()
            if (window is not None and now - started >= window) or (idle is not None and now - heard >= idle):
                break
    return ReadSummary(posts=posts, read=again, changed=changed, seconds=round(time.monotonic() - started, 1))


def _changed(message: Message, said: Tagged) -> bool:
    before = _decoded(message)
    return bool(before and before.tags and said.tags and before.tags.signal != said.tags.signal)


def main() -> None:
    """Read until the parent ends. What starting again would not mend is one line, and an exit code that says so."""
    end_with_parent()
    quiet_clients()
    try:
        recorded(read)()
    except (BadSetting, OffsetMismatch, Refused) as error:
        print(error, file=sys.stderr)
        sys.exit(CANNOT)


if __name__ == "__main__":
    main()
