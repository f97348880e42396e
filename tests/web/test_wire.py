"""What goes over the wire, live: lines, what is in them, filters, and sending again."""

from __future__ import annotations

import json
import re
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from tests.stage.play import APP, TOKEN, USER
from tests.web.stage import Desk, expect, lines

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.slow


def opened(page: Page, text: str, tone: str = "") -> Any:
    """The detail of the last line with this text."""
    lines(page, tone).filter(has_text=text).last.click()
    return page.get_by_role("region", name="The chosen line")


def test_a_line_for_whatever_happens(desk: Desk, page: Page) -> None:
    """Request with its answer, events, webhooks: one line each, with time, user and what came of it."""
    desk.ask()
    expect(lines(page, "request")).to_have_text(
        re.compile(rf"^\d\d:\d\d:\d\dRequestAsks for permission to call{USER}POST …/v3/message200 · \d+ ms$")
    )
    expect(lines(page, "event")).to_have_count(3)
    expect(lines(page, "delivery").last).to_contain_text("Message status delivered")
    expect(lines(page, "delivery").last).to_contain_text("200 · ")
    desk.user.allow_temporarily()
    expect(lines(page, "delivery").last).to_contain_text("Call permission reply accept temporary")
    desk.app.place_call(USER)
    expect(lines(page, "delivery").last).to_contain_text("Call status ringing")


def test_on_a_narrow_screen_the_newest_lines_are_there(desk: Desk) -> None:
    """The wire opens at its end though everything came while the phone was shown, and stays there."""
    for _ in range(6):
        desk.text("Hello")
    desk.app.deliveries.flush()
    page = desk.page(width=390, height=500)
    expect(lines(page)).to_have_count(6)  # made, out of sight: nothing else is to be drawn
    page.get_by_role("navigation").get_by_role("button", name="Wire").click()
    expect(lines(page).last).to_be_in_viewport()
    assert page.evaluate("document.getElementById('lines').scrollTop") > 100
    many = int(lines(page).last.get_attribute("aria-setsize") or 0)
    desk.ask()
    expect(page.locator(f'.line-row[aria-posinset="{many + 1}"]')).to_be_attached()
    expect(lines(page).last).to_be_in_viewport()
    expect(page.locator("#newest")).to_be_hidden()


def test_a_request_opens(desk: Desk, page: Page) -> None:
    """Headers without secrets, body and answer as JSON; as a curl command anybody can send it again from a shell."""
    desk.text("It's 5 o'clock")
    detail = opened(page, "Sends text")
    expect(detail).to_contain_text('"body": "It\'s 5 o\'clock"')
    expect(detail).to_contain_text('"messages":')
    expect(detail).to_contain_text("user-agentpython-httpx/")
    expect(detail).to_contain_text("authorization[redacted]")
    expect(detail).not_to_contain_text(TOKEN)
    detail.get_by_role("button", name="Copy as curl").click()
    command = page.evaluate("navigator.clipboard.readText()")
    assert TOKEN in command
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["contacts"][0]["wa_id"] == USER
    expect(lines(page, "request")).to_have_count(2)
    bodies = [entry["body"] for entry in desk.app.journal() if entry["kind"] == "request"]
    assert bodies[0] == bodies[1]


def test_a_webhook_opens(desk: Desk, page: Page) -> None:
    """Headers, body and every attempt; as a curl command it reaches the receiver again."""
    desk.user.allow_always()
    detail = opened(page, "Call permission reply", "delivery")
    expect(detail).to_contain_text("User-Agentgupshup-mock")
    expect(detail).to_contain_text('"is_permanent": true')
    expect(detail.locator(".attempts li")).to_have_count(1)
    detail.get_by_role("button", name="Copy as curl").click()
    command = page.evaluate("navigator.clipboard.readText()")
    subprocess.run(["bash", "-c", command], capture_output=True, check=True)
    assert len(desk.receiver.replies) == 2
    assert desk.receiver.replies[0] == desk.receiver.replies[1]


def test_violations_and_advices(desk: Desk, page: Page) -> None:
    """In colours of their own, with rule and source; what was expected when opened (section 11)."""
    desk.ask()
    desk.ask()
    line = lines(page, "violation")
    expect(line).to_contain_text("Rule R2")
    expect(line).to_contain_text("Meta")
    detail = opened(page, "Rule R2")
    expect(detail).to_contain_text("Expected:")
    (violation,) = desk.app.violations(advices=False)
    expect(detail).to_contain_text(violation["source"])
    assert line.evaluate("each => getComputedStyle(each).borderLeftColor") != lines(page, "event").first.evaluate(
        "each => getComputedStyle(each).borderLeftColor"
    )


