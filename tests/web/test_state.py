"""The clock, limits, faults, shapes, values and apps on the page; what was done is the case over HTTP."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.stage.play import APP, TOKEN, USER
from tests.web.stage import Desk, expect, lines

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("name", "seconds"), [("1 hour", 3600), ("24 hours", 86400), ("7 days", 604800)])
def test_moving_the_clock(desk: Desk, page: Page, name: str, seconds: int) -> None:
    """The app's clock is moved with one press, and the page says what came of it (T2)."""
    desk.app.clock.freeze()
    before = desk.app.clock.show()["unix"]
    page.get_by_role("button", name=f"Move the clock {name} forward").click()
    later = {3600: "1 h", 86400: "1 d", 604800: "7 d"}[seconds]
    expect(page.locator(".toast")).to_contain_text(f"{later} later. Fell due: 0; webhooks tried: 0")
    assert desk.app.clock.show()["unix"] == before + seconds


def test_freezing_the_clock(desk: Desk, page: Page) -> None:
    """It stands, and then runs again (T1)."""
    page.get_by_role("button", name="Freeze the clock").click()
    expect(page.locator("#clock-note")).to_contain_text("frozen")
    assert desk.app.clock.show()["frozen"] is True
    page.get_by_role("button", name="Let the clock run").click()
    expect(page.locator("#clock-note")).not_to_contain_text("frozen")
    assert desk.app.clock.show()["frozen"] is False


def test_a_clock_moved_elsewhere_moves_on_the_page(desk: Desk, page: Page) -> None:
    """Whoever moves it: the page follows."""
    desk.app.clock.advance(days=30)
    expect(page.locator("#clock-note")).to_have_text(re.compile(r"^(30 d|29 d 23 h) ahead$"))


def test_a_permission_ends_on_the_page_when_it_ends(desk: Desk, page: Page) -> None:
    """Seven days later a temporary permission is gone, here and over HTTP (P3, T6)."""
    desk.user.allow_temporarily()
    expect(page.locator("#permission-card")).to_contain_text("May call for")
    page.get_by_role("button", name="Move the clock 7 days forward").click()
    expect(page.locator("#permission-card")).to_contain_text("May not call")
    assert desk.permission == "no_permission"


def test_a_limit_says_when_it_frees(desk: Desk, page: Page) -> None:
    """One request of one: the meter is full, and the next is free in a day (R2)."""
    desk.app.clock.freeze()
    desk.ask()
    meter = page.get_by_role("meter", name="Requests in 24 hours")
    expect(meter).to_have_attribute("aria-valuenow", "1")
    expect(page.locator(".measure.full").filter(has_text="Requests in 24 hours")).to_contain_text(
        "The next is free in 1 d"
    )
    desk.app.clock.advance(hours=24)
    expect(meter).to_have_attribute("aria-valuenow", "0")


def test_the_business_can_call_from_the_page(desk: Desk, page: Page) -> None:
    """For calls that are not made through Graph (C1); a refusal says why."""
    page.get_by_role("button", name="Call the user").click()
    expect(page.locator(".toast.bad")).to_contain_text("no permission for calls")
    desk.user.allow_always()
    expect(page.locator("#permission-card")).to_contain_text("May call, always")
    page.get_by_role("button", name="Call the user").click()
    expect(page.get_by_role("dialog", name="Incoming call sandbox")).to_be_visible()
    assert desk.user.show()["calls"][-1]["state"] == "ringing"
    page.get_by_role("button", name="Business cancels").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert desk.user.show()["calls"][-1]["state"] == "ended"


def test_a_fault_is_added_and_cleared(desk: Desk, page: Page) -> None:
    """What goes wrong next, chosen on the page; that it struck is seen there, too (section 9)."""
    page.locator("#faults-card summary").click()
    page.get_by_label("What goes wrong").select_option("Requests: answered with a status")
    page.get_by_label("HTTP status").fill("502")
    page.get_by_role("button", name="Add the fault").click()
    expect(page.locator("#faults-card li")).to_contain_text("struck 0 · 1 to come")
    (fault,) = desk.app.faults.list()
    assert (fault["fault"], fault["route"], fault["status"], fault["times"]) == ("status", "message", 502, 1)
    assert desk.ask().status_code == 502
    expect(page.locator("#faults-card li")).to_contain_text("struck 1 · spent")
    page.get_by_role("button", name="Clear the fault").click()
    expect(page.locator("#faults-card")).to_contain_text("None is set")
    assert desk.app.faults.list() == []


