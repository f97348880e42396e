"""WhatsApp's refusals on the partner path, in the three shapes that `partner_errors` knows (E2, R3)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from mock_server import schemas
from tests.http.shapes import good, gupshup_error, meta_error
from tests.stage.play import REQUEST, USER, Play

pytestmark = pytest.mark.anyio

TEMPLATE = {
    "messaging_product": "whatsapp",
    "to": USER,
    "type": "template",
    "template": {"name": "nowhere", "language": {"code": "en"}},
}


async def limit_reached(play: Play) -> dict[str, Any]:
    await play.request()
    return REQUEST


async def permanent(play: Play) -> dict[str, Any]:
    await play.act("allow_always")
    return REQUEST


def setting(**settings: Any) -> Callable[[Play], Awaitable[dict[str, Any]]]:
    async def arrange(play: Play) -> dict[str, Any]:
        await play.set(**settings)
        return REQUEST

    return arrange


async def unknown_template(play: Play) -> dict[str, Any]:
    return TEMPLATE


REFUSALS: dict[int, tuple[Callable[[Play], Awaitable[dict[str, Any]]], str]] = {
    138009: (
        limit_reached,
        "1 of 1 requests to this user in 24 hours are used; the next can be sent at 2026-01-01T08:00:00.000Z.",
    ),
    138017: (permanent, "The user has allowed calls permanently; there is nothing to ask for."),
    138000: (setting(calling="DISABLED"), "Calling is not enabled on this business number."),
    138014: (setting(restriction="calling"), "Business-initiated calling is paused on this number for low quality."),
    138013: (setting(country="US"), "Business-initiated calls are not available to numbers of US."),
    131031: (
        setting(restriction="blocked"),
        "The business account is blocked; nothing can be sent or called from this number.",
    ),
    131047: (
        setting(enforce_service_window=True, window_error="sync"),
        "More than 24 hours have passed since the user last wrote or called; send a template.",
    ),
    131030: (
        setting(rules="meta-test-number", allowed_recipients=["919800000001"]),
        "919812345678 is not among the app's allowed_recipients (a test number's list).",
    ),
    132001: (
        unknown_template,
        "There is no template 'nowhere' in language 'en'; create it, or set unknown_templates=accept.",
    ),
}
EVERY = pytest.mark.parametrize("code", REFUSALS)


async def refused(play: Play, code: int) -> Any:
    body = await REFUSALS[code][0](play)
    return await play.partner("POST", "v3/message", json=body)


@EVERY
async def test_refusals_come_in_metas_shape(play: Play, code: int) -> None:
    """By default a refusal of WhatsApp's is Meta's error object with HTTP 400 (E2)."""
    assert meta_error(await refused(play, code), code) == REFUSALS[code][1]


@EVERY
async def test_refusals_as_code_and_reason(play: Play, code: int) -> None:
    """With `partner_errors: reason` a refusal is `{"code", "reason"}` with HTTP 400 (E2)."""
    await play.set(partner_errors="reason")
    answer = await refused(play, code)
    assert (answer.status_code, answer.json()) == (400, {"code": code, "reason": REFUSALS[code][1]})
    schemas.validate("error-reason", answer.json())


@EVERY
async def test_refusals_as_status_and_message(play: Play, code: int) -> None:
    """With `partner_errors: status` a refusal is Gupshup's own shape with HTTP 400 (E2)."""
    await play.set(partner_errors="status")
    assert gupshup_error(await refused(play, code), 400) == REFUSALS[code][1]


@EVERY
async def test_a_refused_message_changes_nothing(play: Play, code: int) -> None:
    """A refused request counts for nothing, sends nothing, and leaves the user as they were (R3)."""
    body = await REFUSALS[code][0](play)
    before = await play.user()
    await play.partner("POST", "v3/message", json=body)
    assert await play.user() == before
    deliveries = (await play.control("GET", "deliveries"))["deliveries"]
    assert sum(row["kind"].startswith("message_status") for row in deliveries) == (3 if code == 138009 else 0)


@pytest.mark.parametrize("shape", ["meta", "reason", "status"])
async def test_a_wrong_body_comes_in_the_chosen_shape_too(play: Play, shape: str) -> None:
    """A body that the schema refuses is a refusal of Meta's as well: 100, in the app's shape (E2)."""
    await play.set(partner_errors=shape)
    body = (await play.request(type="text")).json()
    if shape == "meta":
        assert body["error"]["error_data"]["details"] == "text: is required"
    elif shape == "reason":
        assert body == {"code": 100, "reason": "text: is required"}
    else:
        assert body == {"status": "error", "message": "text: is required"}


async def test_gupshups_own_errors_keep_their_shape(play: Play) -> None:
    """`partner_errors` concerns Meta's refusals only: a bad token stays Gupshup's 401 (E2)."""
    await play.set(partner_errors="reason")
    answer = await play.partner("POST", "v3/message", json=REQUEST, headers={"Authorization": "wrong"})
    assert gupshup_error(answer, 401) == "Authentication Failed"


@pytest.mark.parametrize("country", ["US", "CA", "EG", "VN", "NG"])
async def test_countries_without_business_calls(play: Play, country: str) -> None:
    """Numbers of these countries may not ask for permission, and may write texts (138013, R3)."""
    await play.set(country=country)
    meta_error(await play.request(), 138013)
    body = {"messaging_product": "whatsapp", "to": USER, "type": "text", "text": {"body": "Hello"}}
    good(await play.partner("POST", "v3/message", json=body), "answer-message-gupshup")


async def test_blocked_refuses_every_message(play: Play) -> None:
    """`blocked` refuses texts as well (131031); a restriction of calling does not (C8)."""
    body = {"messaging_product": "whatsapp", "to": USER, "type": "text", "text": {"body": "Hello"}}
    await play.set(restriction="calling")
    good(await play.partner("POST", "v3/message", json=body), "answer-message-gupshup")
    await play.set(restriction="blocked")
    meta_error(await play.partner("POST", "v3/message", json=body), 131031)


async def test_a_listed_recipient_is_served(play: Play) -> None:
    """Under `meta-test-number` the listed recipients are served and no other (131030, section 5)."""
    await play.set(rules="meta-test-number", allowed_recipients=[USER])
    good(await play.request(), "answer-message-gupshup")
    meta_error(await play.request(to="919800000001"), 131030)
    await play.set(allowed_recipients=None)
    good(await play.request(to="919800000001"), "answer-message-gupshup")
