"""How much visitors may send: a picture at a time. The owner's ZIPs are larger, and Streamlit knows one limit for all.

A file that was sent stays in the server's memory until its session ends, or the browser takes it back; and whoever
knows how Streamlit asks can send what no page asks for.
"""

import asyncio
import re
from collections import OrderedDict

from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gan.data.incoming import MAX_BYTES
from ui import roles

PLACE = re.compile(r"/_stcore/upload_file/([^/]+)/([^/]+)$")
METRICS = "/_stcore/metrics"  # names of what the server keeps in memory
AROUND = 2**20  # of a file in its request
EACH_FILES = 4  # of one session; a page shows one
ALL_BYTES = 256 * 2**20
AT_ONCE = 4  # visitors' files are received; others wait


def limited() -> list[Middleware]:
    """For the server."""
    return [Middleware(VisitorsUploads)]


class VisitorsUploads:
    """Between the browsers and the server `app`: refuses a visitor's file that is too large with status 413, however
    long its request says that it is, and takes the oldest ones back where there are too many. What the server tells of
    itself is the owner's, too."""

    def __init__(self, app: ASGIApp):
        self.app = app
        self._here: OrderedDict[tuple[str, str], tuple[int, Scope]] = OrderedDict()  # the oldest first
        self._places = asyncio.Semaphore(AT_ONCE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].endswith(METRICS) and not _owners(Request(scope)):
            await PlainTextResponse("Not found", 404)(scope, receive, send)
            return
        place = PLACE.search(scope["path"]) if scope["type"] == "http" else None
        if place and scope["method"] == "DELETE":
            self._here.pop((place[1], place[2]), None)
        if not place or scope["method"] != "PUT" or _owners(Request(scope)):
            await self.app(scope, receive, send)
            return
        async with self._places:
            await self._take((place[1], place[2]), scope, receive, send)

    async def _take(self, file: tuple[str, str], scope: Scope, receive: Receive, send: Send) -> None:
        size, status = 0, 0

        async def counted() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > MAX_BYTES + AROUND:
                raise HTTPException(413, f"At most {MAX_BYTES // 2**20} MB: this is larger.")
            return message

        async def noted(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        await self.app(scope, counted, noted)
        if status < 300:
            self._here.pop(file, None)
            self._here[file] = size, scope
            await self._make_room(file[0])

    async def _make_room(self, session: str) -> None:
        own = [one for one in self._here if one[0] == session]
        for one in own[:-EACH_FILES]:
            await self._take_back(one)
        while sum(size for size, _ in self._here.values()) > ALL_BYTES:
            await self._take_back(next(iter(self._here)))

    async def _take_back(self, file: tuple[str, str]) -> None:
        """As if its own browser had."""
        _, scope = self._here.pop(file)

        async def nothing() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def unheard(message: Message) -> None:
            pass

        try:
            await self.app(dict(scope) | {"method": "DELETE"}, nothing, unheard)
        except HTTPException:  # its session has ended, and the file with it
            pass


def _owners(request: Request) -> bool:
    address = request.client.host if request.client else None
    return roles.owns(request.headers, address, request.cookies.get(roles.COOKIE, ""))
