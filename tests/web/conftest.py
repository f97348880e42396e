"""Fixtures: one browser a module (its event loop must be gone before other tests run theirs), one desk a test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.web.stage import Desk, a_browser

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with a_browser() as browser:
        yield browser


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
