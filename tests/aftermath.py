"""What came of a chaotic run, beside what had to come of it."""

from collections import Counter
from pathlib import Path
from typing import Any

from chaos_run import Outcome

from warehouse.query import newest, run


def wrongs(home: Path, due: Outcome) -> list[str]:
    """Give all in which the newest snapshot differs from what is due, a line each; nothing where all is right."""
    snapshot = newest(home)
    if snapshot is None:
        return ["there is no snapshot"]
    return _posts(snapshot, due) + _letters(snapshot, due) + _repeats(snapshot, due)


def _ask(snapshot: Path, sql: str) -> list[tuple[Any, ...]]:
    return run(snapshot, sql, max_rows=10_000_000).rows


def _posts(snapshot: Path, due: Outcome) -> list[str]:
    rows = _ask(snapshot, "select post_id, text, likes from posts")
    found = {post_id: (text, likes) for post_id, text, likes in rows}
    times = Counter(post_id for post_id, _, _ in rows)
    lines = [f"post {post_id} is lost" for post_id in due.posts.keys() - found.keys()]
    lines += [f"post {post_id} stands, which was deleted" for post_id in due.gone & found.keys()]
    lines += [f"post {post_id} was never sent" for post_id in found.keys() - due.posts.keys() - due.gone]
    lines += [f"post {post_id} stands {count} times" for post_id, count in times.items() if count > 1]
    lines += [
        f"post {post_id} is {found[post_id]}, and should be {state}"
        for post_id, state in due.posts.items()
        if post_id in found and found[post_id] != state
    ]
    return lines


def _letters(snapshot: Path, due: Outcome) -> list[str]:
    rows = _ask(snapshot, "select source, place, sha256, reason from dead_letters")
    found = Counter(sha256 for _, _, sha256, _ in rows)
    lines = [f"malformed {sha256} is lost" for sha256 in (due.rejected_events | due.rejected_bytes) - found.keys()]
    unknown = found.keys() - due.rejected_events - due.rejected_bytes
    lines += [f"dead letter of nothing malformed: {row}" for row in rows if row[2] in unknown]
    lines += [f"rejected {sha} stands {found[sha]} times" for sha in due.rejected_events if found[sha] > 1]
    places = Counter((source, place) for source, place, _, _ in rows)
    return lines + [f"{place} stands {count} times" for place, count in places.items() if count > 1]


def _repeats(snapshot: Path, due: Outcome) -> list[str]:
    counts, distinct = _ask(snapshot, "select count(*), count(distinct (post_id, observed_at)) from post_counts")[0]
    lines = [] if counts == distinct == due.counts else [f"{counts} counts ({distinct} distinct), {due.counts} due"]
    sql = "select post_id from taggings where is_current group by post_id having count(*) > 1"
    lines += [f"post {post_id} has two current taggings" for (post_id,) in _ask(snapshot, sql)]
    sql = "select count(*) from posts anti join (select post_id from taggings where is_current) using (post_id)"
    untagged = _ask(snapshot, sql)[0][0]
    return lines + ([f"{untagged} posts have no tagging"] if untagged else [])
