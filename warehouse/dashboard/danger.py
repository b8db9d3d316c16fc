"""Posts in which a person may be in danger: when and what, for people who can help. Nothing of who wrote it."""

from datetime import datetime
from html import escape

import msgspec
import streamlit as st

from warehouse.dashboard.evidence import marked
from warehouse.dashboard.moments import moment
from warehouse.dashboard.visit import Visit

MOST = 50


class Danger(msgspec.Struct, frozen=True):
    """What such a post says, and when it was written; see the view danger_queue."""

    created_at: datetime | None
    text: str | None
    found: int


def show(visit: Visit) -> None:
    """Show the posts, the newest first, under what to do; or nothing if there is none."""
    rows = _posts(visit)
    if not rows:
        return
    st.header("Someone may be in danger")
    st.markdown(
        "The words of these posts may be those of a person who thinks of harming themselves. **Do not judge or discuss "
        "them here. Hand them at once to the people of your organisation who are trained to help**, such as a crisis "
        "team. They find the posts with the first command, and with the second take one off this list:"
    )
    st.code("auscult review danger\nauscult review handed-over POST_ID --platform x", language="console")
    for row in rows:
        with st.container(border=True, gap="xsmall"):
            st.html(_card(row, visit.zone))
    if rows[0].found > len(rows):
        st.caption(f"The newest {len(rows)} of {rows[0].found:,}.")


def hint(visit: Visit) -> None:
    """Say on another page that there are such posts, and lead to them."""
    rows = _posts(visit)
    if rows:
        posts = "1 post" if rows[0].found == 1 else f"{rows[0].found:,} posts"
        visit.link("review", f"{posts} in which someone may be in danger: hand to people who can help")


def _posts(visit: Visit) -> list[Danger]:
    return visit.ask_newer(Danger, "review.danger", most=MOST)


def _card(row: Danger, zone: str) -> str:
    text = "" if row.text is None else marked(row.text, [])
    at = escape(moment(row.created_at, zone))
    return f'<div class="post"><div class="meta">{at}</div><div class="text">{text}</div></div>'