def test_filters(desk: Desk, page: Page) -> None:
    """By kind, by user, what failed, and by text."""
    desk.ask()
    desk.ask("447700900123")
    desk.ask("447700900123")
    expect(lines(page, "violation")).to_have_count(1)
    page.get_by_role("button", name="Requests").click()
    expect(lines(page)).to_have_count(3)
    page.get_by_role("button", name="This user").click()
    expect(lines(page)).to_have_count(1)
    expect(page.locator("#wire-count")).to_contain_text("1 of ")
    page.get_by_role("button", name="This user").click()
    page.get_by_role("button", name="Failed").click()
    expect(lines(page)).to_have_count(1)
    expect(lines(page)).to_contain_text("138009")
    page.get_by_role("button", name="Failed").click()
    page.get_by_role("searchbox").fill(USER)
    expect(lines(page)).to_have_count(1)
    page.get_by_role("searchbox").fill("nothing like it")
    expect(page.locator("#wire-empty")).to_have_text("No line fits these filters.")


def test_redeliver(desk: Desk, page: Page) -> None:
    """The same bytes once more, with one press (W6)."""
    desk.user.allow_always()
    detail = opened(page, "Call permission reply", "delivery")
    detail.get_by_role("button", name="Redeliver").click()
    expect(lines(page, "delivery").filter(has_text="Call permission reply")).to_have_count(2)
    assert len(desk.receiver.replies) == 2
    (row,) = desk.app.deliveries.list(kind="call_permission_reply")
    assert row["duplicate"] is True


def test_duplicate(desk: Desk, page: Page) -> None:
    """Two more copies at once, as deliveries of their own, for receivers that may not count twice."""
    desk.user.allow_always()
    detail = opened(page, "Call permission reply", "delivery")
    detail.get_by_role("button", name="Duplicate").click()
    expect(page.locator(".toast")).to_contain_text("Two copies are on their way")
    desk.app.deliveries.flush()
    first, *copies = desk.receiver.replies
    assert copies == [first, first]


def test_send_stale(desk: Desk, page: Page) -> None:
    """The user allowed, then turned off: the old reply comes once more, behind the new one."""
    desk.user.allow_always()
    desk.user.revoke()
    replies = lines(page, "delivery").filter(has_text="Call permission reply")
    expect(replies).to_have_count(2)
    replies.last.click()
    detail = page.get_by_role("region", name="The chosen line")
    detail.get_by_role("button", name="Send stale").click()
    expect(replies).to_have_count(3)
    assert [reply["response"] for reply in desk.receiver.replies] == ["accept", "reject", "accept"]


def test_there_may_be_nothing_stale(desk: Desk, page: Page) -> None:
    """Of the first of its kind there is no earlier one, and the page says so."""
    desk.user.allow_always()
    opened(page, "Call permission reply", "delivery").get_by_role("button", name="Send stale").click()
    expect(page.locator(".toast.bad")).to_contain_text("There is no earlier call permission reply")


def test_what_failed_is_sent_again(desk: Desk, page: Page) -> None:
    """While the receiver fails, its lines are red; one press sends everything again when it is back."""
    desk.receiver.status = 500
    desk.user.text("Hello")
    expect(lines(page, "delivery").filter(has_text="will be tried again").first).to_be_visible()
    desk.receiver.status = 200
    page.get_by_role("button", name="Redeliver what failed").click()
    expect(page.get_by_role("button", name="Redeliver what failed")).to_be_hidden()
    (row,) = desk.app.deliveries.list(kind="message")
    assert row["state"] == "delivered"


def test_the_keyboard_goes_through_the_lines(desk: Desk, page: Page) -> None:
    """Up, down, first and last: what is chosen is opened, and said to a screen reader as place and count."""
    desk.ask()
    expect(lines(page, "delivery").last).to_contain_text("delivered")
    total = len(list(desk.app.journal()))
    expect(page.locator("#wire-count")).to_have_text(f"{total} lines")
    listbox = page.get_by_role("listbox")
    listbox.focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    chosen = page.locator('.line-row[aria-selected="true"]')
    expect(chosen).to_have_attribute("aria-posinset", "2")
    expect(chosen).to_have_attribute("aria-setsize", str(total))
    expect(listbox).to_have_attribute("aria-activedescendant", re.compile(r"^line-\d+$"))
    expect(page.get_by_role("region", name="The chosen line")).to_contain_text("Event · Message queued")
    page.keyboard.press("End")
    expect(chosen).to_have_attribute("aria-posinset", str(total))


def test_the_first_steps(desk: Desk, page: Page) -> None:
    """A newcomer: the command that the page shows, Choose, Allow calls, and the webhook goes out; no manual."""
    page.get_by_role("button", name="Copy", exact=True).click()
    command = page.evaluate("navigator.clipboard.readText()")
    assert f"/partner/app/{APP}/v3/message" in command
    subprocess.run(["bash", "-c", command], capture_output=True, check=True)
    page.get_by_role("button", name="Choose").click()
    page.get_by_role("button", name="Allow calls").click()
    expect(lines(page, "delivery").filter(has_text="Call permission reply")).to_contain_text("200")
    assert [reply["response"] for reply in desk.receiver.replies] == ["accept"]
