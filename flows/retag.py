"""Tag stored posts again with the present rules and model: through a topic of their own, while nothing else waits.

What comes of it stands beside the older taggings. It writes no post and rings no bell; a text that changed meanwhile
is passed over. Bios are in the vault, so roles stay as they are.
"""

import os
import time
import uuid
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime

import msgspec
from prefect import flow

from flows.attach import attached, wait_for_marker
from flows.home import Home, connection, open_home
from flows.loading import RETAGGERS, TAGGERS
from flows.recorded import leave_summary
from flows.send import Sender
from flows.settings import Settings, settings
from flows.tagging import document, tagger, tags_or_reasons
from listeners import events
from listeners.stream import Connection, GroupConsumer, Message, Producer, lag
from nlp.pipeline import Tagger
from nlp.tags import Tags
from warehouse import tagged
from warehouse.query import newest
from warehouse.retag import Release, stored
from warehouse.tagged import Origin, Tagged

BATCH = 500
Watch = Callable[[str, int], None]


class RetagSummary(msgspec.Struct, frozen=True):
    """What tagging again came to. `failed`: posts that the tagger could not bear; they keep their older tags."""

    sent: int
    tagged: int
    failed: int
    seconds: float


@flow(name="retag", retries=1, retry_delay_seconds=30)
def retag(since: datetime | None = None) -> RetagSummary:
    """Tag the stored posts of the home that the environment names again: see `retag_stored`."""
    config = settings(os.environ)
    summary = retag_stored(open_home(config.home_path), config, since, lambda stage, posts: None)
    leave_summary("retag", msgspec.structs.asdict(summary))
    return summary


def retag_stored(home: Home, config: Settings, since: datetime | None, watch: Watch) -> RetagSummary:
    """Tag again what this release has not tagged yet. It returns when a snapshot holds the result.

    Doing it twice sends nothing. After a crash the next call tags what was sent already, the one after it the rest.
    """
    started, pipe = time.monotonic(), tagger(config)
    with attached(home, config) as state:
        stream = connection(config, home, state.bootstrap)
        sent = _send(home, stream, Release(pipe.rules, pipe.model), since, watch)
        done, failed = _work(stream, pipe, watch)
        if sent or done:
            _publish(home, config, stream)
    return RetagSummary(sent=sent, tagged=done, failed=failed, seconds=round(time.monotonic() - started, 1))


def _send(home: Home, stream: Connection, release: Release, since: datetime | None, watch: Watch) -> int:
    """Send what waits to be tagged again, unless an earlier call has sent it already."""
    snapshot, sent = newest(home.path), 0
    if snapshot is None or lag(stream, "retag", RETAGGERS):
        return 0
    with Producer(stream) as producer:
        for each in stored(snapshot, release, since, datetime.now(UTC)):
            producer.send("retag", events.key(each), events.encode(each))
            sent += 1
            watch("sending", sent)
        producer.flush()
    return sent


def _publish(home: Home, config: Settings, stream: Connection) -> None:
    marker_id = f"retag-{uuid.uuid4().hex}"
    with Sender(home, stream, frozenset()) as sender:
        sender.mark(marker_id, datetime.now(UTC))
    wait_for_marker(home, config, marker_id, lambda said: None)


def _work(stream: Connection, pipe: Tagger, watch: Watch) -> tuple[int, int]:
    """Tag what the topic holds, batch by batch while no live post waits. Gives how many were and were not tagged."""
    done = failed = 0
    if not lag(stream, "retag", RETAGGERS):
        return 0, 0
    with Producer(stream) as producer, closing(GroupConsumer(stream, "retag", RETAGGERS)) as consumer:
        while True:
            if lag(stream, "posts", TAGGERS):
                time.sleep(0.5)
                continue
            messages = consumer.poll(0.5, BATCH)
            if not messages and lag(stream, "retag", RETAGGERS) == 0:
                return done, failed
            results = retagged(pipe, messages)
            for message, result in results:
                producer.send("tagged", message.key, tagged.encode(result), partition=message.partition)
            producer.flush()
            consumer.commit()
            done, failed = done + len(results), failed + len(messages) - len(results)
            watch("tagging", done)


def retagged(pipe: Tagger, messages: Sequence[Message]) -> list[tuple[Message, Tagged]]:
    """Give each message's post with its new tags; without those that cannot be read or tagged."""
    read = [(message, event) for message in messages if (event := _event(message)) is not None]
    tags = tags_or_reasons(pipe, [document(_seen(event)) for _, event in read])
    return [
        (message, Tagged(event=event, origin=Origin(message.partition, message.offset), tags=said))
        for (message, event), said in zip(read, tags, strict=True)
        if isinstance(said, Tags)
    ]


def _seen(event: events.Retag) -> events.PostSeen:
    return events.PostSeen(event.post, events.Collected("warehouse", "retag"), event.observed_at)


def _event(message: Message) -> events.Retag | None:
    try:
        event = events.decode(message.value)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return event if isinstance(event, events.Retag) else None
