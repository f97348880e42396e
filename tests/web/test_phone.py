"""Every action of a user can be done on the page, and is then the case over HTTP (INTERFACE, user actions)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.stage.play import USER
from tests.web.stage import Desk, expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.slow


def choose(page: Page, choice: str) -> None:
    """Open the sheet of the request and choose."""
    page.get_by_role("button", name=re.compile("Choose|Change")).last.click()
    page.get_by_role("dialog").get_by_role("button", name=choice).click()


def test_a_request_arrives_as_a_bubble_with_time_and_ticks(desk: Desk, page: Page) -> None:
    """What the business sends stands on the phone, delivered, and can be answered; no webhook says read yet."""
    desk.ask()
    bubble = page.locator(".bubble").filter(has_text="May we call you about your order?")
    expect(bubble).to_contain_text("Delivered")
    expect(bubble.locator("time")).to_have_text(re.compile(r"^\d\d:\d\d$"))
    expect(bubble.get_by_role("button", name="Choose")).to_be_enabled()
    assert desk.user.show()["requests"][0]["state"] == "delivered"


def test_allow_calls(desk: Desk, page: Page) -> None:
    """The sheet's first choice allows always, and the webhook goes out (P2)."""
    desk.ask()
    choose(page, "Allow calls")
    expect(page.locator("#permission-card")).to_contain_text("May call, always")
    expect(page.locator(".chat .system")).to_have_text("This business can call you.")
    assert desk.permission == "permanent"
    desk.app.deliveries.flush()
    assert [(reply["response"], reply["is_permanent"]) for reply in desk.receiver.replies] == [("accept", True)]


def test_allow_temporarily(desk: Desk, page: Page) -> None:
    """The second one allows for seven days; the state says until when (P2)."""
    desk.ask()
    choose(page, "Temporarily allow")
    expect(page.locator("#permission-card")).to_contain_text("May call for 6 d 23 h")
    assert desk.permission == "temporary"


def test_allow_for_seconds(desk: Desk, page: Page) -> None:
    """For tests the temporary permission may last five seconds; then it is gone without a webhook (P2, P3)."""
    desk.app.clock.freeze()
    desk.ask()
    page.get_by_role("button", name="Choose").click()
    page.get_by_label("For tests: temporarily is").select_option("5 seconds")
    page.get_by_role("button", name="Temporarily allow").click()
    expect(page.locator("#permission-card")).to_contain_text("May call for 5 s")
    desk.app.clock.advance(seconds=5)
    expect(page.locator("#permission-card")).to_contain_text("May not call")
    expect(page.locator(".chat .system").last).to_have_text("The time is over for which this business could call you.")
    assert desk.permission == "no_permission"


def test_not_at_this_time(desk: Desk, page: Page) -> None:
    """The third one declines (P2)."""
    desk.ask()
    choose(page, "Not at this time")
    expect(page.locator(".chat .system")).to_have_text("You did not allow this business to call you.")
    assert desk.user.show()["requests"][0]["answer"] == "reject"


def test_a_request_can_be_answered_again_while_it_is_alive(desk: Desk, page: Page) -> None:
    """Declined, then allowed with the same request; seven days later it has ended (P6)."""
    desk.ask()
    choose(page, "Not at this time")
    expect(page.get_by_role("button", name="Not allowed · Change")).to_be_enabled()
    choose(page, "Allow calls")
    expect(page.get_by_role("button", name="Allowed · Change")).to_be_enabled()
    assert desk.permission == "permanent"
    assert len(desk.user.show()["requests"]) == 1
    desk.app.clock.advance(days=7)
    expect(page.get_by_role("button", name="Allowed", exact=True)).to_be_disabled()


def test_an_older_request_can_be_answered(desk: Desk, page: Page) -> None:
    """Of two that are alive, each has its own choice: the answer names the request (P6)."""
    desk.app.set(overrides={"requests_per_24h": 2})
    desk.ask()
    desk.ask()
    expect(page.get_by_role("button", name="Choose")).to_have_count(2)
    page.get_by_role("button", name="Choose").first.click()
    page.get_by_role("button", name="Not at this time").click()
    expect(page.get_by_role("button", name="Not allowed · Change")).to_have_count(1)
    assert [request["answer"] for request in desk.user.show()["requests"]] == ["reject", None]


