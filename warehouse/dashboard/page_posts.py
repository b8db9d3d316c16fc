"""Posts: found by words, stance and order; or one of them with its thread."""

import streamlit as st

from warehouse.dashboard import cards, judging
from warehouse.dashboard.colours import STANCE_NAMES
from warehouse.dashboard.post_list import FARTHEST, NEWEST, listed, with_mentions
from warehouse.dashboard.records import STANCES, Link, Post, Reposters
from warehouse.dashboard.unanswered import address
from warehouse.dashboard.visit import Visit

LONGEST_THREAD = 200


def show(visit: Visit) -> None:
    """Show the page: the post that the address names with its thread, else the list."""
    platform, _, post_id = st.query_params.get("post", "").partition(":")
    if post_id:
        _thread(visit, platform, post_id)
    else:
        _list(visit)


def _list(visit: Visit) -> None:
    chosen = visit.chosen
    with st.container(horizontal=True, vertical_alignment="bottom"):
        words = st.text_input(
            "Words in the text", key="words", bind="query-params", placeholder="measles, ablation …", width=280
        )
        stance = st.selectbox(
            "Stance",
            STANCES,
            index=None,
            placeholder="Any or none",
            format_func=lambda each: STANCE_NAMES[each],
            key="stance",
            bind="query-params",
            width=180,
        )
        order = st.selectbox("Order", (FARTHEST, NEWEST), key="order", bind="query-params", width=200)
        reposts = st.toggle("With reposts", key="reposts", bind="query-params")
    key = f"posts-{words}-{stance}-{order}-{reposts}-{chosen.hashtag}-{chosen.span.since}"
    listed(visit, chosen, words=words, stance=stance, order=order or FARTHEST, reposts=reposts, key=key)


def _thread(visit: Visit, platform: str, post_id: str) -> None:
    if st.button("← All posts"):
        del st.query_params["post"]
        st.rerun()
    rows = visit.ask(Post, "posts.thread", platform=platform, post_id=post_id, most=LONGEST_THREAD)
    if not rows:
        st.info("This post is not in the newest snapshot: it was never captured, or it was removed.", icon=None)
        return
    if address(platform, post_id):
        st.page_link(str(address(platform, post_id)), label="Open on X")
    for row, mentions in with_mentions(visit, rows):
        asked = row.post_id == post_id
        with st.container(border=asked, gap="xsmall"):
            st.html(cards.post(row, mentions, visit.zone, explained=asked, asked=asked))
            if asked:
                _about(visit, platform, post_id)
                if not row.repost_of:
                    judging.asked(visit, platform, post_id, mentions)
    if len(rows) == 1:
        st.caption("No reply to it and no post that quotes it was captured.")
    elif rows[0].found > len(rows):
        st.caption(f"The first {len(rows)} of {rows[0].found:,} posts of the thread.")


def _about(visit: Visit, platform: str, post_id: str) -> None:
    shown = cards.links(visit.ask(Link, "posts.post_links", platform=platform, post_id=post_id))
    reposters = visit.one(Reposters, "posts.reposters", platform=platform, post_id=post_id)
    if reposters.posts:
        shown += f'<div class="other">{reposters.posts:,} reposts of it were captured.</div>'
    if shown:
        st.html(f'<div class="post">{shown}</div>')
