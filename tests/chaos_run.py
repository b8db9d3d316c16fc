"""A stream of events with a known outcome, a listener that sends it, and an accident that kills whoever carries it.

What the warehouse must hold in the end is worked out here from what was sent alone, by nothing of the pipeline's code.
`python tests/chaos_run.py` is the listener; `tests/benchmarks/chaos.py` and `tests/test_chaos.py` run the accidents.
"""

import argparse
import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import psutil
from homes import AUSCULT, environment

from flows.attach import attached
from flows.home import connection, open_home
from flows.send import Sender
from flows.settings import settings
from listeners.events import Collected, Counts, CountsSeen, Event, Post, PostDeleted, PostSeen, Rejected, encode
from listeners.stream import Producer, read_compacted

BEGAN = datetime(2026, 3, 1, tzinfo=UTC)
FIRST_ID = 2_000_000_000_000_000_000
CURSOR = b"chaos:position"
BATCH = 100
WORDS = (
    "vaccines cause autism",
    "no, vaccines do not cause autism",
    "my #afib is back",
    "good talk on #lupus",
    "hello",
)


class Sent(NamedTuple):
    """One message: an event, or bytes that are none, under a key."""

    key: bytes
    value: bytes
    event: Event | None


class Outcome(NamedTuple):
    """What must stand in the end: text and likes of each post, the posts that must be gone, how often each rejected
    record stands (None: once for each time that it was sent), and how often counts were observed."""

    posts: dict[str, tuple[str, int | None]]
    gone: frozenset[str]
    rejected_events: frozenset[str]
    rejected_bytes: frozenset[str]
    counts: int


class Plan(NamedTuple):
    """What is sent, in order, and what must come of it."""

    sent: list[Sent]
    outcome: Outcome