def test_a_double_click_answers_nothing(desk: Desk, page: Page) -> None:
    """Who presses Choose twice has the sheet before him: what lies where he pressed is not chosen."""
    desk.ask()
    page.get_by_role("button", name="Choose").dblclick()
    expect(page.get_by_role("button", name="Allow calls")).to_be_visible()
    assert desk.user.show()["requests"][0]["answer"] is None
    page.get_by_role("button", name="Not at this time").click()
    expect(page.locator(".chat .system")).to_have_text("You did not allow this business to call you.")


def test_the_sheet_keeps_and_gives_back_the_focus(desk: Desk, page: Page) -> None:
    """By keyboard: the focus goes in and stays in, Escape leaves and gives it back, nothing is answered."""
    desk.ask()
    page.get_by_role("button", name="Choose").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Allow calls")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Allow calls")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Choose")).to_be_focused()
    assert desk.user.show()["requests"][0]["answer"] is None


def test_the_business_profile(desk: Desk, page: Page) -> None:
    """Without any request: allow always, allow temporarily, turn off (P2); each is the profile's own reply (P4)."""
    page.get_by_role("button", name="Open the business profile").click()
    profile = page.get_by_role("dialog")
    for press, status in (
        ("Allow always", "permanent"),
        ("Allow temporarily", "temporary"),
        ("Turn off", "no_permission"),
    ):
        profile.get_by_role("button", name=press).click()
        pressed = profile.get_by_role("button", name="Turned off" if press == "Turn off" else press)
        expect(pressed).to_have_attribute("aria-pressed", "true")
        assert desk.permission == status
    desk.app.deliveries.flush()
    assert [reply["response"] for reply in desk.receiver.replies] == ["accept", "accept", "reject"]
    page.keyboard.press("Escape")
    expect(page.locator(".chat .system").last).to_have_text("You turned off calls from this business.")


def test_a_request_stays_unanswered_by_the_profile(desk: Desk, page: Page) -> None:
    """Allowing in the profile answers no request: it can still be answered (P2)."""
    desk.ask()
    page.get_by_role("button", name="Open the business profile").click()
    page.get_by_role("button", name="Allow always").click()
    expect(page.locator("#permission-card")).to_contain_text("May call, always")
    assert desk.user.show()["requests"][0]["answer"] is None


def test_read(desk: Desk, page: Page) -> None:
    """Marking as read sends the status, and the ticks say so (R6)."""
    desk.ask()
    page.get_by_role("button", name="Mark 1 as read").click()
    expect(page.locator(".bubble")).to_contain_text("Read")
    expect(page.locator("#unread")).to_be_hidden()
    assert desk.user.show()["requests"][0]["state"] == "read"


def test_text(desk: Desk, page: Page) -> None:
    """What is typed goes to the business and opens the service window (R5)."""
    page.get_by_label("Message to the business").fill("Where is my order?")
    page.keyboard.press("Enter")
    expect(page.locator(".bubble.own")).to_contain_text("Where is my order?")
    expect(page.get_by_label("Message to the business")).to_have_value("")
    expect(page.locator("#permission-card")).to_contain_text("Service windowopen")
    assert desk.user.show()["service_window"]["open"] is True


def test_answering_a_call(desk: Desk, page: Page) -> None:
    """An incoming call is answered, lasts, and is hung up (C3)."""
    desk.user.allow_always()
    desk.app.place_call(USER)
    screen = page.get_by_role("dialog", name="Incoming call sandbox")
    expect(screen).to_contain_text("Rings for")
    screen.get_by_role("button", name="Answer").click()
    going = page.get_by_role("dialog", name="Call in progress sandbox")
    expect(going.locator(".state-of-call")).to_have_text(re.compile(r"^0:0[1-9]$"))
    assert desk.user.show()["calls"][-1]["state"] == "connected"
    going.get_by_role("button", name="Hang up", exact=True).click()
    expect(going).to_be_hidden()
    expect(page.locator(".chat .talk")).to_contain_text("Voice call")
    call = desk.user.show()["calls"][-1]
    assert call["state"] == "ended"
    assert call["picked_up_at"] is not None


