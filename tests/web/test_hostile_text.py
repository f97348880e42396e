"""Text that somebody sends is text, whatever it looks like (DESIGN, Security)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.web.stage import Desk, expect, lines

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.slow

HOSTILE = {
    "html": "<b>bold</b> <img src=x onerror=\"window.hacked = 'img'\"> &amp; <a href='javascript:hacked=1'>link</a>",
    "script": "</script><script>window.hacked = 'script'</script><svg onload=\"window.hacked = 'svg'\">",
    "template": "${window.hacked = 'template'} {{constructor.constructor('hacked=1')()}} `x` %s %d",
    "long": "word " * 818 + "ends.",
    "one long word": "w" * 4000,
    "right to left": "مرحبا، هل يمكننا الاتصال بك بخصوص طلبك رقم 4711؟ \u202e override \u202c",
    "emoji": "👩\u200d👩\u200d👧\u200d👦 🇮🇳 👍🏽 ☎\ufe0f" * 20,
    "lines": "first\n  second\n\n\tthird",
    "marks": "Z̷̢̡̛a̵̧l̶g̸o̵ " * 50,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_shown_as_text(desk: Desk, page: Page, name: str) -> None:
    """From the business and from the user: shown as it was sent, nothing runs, nothing leaves the phone's width."""
    text = HOSTILE[name]
    page.evaluate("window.hacked = ''")
    assert desk.text(text).status_code == 200
    desk.user.text(text)
    expect(page.locator(".bubble")).to_have_count(2)
    shown = page.locator(".bubble p").evaluate_all("texts => texts.map(each => each.textContent)")
    assert shown == [text, text]
    lines(page, "request").click()
    expect(page.get_by_role("region", name="The chosen line")).to_contain_text("Request body")
    assert page.evaluate("window.hacked") == ""
    assert page.locator(".bubble p *").count() == 0
    assert page.locator("#chat").evaluate("chat => chat.scrollWidth <= chat.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_hostile_names_are_shown_as_text(desk: Desk) -> None:
    """An app's name, a user's name and a webhook URL are somebody's text as well."""
    name = "<img src=x onerror=hacked=1><b>Shop</b>"
    desk.client.create_app(id="hostile", name=name, webhook_url="http://127.0.0.1:9/<script>hacked=1</script>")
    desk.client.app("hostile").user("919812345678").set(name=name)
    page = desk.page("/_sandbox/phone?app=hostile")
    expect(page.locator("#business")).to_contain_text(name)
    expect(page.locator("#person")).to_contain_text(name)
    expect(page.get_by_role("combobox", name="App", exact=True)).to_contain_text(name)
    page.locator("#values-card summary").click()
    expect(page.locator("#values-card")).to_contain_text("<script>hacked=1</script>")
    assert page.evaluate("typeof window.hacked") == "undefined"


def test_a_body_that_was_cut_in_the_journal_still_shows_its_text(desk: Desk, page: Page) -> None:
    """4 096 characters that JSON writes as six bytes each are more than the journal keeps: the rest is marked."""
    text = "ش" * 4096
    assert desk.text(text).status_code == 200
    expect(page.locator(".bubble p")).to_contain_text("ششش")
    shown = page.locator(".bubble p").text_content() or ""
    assert shown == text or shown.endswith(" …")


def test_a_link_cannot_choose_what_is_no_app(desk: Desk) -> None:
    """The address is text as well: an app of a strange name is said not to be there, and nothing runs."""
    page = desk.page("/_sandbox/phone?app=%3Cimg%20src%3Dx%20onerror%3Dhacked%3D1%3E&user=%3Cb%3E")
    expect(page.locator("#link")).to_have_text("Refused")
    assert page.evaluate("typeof window.hacked") == "undefined"
