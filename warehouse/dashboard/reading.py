"""How counts of signals are to be read. Every page that shows one shows this beside it."""

import streamlit as st

from warehouse.dashboard.claims import family_name
from warehouse.dashboard.records import Precision, Totals
from warehouse.dashboard.visit import Visit

NOT_REVIEWED = (
    "No person has reviewed these signals yet, so their precision here is not known: read the counts as estimates, "
    "and read a post before you answer it."
)
ALL = "all"


def caution(visit: Visit, totals: Totals | None = None, family: str = ALL) -> None:
    """Say how far counts of signals can be trusted: their precision, of one family or of all, where it was measured."""
    measured = {row.family: row for row in visit.ask_newer(Precision, "claims.precision")}
    found = measured.get(family) or measured.get(ALL)
    said = reviewed(found) if found else NOT_REVIEWED + _own_word(totals)
    st.html(f'<div class="caution">{said}</div>')


def reviewed(measured: Precision) -> str:
    """Say what reviewers found, with its interval."""
    of = "" if measured.family == ALL else f" of “{family_name(measured.family)}”"
    return (
        f"Precision <b>{measured.precision:.0%}</b> (95 % interval {measured.precision_low:.0%} to "
        f"{measured.precision_high:.0%}): of {measured.verdicts:,} randomly drawn signals{of}, people confirmed "
        f"{measured.confirmed:,}. Read a post before you answer it."
    )


def _own_word(totals: Totals | None) -> str:
    if totals is None or not totals.signals or totals.signal_score is None:
        return ""
    return f" By the tagger's own scores about {round(100 * totals.signal_score)} in 100 of them are right."
