"""facts/meta 4.1: `POST /{phone-number-id}/calls`, one test a row of the table of actions, and what stands below it.

Source: Meta, whatsapp/calling/business-initiated-calls and user-initiated-calls, Jun 26 2026. How long a user's call
waits is 60 s on the app's clock (C6); the page says 30 to 60 s.
"""

from __future__ import annotations

from typing import Any

import pytest

from mock_server.wire import sdp
from tests.facts.wire import call_id, calls, started
from tests.http.graph.surface import act, connect, refused
from tests.stage.play import USER, Play

pytestmark = pytest.mark.anyio

ANSWER = {"sdp_type": "answer", "sdp": sdp.answer(None, "wacid.business")}
DONE = {"messaging_product": "whatsapp", "success": True}
BSUID = "IN.37279139073376405991"


async def called(play: Play) -> str:
    """The id of a call of the user, as its webhook tells it."""
    await play.act("call")
    return str((await calls(play, "connect"))[-1]["id"])


async def done(play: Play, action: str, call: str, **more: Any) -> None:
    answer = await act(play, action, call, **more)
    assert (answer.status_code, answer.json()) == (200, DONE)


async def test_connect(meta: Play) -> None:
    """Row connect: `to` and an offer; the answer's `calls[0].id` is a wacid (facts/meta 4.1)."""
    await meta.act("allow_always")
    answer = await connect(meta, biz_opaque_callback_data="order 7")
    assert answer.json()["messaging_product"] == "whatsapp"
    (call,) = answer.json()["calls"]
    assert call["id"].startswith("wacid.")


async def test_connect_by_bsuid(meta: Play) -> None:
    """Row connect: `recipient` alone names the user as well (facts/meta 4.1)."""
    await meta.act("allow_always")
    assert call_id(await connect(meta, to=None, recipient=BSUID)).startswith("wacid.")
    assert [call["state"] for call in (await meta.user())["calls"]] == ["ringing"]


async def test_connect_with_an_opaque_text(meta: Play) -> None:
    """Row connect: `biz_opaque_callback_data`, up to 512 characters, comes back in webhooks (facts/meta 4.1, 5)."""
    await meta.act("allow_always")
    refused(await connect(meta, biz_opaque_callback_data="x" * 513), 100, 400)
    call = call_id(await connect(meta, biz_opaque_callback_data="x" * 512))
    await meta.act("pick_up")
    await done(meta, "terminate", call)
    told = [*await calls(meta, "connect"), *await calls(meta, "terminate")]
    assert [row["biz_opaque_callback_data"] for row in told] == ["x" * 512] * 2


async def test_pre_accept(meta: Play) -> None:
    """Row pre_accept: a user's call is prepared and goes on ringing (facts/meta 4.1)."""
    call = await called(meta)
    await done(meta, "pre_accept", call, session=ANSWER)
    assert (await meta.user())["calls"][0]["state"] == "ringing"


async def test_accept(meta: Play) -> None:
    """Row accept: a user's call is connected; its terminate has times and the text given here (facts/meta 4.1, 5.4)."""
    call = await called(meta)
    await done(meta, "accept", call, session=ANSWER, biz_opaque_callback_data="desk 3")
    await meta.advance(90)
    await done(meta, "terminate", call)
    (ended,) = await calls(meta, "terminate")
    assert (ended["start_time"], ended["end_time"], ended["duration"]) == ("1767168000", "1767168090", 90)
    assert ended["biz_opaque_callback_data"] == "desk 3"


async def test_reject(meta: Play) -> None:
    """Row reject: a user's call ends without having been connected (facts/meta 4.1)."""
    call = await called(meta)
    await done(meta, "reject", call)
    (ended,) = await calls(meta, "terminate")
    assert (ended["id"], ended["direction"]) == (call, "USER_INITIATED")
    assert "duration" not in ended


async def test_terminate(meta: Play) -> None:
    """Row terminate: a call of the business ends, once (facts/meta 4.1)."""
    call = await started(meta)
    await meta.act("pick_up")
    await done(meta, "terminate", call)
    refused(await act(meta, "terminate", call), 100, 400)
    assert len(await calls(meta, "terminate")) == 1


async def test_a_users_call_must_be_accepted_in_time(meta: Play) -> None:
    """Below the table: not accepted in time, a user's call ends with a terminate webhook (facts/meta 4.1, C6)."""
    call = await called(meta)
    await meta.advance(59.999)
    assert await calls(meta, "terminate") == []
    await meta.advance(0.001)
    assert [row["id"] for row in await calls(meta, "terminate")] == [call]
    refused(await act(meta, "accept", call, session=ANSWER), 100, 400)


@pytest.mark.parametrize("action", ["pre_accept", "accept", "reject"])
async def test_the_answers_are_for_users_calls(meta: Play, action: str) -> None:
    """Rows pre_accept, accept, reject: only a user's call can be answered with them (facts/meta 4.1)."""
    call = await started(meta)
    session = {} if action == "reject" else {"session": ANSWER}
    refused(await act(meta, action, call, **session), 100, 400)
    assert (await meta.user())["calls"][0]["state"] == "ringing"


async def test_an_unknown_call(meta: Play) -> None:
    """Row terminate: a call that never was is code 100 (facts/meta 4.1, 7.1)."""
    refused(await act(meta, "terminate", "wacid.HQUMOTE5ODEyMzQ1Njc4FQIAAAECAwQFBgcICQoLDA0ODw=="), 100, 400)
    assert (await meta.user(USER))["calls"] == []
