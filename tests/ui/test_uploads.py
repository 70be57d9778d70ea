"""What visitors may send to the server, beside what its pages ask for."""

import asyncio

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from gan import ownership
from ui import uploads
from ui.roles import COOKIE

LARGE = bytes(uploads.MAX_BYTES + uploads.AROUND + 1)


@pytest.fixture
def files() -> dict[str, int]:
    """What the server holds."""
    return {}


@pytest.fixture
def server(files):
    async def take(request: Request) -> Response:
        place = "/".join(request.path_params.values())
        if request.method == "DELETE":
            files.pop(place, None)
        else:
            files[place] = len(await request.body())
        return Response(status_code=204)

    route = Route("/forger/_stcore/upload_file/{session}/{file}", take, methods=["PUT", "DELETE"])
    return TestClient(Starlette(routes=[route], middleware=uploads.limited()), "http://lab.example.org")


def put(server, name, data=b"x", **more):
    return server.put(f"/forger/_stcore/upload_file/{name}", content=data, **more).status_code


def test_a_visitor_sends_a_picture_and_nothing_larger(server, files):
    assert put(server, "ann/1", LARGE[: uploads.MAX_BYTES]) == 204
    assert put(server, "ann/2", LARGE) == 413
    assert put(server, "ann/3", (LARGE[:1000_000] for _ in range(30))) == 413  # of no said length
    assert list(files) == ["ann/1"]


def test_the_owner_sends_more(server, files):
    key = ownership.open_session(ownership.token())
    server.cookies.set(COOKIE, key)
    assert put(server, "ann/1", LARGE) == 204 and files["ann/1"] == len(LARGE)
    ownership.close_session(key)
    assert put(server, "ann/2", LARGE) == 413


def test_who_is_at_the_machine_itself_is_the_owner(server):
    here = TestClient(server.app, "http://localhost", client=("127.0.0.1", 1))
    assert put(here, "ann/1", LARGE) == 204
    assert put(here, "ann/1", LARGE, headers={"X-Forwarded-For": "10.0.0.1"}) == 413


def test_the_oldest_of_many_is_taken_back(server, files):
    for number in range(uploads.EACH_FILES + 3):
        put(server, f"ann/{number}")
    put(server, "bob/1")
    assert list(files) == [*(f"ann/{number}" for number in range(3, 7)), "bob/1"]
    server.delete("/forger/_stcore/upload_file/ann/6")
    put(server, "ann/7")
    assert list(files) == ["ann/3", "ann/4", "ann/5", "bob/1", "ann/7"]


def test_so_are_those_of_many_visitors(server, files, monkeypatch):
    monkeypatch.setattr(uploads, "ALL_BYTES", 10)
    for name in "abcd":
        put(server, f"{name}/1", b"12345")
    assert list(files) == ["c/1", "d/1"]


def test_all_else_passes(server):
    assert server.get("/").status_code == 404
    assert asyncio.iscoroutinefunction(uploads.VisitorsUploads.__call__)
