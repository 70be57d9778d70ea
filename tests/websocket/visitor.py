"""A visitor without a browser: Streamlit's own websocket protocol, by which anybody can send anything."""

import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import connect

PATIENCE = 90  # seconds; generous, because nothing here measures speed
WITH_ID = {
    one.name for one in Element.DESCRIPTOR.fields if one.message_type and "id" in one.message_type.fields_by_name
}


@dataclass
class Page:
    """What came back of one run of a page: its elements by kind, and the fragments that it has."""

    elements: list[tuple[str, object]] = field(default_factory=list)
    fragments: set[str] = field(default_factory=set)

    def widgets(self) -> Iterator[tuple[str, str, object]]:
        """Each widget's kind, id and what else is said of it."""
        for kind, element in self.elements:
            if kind in WITH_ID and element.id:
                yield kind, element.id, element

    def of(self, kind: str) -> list[object]:
        return [element for other, element in self.elements if other == kind]

    @property
    def exceptions(self) -> list[str]:
        return [f"{one.type}: {one.message}" for one in self.of("exception")]

    @property
    def complaints(self) -> list[str]:
        return [one.body for one in self.of("alert")]


class Visitor:
    """One session with the server at `address`, which is told `host` as its own name, and this cookie."""

    def __init__(self, address: str, host: str | None = None, cookie: str = ""):
        port = urlsplit(address).port
        name = f"{host or '127.0.0.1'}:{port}"
        self.connection = connect(
            f"ws://{name}/_stcore/stream",
            sock=socket.create_connection(("127.0.0.1", port)),
            origin=f"http://{name}",
            subprotocols=["streamlit"],
            max_size=None,
            additional_headers={"Cookie": cookie} if cookie else None,
        )

    session = ""  # as the server calls it, once a page was run

    def __enter__(self) -> "Visitor":
        self.socket = self.connection.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self.connection.__exit__(*error)

    def empty_caches(self) -> None:
        """Asks for it, as Streamlit lets any browser do."""
        self.socket.send(BackMsg(clear_cache=True).SerializeToString())

    def run(
        self,
        page: str = "",
        states: Mapping[str, WidgetState] | None = None,
        query: str = "",
        fragment: str = "",
        url: str = "",
    ) -> Page:
        """Runs a page, or one of its fragments, with these widgets' states; the browser says that it is at `url`."""
        ask = BackMsg()
        ask.rerun_script.page_name = page
        ask.rerun_script.query_string = query
        ask.rerun_script.fragment_id = fragment
        ask.rerun_script.context_info.url = url
        for state in (states or {}).values():
            ask.rerun_script.widget_states.widgets.append(state)
        self.socket.send(ask.SerializeToString())
        seen = Page()
        while True:
            message = ForwardMsg.FromString(self.socket.recv(PATIENCE))
            kind = message.WhichOneof("type")
            if kind == "new_session":
                self.session = message.new_session.initialize.session_id
            if kind == "delta" and message.delta.WhichOneof("type") == "new_element":
                element = message.delta.new_element
                name = element.WhichOneof("type")
                seen.elements.append((name, getattr(element, name)))
            if kind == "delta" and message.delta.fragment_id:
                seen.fragments.add(message.delta.fragment_id)
            elif kind == "script_finished" and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                return seen
