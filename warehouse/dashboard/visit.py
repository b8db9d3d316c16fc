"""What every page is given: the home, the snapshot it reads, the zone of its days, and what the snapshot holds."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode

import msgspec
import streamlit as st
from streamlit.navigation.page import StreamlitPage

from listeners.events import Judged, Queue
from warehouse.dashboard.filters import Filters
from warehouse.dashboard.records import State
from warehouse.dashboard.snapshot import ask, one
from warehouse.query import BadQuestion

Row = TypeVar("Row")
Submit = Callable[[str, str, str, Judged, Queue], str | None]
"""Takes platform, post, claim, what the post does with it, and the queue in which the visitor met it (chosen: in none);
gives why that could not be noted, or None."""


class Visit(msgspec.Struct):
    """One look at the dashboard. `pages`: by name; they and what the visitor `chose` are there before a page runs.

    `submit`: where a verdict goes; without it nothing can be judged.
    """

    home: Path
    path: str
    zone: str
    state: State
    pages: dict[str, StreamlitPage]
    chose: Filters | None = None
    submit: Submit | None = None

    @property
    def chosen(self) -> Filters:
        """What the page is narrowed to, on a page with filters."""
        assert self.chose is not None, "this page has no filters"
        return self.chose

    def ask(self, kind: type[Row], name: str, **parameters: Any) -> list[Row]:
        """Give the answer of the snapshot; see `snapshot.ask`."""
        return ask(self.path, kind, name, **parameters)

    def ask_newer(self, kind: type[Row], name: str, **parameters: Any) -> list[Row]:
        """As `ask`, of a table that a snapshot need not have: one that an older Auscult published. Then no rows."""
        try:
            return self.ask(kind, name, **parameters)
        except BadQuestion:
            return []

    def one(self, kind: type[Row], name: str, **parameters: Any) -> Row:
        """Give the one row that answers."""
        return one(self.path, kind, name, **parameters)

    def link(self, page: str, label: str, **address: str) -> None:
        """Show a link to another page that keeps the filters of this one."""
        st.page_link(self.pages[page], label=label, icon="", query_params={**_kept(), **address})

    def claim_address(self, claim_id: str) -> str:
        """Give the address of a claim's page with the filters of this one."""
        return f"{self.pages['claims'].url_path}?{urlencode({**_kept(), 'claim': claim_id}, doseq=True)}"


def _kept() -> dict[str, str | list[str]]:
    named = {name: str(st.session_state[name]) for name in ("hashtag", "period") if st.session_state.get(name)}
    dates = st.session_state.get("dates") or ()
    return {**named, "dates": [str(day) for day in dates]} if dates else {**named}