def test_ringing_is_seen_from_everywhere(desk: Desk) -> None:
    """A call that comes in shows on the phone's tab and in the title while another part is shown, and no longer."""
    page = desk.page(width=390, height=700)
    desk.user.allow_always()
    page.get_by_role("navigation").get_by_role("button", name="State").click()
    desk.app.place_call(USER)
    expect(page.locator("#show-phone")).to_have_attribute("data-rings", "")
    assert page.title().startswith("Ringing: ")
    desk.user.reject_call()
    expect(page.locator("#show-phone[data-rings]")).to_have_count(0)
    assert not page.title().startswith("Ringing: ")


def test_declining_a_call(desk: Desk, page: Page) -> None:
    """A declined call counts as unanswered (C5)."""
    desk.user.allow_always()
    desk.app.place_call(USER)
    page.get_by_role("button", name="Decline").click()
    expect(page.locator(".chat .talk")).to_contain_text("declined")
    assert desk.user.show()["streak"]["unanswered"] == 1


def test_letting_a_call_ring_out(desk: Desk, page: Page) -> None:
    """Nobody waits a minute: the app's clock moves to the end of the ringing, and the call was missed (C3)."""
    desk.user.allow_always()
    desk.app.place_call(USER)
    page.get_by_role("button", name="Let it ring out").click()
    expect(page.locator(".chat .talk")).to_contain_text("Missed voice call")
    user = desk.user.show()
    assert user["streak"]["unanswered"] == 1
    assert user["calls"][-1]["picked_up_at"] is None
    assert 55 < desk.app.clock.show()["offset_seconds"] < 62


def test_calling_the_business(desk: Desk, page: Page) -> None:
    """The user calls; the business answers; the user hangs up (C6)."""
    page.get_by_role("button", name="Call the business").click()
    expect(page.get_by_role("dialog", name="Calling the business sandbox")).to_be_visible()
    page.get_by_role("button", name="Answers").click()
    expect(page.get_by_role("dialog", name="Call in progress sandbox")).to_be_visible()
    assert desk.user.show()["calls"][-1]["state"] == "connected"
    page.get_by_role("button", name="Hang up", exact=True).click()
    expect(page.locator(".chat .talk")).to_contain_text("You called")
    assert desk.user.show()["calls"][-1]["direction"] == "USER_INITIATED"


def test_calling_in_vain(desk: Desk, page: Page) -> None:
    """A call that the business rejects was no conversation."""
    page.get_by_role("button", name="Call the business").click()
    page.get_by_role("button", name="Rejects").click()
    expect(page.locator(".chat .talk")).to_contain_text("You called · no answer")
    assert desk.user.show()["calls"][-1]["picked_up_at"] is None


def test_two_unanswered_calls_bring_the_system_message(desk: Desk, page: Page) -> None:
    """After the second one WhatsApp asks, with a way to the permission; after the fourth it turns calls off (C5)."""
    desk.user.allow_always()
    for _ in range(2):
        desk.app.place_call(USER)
        page.get_by_role("button", name="Decline").click()
        expect(page.get_by_role("button", name="Decline")).to_be_hidden()
    expect(page.locator(".chat .system").last).to_contain_text("You have not answered the last calls")
    expect(page.get_by_role("meter", name="Unanswered calls in a row")).to_have_attribute("aria-valuenow", "2")
    page.get_by_role("button", name="Calling permission").click()
    expect(page.get_by_role("dialog", name="sandbox")).to_be_visible()
    page.keyboard.press("Escape")
    assert desk.user.show()["streak"]["nudged"] is True
    for _ in range(2):
        desk.app.place_call(USER)
        page.get_by_role("button", name="Decline").click()
        expect(page.get_by_role("button", name="Decline")).to_be_hidden()
    expect(page.locator(".chat .system").last).to_contain_text("WhatsApp turned calls from this business off")
    assert desk.permission == "no_permission"


