"""The dashboard: `streamlit run app.py -- HOME [TIME_ZONE]`, over the newest snapshot of the home.

It reads snapshots and nothing else: no stream, no vault, no network.
"""

import os
import sys
from functools import partial
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from warehouse.dashboard import frame, page_claims, page_figures, page_meeting, page_posts, page_today
from warehouse.dashboard.records import State
from warehouse.dashboard.snapshot import one
from warehouse.dashboard.visit import Show, Visit
from warehouse.query import TooSlow, newest

PAGES: dict[str, tuple[str, Show]] = {
    "today": ("Today", page_today.show),
    "claims": ("Claims", page_claims.show),
    "meeting": ("Meeting", page_meeting.show),
    "posts": ("Posts", page_posts.show),
    "figures": ("About these figures", page_figures.show),
}


def main(home: Path, zone: str, opening: str = "today") -> None:
    """Show the page that the address names, or `opening` if it names none."""
    st.set_page_config(page_title="Auscult", layout="wide", menu_items={"about": None})
    frame.style()
    snapshot = newest(home)
    if snapshot is None:
        frame.nothing_published(home)
        return
    pages: dict[str, StreamlitPage] = {}
    visit = Visit(home, str(snapshot), zone, one(str(snapshot), State, "overview.state"), pages)
    for name, (title, show) in PAGES.items():
        pages[name] = st.Page(partial(_shown, show, visit), title=title, url_path=name, default=name == opening)
    st.navigation(list(pages.values()), position="top").run()


def _shown(show: Show, visit: Visit) -> None:
    frame.simulated(visit.state)
    frame.newer(visit)
    if not visit.state.posts and show is not page_figures.show:
        frame.no_posts(visit)
        return
    try:
        show(visit)
    except TooSlow:
        st.error("This took too long. Choose fewer days, or one hashtag.", icon=None)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else os.environ.get("AUSCULT_TIME_ZONE") or "UTC")
