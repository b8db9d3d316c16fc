"""Review: posts in which someone may be in danger, then signals that wait for a person's word, one after another."""

import streamlit as st

from warehouse.dashboard import cards, danger, judging, reading
from warehouse.dashboard.records import Mention, Waiting
from warehouse.dashboard.visit import Visit

WHY = {
    "random": "Drawn at random: what you say measures how far signals can be trusted.",
    "uncertain": "The tagger is not sure of this one: what you say shows where it needs help.",
}


def show(visit: Visit) -> None:
    """Show the page."""
    danger.show(visit)
    st.header("Is the tagger right?")
    reading.caution(visit)
    if visit.submit is None:
        st.markdown("Posts can be judged where the dashboard was started by `auscult dashboard`, or in a terminal:")
        st.code("auscult review", language="console")
    else:
        _next(visit)


def _next(visit: Visit) -> None:
    passed: set[judging.Place] = st.session_state.setdefault("passed", set())
    waiting = [row for row in visit.ask_newer(Waiting, "review.waiting") if _place(row) not in passed]
    if done := judging.judged():
        st.success(f"Thank you: you judged {len(done)}. The next snapshot counts what you said.", icon=None)
    if not waiting:
        st.info("Nothing waits for you.", icon=None)
        return
    row = waiting[0]
    st.html(f'<div class="fresh"><b>{len(waiting):,}</b> waiting. {WHY[row.queue]}</div>')
    with st.container(border=True, gap="xsmall"):
        mentions = visit.ask(Mention, "posts.mentions", platform=row.platform, post_ids=[row.post_id])
        st.html(cards.waiting(row, mentions, visit.zone))
        visit.link("posts", "Open the thread", post=f"{row.platform}:{row.post_id}")
    st.markdown("What does the post do with this claim?")
    answered = judging.buttons(visit, _place(row), row.queue)
    if st.button("Skip", type="tertiary") or answered:
        passed.add(_place(row))
        st.rerun()


def _place(row: Waiting) -> judging.Place:
    return row.platform, row.post_id, row.claim_id
