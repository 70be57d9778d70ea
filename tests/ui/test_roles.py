"""Who may do what: the whole table, as the owner and as a stranger; and what makes somebody the owner."""

import ast
from types import SimpleNamespace

import pytest

from gan import ownership
from gan.errors import ForgerError
from gan.paths import PROJECT
from gan.permits import issue
from ui import roles
from ui.roles import ACTIONS, Who

HERE = {"Host": "localhost:8501", "Origin": "http://localhost:8501", "Upgrade": "websocket"}


@pytest.fixture
def visit(monkeypatch):
    """Makes this thread a visitor's session: with headers, an address, cookies."""

    def become(headers=HERE, address=None, cookies=None):
        context = SimpleNamespace(headers=headers, ip_address=address, cookies=cookies or {})
        monkeypatch.setattr(roles, "st", SimpleNamespace(context=context, session_state={}))

    return become


@pytest.mark.parametrize("host", ["localhost:8501", "127.0.0.1", "[::1]:8501", "127.8.9.1:80", "forger.localhost"])
def test_on_ones_own_machine_everybody_is_the_owner(visit, host):
    visit({"Host": host, "Upgrade": "websocket"})
    assert roles.is_owner()
    assert all(map(roles.may, ACTIONS))


@pytest.mark.parametrize(
    ("change", "address"),
    [
        ({}, "192.168.1.7"),
        ({"Host": "192.168.1.20:8501"}, None),
        ({"Host": "lab.example.org"}, None),
        ({"Host": "localhost.example.org"}, None),
        ({"Host": ""}, None),
        ({"Host": "[::1"}, None),
        ({"Origin": "http://evil.example.org"}, None),
        *(({name: "127.0.0.1"}, None) for name in roles.FORWARDED),
    ],
)
def test_elsewhere_nobody_is(visit, change, address):
    visit(HERE | change, address)
    assert not roles.is_owner()
    for action, about in ACTIONS.items():
        who = about.who
        assert roles.may(action) == (who == Who.VISITOR)
        if who == Who.OWNER:
            with pytest.raises(ForgerError, match=f"Only the owner can {action}"):
                roles.permit(action)
        else:
            roles.permit(action)


def test_a_relay_that_hides_its_visitors_can_be_said(visit, monkeypatch):
    monkeypatch.setenv("FORGER_LOCAL_OWNER", "no")
    visit()
    assert not roles.is_owner()


def test_a_space_has_no_own_machine(visit, monkeypatch):
    monkeypatch.setenv("SPACE_ID", "someone/forger")
    visit()
    assert not roles.is_owner()


def test_a_cookie_makes_the_owner_until_the_session_ends(visit):
    key = ownership.open_session(ownership.token())
    visit(HERE | {"Host": "lab.example.org"}, "10.0.0.3", {roles.COOKIE: key})
    assert roles.is_owner()
    assert roles.permit("stop a training").holder == "the page of its owner at 10.0.0.3"
    ownership.close_session(key)
    assert not roles.is_owner()


@pytest.mark.parametrize("cookie", ["", "x", "[]", "\ud800", "a" * 10_000])
def test_another_cookie_does_not(visit, cookie):
    visit(HERE, "10.0.0.3", {roles.COOKIE: cookie})
    ownership.token()
    assert not roles.is_owner()


def test_the_classes_own_pictures_are_the_owners_to_show(visit):
    visit(HERE, "10.0.0.3")
    assert roles.may_see("drawn-cats") and roles.may_see("oxford-pet-cats") and not roles.may_see("/home/us/class.zip")
    ownership.show_pictures(issue("a test"), True)
    assert roles.may_see("/home/us/class.zip")


def test_permits_are_issued_in_four_places_only():
    found = set()
    for path in [*PROJECT.glob("gan/**/*.py"), *PROJECT.glob("ui/*.py"), *PROJECT.glob("pages/*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and "issue" in (getattr(node.func, "attr", ""), getattr(node.func, "id", "")):
                found.add(path.relative_to(PROJECT).as_posix())
    assert found == {"gan/api.py", "gan/cli/commands.py", "gan/training/launch.py", "ui/roles.py"}
