"""The dashboard: `streamlit run app.py -- HOME [TIME_ZONE]`, over the newest snapshot of the home.

It reads snapshots and nothing else: no stream, no vault, no network. Run like this, nothing can be judged in it.
"""

import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from warehouse.dashboard import frame, page_claims, page_figures, page_meeting, page_posts, page_review, page_today
from warehouse.dashboard.filter_row import filters
from warehouse.dashboard.records import State
from warehouse.dashboard.snapshot import one
from warehouse.dashboard.visit import Submit, Visit
from warehouse.query import TooSlow, newest


class Page(NamedTuple):
    """A page: its title, what shows it, and whether it has the filters."""

    title: str
    show: Callable[[Visit], None]
    filtered: bool


PAGES = {
    "today": Page("Today", page_today.show, filtered=True),
    "claims": Page("Claims", page_claims.show, filtered=True),
    "meeting": Page("Meeting", page_meeting.show, filtered=False),
    "posts": Page("Posts", page_posts.show, filtered=True),
    "review": Page("Review", page_review.show, filtered=False),
    "figures": Page("About these figures", page_figures.show, filtered=False),
}
THREAD = Page("A post and its thread", page_posts.show, filtered=False)


def main(home: Path, zone: str, opening: str = "today", submit: Submit | None = None) -> None:
    """Show the page that the address names, or `opening` if it names none. Posts can be judged if there is `submit`."""
    st.set_page_config(page_title="Auscult", layout="wide", menu_items={"about": None})
    frame.style()
    snapshot = newest(home)
    if snapshot is None:
        frame.nothing_published(home)
        return
    visit = Visit(home, str(snapshot), zone, one(str(snapshot), State, "overview.state"), {}, submit=submit)
    for name, page in PAGES.items():
        run = partial(_run, page.show, visit)
        visit.pages[name] = st.Page(run, title=page.title, url_path=name, default=name == opening)
    current = st.navigation(list(visit.pages.values()), position="top")
    page = next(PAGES[name] for name, each in visit.pages.items() if each == current)
    _show(visit, THREAD if page.show is THREAD.show and "post" in st.query_params else page, current)


def _show(visit: Visit, page: Page, current: StreamlitPage) -> None:
    frame.simulated(visit.state)
    frame.newer(visit)
    frame.heading(visit, page.title)
    if not visit.state.posts and page.filtered:
        frame.no_posts()
        return
    if page.filtered:
        visit.chose = filters(visit)
    current.run()


def _run(show: Callable[[Visit], None], visit: Visit) -> None:
    try:
        show(visit)
    except TooSlow:
        st.error("This took too long. Choose fewer days, or one hashtag.", icon=None)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else os.environ.get("AUSCULT_TIME_ZONE") or "UTC")
