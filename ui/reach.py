"""Where others find this app: the address that a phone in the room can open."""

import ipaddress
import socket
from urllib.parse import urlsplit, urlunsplit

import psutil
import streamlit as st

EVERYWHERE = ("", "0.0.0.0", "::")


def address() -> str | None:
    """The app's address for other machines, without a page; None where the server listens to this machine alone.

    It is the one by which this visitor came, unless that means "this machine": then this machine's in the network.
    """
    parts = urlsplit(st.context.url or "")
    host = parts.hostname or ""
    if not _means_here(host):
        return urlunsplit(parts[:2] + ("", "", ""))
    listens = str(st.get_option("server.address") or "")
    if listens not in EVERYWHERE:
        if _means_here(listens):
            return None
        own: str | None = listens
    else:
        own = own_address()
    return own and f"{parts.scheme}://{own}" + (f":{parts.port}" if parts.port else "")


def own_address() -> str | None:
    """This machine's IPv4 address in the network; None where it is in none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        try:
            asked.connect(("192.0.2.1", 9))  # sends nothing: it only asks which way a packet would go
            return str(asked.getsockname()[0])
        except OSError:
            pass
    every = [one.address for found in psutil.net_if_addrs().values() for one in found if one.family == socket.AF_INET]
    return next((one for one in every if ipaddress.ip_address(one).is_private and not _means_here(one)), None)


def _means_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
