"""How the owner becomes one where the app is open to others: by the link, which this takes out of the address at once,
or by a passphrase; and how that ends."""

import os
import threading

import streamlit as st

from gan import ownership
from gan.errors import ForgerError
from ui import roles
from ui.component import component
from ui.messages import errors_shown, plain, say_after_rerun

PASSPHRASE = "FORGER_PASSPHRASE"
COOKIE_DAYS = 90
# Not in Streamlit's cache, which any visitor can have emptied.
ATTEMPTS = ownership.Attempts()
_printed = threading.Event()


def take_key() -> None:
    """On every page, before anything asks who the visitor is: hears the token of the owner's link from the browser,
    and lets the browser keep the session's key."""
    if roles.is_local():
        return
    _print_link()
    data = {"cookie": roles.COOKIE, "key": st.session_state.get(roles.KEY), "days": COOKIE_DAYS}
    with st.container(key="owner-key"):
        shown = component(__file__, "owner-key")(data=data, key="owner", on_token_change=lambda: None).token
    if not isinstance(shown, str) or not shown or roles.is_owner():
        return
    with errors_shown():
        key = ownership.open_session(shown)
        if key is None:
            raise ForgerError("This owner's link is no longer the right one: python -m gan owner prints the new one.")
        _keep(key)


def show() -> None:
    """The last line of every page: who one is here, and how that changes. Nothing on one's own machine."""
    if roles.is_local():
        return
    with st.container(horizontal=True, vertical_alignment="center", key="who"):
        if roles.is_owner():
            st.caption("You are the owner here.", width="content")
            _switch()
            if st.button("Sign out", icon=":material/logout:", type="tertiary"):
                with errors_shown():
                    ownership.close_session(roles.session())
                    _keep("")
        else:
            st.caption("You are a visitor here: the owner starts and stops trainings.", width="content")
    if _passphrase() and not roles.is_owner():
        # No popover: what comes above it moves it out of the window.
        with st.expander("Owner", icon=":material/key:", type="compact", key="owner-form", on_change="rerun") as form:
            if form.open:
                _ask()


def _ask() -> None:
    with st.form("passphrase", border=False), errors_shown():
        shown = st.text_input("Passphrase", type="password", autocomplete="current-password")
        if st.form_submit_button("Sign in") and shown:
            key = ATTEMPTS.judge(_place(), lambda: ownership.open_session(shown, _passphrase()))
            if key is None:
                raise ForgerError("That is not the passphrase.")
            _keep(key)


def _switch() -> None:
    def change() -> None:
        try:
            ownership.show_pictures(roles.permit("show the class's own pictures"), st.session_state["shows-pictures"])
        except ForgerError as error:  # signed out in another tab
            say_after_rerun(plain(str(error)), st.warning)

    st.session_state["shows-pictures"] = ownership.shows_pictures()
    st.toggle(
        "Visitors see our own pictures", key="shows-pictures", on_change=change,
        help="Real pictures of a data set that was uploaded here or lies in a folder of this machine: beside "
        "forgeries, in previews, and under “Does it copy?”.",
    )  # fmt: skip


def _keep(key: str) -> None:
    st.session_state[roles.KEY] = key
    st.rerun()


def _passphrase() -> str:
    if said := os.environ.get(PASSPHRASE):
        return said
    try:
        return str(st.secrets.get(PASSPHRASE, ""))
    except FileNotFoundError:  # no secrets at all
        return ""


def _place() -> str:
    """Where the visitor comes from: behind a proxy, what the nearest one says. A network of IPv6 is one place."""
    said = st.context.headers.get("X-Forwarded-For", "").split(",")[-1].strip()
    address = said or st.context.ip_address or ""
    return ":".join(address.split(":")[:4])


def _print_link() -> None:
    """Once for each server, when the first visitor from elsewhere comes."""
    if _printed.is_set():
        return
    _printed.set()
    with errors_shown():
        print(
            f"forger: the owner's link is this app's address with /#owner={ownership.token()} at its end.", flush=True
        )
