"""Claims: all that are in play, by stance; and one of them, with its posts, its evidence and what refutes it."""

from html import escape

import streamlit as st

from warehouse.dashboard import campaigns, cards, charts, reading, unanswered
from warehouse.dashboard.address import choice
from warehouse.dashboard.claims import claim, family_name
from warehouse.dashboard.colours import STANCE_NAMES
from warehouse.dashboard.filter_row import nothing
from warehouse.dashboard.filters import Filters
from warehouse.dashboard.post_list import listed
from warehouse.dashboard.records import STANCES, ClaimPosts, ClaimStances, StanceVolume, Totals
from warehouse.dashboard.visit import Visit

PER_PAGE = 12
CAMPAIGNS = 10


def show(visit: Visit) -> None:
    """Show the page."""
    chosen = visit.chosen
    totals = visit.one(Totals, "overview.totals", **chosen.parameters())
    if not totals.posts:
        nothing(chosen)
        return
    rows = visit.ask(ClaimStances, "claims.stances", **chosen.parameters(), before=chosen.span.before)
    if not rows:
        st.info(f"No known claim is in play here: {chosen.words()}.", icon=None)
        return
    claim_id = _choice(rows)
    if claim_id is None:
        reading.caution(visit, totals)
        _all(visit, chosen, rows)
    else:
        _one(visit, chosen, next(row for row in rows if row.claim_id == claim_id))


def _choice(rows: list[ClaimStances]) -> str | None:
    statements = {row.claim_id: claim(row.claim_id).statement for row in rows}
    return choice("Claim", statements, "claim", f"All {len(rows)} claims in play; choose one to see its posts")


def _all(visit: Visit, chosen: Filters, rows: list[ClaimStances]) -> None:
    counts = visit.ask(ClaimPosts, "claims.unanswered_counts", **chosen.parameters())
    pages = -(-len(rows) // PER_PAGE)
    page = min(st.session_state.get("claims-page", 1), pages)
    shown = rows[(page - 1) * PER_PAGE : page * PER_PAGE]
    without_answer = {row.claim_id: row.posts for row in counts}
    st.html(cards.stance_key())
    before = chosen.time_before(visit.state.oldest_post)
    st.html(cards.claim_bars(shown, without_answer, before, visit.claim_address))
    if pages > 1:
        st.pagination(pages, key="claims-page")
    campaigns.show(visit, chosen, CAMPAIGNS)


def _one(visit: Visit, chosen: Filters, row: ClaimStances) -> None:
    reading.caution(visit, family=row.family)
    known = claim(row.claim_id)
    kind = (
        "Concern: counted, never called misinformation"
        if row.kind == "concern"
        else f"Risk: {known.risk or 'not rated'}"
    )
    st.html(
        f'<div class="post"><h3>{escape(known.statement)}</h3>'
        f'<div class="meta">{escape(family_name(row.family))} · {escape(kind)}</div>'
        f"{cards.refutation(known)}{_harm(known.harm)}</div>"
    )
    with st.container(horizontal=True):
        for stance in STANCES:
            st.metric(STANCE_NAMES[stance], f"{getattr(row, stance):,}", width=130)
    asked = {**chosen.parameters(), "unit": chosen.span.unit(), "zone": chosen.zone, "claim_id": row.claim_id}
    volume = visit.ask(StanceVolume, "claims.stance_volume", **asked)
    st.altair_chart(charts.stances(volume, chosen.span, chosen.zone))
    if row.kind == "falsifiable" and row.promotes:
        st.header("No answer seen")
        unanswered.show(visit, chosen, row.claim_id)
    campaigns.show(visit, chosen, CAMPAIGNS, row.claim_id)
    st.header("Posts")
    only = st.segmented_control(
        "Stance", STANCES, format_func=lambda each: STANCE_NAMES[each], key="stance", bind="query-params"
    )
    listed(visit, chosen, claim_id=row.claim_id, stance=only, key=f"claim-{row.claim_id}-{only}")


def _harm(harm: str) -> str:
    return f'<div class="why">What follows from believing it: {escape(harm)}</div>' if harm else ""