def test_a_fault_on_webhooks(desk: Desk, page: Page) -> None:
    """Webhooks go wrong as well, for as long as nobody clears it."""
    page.locator("#faults-card summary").click()
    page.get_by_label("What goes wrong").select_option("Webhooks: sent late")
    page.get_by_label("How often").select_option("until cleared")
    page.get_by_role("button", name="Add the fault").click()
    expect(page.locator("#faults-card li")).to_contain_text("until cleared")
    (fault,) = desk.app.faults.list()
    assert (fault["webhook"], fault["seconds"], fault["times"]) == ("call_permission_reply", 5, None)


def test_settings_and_shapes(desk: Desk, page: Page) -> None:
    """A setting and a shape of webhooks are changed; the next webhook has it (W4)."""
    page.locator("#settings-card summary").click()
    page.get_by_label("Rules (limits)").select_option("wolkvox")
    expect(page.get_by_role("meter", name="Connected calls in 24 hours")).to_have_attribute("aria-valuemax", "10")
    page.get_by_label("expiration", exact=True).select_option("string")
    page.get_by_label("Restriction").select_option("calling")
    expect(lines(page, "delivery").filter(has_text="Account update")).to_be_visible()
    shown = desk.app.show()
    assert (shown["rules"], shown["variants"]["expiration"], shown["restriction"]) == ("wolkvox", "string", "calling")
    desk.user.allow_temporarily()
    assert isinstance(desk.receiver.replies[0]["expiration_timestamp"], str)


def test_values_to_copy(desk: Desk, page: Page) -> None:
    """Every value that an application needs, each with a button that copies it; and all of them as one block."""
    page.locator("#values-card summary").click()
    page.get_by_role("button", name="Copy App token").click()
    assert page.evaluate("navigator.clipboard.readText()") == TOKEN
    page.get_by_role("button", name="Copy as .env").click()
    block = page.evaluate("navigator.clipboard.readText()")
    assert f"GUPSHUP_BASE_URL={desk.url}\nGUPSHUP_APP_ID={APP}\n" in block
    expect(page.locator("#values-card")).to_contain_text(desk.receiver.url)


def test_secrets_that_are_not_published_are_not_shown(desk: Desk, page: Page) -> None:
    """Those of another app go onto the clipboard and not onto the screen, neither as values nor in a command."""
    token = desk.client.create_app(id="other")["token"]
    other = desk.page("/_sandbox/phone?app=other")
    other.locator("#values-card summary").click()
    expect(other.locator("#values-card")).to_contain_text("••••••••")
    expect(other.locator("#wire-empty")).to_contain_text("Authorization: ••••••••")
    expect(other.locator("body")).not_to_contain_text(token)
    other.get_by_role("button", name="Copy App token").click()
    assert other.evaluate("navigator.clipboard.readText()") == token
    other.get_by_role("button", name="Copy", exact=True).click()
    assert f"Authorization: {token}" in other.evaluate("navigator.clipboard.readText()")


def test_a_new_app(desk: Desk, page: Page) -> None:
    """Made on the page with a webhook URL, and looked at from then on; its users are its own."""
    desk.user.allow_always()
    page.get_by_role("button", name="New").click()
    page.get_by_role("dialog").get_by_label("Name").fill("orders")
    page.get_by_label("Webhook URL (may be left out)").fill(desk.receiver.url)
    page.get_by_role("button", name="Create").click()
    expect(page.locator("#business")).to_contain_text("orders")
    expect(page.locator("#permission-card")).to_contain_text("May not call")
    made = next(app for app in desk.client.apps() if app["name"] == "orders")
    assert made["subscriptions"][0]["url"] == desk.receiver.url
    assert made["id"] in page.url
    page.get_by_role("combobox", name="App", exact=True).select_option(APP)
    expect(page.locator("#permission-card")).to_contain_text("May call, always")


def test_resetting_an_app(desk: Desk, page: Page) -> None:
    """Asked first, then done: conversations and journal are gone (S1)."""
    desk.ask()
    expect(page.locator(".bubble")).to_be_visible()
    page.get_by_role("button", name="Reset").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    assert desk.user.show()["requests"] != []
    page.get_by_role("button", name="Reset").click()
    page.get_by_role("dialog").get_by_role("button", name="Reset").click()
    expect(page.locator("#chat")).to_contain_text("No messages yet")
    expect(page.locator("#wire-count")).to_have_text("1 line")
    assert desk.user.show()["requests"] == []
    assert list(desk.app.users()) == []


def test_a_user_of_another_place(desk: Desk, page: Page) -> None:
    """What happens over HTTP is on the page at once: nobody has to reload."""
    desk.user.set(name="Ana", reachability="switched_off")
    desk.app.user(USER)
    desk.text("Hello")
    expect(page.get_by_role("group", name="Switched off")).to_be_visible()
    expect(page.locator("#person")).to_contain_text("Ana")
