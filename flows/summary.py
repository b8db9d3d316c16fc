"""What a run came to, for a person to read: from the newest snapshot."""

from pathlib import Path

from flows.commands_ask import print_table
from warehouse.questions import asked
from warehouse.review import precision
from warehouse.status import summary


def print_summary(snapshot: Path, home: Path, events: int, seconds: float) -> None:
    """Print posts, topics, signals by claim and stance, what nobody answered, rejected, and how fast it went."""
    held = summary(snapshot)
    signals, unanswered, claims = asked(snapshot, "signals").rows[0]
    print("\nWhat is talked about")
    print_table(*_table(snapshot, "topics"))
    print("\nClaims in play, by what the posts do with them")
    print_table(*_table(snapshot, "claims"))
    print(
        f"\n{held.posts:,} posts, {held.dead_letters:,} rejected, {held.capture_gaps:,} capture gaps"
        f"\n{signals:,} posts promote a false claim, about {claims:,} claims"
        f"\n{unanswered:,} of them have no answer seen in what was captured"
        f"\n{_trust(snapshot)}"
        f"\n{events:,} events in {seconds:.0f} s: {events / max(seconds, 0.1):,.0f} a second"
        f"\nsnapshot {snapshot.stem} in {home}"
        '\n\nAsk it:  auscult sql "select * from unanswered_signals order by reposts desc limit 5"'
    )


def _trust(snapshot: Path) -> str:
    """Say what share of the signals reviewers confirm."""
    measured = precision(snapshot)[-1]
    if measured.precision is None or measured.low is None or measured.high is None:
        return "no signal was judged by a reviewer yet: auscult review"
    interval = f"95 % interval {measured.low:.0%} to {measured.high:.0%}"
    return f"reviewers confirm {measured.precision:.0%} of {measured.verdicts:,} signals drawn at random ({interval})"


def _table(snapshot: Path, question: str) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
    found = asked(snapshot, question)
    return found.columns, found.rows
