"""A class on one server: its owner at a desk, a stranger at another, and one on a phone."""

from gan import ownership
from tests.browser.conftest import PHONE
from tests.browser.waiting import until


def test_an_owner_and_two_strangers(visit, serve, tmp_path, monkeypatch):
    monkeypatch.setenv("FORGER_RUNS", str(tmp_path / "runs"))
    with serve(tmp_path, FORGER_PASSPHRASE="open sesame") as local:
        address = local.replace("127.0.0.1", "forger.test")
        desk, phone = visit(address), visit(address, **PHONE)
        for stranger in (desk, phone):
            stranger.get_by_text("You are a visitor here").wait_for()
            assert stranger.get_by_role("button", name="Start training").count() == 0

        # The owner comes by the link, whose token leaves the address and the history.
        owner = visit(f"{address}/#owner={ownership.token()}")
        owner.get_by_role("button", name="Start training").wait_for()
        assert "owner" not in owner.evaluate("location.href")
        owner.reload()
        owner.get_by_role("button", name="Start training").wait_for()
        second = owner.context.new_page()
        second.goto(address)
        second.get_by_role("button", name="Start training").click()
        second.get_by_role("button", name="Stop").wait_for()

        # The strangers see it and cannot stop it.
        for stranger in (desk, phone):
            stranger.get_by_alt_text("Forgeries by quick-look").first.wait_for()
            assert stranger.get_by_role("button", name="Stop").count() == 0

        # One who knows the passphrase can.
        desk.get_by_text("Owner", exact=True).click()
        desk.get_by_label("Passphrase").fill("open sesame")
        desk.get_by_role("button", name="Sign in").click()
        desk.get_by_role("button", name="Stop").click()
        phone.get_by_text("Stopped by the page of its owner").wait_for()

        # Sign out ends it in both tabs.
        owner.get_by_role("button", name="Sign out").click()
        owner.get_by_text("You are a visitor here").wait_for()
        until(lambda: not any(one["name"] == "forger_owner" for one in owner.context.cookies()))
        second.reload()
        second.get_by_text("You are a visitor here").wait_for()
