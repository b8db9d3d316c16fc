"""Today: what nobody has answered, then what is spreading, how much is said, about what, by whom."""

import streamlit as st

from warehouse.dashboard import bursts, campaigns, cards, charts, danger, reading, unanswered
from warehouse.dashboard import roles as role_groups
from warehouse.dashboard.filter_row import nothing
from warehouse.dashboard.filters import Filters
from warehouse.dashboard.moments import duration, moment
from warehouse.dashboard.records import ClaimPosts, ClaimStances, Gap, HashtagVolume, Role, Topic, Totals, Volume
from warehouse.dashboard.visit import Visit

CLAIMS = 6
TOPICS = 12
HASHTAGS = 12
CAMPAIGNS = 3


def show(visit: Visit) -> None:
    """Show the page."""
    chosen = visit.chosen
    totals = visit.one(Totals, "overview.totals", **chosen.parameters())
    if not totals.posts:
        nothing(chosen)
        return
    without_answer = visit.ask(ClaimPosts, "claims.unanswered_counts", **chosen.parameters())
    danger.hint(visit)
    _figures(totals, unanswered.posts(visit, chosen))
    reading.caution(visit, totals)
    st.header("No answer seen")
    st.caption(
        "Posts that promote a false claim, and under which nobody was seen to debunk it and no clinician, researcher, "
        "health organisation or public health office to reply. What was not captured cannot be seen."
    )
    if not visit.state.replies:
        st.markdown(
            "None of the captured posts says which post it replies to or quotes, so no answer **could** be seen."
        )
    unanswered.show(visit, chosen)
    _spreading(visit, chosen, {row.claim_id: row.posts for row in without_answer})
    campaigns.show(visit, chosen, CAMPAIGNS)
    bursts.show(visit)
    _said(visit, chosen)
    _talk(visit, chosen)


def _figures(totals: Totals, without_answer: int) -> None:
    with st.container(horizontal=True, key="figures"):
        st.metric(
            "No answer seen",
            f"{without_answer:,}",
            help="Promoting posts to which no answer was seen; their reposts are not counted.",
            width=150,
        )
        st.metric("Posts", f"{totals.posts:,}", help=f"{totals.reposts:,} of them are reposts.", width=150)
        st.metric("Authors", f"{totals.authors:,}", width=150)
        st.metric(
            "Signals",
            f"{totals.signals:,}",
            help="Posts that promote a false health claim with enough confidence; "
            f"{totals.signal_reposts:,} of them are reposts of another.",
            width=150,
        )
        st.metric("Debunking posts", f"{totals.debunks:,}", width=150)


def _spreading(visit: Visit, chosen: Filters, without_answer: dict[str, int]) -> None:
    st.header("Claims in play")
    rows = visit.ask(ClaimStances, "claims.stances", **chosen.parameters(), before=chosen.span.before)
    if not rows:
        st.markdown("No known claim is in play in these posts.")
        return
    st.html(cards.stance_key())
    st.html(
        cards.claim_bars(
            rows[:CLAIMS], without_answer, chosen.time_before(visit.state.oldest_post), visit.claim_address
        )
    )
    visit.link("claims", f"All {len(rows)} claims in play")


def _said(visit: Visit, chosen: Filters) -> None:
    st.header("How much is said")
    asked = {**chosen.parameters(), "unit": chosen.span.unit(), "zone": chosen.zone}
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader(f"Posts by {chosen.span.unit()}")
        st.altair_chart(charts.volume(visit.ask(Volume, "overview.volume", **asked), chosen.span, chosen.zone))
        _gaps(visit, chosen)
    with right:
        st.subheader(f"Hashtags by {chosen.span.unit()}")
        rows = visit.ask(HashtagVolume, "overview.hashtag_volume", **asked, most=HASHTAGS)
        if rows:
            st.altair_chart(charts.hashtags(rows, chosen.span, chosen.zone))
            st.caption("A post with two hashtags counts under both.")
        else:
            st.markdown("None of these posts carries a registered hashtag.")


def _gaps(visit: Visit, chosen: Filters) -> None:
    gaps = visit.ask(Gap, "overview.gaps", since=chosen.span.since, until=chosen.span.until, most=3)
    for gap in gaps:
        length = duration(gap.ended_at - gap.started_at)
        st.caption(f"Capture gap from {moment(gap.started_at, chosen.zone)}, {length}: {gap.reason}.")


def _talk(visit: Visit, chosen: Filters) -> None:
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader("Topics named most")
        topics = visit.ask(Topic, "overview.topics", **chosen.parameters(), most=TOPICS)
        if topics:
            st.altair_chart(charts.topics(topics))
        else:
            st.markdown("No disease, symptom or treatment is named in these posts.")
    with right:
        st.subheader("Who takes part")
        participants(visit, chosen)


def participants(visit: Visit, chosen: Filters) -> None:
    """Show authors by role, or that they are too few."""
    groups = role_groups.shown(visit.ask(Role, "overview.roles", **chosen.parameters()))
    if not groups:
        st.markdown("Fewer than ten authors: they are not shown by role.")
        return
    if [group.role for group in groups] == [role_groups.REST]:
        st.markdown("No role is known of ten of these authors: their bios state none, or were not captured.")
        return
    st.altair_chart(charts.roles(groups))
    st.caption("Authors by what their public bio says of them. Groups under ten count under “other or not stated”.")
