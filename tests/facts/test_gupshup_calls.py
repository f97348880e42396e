"""facts/gupshup 3.6: call events (mode VOICE, version 3 only), by the field names that Gupshup gives.

Source: Gupshup, Guide to voice outbound (OUT); Using BSUIDs (BSU). Billing events of calls (3.7) are not said. Gupshup
prints no path for placing calls (its outbound calls are SIP), so the control API places them (C1).
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.facts.wire import call_statuses, calls, seen
from tests.stage.play import APP, RECEIVER, USER, Play

pytestmark = pytest.mark.anyio

BSUID = "IN.37279139073376405991"


async def placed(play: Play) -> str:
    """The id of a call that the user has allowed."""
    await play.act("allow_always")
    return str((await play.control("POST", "calls", json={"to": USER}))["call"]["id"])


async def test_connect(play: Play) -> None:
    """Connect: id (wacid), event, direction, session.sdp_type, session.sdp (facts/gupshup 3.6)."""
    call_id = await placed(play)
    await play.act("pick_up")
    (call,) = await calls(play, "connect")
    assert (call["id"], call["event"], call["direction"]) == (call_id, "connect", "BUSINESS_INITIATED")
    assert call_id.startswith("wacid.")
    assert (call["session"]["sdp_type"], call["session"]["sdp"][:3]) == ("answer", "v=0")


@pytest.mark.parametrize(
    ("action", "words"), [("pick_up", ["RINGING", "ACCEPTED"]), ("reject_call", ["RINGING", "REJECTED"])]
)
async def test_status(play: Play, action: str, words: list[str]) -> None:
    """Status: RINGING, ACCEPTED or REJECTED (facts/gupshup 3.6)."""
    await placed(play)
    await play.act(action)
    assert [row["status"] for row in await call_statuses(play)] == words


@pytest.mark.parametrize(("variant", "said"), [("upper", "COMPLETED"), ("title", "Completed")])
async def test_terminate(play: Play, variant: str, said: str) -> None:
    """Terminate: status (Completed, in whichever case), duration, start_time, end_time (facts/gupshup 3.6, W4)."""
    await play.set(variants={"terminate_case": variant})
    await placed(play)
    await play.act("pick_up")
    await play.advance(18)
    await play.act("hang_up")
    (call,) = await calls(play, "terminate")
    assert (call["status"], call["duration"]) == (said, 18)
    assert (call["start_time"], call["end_time"]) == ("1767168000", "1767168018")


async def test_terminate_failed(play: Play) -> None:
    """Terminate: status Failed where a call fails (facts/gupshup 3.6)."""
    await play.set(variants={"terminate_case": "title"})
    call_id = await placed(play)
    await play.control("POST", f"calls/{call_id}/hang-up", json={"code": 138021})
    assert [call["status"] for call in await calls(play, "terminate")] == ["Failed"]


async def test_user_initiated(play: Play) -> None:
    """Variants named in BSU: user-initiated connected and terminated (facts/gupshup 3.6)."""
    await play.act("call")
    await play.act("hang_up")
    told = [*await calls(play, "connect"), *await calls(play, "terminate")]
    assert [(call["event"], call["direction"]) for call in told] == [
        ("connect", "USER_INITIATED"), ("terminate", "USER_INITIATED"),
    ]  # fmt: skip


@pytest.mark.parametrize(("bsuid", "there"), [("on", True), ("off", False)])
async def test_bsuid_fields(play: Play, bsuid: str, there: bool) -> None:
    """With BSUIDs on they gain to_user_id and recipient_user_id (facts/gupshup 3.6, A3)."""
    await play.set(bsuid=bsuid)
    await placed(play)
    await play.act("pick_up")
    (call,), (ringing, _) = await calls(play, "connect"), await call_statuses(play)
    names: list[Any] = [call.get("to_user_id"), ringing.get("recipient_user_id")]
    assert names == ([BSUID, BSUID] if there else [None, None])


@pytest.mark.parametrize(("mode", "kinds"), [("VOICE", 4), ("MESSAGE", 0)])
async def test_mode_voice(play: Play, mode: str, kinds: int) -> None:
    """Call events come to a subscription with VOICE, and not to one with MESSAGE alone (facts/gupshup 3.6, W3)."""
    subscribed = {"url": f"{RECEIVER}/{mode}", "modes": mode, "tag": mode, "version": "3"}
    assert (await play.partner("POST", "subscription", data=subscribed)).status_code == 200
    await placed(play)
    await play.act("pick_up")
    await play.act("hang_up")
    await play.settle()
    bodies = [post.json for post in play.receiver.posts if post.url == f"{RECEIVER}/{mode}"]
    fields = [body["entry"][0]["changes"][0]["field"] for body in bodies]
    assert fields.count("calls") == kinds


async def test_the_envelope(play: Play) -> None:
    """Gupshup prints no envelope; it is that of all v3 events, with gs_app_id at the root (facts/gupshup 3.6, 3.3)."""
    await placed(play)
    (value,) = [value for value in await seen(play) if value.get("statuses", [{}])[0].get("type") == "call"]
    assert value["messaging_product"] == "whatsapp"
    assert play.receiver.posts[-1].json["gs_app_id"] == APP
