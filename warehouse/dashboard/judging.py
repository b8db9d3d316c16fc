"""Whether the tagger is right: what a reader says a post does with a claim. Absent where nothing takes it."""

from collections.abc import Sequence

import streamlit as st

from listeners.events import Judged, Queue
from warehouse.dashboard.claims import claim
from warehouse.dashboard.colours import STANCE_NAMES
from warehouse.dashboard.records import Mention
from warehouse.dashboard.visit import Visit

ANSWERS: dict[Judged, str] = {
    "promotes": "Promotes it",
    "debunks": "Debunks it",
    "questions": "Asks about it",
    "reports": "Reports on it",
    "none": "None of these",
}
Place = tuple[str, str, str]
"""Platform, post and claim."""


def asked(visit: Visit, platform: str, post_id: str, mentions: Sequence[Mention], claim_id: str | None = None) -> None:
    """Show a small question under a post: whether what is said of it is right, for each of its claims or for one."""
    stances = {mention.claim_id: mention.stance for mention in reversed(mentions)}
    if claim_id is not None:
        stances = {known: stance for known, stance in stances.items() if known == claim_id}
    if visit.submit is None or not stances:
        return
    with st.popover("Is this right?", type="tertiary", key=f"right-{platform}-{post_id}"):
        for known, stance in reversed(stances.items()):
            _question(visit, (platform, post_id, known), stance)


def buttons(visit: Visit, place: Place, queue: Queue) -> bool:
    """Show what can be answered; give whether it was answered just now and is noted."""
    with st.container(horizontal=True, gap="small"):
        pressed = [stance for stance, name in ANSWERS.items() if st.button(name, key=_key(place, stance))]
    return bool(pressed) and _noted(visit, place, pressed[0], queue)


def judged() -> dict[Place, Judged]:
    """Give what this visitor has said; it stands in the next snapshot."""
    said: dict[Place, Judged] = st.session_state.setdefault("judged", {})
    return said


@st.fragment
def _question(visit: Visit, place: Place, stance: str) -> None:
    st.markdown(
        f"“{claim(place[2]).statement}”\n\nThe tagger says: **{STANCE_NAMES[stance].lower()}**. "
        "What does the post do with this claim?"
    )
    buttons(visit, place, "chosen")
    if place in judged():
        st.success(f"Thank you. Noted: {ANSWERS[judged()[place]].lower()}.", icon=None)


def _noted(visit: Visit, place: Place, stance: Judged, queue: Queue) -> bool:
    assert visit.submit is not None, "no button is shown without it"
    with st.spinner("Noting it …"):
        wrong = visit.submit(*place, stance, queue)
    if wrong is not None:
        st.error(f"It could not be noted: {wrong}", icon=None)
        return False
    judged()[place] = stance
    return True


def _key(place: Place, stance: str) -> str:
    return "-".join(("judge", *place, stance))
