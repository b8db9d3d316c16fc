"""A choice that the page's address names by a short id, while the page shows a readable name."""

from collections.abc import Mapping

import streamlit as st


def choice(label: str, names: Mapping[str, str], parameter: str, placeholder: str | None = None) -> str | None:
    """Give the chosen id of `names` (id → name), kept in the address as `parameter`.

    With a placeholder nothing may be chosen; without one the first is, unless the address names another.
    """
    key = f"{parameter}-choice"
    named = st.query_params.get(parameter)
    first = None if placeholder else next(iter(names))
    st.session_state[key] = named if named in names else first

    def keep() -> None:
        chosen = st.session_state[key]
        if chosen is None or chosen == first:
            st.query_params.pop(parameter, None)
        else:
            st.query_params[parameter] = chosen

    return st.selectbox(
        label,
        list(names),
        index=None if placeholder else 0,
        format_func=lambda each: names.get(each, each),
        placeholder=placeholder or "",
        key=key,
        on_change=keep,
    )
