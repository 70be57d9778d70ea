"""The owner's link, passphrase and sessions, as kept in a file beside the runs."""

import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from gan import ownership, paths, permits
from gan.cli import main
from gan.errors import ForgerError
from gan.permits import issue

PERMIT = issue("a test")


def test_who_shows_the_token_or_the_passphrase_gets_a_session_that_lasts():
    token = ownership.token()
    assert ownership.token() == token
    by_link, by_phrase = ownership.open_session(token), ownership.open_session("open sesame", "open sesame")
    assert ownership.is_open(by_link) and ownership.is_open(by_phrase) and by_link != by_phrase
    for wrong, phrase in [("", ""), (token + "x", ""), ("open", "open sesame"), (by_link, ""), ("päß", "pass")]:
        assert ownership.open_session(wrong, phrase) is None
    assert not ownership.is_open("") and not ownership.is_open(token)
    ownership.close_session(by_link)
    assert not ownership.is_open(by_link) and ownership.is_open(by_phrase)


def test_the_file_holds_no_key_of_a_session_and_is_its_owners_alone():
    key = ownership.open_session(ownership.token())
    (kept,) = paths.runs_root().glob(".owner.json")
    assert key not in kept.read_text()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_another_token_ends_all():
    token = ownership.token()
    key = ownership.open_session(token)
    assert ownership.renew(PERMIT) != token
    assert not ownership.is_open(key) and ownership.open_session(token) is None


@pytest.mark.parametrize("content", ["", "[]", '{"token": 3}', '{"token": "t", "sessions": 7}', "\x00"])
def test_a_damaged_file_lets_nobody_in(content):
    paths.make_folder(paths.runs_root())
    (paths.runs_root() / ".owner.json").write_text(content)
    assert not ownership.is_open("") and not ownership.is_open("t")
    assert not ownership.shows_pictures()
    assert ownership.is_open(ownership.open_session(ownership.token()))


def test_sessions_are_bounded():
    token = ownership.token()
    keys = [ownership.open_session(token) for _ in range(ownership.MOST_SESSIONS + 2)]
    assert [ownership.is_open(key) for key in keys[:3]] == [False, False, True] and ownership.is_open(keys[-1])


def _guess(tries, place="here", right=False):
    return tries.judge(place, lambda: "key" if right else None)


def test_guessing_takes_longer_every_time():
    now = [0.0]
    tries, waits = ownership.Attempts(lambda: now[0]), []
    for _ in range(20):
        before = now[0]
        while True:
            try:
                _guess(tries)
                break
            except ForgerError as error:
                assert "Try again in" in str(error)
                now[0] += 1
        waits.append(now[0] - before)
    assert waits[:5] == [0] * 5 and waits[5:8] == [1, 2, 4] and waits[-1] == ownership.LONGEST_WAIT
    assert _guess(tries, "elsewhere", right=True) == "key"  # where the owner sits
    with pytest.raises(ForgerError):
        _guess(tries, right=True)
    now[0] += ownership.LONGEST_WAIT
    assert _guess(tries, right=True) == "key" and _guess(tries) is None and _guess(tries) is None


def test_thirty_at_once_are_judged_one_after_the_other():
    tries, judged = ownership.Attempts(), []

    def guess(_):
        with suppress(ForgerError):
            tries.judge("here", lambda: judged.append(1))

    with ThreadPoolExecutor(30) as threads:
        list(threads.map(guess, range(30)))
    assert len(judged) == ownership.FREE_TRIES


def test_guessing_from_everywhere_takes_longer_too():
    tries = ownership.Attempts(lambda: 0.0)
    for number in range(ownership.FREE_TRIES_OF_ALL):
        _guess(tries, f"place {number}")
    with pytest.raises(ForgerError):
        _guess(tries, "another")


def test_a_file_that_cannot_be_read_gets_no_other_token():
    (paths.make_folder(paths.runs_root()) / ".owner.json").mkdir()
    with pytest.raises(ForgerError, match="cannot be read"):
        ownership.token()


def test_the_command_prints_the_link(capsys):
    assert main(["owner", "--address", "http://192.168.1.20:8501/"]) == 0
    assert capsys.readouterr().out == f"http://192.168.1.20:8501/#owner={ownership.token()}\n"
    before = ownership.token()
    assert main(["owner", "--new"]) == 0
    assert ownership.token() != before


def test_a_permit_comes_from_issue_alone():
    with pytest.raises(TypeError):
        permits.Permit("me", object())
    with pytest.raises(TypeError):
        permits.check(None)
