"""Fixtures: one browser for all tests of the page that a process runs, one desk a test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import pytest

from tests.web.stage import Desk, a_browser

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

HERE: Final = Path(__file__).parent


class Opened(NamedTuple):
    browser: Browser
    closing: ExitStack


_OPENED: Final = pytest.StashKey[Opened]()


@pytest.fixture
def browser(request: pytest.FixtureRequest) -> Browser:
    """A start takes a second, so it is kept from test to test."""
    stash = request.config.stash
    if _OPENED not in stash:
        closing = ExitStack()
        stash[_OPENED] = Opened(closing.enter_context(a_browser()), closing)
    return stash[_OPENED].browser


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Close the browser before tests of other folders: Playwright's event loop stands in the way of theirs."""
    stash = item.config.stash
    if _OPENED in stash and (nextitem is None or HERE not in nextitem.path.parents):
        stash[_OPENED].closing.close()
        del stash[_OPENED]


@pytest.fixture
def desk(browser: Browser) -> Iterator[Desk]:
    """A sandbox, a receiver, a browser; in the end no page may have met an error."""
    desk = Desk(browser)
    yield desk
    desk.close()
    assert desk.errors == []


@pytest.fixture
def page(desk: Desk) -> Page:
    """The page as it opens by itself: the ready-made app, the README's user."""
    return desk.page()
