"""How counts of signals are to be read. Every page that shows one shows this beside it."""

import streamlit as st

from warehouse.dashboard.records import Totals

NOT_REVIEWED = (
    "No person has reviewed these signals yet, so their precision here is not known: read the counts as estimates, "
    "and read a post before you answer it."
)


def caution(totals: Totals | None = None) -> None:
    """Say how far counts of signals can be trusted."""
    own = ""
    if totals is not None and totals.signals and totals.signal_score is not None:
        right = round(100 * totals.signal_score)
        own = f" By the tagger's own scores about {right} in 100 of them are right."
    st.html(f'<div class="caution">{NOT_REVIEWED}{own}</div>')
