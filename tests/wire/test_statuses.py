"""Statuses of messages as each dialect says them (R6, facts/gupshup 3.4, facts/meta 9)."""

from __future__ import annotations

from typing import Any

import pytest

from mock_server.engine.state import Failure
from mock_server.settings import Dialect
from tests.stage.words import ABOUT, gupshup, meta, said, status, value_of

WAMID = "wamid.HQUMOTE5ODEyMzQ1Njc4FQIAAAECAwQFBgcICQoLDA0ODw=="
BARE = {
    "id": WAMID,
    "timestamp": "1767168000",
    "recipient_id": "919812345678",
    "recipient_user_id": "IN.37279139073376405991",
}
HREF = "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/"
UNDELIVERABLE = "Message undeliverable"


@pytest.mark.parametrize("word", ["enqueued", "sent", "delivered", "read"])
def test_on_gupshup(word: str) -> None:
    """Gupshup: `id` is the wamid, `gs_id` the id that the request was answered with (W1, R6)."""
    item = BARE | {"gs_id": "00010203-0405-4607-8809-0a0b0c0d0e0f", "status": word}
    assert said(status(word)) == gupshup(ABOUT | {"statuses": [item]})


@pytest.mark.parametrize("word", ["sent", "delivered", "read"])
def test_on_meta(word: str) -> None:
    """Meta: the wamid is the only id (R6)."""
    assert said(status(word), Dialect.META) == meta(ABOUT | {"statuses": [BARE | {"status": word}]})


def test_the_callers_own_data_is_echoed() -> None:
    """`biz_opaque_callback_data` of the request comes back in each of its statuses (facts/meta 1.2)."""
    for dialect in Dialect:
        item = value_of(said(status("sent", opaque="order-1"), dialect))["statuses"][0]
        assert item["biz_opaque_callback_data"] == "order-1"


FAILURES: list[tuple[Failure, int, str, str, int, str]] = [
    (
        Failure.NOT_ON_WHATSAPP,
        1002,
        "Number Does Not Exist On WhatsApp",
        "The recipient is not on WhatsApp.",
        131026,
        UNDELIVERABLE,
    ),
    (
        Failure.UNKNOWN_USER_ID,
        131026,
        UNDELIVERABLE,
        "No user has this business-scoped user id.",
        131026,
        UNDELIVERABLE,
    ),
    (
        Failure.OUTDATED_APP,
        131026,
        UNDELIVERABLE,
        "The recipient's app is too old for call permission requests.",
        131026,
        UNDELIVERABLE,
    ),
    (
        Failure.WINDOW_CLOSED,
        131047,
        "Re-engagement message",
        "More than 24 hours have passed since the recipient last wrote or called.",
        131047,
        "Re-engagement message",
    ),
]


def an_error(code: int, title: str, details: str) -> dict[str, Any]:
    return {"code": code, "title": title, "message": title, "error_data": {"details": details}, "href": HREF}


@pytest.mark.parametrize(("failure", "code", "title", "details", "meta_code", "meta_title"), FAILURES)
def test_failed(failure: Failure, code: int, title: str, details: str, meta_code: int, meta_title: str) -> None:
    """A failure has Gupshup's code in its dialect and Meta's in the other, in one full error object (R6, W4)."""
    event = status("failed", failure=failure)
    common = BARE | {"status": "failed"}
    item = common | {"gs_id": "00010203-0405-4607-8809-0a0b0c0d0e0f", "errors": [an_error(code, title, details)]}
    assert said(event) == gupshup(ABOUT | {"statuses": [item]})
    item = common | {"errors": [an_error(meta_code, meta_title, details)]}
    assert said(event, Dialect.META) == meta(ABOUT | {"statuses": [item]})
