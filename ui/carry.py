"""Choices that go along from page to page."""

import streamlit as st


def carry(key: str) -> None:
    """Call before a widget that several pages have under one key: it then shows what was chosen on the last of them.

    Streamlit keeps a value for the page where it was chosen; a value that the script sets holds anywhere.
    """
    if key in st.session_state:
        st.session_state[key] = st.session_state[key]
