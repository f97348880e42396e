"""What the journal's line about an attempt says that the webhook says (section 11)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.stage.play import USER, Play

pytestmark = pytest.mark.anyio


async def whats(play: Play) -> list[str]:
    """What went out, but for message statuses and the first set-callback."""
    await play.settle()
    entries: list[Any] = (await play.control("GET", "journal?kind=delivery"))["entries"]
    return [entry["what"] for entry in entries if not entry["what"].startswith(("message_status", "set_callback"))]


async def test_replies(play: Play) -> None:
    """A permission reply's line says which: accepted for good or for a time, or rejected."""
    for action in ("allow_always", "allow_temporarily", "revoke"):
        await play.act(action)
    assert await whats(play) == [
        "call_permission_reply accept permanent",
        "call_permission_reply accept temporary",
        "call_permission_reply reject",
    ]


async def test_replies_that_nobody_gave(play: Play) -> None:
    """What WhatsApp answers by itself is marked: here the revocation after the fourth unanswered call (C5)."""
    await play.act("allow_always")
    for _ in range(4):
        await play.control("POST", "calls", json={"to": USER})
        await play.act("reject_call")
    assert (await whats(play))[-1] == "call_permission_reply reject automatic"


async def test_calls(play: Play) -> None:
    """A call's lines say how it goes: ringing, accepted or rejected, and why it failed."""
    await play.act("allow_always")
    first = (await play.control("POST", "calls", json={"to": USER}))["call"]["id"]
    await play.act("pick_up")
    await play.control("POST", f"calls/{first}/hang-up", json={"code": 138021})
    await play.control("POST", "calls", json={"to": USER})
    await play.act("reject_call")
    assert (await whats(play))[1:] == [
        "call_status RINGING",
        "call_connect",
        "call_status ACCEPTED",
        "call_terminate failed with 138021",
        "call_status RINGING",
        "call_status REJECTED",
        "call_terminate",
    ]


async def test_restrictions(play: Play) -> None:
    """An account's lines say what became of it (C8)."""
    await play.set(restriction="calling", restriction_warning=True)
    assert await whats(play) == ["account_update ACCOUNT_VIOLATION", "account_update ACCOUNT_RESTRICTION"]


async def test_several_in_one(play: Play) -> None:
    """A webhook that a fault made of several events says all of them (section 9)."""
    await play.control("POST", "faults", json={"fault": "batch", "webhook": "message_status"})
    await play.request()
    await play.settle()
    entries = (await play.control("GET", "journal?kind=delivery"))["entries"]
    assert [entry["what"] for entry in entries if "," in entry["what"]] == [
        "message_status enqueued, message_status sent, message_status delivered"
    ]
