"""Campaigns: near-copies of one text by several accounts in a short time."""

from datetime import datetime
from html import escape

import msgspec
import streamlit as st

from warehouse.dashboard import cards
from warehouse.dashboard.claims import claim
from warehouse.dashboard.evidence import marked
from warehouse.dashboard.filters import Filters
from warehouse.dashboard.moments import moment
from warehouse.dashboard.visit import Visit


class Campaign(msgspec.Struct, frozen=True):
    """A campaign and its first text; `found`: how many there are in all. See the mart campaigns."""

    posts: int
    authors: int
    reposts: int
    first_post_at: datetime
    last_post_at: datetime
    hashtags: list[str]
    claims: list[str]
    text: str
    found: int


def show(visit: Visit, chosen: Filters, most: int, claim_id: str | None = None) -> None:
    """Show the largest campaigns under the filters, those that promote a claim first; or nothing if there is none."""
    rows = visit.ask_newer(Campaign, "spread.campaigns", **chosen.parameters(), claim_id=claim_id, most=most)
    if not rows:
        return
    st.header("Campaigns")
    st.caption(
        "Nearly the same text by three accounts or more, with less than a day from one to the next. That can be "
        "planned, or words that many like to copy: read the posts before you speak of a campaign."
    )
    for row in rows:
        with st.container(border=True, gap="xsmall"):
            st.html(_card(row, visit))
    if rows[0].found > len(rows):
        st.caption(f"The {len(rows)} largest of {rows[0].found:,}.")


def _card(row: Campaign, visit: Visit) -> str:
    reposts = f" · {row.reposts:,} reposts" if row.reposts else ""
    size = f"<b>{row.posts:,} posts by {row.authors:,} accounts</b>{reposts}"
    stretch = f"{moment(row.first_post_at, visit.zone)} to {moment(row.last_post_at, visit.zone)}"
    tags = "".join(f" · #{tag}" for tag in row.hashtags)
    return (
        f'<div class="post"><div class="meta">{size} · {escape(stretch)}{escape(tags)}</div>'
        f'<div class="text">{marked(row.text, [])}</div>{"".join(_promoted(each, visit) for each in row.claims)}</div>'
    )


def _promoted(claim_id: str, visit: Visit) -> str:
    address = escape(visit.claim_address(claim_id), quote=True)
    statement = f'<a href="{address}" target="_self">{escape(claim(claim_id).statement)}</a>'
    return f'<div class="claim">{cards.badge("promotes")} {statement}</div>'
