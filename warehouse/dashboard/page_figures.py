"""About these figures: what was captured, what was missed, and what each word on the other pages means."""

from collections.abc import Sequence

import msgspec
import streamlit as st

from warehouse.dashboard import cards, reading
from warehouse.dashboard.claims import claims
from warehouse.dashboard.moments import duration, moment
from warehouse.dashboard.records import DeadLetters, Gap, Import, Window
from warehouse.dashboard.visit import Visit

MOST = 200
EVER = {"since": "0001-01-01 00:00:00+00", "until": "9999-12-31 00:00:00+00"}


SIGNALS = """
A post **promotes** a claim, **debunks** it, **asks** about it in good faith or **reports** on it. A **signal** is a
post that promotes a *falsifiable* health claim, one that evidence refutes, with enough confidence. Concerns such as
liberty or religion are counted, and never called misinformation. The words that raised a claim are marked in the colour
of the stance. {claims} claims are known; what is not among them is not seen.
"""
WORDS = """
**No answer seen** means: no captured post by somebody else replies to the post, quotes it or stands in its thread and
debunks the claim, or is by a clinician, a researcher, a health organisation or public health and does not promote it.
Replies that were not captured cannot be seen, so the list is an upper bound.

**Reach** is the number of views where the platform tells it; elsewhere likes, reposts, replies and quotes together, as
the platform or the capture counts them.

**Authors** are pseudonyms, but for public organisations. A role is what the public bio says; groups under ten are not
shown by role, and nobody's illness is.
"""


def show(visit: Visit) -> None:
    """Show the page."""
    st.header("How to read a signal")
    _signals(visit)
    st.header("What is listened to")
    _windows(visit)
    st.header("What was missed")
    _missed(visit)
    st.header("What was imported")
    _imports(visit)
    st.header("Where the figures come from")
    _origin(visit)


def _signals(visit: Visit) -> None:
    st.html(cards.stance_key())
    st.markdown(SIGNALS.format(claims=len(claims())))
    reading.caution(visit)
    st.markdown(WORDS)


def _windows(visit: Visit) -> None:
    rows = visit.ask(Window, "overview.windows")
    if not rows:
        st.markdown("Nothing is listened to: all posts come from imports.")
        return
    _table(
        [
            {
                "Query": row.query,
                "Source": row.source,
                "How": row.method,
                "From": moment(row.first_started_at, visit.zone),
                "To": moment(row.last_ended_at, visit.zone),
                "Hours listened": round(row.hours or 0, 1),
            }
            for row in rows
        ]
    )


def _missed(visit: Visit) -> None:
    gaps = visit.ask(Gap, "overview.gaps", **EVER, most=MOST)
    letters = visit.ask(DeadLetters, "overview.dead_letters", most=MOST)
    if not gaps and not letters:
        st.markdown("No capture gap is known, and every message could be read.")
    if gaps:
        st.markdown("**Capture gaps**: posts of these times may be missing.")
        _table(
            [
                {
                    "From": moment(gap.started_at, visit.zone),
                    "Length": duration(gap.ended_at - gap.started_at),
                    "Source": gap.source,
                    "Query": gap.query or "all",
                    "Why": gap.reason,
                }
                for gap in gaps
            ]
        )
    if letters:
        st.markdown("**Messages that could not be read**: they are kept, and can be sent again after a fix.")
        _table([{"Messages": row.letters, "Source": row.source, "Why": row.reason} for row in letters])


def _imports(visit: Visit) -> None:
    rows = visit.ask(Import, "overview.imports", most=MOST)
    if not rows:
        st.markdown("No file was imported.")
        return
    _table(
        [
            {
                "Finished": moment(row.finished_at, visit.zone),
                "What": row.path,
                "Rows": row.rows,
                "Posts": row.posts,
                "Repeats": row.repeated,
                "Rejected": row.rejected,
            }
            for row in rows
        ]
    )


def _origin(visit: Visit) -> None:
    state = visit.state
    st.markdown(
        f"Snapshot **{state.version}**, published {moment(state.published_at, visit.zone)}, with posts of "
        f"{', '.join(state.platforms) or 'no platform'} from {moment(state.oldest_post, visit.zone)} to "
        f"{moment(state.newest_post, visit.zone)}; last observed {moment(state.newest_seen, visit.zone)}. "
        f"{state.awaiting_text:,} posts await their text. Tagged by rules `{state.rules}` and model `{state.model}`."
    )
    st.markdown("Everything here can be asked in SQL, of the same snapshot:")
    st.code('auscult sql "select * from unanswered_signals order by views desc"', language="console")


def _table(rows: Sequence[dict[str, object]]) -> None:
    st.dataframe(msgspec.to_builtins(rows), hide_index=True, height="auto")
