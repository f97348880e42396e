"""The customer service window on the partner path (R5)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.http.shapes import good, meta_error
from tests.stage.play import USER, Play

pytestmark = pytest.mark.anyio

TEMPLATE = {
    "messaging_product": "whatsapp",
    "to": USER,
    "type": "template",
    "template": {"name": "call_permission_sample", "language": {"code": "en"}},
}
TEXT = {"messaging_product": "whatsapp", "to": USER, "type": "text", "text": {"body": "Hello"}}


async def send(play: Play, body: dict[str, Any]) -> Any:
    return good(await play.partner("POST", "v3/message", json=body), "answer-message-gupshup")


async def test_it_is_not_enforced_by_default(play: Play) -> None:
    """The first curl works: a request to somebody who never wrote is delivered (R5)."""
    good(await play.request(), "answer-message-gupshup")
    await play.settle()
    assert play.receiver.whats[-1] == "delivered"


async def test_a_closed_window_fails_later(play: Play) -> None:
    """Enforced, the partner path answers 200 and a `failed` status with 131047 follows (R5)."""
    await play.set(enforce_service_window=True)
    good(await play.request(), "answer-message-gupshup")
    await play.settle()
    assert play.receiver.whats == ["set-callback", "enqueued", "failed"]
    assert play.receiver.posts[-1].value["statuses"][0]["errors"][0]["code"] == 131047


async def test_a_request_that_fails_later_is_given_back(play: Play) -> None:
    """A request that fails with 131047 counts for nothing and cannot be answered (R2, R5)."""
    await play.set(enforce_service_window=True)
    await play.request()
    user = await play.user()
    assert [(r["state"], r["answerable"]) for r in user["requests"]] == [("failed", False)]
    assert user["limits"][0]["current_usage"] == 0


async def test_window_error_sync(play: Play) -> None:
    """With `window_error: sync` the answer itself is 131047 and nothing follows (R5)."""
    await play.set(enforce_service_window=True, window_error="sync")
    meta_error(await play.request(), 131047)
    await play.settle()
    assert play.receiver.posts == []
    assert (await play.user())["requests"] == []


async def test_window_error_both(play: Play) -> None:
    """With `window_error: both` the answer is 131047 and a `failed` status follows all the same (R5)."""
    await play.set(enforce_service_window=True, window_error="both")
    meta_error(await play.request(), 131047)
    await play.settle()
    assert play.receiver.whats == ["set-callback", "enqueued", "failed"]


async def test_templates_need_no_window(play: Play) -> None:
    """A template goes out with the window closed, one that asks for permission too (R5)."""
    await play.set(enforce_service_window=True)
    await send(play, TEMPLATE)
    await play.settle()
    assert play.receiver.whats[-1] == "delivered"


async def test_other_free_form_messages_need_the_window_as_well(play: Play) -> None:
    """Not only requests: a text outside the window fails with 131047 (R5)."""
    await play.set(enforce_service_window=True)
    await send(play, TEXT)
    await play.settle()
    assert play.receiver.whats[-1] == "failed"


async def test_the_users_text_opens_it_for_a_day(play: Play) -> None:
    """A text of the user opens the window for 24 h and not an instant longer (R5, T6)."""
    await play.set(enforce_service_window=True, window_error="sync")
    await play.act("text", text="Hello")
    await play.advance(86_399.999)
    await send(play, TEXT)
    await play.advance(0.001)
    meta_error(await play.partner("POST", "v3/message", json=TEXT), 131047)


async def test_the_users_call_opens_it(play: Play) -> None:
    """The user's last call opens the window from its start (R5)."""
    await play.set(enforce_service_window=True, window_error="sync")
    await play.act("call")
    await send(play, TEXT)


async def test_picking_up_opens_it(play: Play) -> None:
    """The user's pick-up of a business call opens the window; a missed call does not (R5)."""
    await play.set(enforce_service_window=True, window_error="sync")
    await play.act("allow_always")
    await play.control("POST", "calls", json={"to": USER})
    meta_error(await play.partner("POST", "v3/message", json=TEXT), 131047)
    await play.act("pick_up")
    await send(play, TEXT)


@pytest.mark.parametrize(("opens", "state"), [(False, "failed"), (True, "delivered")])
async def test_a_reply_opens_it_only_when_told_so(play: Play, opens: bool, state: str) -> None:
    """A permission reply is no user message for the window unless `reply_opens_window` says so (P8)."""
    await play.set(enforce_service_window=True, reply_opens_window=opens)
    await play.act("allow_temporarily")
    await send(play, TEXT)
    await play.settle()
    assert play.receiver.whats[-1] == state
