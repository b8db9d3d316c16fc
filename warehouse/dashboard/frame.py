"""What stands on every page: that the data is simulated, how fresh it is, that a newer snapshot is there."""

from pathlib import Path

import streamlit as st

from warehouse.dashboard.moments import moment
from warehouse.dashboard.records import State
from warehouse.dashboard.visit import Visit
from warehouse.query import newest

EVERY_SECONDS = 20
HERE = Path(__file__).parent


def style() -> None:
    """Give the page its looks."""
    st.html(HERE / "style.css")


def simulated(state: State) -> None:
    """Say that the posts are invented, if any is."""
    if state.simulated:
        only = "These posts are" if state.platforms == ["simulated"] else "Some of these posts are"
        st.html(
            f'<div class="simulated"><b>Simulated.</b> {only} invented for a demonstration: nobody wrote them.</div>'
        )


def heading(visit: Visit, title: str) -> None:
    """Give a page its title, and under it what was captured and how fresh it is."""
    st.title(title)
    _freshness(visit)


def _freshness(visit: Visit) -> None:
    state = visit.state
    parts = [
        f"<b>{state.posts:,}</b> posts captured",
        f"newest post <b>{moment(state.newest_post, visit.zone)}</b>",
        f"snapshot {state.version}, published {moment(state.published_at, visit.zone)}",
        _count(state.gaps, "capture gap"),
        _count(state.dead_letters, "message", "that could not be read"),
        f"times in {visit.zone}",
    ]
    st.html(f'<div class="fresh">{" · ".join(parts)}</div>')


@st.fragment(run_every=EVERY_SECONDS)
def newer(visit: Visit) -> None:
    """Say when a newer snapshot was published, and go to it on a click."""
    path = newest(visit.home)
    if path is None or str(path) == visit.path:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("Newer posts have been published.")
        if st.button("Show them", key="show-newer"):
            st.rerun()


def nothing_published(home: Path) -> None:
    """Say that there is no snapshot yet, and how to get one."""
    st.title("Nothing is published yet")
    st.markdown(
        "This dashboard reads the newest snapshot, and there is none yet in\n\n"
        f"`{home}`\n\nPlay a week of invented posts, import files, or start to listen:"
    )
    st.code("auscult demo\nauscult import PATH…\nauscult listen", language="console")
    st.markdown("As soon as something is published, reload this page.")


def no_posts() -> None:
    """Say that a snapshot is there and holds no post."""
    st.info(
        "No post has been captured yet: something was published, but it holds no post. *About these figures* shows "
        "what is listened to.",
        icon=None,
    )


def _count(count: int, name: str, more: str = "") -> str:
    plural = "" if count == 1 else "s"
    return f"{'no' if not count else f'{count:,}'} {name}{plural} {more}".rstrip()
