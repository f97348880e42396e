"""Nothing serious for axe, on every screen, light and dark, wide and narrow; and what axe cannot see."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.stage.play import USER
from tests.web.stage import Desk, expect, lines, without

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.slow

SERIOUS: Final = {"serious", "critical"}


def serious(page: Page, *rules: str) -> list[str]:
    """What axe finds that is serious or worse, by all its rules or by these, each with where it is."""
    try:
        from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # noqa: PLC0415
    except ImportError:
        without("axe-playwright-python is not installed")
    options = {"resultTypes": ["violations"]} | ({"runOnly": list(rules)} if rules else {})
    found: list[dict[str, Any]] = Axe().run(page, options=options).response["violations"]
    return [
        f"{each['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:300]}"
        for each in found
        if each["impact"] in SERIOUS
        for node in each["nodes"]
    ]


def chat(desk: Desk, page: Page) -> None:
    desk.ask()
    desk.user.allow_temporarily()
    desk.user.text("Hello")
    desk.text("Hello, too")
    desk.ask()  # beyond the limit: a violation
    for _ in range(2):
        desk.app.place_call(USER)
        desk.user.reject_call()
    expect(page.get_by_role("button", name="Calling permission")).to_be_visible()


def detail(desk: Desk, page: Page) -> None:
    chat(desk, page)
    lines(page, "delivery").last.click()
    expect(page.get_by_role("region", name="The chosen line")).to_contain_text("Headers")


def sheet(desk: Desk, page: Page) -> None:
    desk.ask()
    page.get_by_role("button", name="Choose").click()


def profile(desk: Desk, page: Page) -> None:
    page.get_by_role("button", name="Open the business profile").click()


def call(desk: Desk, page: Page) -> None:
    desk.user.allow_always()
    desk.app.place_call(USER)
    expect(page.get_by_role("button", name="Answer")).to_be_visible()


def off(desk: Desk, page: Page) -> None:
    desk.user.set(reachability="switched_off")
    desk.text("waits")
    expect(page.get_by_role("button", name="Switch on")).to_be_visible()


def people(desk: Desk, page: Page) -> None:
    page.locator("#person").click()
    expect(page.get_by_role("button", name="+919999000014")).to_be_attached()


def cards(desk: Desk, page: Page) -> None:
    desk.app.faults.add("drop", webhook="*")
    for card in ("user", "values", "settings", "faults"):
        page.locator(f"#{card}-card summary").click()


def new_app(desk: Desk, page: Page) -> None:
    page.get_by_role("button", name="New").click()


def gone(desk: Desk, page: Page) -> None:
    desk.stop()
    expect(page.locator("#link")).to_have_text("Not connected")


def nothing(desk: Desk, page: Page) -> None:
    expect(page.locator("#wire-empty")).to_be_visible()


SCREENS: Final[dict[str, Callable[[Desk, Page], None]]] = {
    each.__name__: each for each in (nothing, chat, detail, sheet, profile, call, off, people, cards, new_app, gone)
}


@pytest.mark.parametrize("screen", SCREENS)
def test_axe_finds_nothing_serious(desk: Desk, screen: str) -> None:
    """Labels, roles, names, contrast AA: on each screen, and the contrast in both colour schemes."""
    page = desk.page(color_scheme="light", reduced_motion="reduce")
    expect(page.locator("#link")).to_have_text("Live")
    SCREENS[screen](desk, page)
    assert serious(page) == []
    page.emulate_media(color_scheme="dark")
    assert serious(page, "color-contrast") == []


@pytest.mark.parametrize("part", ["Phone", "Wire", "State"])
def test_axe_finds_nothing_serious_on_a_narrow_screen(desk: Desk, part: str) -> None:
    """The three parts, one at a time, on a screen of 360 points; nothing has to be scrolled sideways."""
    page = desk.page(width=360, height=700, reduced_motion="reduce")
    desk.ask()
    expect(page.get_by_role("button", name="Choose")).to_be_visible()
    page.get_by_role("navigation").get_by_role("button", name=part).click()
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_everything_can_be_done_with_the_keyboard(desk: Desk) -> None:
    """From the address bar: to the phone, to the request, allow, without a mouse."""
    page = desk.page()
    desk.ask()
    expect(page.get_by_role("button", name="Choose")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="To the phone")).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Choose":
            break
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator("#permission-card")).to_contain_text("May call, always")
    assert desk.permission == "permanent"


def test_what_matters_is_said_to_those_who_do_not_see_it(desk: Desk) -> None:
    """A reply and an incoming call are announced, politely."""
    page = desk.page()
    said = page.locator('[aria-live="polite"]')
    desk.ask()
    desk.user.allow_always()
    expect(said).to_have_text("Event: Permission: allowed always")
    desk.app.place_call(USER)
    expect(said).to_have_text("Incoming call")


def test_reduced_motion(desk: Desk) -> None:
    """Nothing moves for those who asked for that."""
    page = desk.page(reduced_motion="reduce")
    call(desk, page)
    assert page.locator(".calling .face").evaluate("face => getComputedStyle(face).animationName") == "none"


def test_the_colours_can_be_chosen(desk: Desk) -> None:
    """Light or dark against the system's choice, kept over a reload."""
    page = desk.page(color_scheme="light")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.get_by_role("button", name="Colours: as the system").click()
    page.get_by_role("button", name="Colours: light").click()
    expect(page.get_by_role("button", name="Colours: dark")).to_be_visible()
    dark = page.evaluate(ground)
    assert dark != light
    page.reload()
    expect(page.get_by_role("button", name="Colours: dark")).to_be_visible()
    assert page.evaluate(ground) == dark
