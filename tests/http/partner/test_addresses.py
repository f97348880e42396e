"""To whom a message goes: numbers, BSUIDs, and which of them wins (A2, A3)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.http.shapes import good, meta_error
from tests.stage.play import REQUEST, USER, Play

pytestmark = pytest.mark.anyio

BSUID = "IN.37279139073376405991"  # of 919812345678
STRANGER = "IN.4614498218826880"
BY_BSUID = {name: value for name, value in REQUEST.items() if name != "to"} | {"recipient": BSUID}


async def send(play: Play, body: dict[str, Any]) -> Any:
    return good(await play.partner("POST", "v3/message", json=body), "answer-message-gupshup")


@pytest.mark.parametrize(
    "written", ["+919812345678", "+91 98123 45678", "91-98123-45678", "(91) 9812345678", "919812345678"]
)
async def test_numbers_are_normalised(play: Play, written: str) -> None:
    """`+`, spaces, hyphens and parentheses are taken; answer and webhooks carry digits only, `input` what was given
    (A2).
    """
    said = await send(play, REQUEST | {"to": written})
    assert said["contacts"] == [{"input": written, "wa_id": "919812345678"}]
    await play.settle()
    assert play.receiver.posts[1].value["statuses"][0]["recipient_id"] == "919812345678"


@pytest.mark.parametrize("to", ["123456", "1234567890123456", "91981234567a", "", "٩١٩٨١٢٣٤٥٦٧٨", 919812345678, None])
async def test_what_is_no_number_is_refused_naming_to(play: Play, to: Any) -> None:
    """Only 7 to 15 digits are a number (A2)."""
    assert meta_error(await play.request(to=to), 100).startswith("to: must be ")


@pytest.mark.parametrize("to", ["1234567", "123456789012345"])
async def test_seven_and_fifteen_digits_are_numbers(play: Play, to: str) -> None:
    """Any number of 7 to 15 digits is a user on WhatsApp unless said otherwise (A2)."""
    await send(play, REQUEST | {"to": to})
    await play.settle()
    assert play.receiver.whats[1:] == ["enqueued", "sent", "delivered"]


async def test_a_known_bsuid_reaches_its_number(play: Play) -> None:
    """A message to a BSUID arrives at the one user who has it: the same conversation as by number (A3)."""
    assert (await play.user())["bsuid"] == BSUID
    said = await send(play, BY_BSUID)
    assert said["contacts"] == [{"input": BSUID, "user_id": BSUID}]
    assert len((await play.user())["requests"]) == 1
    assert "1 of 1 requests" in meta_error(await play.request(), 138009)


async def test_to_wins_over_recipient(play: Play) -> None:
    """With both `to` and `recipient`, `to` wins (A3)."""
    said = await send(play, REQUEST | {"to": "919800000001", "recipient": BSUID})
    assert said["contacts"] == [{"input": "919800000001", "wa_id": "919800000001"}]
    assert (await play.user())["requests"] == []
    assert len((await play.user("919800000001"))["requests"]) == 1


async def test_an_unknown_bsuid_fails_later(play: Play) -> None:
    """A BSUID that nobody has is accepted and then `failed` with 131026; no webhook makes up a number for it (A3)."""
    said = await send(play, BY_BSUID | {"recipient": STRANGER})
    assert said["contacts"] == [{"input": STRANGER, "user_id": STRANGER}]
    await play.settle()
    assert play.receiver.whats[1:] == ["enqueued", "failed"]
    status = play.receiver.posts[-1].value["statuses"][0]
    assert status["errors"][0]["code"] == 131026
    assert status["recipient_user_id"] == STRANGER
    assert "recipient_id" not in status


@pytest.mark.parametrize("recipient", ["919812345678", "in.123", "IN-123", "IN.", "", 5])
async def test_what_is_no_bsuid_is_refused_naming_recipient(play: Play, recipient: Any) -> None:
    """`recipient` takes a BSUID only (facts/gupshup 2.1)."""
    answer = await play.partner("POST", "v3/message", json=BY_BSUID | {"recipient": recipient})
    assert meta_error(answer, 100).startswith("recipient: must be ")


async def test_neither_to_nor_recipient(play: Play) -> None:
    """A message to nobody is refused, naming `to` (facts/gupshup 2.1)."""
    body = {name: value for name, value in REQUEST.items() if name != "to"}
    answer = await play.partner("POST", "v3/message", json=body)
    assert meta_error(answer, 100) == "to: is required, or else recipient"


async def test_webhooks_carry_phone_and_bsuid_unless_switched_off(play: Play) -> None:
    """By default webhooks have both the number and the BSUID; `bsuid: off` removes the BSUID (A3)."""
    await send(play, REQUEST)
    await play.settle()
    status = play.receiver.posts[1].value["statuses"][0]
    assert (status["recipient_id"], status["recipient_user_id"]) == (USER, BSUID)
    await play.set(bsuid="off")
    await send(play, REQUEST | {"to": "919800000001"})
    await play.settle()
    assert BSUID[:3] not in play.receiver.posts[-1].body.decode()


async def test_a_username_user_shows_no_number(play: Play) -> None:
    """A username user has no `from` or `wa_id` in any webhook, only a BSUID (A3, section 10: 0012)."""
    await send(play, REQUEST | {"to": "919999000012"})
    await play.settle()
    assert play.receiver.whats[-2:] == ["read", "reply accept"]
    bodies = b"".join(post.body for post in play.receiver.posts)
    assert b"919999000012" not in bodies
    assert play.receiver.posts[-1].value["messages"][0]["from_user_id"].startswith("IN.")
