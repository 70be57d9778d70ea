"""A link that shows somebody else the same page, to be copied or photographed."""

from functools import lru_cache
from urllib.parse import urlencode

import segno
import streamlit as st

from ui import reach

LONGEST = 1200  # characters that a phone reads from a projector's wall


def link(page: str, **parameters: object) -> None:
    """A button that unfolds the address of `page` with all its settings, also those the address bar leaves out.

    `page` is its file's name. Nothing else of the visitor's own address goes along.
    """
    if not st.context.url:
        return
    try:
        elsewhere = reach.address()
    except ValueError:  # no browser is at such an address
        return
    here = st.context.url.partition("?")[0].rstrip("/").removesuffix(f"/{page}")
    wish = f"{page}?{urlencode(parameters, safe=',:')}" if parameters else page
    with st.popover("Link to this", icon=":material/qr_code_2:"):
        if elsewhere is None:
            st.caption(
                "Only this machine can open it: the server listens to nobody else. For a class, start it with "
                "`--server.address 0.0.0.0`."
            )
        else:
            st.caption("Who opens it sees the same page.")
        base = elsewhere + _folder(here) if elsewhere else here
        address = f"{base}/{wish}"
        st.code(address, language=None, wrap_lines=True)  # first: below the picture a low window cuts it off
        if elsewhere and len(address) <= LONGEST:
            st.html(picture(address))


@lru_cache(256)  # a page is drawn anew for every stroke of a hand
def picture(address: str) -> str:
    """The QR code of an address as HTML: black on white with its margin, whatever the theme."""
    code = segno.make(address, error="m", micro=False)
    source = code.svg_data_uri(scale=4, border=4, dark="#000", light="#fff")
    return f'<img src="{source}" alt="QR code of this address" style="width: 100%; max-width: 20rem; display: block">'


def _folder(address: str) -> str:
    """The path under which the app lies on its server, such as "/forger"; "" at its root."""
    return "/" + address.split("/", 3)[3] if address.count("/") > 2 else ""
