"""The page comes quickly, whole, and from nowhere else."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

from tests.web.stage import Desk, expect

pytestmark = pytest.mark.slow

WEB: Final = Path(__file__).parents[2] / "mock_server" / "web"
TRIES: Final = 15
FIRST: Final = 300  # ms
FIRST_PAINT: Final = """() => new Promise(done => new PerformanceObserver(list => done(list.getEntries()[0].startTime))
  .observe({ type: "paint", buffered: true }))"""
LOADED: Final = """() => [...performance.getEntriesByType("resource"), ...performance.getEntriesByType("navigation")]
  .map(each => [each.name, each.transferSize])"""


def test_the_first_load(desk: Desk) -> None:
    """Under 150 KB, from this sandbox alone, with something to see within 300 ms of the navigation.

    One of at most fifteen loads, each by a browser that has nothing of the page yet: what else this machine does
    meanwhile only adds to it, and is not the page's.
    """
    paints: list[float] = []
    while len(paints) < TRIES and min(paints, default=FIRST) >= FIRST:
        page = desk.page()
        expect(page.locator("#link")).to_have_text("Live")
        loaded = page.evaluate(LOADED)
        assert sum(size for _, size in loaded) < 150_000
        assert {name for name, _ in loaded if not name.startswith(desk.url)} == set()
        paints.append(page.evaluate(FIRST_PAINT))
        page.context.close()
    assert min(paints) < FIRST, paints


def test_a_second_load_asks_whether_anything_changed(desk: Desk) -> None:
    """Files that did not change are not sent again."""
    page = desk.page()
    expect(page.locator("#link")).to_have_text("Live")
    statuses: list[int] = []
    page.on("response", lambda response: statuses.append(response.status) if response.url.endswith(".js") else None)
    page.reload()
    expect(page.locator("#link")).to_have_text("Live")
    assert set(statuses) <= {200, 304}
    assert sum(size for name, size in page.evaluate(LOADED) if name.endswith((".js", ".css"))) < 20_000


def test_nothing_breaks_the_content_security_policy(desk: Desk) -> None:
    """Not one violation of `default-src 'self'` while the page is used, and what it forbids is forbidden."""
    page = desk.page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.reload()
    desk.ask()
    page.get_by_role("button", name="Choose").click()
    page.keyboard.press("Escape")
    page.locator("#person").click()
    assert not [text for text in said if "Content Security Policy" in text]
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.hacked = 1\">')")
    page.evaluate("fetch('http://127.0.0.1:9/').catch(() => null)")
    assert page.evaluate("typeof window.hacked") == "undefined"
    assert [text for text in said if "Content Security Policy" in text]


def test_every_module_is_asked_for_at_once() -> None:
    """The page names each of its modules and sheets: none waits for another's import, and none is left over."""
    index = (WEB / "index.html").read_text(encoding="utf-8")
    named = set(re.findall(r'"/_sandbox/phone/([\w.-]+)"', index))
    assert named == {path.name for path in WEB.iterdir()} - {"index.html"}
    for module in WEB.glob("*.js"):
        imported = set(re.findall(r'from "\./([\w.-]+)"', module.read_text(encoding="utf-8")))
        assert imported <= named, module.name


def test_the_page_never_makes_elements_of_text() -> None:
    """No `innerHTML` or its like, no `eval`: what comes from outside can only ever become text."""
    forbidden = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|javascript:")
    assert [path.name for path in WEB.glob("*.js") if forbidden.search(path.read_text(encoding="utf-8"))] == []