def test_switched_off_and_on(desk: Desk, page: Page) -> None:
    """A phone that is off shows nothing and gets nothing; switched on again, what waited arrives (R6)."""
    page.locator("#user-card summary").click()
    page.get_by_label("The phone is").select_option("Switched off")
    expect(page.get_by_role("group", name="Switched off")).to_be_visible()
    assert desk.user.show()["reachability"] == "switched_off"
    desk.ask()
    assert desk.user.show()["requests"][0]["state"] == "sent"
    page.get_by_role("button", name="Switch on").click()
    expect(page.get_by_role("button", name="Choose")).to_be_visible()
    assert desk.user.show()["requests"][0]["state"] == "delivered"


def test_an_outdated_app(desk: Desk, page: Page) -> None:
    """The request fails and the bubble says why (R6, 131026)."""
    page.locator("#user-card summary").click()
    page.get_by_label("The phone is").select_option("App too old for requests")
    expect(page.locator("#notice")).to_contain_text("131026")
    desk.ask()
    expect(page.locator(".bubble")).to_contain_text("Not delivered: this app is too old for it")
    assert desk.user.show()["requests"][0]["state"] == "failed"


def test_not_on_whatsapp(desk: Desk, page: Page) -> None:
    """A number that is not on WhatsApp says so, and can be put there (R6)."""
    page.locator("#user-card summary").click()
    page.get_by_label("The phone is").select_option("Not on WhatsApp")
    expect(page.get_by_role("group", name="Not on WhatsApp")).to_be_visible()
    desk.ask()
    page.get_by_role("button", name="Put on WhatsApp").click()
    expect(page.locator(".bubble")).to_contain_text("Not delivered: not on WhatsApp")
    assert desk.user.show()["reachability"] == "reachable"


def test_name_and_username(desk: Desk, page: Page) -> None:
    """The user gets a name and a username, and loses it again (A3)."""
    page.locator("#user-card summary").click()
    page.get_by_label("Name", exact=True).fill("Ana")
    page.get_by_label("Username").fill("ana.lee")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#person")).to_contain_text("Ana (@ana.lee)")
    assert desk.user.show()["username"] == "ana.lee"
    page.get_by_label("Username").fill("")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#person")).not_to_contain_text("@")
    assert desk.user.show()["username"] is None


def test_choosing_whose_phone_it_is(desk: Desk, page: Page) -> None:
    """A user is picked from the list or typed; test numbers are marked as such, and act by themselves (section 10)."""
    page.locator("#person").click()
    page.get_by_role("button", name="+919999000001").click()
    expect(page.locator("#person")).to_contain_text("Test number")
    expect(page.locator("#person")).to_contain_text("allows always, at once")
    desk.ask("919999000001")
    expect(page.get_by_role("button", name="Allowed · Change")).to_be_visible()
    page.locator("#person").click()
    page.get_by_label("Any number of 7 to 15 digits is a user").fill("+44 7700 900123")
    page.keyboard.press("Enter")
    expect(page.locator("#person")).to_contain_text("+447700900123")
    expect(page.locator("#chat")).to_contain_text("No messages yet")
    page.locator("#person").click()
    page.get_by_label("Any number of 7 to 15 digits is a user").fill("12")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="Type 7 to 15 digits")).to_be_visible()


def test_the_first_user_who_is_written_to_is_shown(desk: Desk, page: Page) -> None:
    """A newcomer who asks another number than the README's sees that number's phone, until a phone is chosen."""
    desk.ask("447700900123")
    expect(page.locator("#person")).to_contain_text("+447700900123")
    expect(page.get_by_role("button", name="Choose")).to_be_visible()
    desk.ask("447700900999")
    expect(page.locator("#wire-count")).to_contain_text("lines")
    expect(page.locator("#person")).to_contain_text("+447700900123")


def test_what_cannot_be_done_is_said(desk: Desk, page: Page) -> None:
    """A refusal's sentence stands below the phone."""
    desk.user.call()
    expect(page.get_by_role("dialog", name="Calling the business sandbox")).to_be_visible()
    page.evaluate("document.getElementById('call-business').click()")
    expect(page.locator("#phone-error")).not_to_be_empty()
