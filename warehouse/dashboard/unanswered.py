"""Promoting posts that have no answer in what was captured: the list, and the same as a CSV file."""

import csv
import io
from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

import streamlit as st

from warehouse.dashboard import cards
from warehouse.dashboard.claims import claim
from warehouse.dashboard.filters import Filters
from warehouse.dashboard.records import Mention, Unanswered
from warehouse.dashboard.visit import Visit

PER_PAGE = 5
COLUMNS = (
    "reach", "views", "likes", "reposts", "replies", "replies_seen", "written", "claims", "text", "why_wrong",
    "sources", "post", "address",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def show(visit: Visit, chosen: Filters, claim_id: str | None = None) -> None:
    """Show what nobody answered, farthest reach first, five at a time, with the whole list to download."""
    asked = {**chosen.parameters(), "claim_id": claim_id}
    rows = visit.ask(Unanswered, "claims.unanswered", **asked, grouped=True)
    if not rows:
        st.success("Every promoting post here has an answer, or there is none.", icon=None)
        return
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.html(f'<div class="fresh">{_how_many(rows)}</div>', width="content")
        st.download_button(
            "Download the list (CSV)",
            lambda: table(visit.ask(Unanswered, "claims.unanswered", **asked, grouped=False), visit.zone),
            file_name="unanswered.csv",
            mime="text/csv",
            on_click="ignore",
            key="download-unanswered",
        )
    _list(visit, rows, key=f"unanswered-{claim_id or 'all'}")


def posts(visit: Visit, chosen: Filters) -> int:
    """Give how many posts nobody answered."""
    asked = {**chosen.parameters(), "claim_id": None}
    return sum(row.copies for row in visit.ask(Unanswered, "claims.unanswered", **asked, grouped=True))


def table(rows: Iterable[Unanswered], zone: str) -> bytes:
    """Give the list as CSV that spreadsheets open as it is: UTF-8 with its mark, no formula, no long number as id."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow(_cell(value) for value in _line(row, zone))
    return written.getvalue().encode("utf-8-sig")


def address(platform: str, post_id: str) -> str | None:
    """Give where a post can be answered, where its id alone says so. Elsewhere the author's name is needed."""
    return f"https://x.com/i/status/{post_id}" if platform == "x" and post_id.isdigit() else None


def _list(visit: Visit, rows: Sequence[Unanswered], key: str) -> None:
    pages = -(-len(rows) // PER_PAGE)
    page = st.session_state.get(key, 1) if pages > 1 else 1
    first = (min(page, pages) - 1) * PER_PAGE
    shown = rows[first : first + PER_PAGE]
    mentions = _mentions(visit, shown)
    for row in shown:
        with st.container(border=True, gap="xsmall"):
            st.html(cards.unanswered(row, mentions.get(row.post_id, []), visit.zone))
            with st.container(horizontal=True):
                visit.link("posts", "Open the thread", post=f"{row.platform}:{row.post_id}")
                if there := address(row.platform, row.post_id):
                    st.page_link(there, label="Answer on X")
    if pages > 1:
        st.pagination(pages, key=key)


def _mentions(visit: Visit, rows: Sequence[Unanswered]) -> dict[str, list[Mention]]:
    found: dict[str, list[Mention]] = {}
    for platform in sorted({row.platform for row in rows}):
        ids = [row.post_id for row in rows if row.platform == platform]
        for mention in visit.ask(Mention, "posts.mentions", platform=platform, post_ids=ids):
            found.setdefault(mention.post_id, []).append(mention)
    return found


def _how_many(rows: Sequence[Unanswered]) -> str:
    posts = sum(row.copies for row in rows)
    texts = "" if posts == len(rows) else f" in {len(rows):,} different wordings"
    return f"<b>{posts:,}</b> promoting post{'' if posts == 1 else 's'}{texts}, farthest reach first"


def _line(row: Unanswered, zone: str) -> tuple[object, ...]:
    known = [claim(claim_id) for claim_id in row.claims]
    return (
        row.reach, row.views, row.likes, row.reposts, row.replies, row.replies_seen,
        row.created_at.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds"),
        " | ".join(each.statement for each in known),
        row.text,
        " | ".join(each.wrong_because for each in known),
        " ".join(each.source for each in known),
        f"{row.platform}:{row.post_id}",
        address(row.platform, row.post_id),
    )  # fmt: skip


def _cell(value: object) -> object:
    """Keep a spreadsheet from running what a stranger wrote as a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
