"""Posts in a list, a page at a time, each with its evidence and a way to its thread."""

from collections.abc import Sequence

import streamlit as st

from warehouse.dashboard import cards, judging
from warehouse.dashboard.filters import Filters
from warehouse.dashboard.records import Mention, Post
from warehouse.dashboard.visit import Visit

PER_PAGE = 10
FARTHEST = "farthest reach first"
NEWEST = "newest first"


def listed(
    visit: Visit,
    chosen: Filters,
    *,
    claim_id: str | None = None,
    stance: str | None = None,
    words: str | None = None,
    reposts: bool = False,
    order: str = FARTHEST,
    key: str = "posts",
    per_page: int = PER_PAGE,
) -> None:
    """Show the posts that fit, or that none does."""
    page = int(st.session_state.get(key, 1))
    rows = visit.ask(
        Post,
        "posts.found",
        **chosen.parameters(),
        claim_id=claim_id,
        stance=stance,
        words=words or None,
        reposts=reposts,
        newest=order == NEWEST,
        most=per_page,
        skipped=(page - 1) * per_page,
    )
    if not rows:
        st.info("No post fits.", icon=None)
        return
    st.html(f'<div class="fresh"><b>{rows[0].found:,}</b> post{"" if rows[0].found == 1 else "s"}, {order}</div>')
    for row, mentions in with_mentions(visit, rows):
        with st.container(border=True, gap="xsmall"):
            st.html(cards.post(row, mentions, chosen.zone))
            label = "Open the original" if row.repost_of else "Open the thread"
            visit.link("posts", label, post=f"{row.platform}:{row.repost_of or row.post_id}")
            if not row.repost_of:
                judging.asked(visit, row.platform, row.post_id, mentions, claim_id)
    if rows[0].found > per_page:
        st.pagination(-(-rows[0].found // per_page), key=key)


def with_mentions(visit: Visit, rows: Sequence[Post]) -> list[tuple[Post, list[Mention]]]:
    """Give each post with the claims in play in it."""
    found: dict[tuple[str, str], list[Mention]] = {}
    for platform in sorted({row.platform for row in rows}):
        ids = [row.post_id for row in rows if row.platform == platform]
        for mention in visit.ask(Mention, "posts.mentions", platform=platform, post_ids=ids):
            found.setdefault((platform, mention.post_id), []).append(mention)
    return [(row, found.get((row.platform, row.post_id), [])) for row in rows]