def plan(seed: int, posts: int) -> Plan:
    """Make so many posts with edits, counts and deletions, out of order, a tenth of it twice, and 1 % malformed."""
    rng = random.Random(seed)
    placed: list[tuple[float, Sent]] = []
    fates: dict[str, tuple[str, int | None]] = {}
    gone: set[str] = set()
    counted = 0
    for number in range(posts):
        post_id = str(FIRST_ID + number * 5_000_003)
        happened = list(_life(rng, number, post_id))
        last = {type(event): event for event in happened}
        if PostDeleted in last:
            gone.add(post_id)
        else:
            fates[post_id] = _fate(happened)
            counted += sum(isinstance(event, CountsSeen) for event in happened)
        for event in happened:
            sent = Sent(f"chaos:{post_id}".encode(), encode(event), event)
            placed += [(number + rng.uniform(-400, 400), sent) for _ in range(2 if rng.random() < 0.1 else 1)]
    events, raw = list(_rejected(len(placed) // 200)), list(_broken(rng, len(placed) // 200))
    placed += [(rng.uniform(0, posts), sent) for sent in events + raw]
    return Plan(
        [sent for _, sent in sorted(placed, key=lambda one: one[0])],
        Outcome(fates, frozenset(gone), _hashes(events), frozenset(_sha(sent.value) for sent in raw), counted),
    )


def _life(rng: random.Random, number: int, post_id: str) -> Iterator[Event]:
    """All that happens to a post, in the order in which it happens."""
    at = BEGAN + timedelta(seconds=number)
    words = f"{rng.choice(WORDS)} {number}"
    yield _seen(post_id, number, words, at, None)
    for edit in range(rng.choice((0, 0, 0, 0, 1, 1, 2, 3))):
        edited = at + timedelta(minutes=edit + 1)
        yield _seen(post_id, number, f"{words}, edited {edit + 1}", edited, edited)
    for look in range(rng.choice((0, 0, 1, 3))):
        yield CountsSeen("chaos", post_id, Counts(likes=rng.randrange(1000)), at + timedelta(hours=look + 1))
    if rng.random() < 0.08:
        yield PostDeleted("chaos", post_id, at + timedelta(days=1))


def _seen(post_id: str, number: int, text: str, at: datetime, edited: datetime | None) -> PostSeen:
    created = BEGAN + timedelta(seconds=number)
    post = Post("chaos", post_id, created, text, "en", author=f"writer_{number % 97}", edited_at=edited)
    return PostSeen(post, Collected("chaos", "stream", query="chaos"), at)


def _fate(happened: list[Event]) -> tuple[str, int | None]:
    texts = [event.post.text for event in happened if isinstance(event, PostSeen)]
    likes = [event.counts.likes for event in happened if isinstance(event, CountsSeen)]
    assert texts[-1] is not None
    return texts[-1], likes[-1] if likes else None


def _rejected(count: int) -> Iterator[Sent]:
    """Rows that a listener could not read: each stands once, however often it was sent."""
    for number in range(count):
        raw = f"row {number} that no listener could read".encode()
        event = Rejected("chaos", f"rows.csv:{number}", "made so", _sha(raw), len(raw), BEGAN, raw)
        yield Sent(_sha(raw).encode(), encode(event), event)


def _broken(rng: random.Random, count: int) -> Iterator[Sent]:
    """Bytes that are no event, no two alike."""
    for number in range(count):
        whole = encode(_seen(str(number), number, "never to be seen", BEGAN, None))
        ways = (
            whole[: rng.randrange(1, len(whole))] + f"#{number}".encode(),
            whole.replace(b'"post_id":"', b'"post_id":%d,"_":"' % number),
            whole.replace(b"never", b"n\xffver"),
            b'{"event":"unheard-of","number":%d}' % number,
            b"[" * 5000 + str(number).encode(),
            b"\0" * number + b"\0",
        )
        yield Sent(b"broken:%d" % number, rng.choice(ways), None)


def _sha(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def _hashes(sent: list[Sent]) -> frozenset[str]:
    return frozenset(one.event.sha256 for one in sent if isinstance(one.event, Rejected))


def listen(home_path: Path, planned: Plan, seconds: float) -> None:
    """Send what is planned, spread over so many seconds, going on where the cursor in the stream says."""
    config = settings(os.environ)
    home = open_home(home_path)
    with attached(home, config) as state:
        stream = connection(config, home, state.bootstrap)
        position = int(read_compacted(stream, "cursors").get(CURSOR, b"0"))
        pause = seconds * BATCH / len(planned.sent)
        with Sender(home, stream, frozenset()) as sender, closing(Producer(stream)) as cursors:
            while position < len(planned.sent):
                for sent in planned.sent[position : position + BATCH]:
                    if sent.event is not None:
                        sender.send(sent.event)
                    else:
                        cursors.send("posts", sent.key, sent.value)
                sender.flush()
                cursors.flush()
                position += BATCH
                cursors.send("cursors", CURSOR, str(position).encode(), partition=0)
                cursors.flush()
                time.sleep(pause)


class Accident:
    """Runs a plan through a home while processes of it are killed; `kills` counts them by what they were."""

    def __init__(self, home: Path, seed: int, posts: int, seconds: float, log: Path) -> None:
        self.kills: Counter[str] = Counter()
        self._home, self._log = home, log
        self._rng = random.Random(seed)
        here = [sys.executable, __file__, str(home), str(seed), str(posts), str(seconds)]
        self._commands = [here, [str(AUSCULT), "publish"]]
        self._running: subprocess.Popen[bytes] | None = None

    def run(self, kills: int, within: float) -> None:
        """Kill until so many are killed, then let all that was sent arrive. Raises TimeoutError after so long."""
        until = time.monotonic() + within
        due = time.monotonic() + 5
        while self._keep() or self.kills.total() < kills:
            if time.monotonic() > until:
                raise TimeoutError(f"after {within:.0f} s and {dict(self.kills)}: see {self._log}")
            if self.kills.total() < kills and time.monotonic() >= due:
                self._kill()
                due = time.monotonic() + self._rng.choice((0.3, 2.0, 4.0, 8.0)) * self._rng.uniform(0.5, 1.5)
            time.sleep(0.05)

    def end(self) -> None:
        """End what this started."""
        if self._running is not None and self._running.poll() is None:
            self._running.kill()
            self._running.wait()

    def _keep(self) -> bool:
        """Keep the listener going, and when it has sent all, the command that waits for it; false when both ended."""
        if self._running is not None:
            if self._running.poll() is None:
                return True
            if self._running.returncode == 0:
                self._commands.pop(0)
            self._running = None
        if not self._commands:
            return False
        with self._log.open("ab") as log:
            self._running = subprocess.Popen(
                self._commands[0], stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=surroundings(self._home)
            )
        return True

    def _kill(self) -> None:
        alive = list(parts(self._home))
        kinds = sorted({kind for kind, _ in alive})
        if not kinds:
            return
        kind = self._rng.choice(kinds)
        process = self._rng.choice([process for found, process in alive if found == kind])
        with suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGKILL)
            self.kills[kind] += 1


def surroundings(home: Path) -> dict[str, str]:
    """Give the environment of what runs in the home."""
    return environment(home, AUSCULT_TAGGERS="2")


def parts(home: Path) -> Iterator[tuple[str, psutil.Process]]:
    """Give the processes that carry the home's stream, and what each is."""
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            words = process.cmdline()
            if str(home / "broker") in words or process.environ().get("AUSCULT_HOME") == str(home):
                kind = next((kind for word, kind in KINDS.items() if word in words), None)
                if kind is not None:
                    yield kind, process


KINDS = {
    "listeners.broker": "broker",
    "flows.run": "owner",
    "flows.tag": "tagger",
    "flows.read": "reader",
    __file__: "listener",
}


def main() -> None:
    """Listen as the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("seed", type=int)
    parser.add_argument("posts", type=int)
    parser.add_argument("seconds", type=float)
    chosen = parser.parse_args()
    listen(chosen.home, plan(chosen.seed, chosen.posts), chosen.seconds)


if __name__ == "__main__":
    main()
