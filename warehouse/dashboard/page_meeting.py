"""Meeting: how one went, by its own days and hours."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import streamlit as st

from warehouse.dashboard import charts, reading
from warehouse.dashboard.address import choice
from warehouse.dashboard.filters import Filters
from warehouse.dashboard.moments import Span, days, label, steps, whole_days
from warehouse.dashboard.page_today import TOPICS, participants
from warehouse.dashboard.post_list import listed
from warehouse.dashboard.records import Hashtag, Hour, Meeting, MeetingDay, Topic, Totals
from warehouse.dashboard.visit import Visit

AROUND = timedelta(days=7)
"""So long before and after a meeting its hashtag is counted as talk about it."""


def show(visit: Visit) -> None:
    """Show the page."""
    meetings = {meeting.hashtag: meeting for meeting in visit.ask(Meeting, "meeting.meetings")}
    if not meetings:
        st.info(
            "No post carries the hashtag of a registered meeting. `auscult hashtags` lists the meetings.", icon=None
        )
        return
    names = {tag: f"{meeting.name} (#{tag})" for tag, meeting in meetings.items()}
    meeting = meetings[choice("Meeting", names, "meeting") or next(iter(meetings))]
    chosen = _around(visit, meeting)
    _summary(visit, meeting, chosen)
    _when(visit, meeting, chosen)
    _what(visit, chosen)


def _around(visit: Visit, meeting: Meeting) -> Filters:
    """Give the meeting's hashtag in the time from a week before it to a week after, as far as there are posts."""
    spellings = next(each.spellings for each in visit.ask(Hashtag, "overview.hashtags") if each.tag == meeting.hashtag)
    zone = ZoneInfo(meeting.time_zone)
    first, last = (at.astimezone(zone).date() for at in (meeting.first_post_at, meeting.last_post_at))
    if meeting.starts and meeting.ends and first <= meeting.ends + AROUND and last >= meeting.starts - AROUND:
        first = min(max(first, meeting.starts - AROUND), meeting.starts)
        last = max(min(last, meeting.ends + AROUND), meeting.ends)
    return Filters(meeting.hashtag, spellings, whole_days(first, last, meeting.time_zone), meeting.time_zone)


def _summary(visit: Visit, meeting: Meeting, chosen: Filters) -> None:
    totals = visit.one(Totals, "overview.totals", **chosen.parameters())
    held = days(meeting.starts, meeting.ends) if meeting.starts and meeting.ends else "days not registered"
    society = f"{meeting.society} · " if meeting.society else ""
    st.markdown(f"{society}**{held}** · days and hours of {meeting.time_zone}")
    with st.container(horizontal=True):
        st.metric("Posts on its days", f"{meeting.posts_during:,}", width=170)
        st.metric("Authors on its days", f"{meeting.authors_during:,}", width=170)
        st.metric("Posts, days around it too", f"{totals.posts:,}", width=190)
        st.metric("Written, not reposted", f"{totals.posts - totals.reposts:,}", width=170)
        st.metric("Signals", f"{totals.signals:,}", width=120)
    reading.caution(visit, totals)


def _when(visit: Visit, meeting: Meeting, chosen: Filters) -> None:
    asked = {**chosen.parameters(), "unit": "day", "zone": meeting.time_zone}
    left, right = st.columns((3, 2), gap="large")
    with left:
        st.subheader("Posts by day")
        rows = visit.ask(MeetingDay, "meeting.days", **asked)
        st.altair_chart(charts.meeting_days(rows, _own_days(meeting), chosen.span, meeting.time_zone))
        st.caption("The meeting's own days are in bold.")
    with right:
        st.subheader("Posts by hour")
        span = _own_span(meeting) or chosen.span
        hours = {"spellings": chosen.spellings, "since": span.since, "until": span.until, "zone": meeting.time_zone}
        st.altair_chart(charts.hours(visit.ask(Hour, "meeting.hours", **hours)))
        st.caption("On the meeting's days." if _own_span(meeting) else "On all days.")


def _what(visit: Visit, chosen: Filters) -> None:
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
    st.header("Posts with the farthest reach")
    listed(visit, chosen, key=f"meeting-{chosen.hashtag}", per_page=5)


def _own_days(meeting: Meeting) -> list[str]:
    span = _own_span(meeting)
    return [label(day, "day") for day in steps(span, "day", meeting.time_zone)] if span else []


def _own_span(meeting: Meeting) -> Span | None:
    if meeting.starts is None or meeting.ends is None:
        return None
    return whole_days(meeting.starts, meeting.ends, meeting.time_zone)
