"""facts/meta 5.1-5.4: the webhooks under field `calls`, whole values.

Source: Meta, whatsapp/calling/business-initiated-calls and user-initiated-calls, Jun 26 2026. Not said by the sandbox:
parent user ids, `deeplink_payload`, `cta_payload`, and 5.5 (recordings, transcriptions, SIP's own events).
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.facts.wire import call_id, call_statuses, calls, seen, started
from tests.http.graph.surface import act, connect
from tests.stage.play import USER, Play

pytestmark = pytest.mark.anyio

BUSINESS, BSUID = "919000000001", "IN.37279139073376405991"
METADATA = {"display_phone_number": BUSINESS, "phone_number_id": "100000000000001"}
CONTACTS = [{"profile": {"name": "Sandbox User"}, "wa_id": USER, "user_id": BSUID}]


def value_with(values: list[Any], part: str) -> Any:
    """The only value that has this part."""
    (value,) = [value for value in values if part in value and value[part][0].get("event") != "terminate"]
    return value


async def test_5_1_connect_of_a_business_call(meta: Play) -> None:
    """5.1: picked up, a call of the business: to the user, with an SDP answer and the text given (facts/meta 5.1)."""
    call = await started(meta, biz_opaque_callback_data="order 7")
    await meta.act("pick_up")
    value = value_with(await seen(meta), "calls")
    assert value["calls"][0].pop("session")["sdp_type"] == "answer"
    assert value == {
        "messaging_product": "whatsapp", "metadata": METADATA, "contacts": CONTACTS,
        "calls": [{
            "id": call, "to": USER, "to_user_id": BSUID, "from": BUSINESS, "event": "connect",
            "timestamp": "1767168000", "direction": "BUSINESS_INITIATED", "biz_opaque_callback_data": "order 7",
        }],
    }  # fmt: skip


async def test_5_1_the_sdp_answers_the_offer(meta: Play) -> None:
    """5.1: the session is an SDP with an audio line, as one can apply it (facts/meta 5.1)."""
    await started(meta)
    await meta.act("pick_up")
    (call,) = await calls(meta, "connect")
    assert call["session"]["sdp"].startswith("v=0\r\n")
    assert "\r\nm=audio " in call["session"]["sdp"]


async def test_5_2_connect_of_a_users_call(meta: Play) -> None:
    """5.2: a user's call: from the user, with an SDP offer (facts/meta 5.2)."""
    await meta.act("call")
    value = value_with(await seen(meta), "calls")
    session = value["calls"][0].pop("session")
    assert (session["sdp_type"], session["sdp"][:5]) == ("offer", "v=0\r\n")
    assert value["calls"][0].pop("id").startswith("wacid.")
    assert value == {
        "messaging_product": "whatsapp", "metadata": METADATA, "contacts": CONTACTS,
        "calls": [{
            "to": BUSINESS, "from": USER, "from_user_id": BSUID, "event": "connect", "timestamp": "1767168000",
            "direction": "USER_INITIATED",
        }],
    }  # fmt: skip


async def test_5_3_ringing_and_accepted(meta: Play) -> None:
    """5.3: RINGING, then ACCEPTED once the call is established, with the text given and the user (facts/meta 5.3)."""
    call = await started(meta, biz_opaque_callback_data="order 7")
    common = {
        "id": call, "timestamp": "1767168000", "type": "call", "recipient_id": USER, "recipient_user_id": BSUID,
        "biz_opaque_callback_data": "order 7",
    }  # fmt: skip
    assert await call_statuses(meta) == [common | {"status": "RINGING"}]
    await meta.act("pick_up")
    assert await call_statuses(meta) == [common | {"status": "RINGING"}, common | {"status": "ACCEPTED"}]


async def test_5_3_rejected(meta: Play) -> None:
    """5.3: REJECTED is followed by a terminate without duration (facts/meta 5.3)."""
    await started(meta)
    await meta.act("reject_call")
    *_, status, terminate = await seen(meta)
    assert status["statuses"][0]["status"] == "REJECTED"
    assert terminate["calls"][0]["event"] == "terminate"
    assert "duration" not in terminate["calls"][0]


