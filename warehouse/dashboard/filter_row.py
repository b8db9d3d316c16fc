"""The filters under the title, kept in the address, the same on every page that has them."""

from datetime import datetime, timedelta
from html import escape
from zoneinfo import ZoneInfo

import streamlit as st

from warehouse.dashboard.filters import Filters
from warehouse.dashboard.moments import Span, moment, whole_days
from warehouse.dashboard.records import Hashtag
from warehouse.dashboard.visit import Visit

WEEK = "last 7 days"
ALL = "everything"
CHOSEN = "chosen days"
PERIODS = {"last 24 hours": 1, WEEK: 7, "last 30 days": 30, ALL: None, CHOSEN: None}


def filters(visit: Visit) -> Filters:
    """Show the filters and give what is chosen. Days are counted back from the newest post that was captured."""
    hashtags = visit.ask(Hashtag, "overview.hashtags")
    with st.container(horizontal=True, vertical_alignment="bottom", key="filters"):
        tag = _hashtag(hashtags)
        period = _period()
        span = _span(visit, period or WEEK)
        spellings = next((each.spellings for each in hashtags if each.tag == tag), None)
        chosen = Filters(tag, spellings, span, visit.zone)
        st.html(f'<div class="words">{escape(chosen.words())}</div>', width="content")
    return chosen


def nothing(chosen: Filters) -> None:
    """Say that no post lies under the filters, and what to do."""
    st.info(f"No post was captured here: {chosen.words()}. Choose more days, or all hashtags.", icon=None)


def _period() -> str | None:
    return st.selectbox(
        "Days",
        list(PERIODS),
        index=1,
        key="period",
        bind="query-params",
        persist_state="session",
        width=190,
    )


def _hashtag(hashtags: list[Hashtag]) -> str | None:
    return st.selectbox(
        "Hashtag",
        [each.tag for each in hashtags],
        index=None,
        placeholder="All hashtags",
        key="hashtag",
        bind="query-params",
        persist_state="session",
        width=250,
    )


def _span(visit: Visit, period: str) -> Span:
    oldest, newest = visit.state.oldest_post, visit.state.newest_post
    assert oldest is not None and newest is not None, "pages with filters are shown when there are posts"
    end = newest + timedelta(seconds=1)
    if period == CHOSEN:
        return _chosen_days(oldest, newest, visit.zone)
    length = PERIODS[period]
    if length is None:
        return Span(oldest, end)
    if length == 1:
        return Span(end - timedelta(days=1), end)
    last = newest.astimezone(ZoneInfo(visit.zone)).date()
    return whole_days(last - timedelta(days=length - 1), last, visit.zone)


def _chosen_days(oldest: datetime, newest: datetime, zone: str) -> Span:
    first, last = oldest.astimezone(ZoneInfo(zone)).date(), newest.astimezone(ZoneInfo(zone)).date()
    start = max(first, last - timedelta(days=6))
    chosen = st.date_input(
        "From and to",
        (start, last),
        min_value=first,
        max_value=last,
        key="dates",
        bind="query-params",
        persist_state="session",
        format="DD/MM/YYYY",
        width=250,
        help=f"Posts reach from {moment(oldest, zone)} to {moment(newest, zone)}.",
    )
    ends = chosen if isinstance(chosen, tuple) and chosen else (start, last)
    return whole_days(ends[0], ends[-1], zone)