async def test_5_3_no_status_for_silence(meta: Play) -> None:
    """5.3: there is no status for a call that nobody takes: RINGING, then the terminate (facts/meta 5.3)."""
    await started(meta)
    await meta.advance(60)
    assert [row["status"] for row in await call_statuses(meta)] == ["RINGING"]
    assert len(await calls(meta, "terminate")) == 1


async def test_5_3_only_for_business_calls(meta: Play) -> None:
    """5.3: a user's call has no statuses (facts/meta 5.3)."""
    await meta.act("call")
    (call,) = await calls(meta, "connect")
    await act(meta, "accept", call["id"], session={"sdp_type": "answer", "sdp": call["session"]["sdp"]})
    await meta.act("hang_up")
    assert await call_statuses(meta) == []


async def test_5_4_terminate_of_a_connected_call(meta: Play) -> None:
    """5.4: COMPLETED, with times as texts and the duration as a number of seconds (facts/meta 5.4)."""
    call = await started(meta, biz_opaque_callback_data="order 7")
    await meta.advance(4)
    await meta.act("pick_up")
    await meta.advance(120)
    await meta.act("hang_up")
    *_, value = await seen(meta)
    assert value == {
        "messaging_product": "whatsapp", "metadata": METADATA, "contacts": CONTACTS,
        "calls": [{
            "id": call, "to": USER, "to_user_id": BSUID, "from": BUSINESS, "event": "terminate",
            "direction": "BUSINESS_INITIATED", "biz_opaque_callback_data": "order 7", "timestamp": "1767168124",
            "status": "COMPLETED", "start_time": "1767168004", "end_time": "1767168124", "duration": 120,
        }],
    }  # fmt: skip


@pytest.mark.parametrize("ending", ["missed", "rejected", "cancelled"])
async def test_5_4_terminate_of_a_call_that_was_not_picked_up(meta: Play, ending: str) -> None:
    """5.4: not picked up it ends as COMPLETED all the same, without times and duration (facts/meta 5.4, C3)."""
    call = await started(meta)
    if ending == "missed":
        await meta.advance(60)
    elif ending == "rejected":
        await meta.act("reject_call")
    else:
        await act(meta, "terminate", call)
    (ended,) = await calls(meta, "terminate")
    assert ended["status"] == "COMPLETED"
    assert {"start_time", "end_time", "duration"} & set(ended) == set()


async def test_5_4_errors_of_a_failed_call(meta: Play) -> None:
    """5.4: a failed call ends as FAILED, and `errors` stands beside `calls`, not in the call (facts/meta 5.4)."""
    call = await started(meta)
    await meta.act("pick_up")
    await meta.control("POST", f"calls/{call}/hang-up", json={"code": 138021})
    *_, value = await seen(meta)
    assert value["calls"][0]["status"] == "FAILED"
    assert "errors" not in value["calls"][0]
    (error,) = value["errors"]
    assert error["code"] == 138021
    assert {"code", "message", "href", "error_data"} <= set(error)
    assert set(error["error_data"]) == {"details"}


async def test_5_4_no_text_where_none_was_given(meta: Play) -> None:
    """5.4: `biz_opaque_callback_data` only if it was given (facts/meta 5.4)."""
    await meta.act("allow_always")
    await act(meta, "terminate", call_id(await connect(meta)))
    (ended,) = await calls(meta, "terminate")
    assert "biz_opaque_callback_data" not in ended


@pytest.mark.parametrize(("variant", "said"), [("upper", "COMPLETED"), ("title", "Completed"), ("list", ["Completed"])])
async def test_5_4_the_case_of_the_status(meta: Play, variant: str, said: Any) -> None:
    """5.4: field table and flow sample print the status differently; each is a variant (facts/meta 5.4, W4)."""
    await meta.set(variants={"terminate_case": variant})
    await started(meta)
    await meta.advance(60)
    assert (await calls(meta, "terminate"))[0]["status"] == said
