"""The business side of calls on the control API, for those whose calls do not come through Graph (C1)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.http.shapes import good, problem
from tests.stage.play import APP, USER, Play

pytestmark = pytest.mark.anyio

PATH = f"/_sandbox/apps/{APP}/calls"
BSUID = "IN.37279139073376405991"  # of 919812345678


async def place(play: Play, to: str = USER) -> Any:
    return good(await play.http.post(PATH, json={"to": to}), "call-answer", 201)


async def hang_up(play: Play, call_id: str, **body: Any) -> httpx.Response:
    return await play.http.post(f"{PATH}/{call_id}/hang-up", json=body or None)


async def called(play: Play) -> str:
    """The id of a user's call that rings at the business."""
    return str((await play.act("call")).json()["user"]["calls"][-1]["id"])


async def test_a_call_rings(play: Play) -> None:
    """With permission the call rings at the user, and its webhooks go out (C3)."""
    await play.act("allow_always")
    said = await place(play)
    assert (said["call"]["state"], said["call"]["direction"]) == ("ringing", "BUSINESS_INITIATED")
    assert said["call"]["id"].startswith("wacid.")
    assert said["user"]["calls"] == [said["call"]]
    await play.settle()
    assert play.receiver.whats[2:] == ["RINGING"]


@pytest.mark.parametrize("to", ["+91 98123 45678", BSUID])
async def test_the_user_by_other_names(play: Play, to: str) -> None:
    """`to` takes a number with its signs and a BSUID (A2, A3)."""
    await play.act("allow_always")
    assert (await place(play, to))["user"]["wa_id"] == USER


async def test_the_business_cancels_and_hangs_up(play: Play) -> None:
    """`hang-up` cancels a ringing call and ends a connected one; a cancelled call does not count as missed (C3, C5)."""
    await play.act("allow_always")
    for picked_up in (False, True):
        call = (await place(play))["call"]
        if picked_up:
            await play.act("pick_up")
        said = good(await hang_up(play, call["id"]), "call-answer")
        assert said["call"]["state"] == "ended"
        assert (said["call"]["picked_up_at"] is not None) is picked_up
        assert said["user"]["streak"]["unanswered"] == 0
    await play.settle()
    assert play.receiver.whats[2:] == ["RINGING", "terminate", "RINGING", "connect", "ACCEPTED", "terminate"]


REFUSALS: list[tuple[int, dict[str, Any], str]] = [
    (138006, {}, "The user has given no permission for calls, or it has ended; send a request first."),
    (138000, {"calling": "DISABLED"}, "Calling is not enabled on this business number."),
    (138014, {"restriction": "calling"}, "Business-initiated calling is paused on this number for low quality."),
    (138013, {"country": "VN"}, "Business-initiated calls are not available to numbers of VN."),
    (
        131031,
        {"restriction": "blocked"},
        "The business account is blocked; nothing can be sent or called from this number.",
    ),
]


@pytest.mark.parametrize(("code", "settings", "sentence"), REFUSALS, ids=[str(row[0]) for row in REFUSALS])
async def test_refusals(play: Play, code: int, settings: dict[str, Any], sentence: str) -> None:
    """A refusal of WhatsApp's is 409 with the provider's code beside the sentence, and no call begins (C2, E4)."""
    await play.set(**settings)
    said = problem(await play.http.post(PATH, json={"to": USER}), 409)
    assert (said["code"], said["detail"], said["title"]) == (code, sentence, "WhatsApp refuses")
    assert (await play.user())["calls"] == []


async def test_one_call_at_a_time(play: Play) -> None:
    """A second call while one is going on with this user: 138003 (C2)."""
    await play.act("allow_always")
    await place(play)
    assert problem(await play.http.post(PATH, json={"to": USER}), 409)["code"] == 138003


async def test_the_limit_of_connected_calls(play: Play) -> None:
    """After 5 connected calls in 24 h: 138012 with the second from which the next is allowed (C4)."""
    await play.act("allow_always")
    for _ in range(5):
        call = (await place(play))["call"]
        await play.act("pick_up")
        await hang_up(play, call["id"])
    said = problem(await play.http.post(PATH, json={"to": USER}), 409)
    assert (said["code"], said["detail"]) == (138012, "Next call allowed at 1767254400")


async def test_the_business_takes_a_users_call(play: Play) -> None:
    """`accept` connects a user's call; hung up by the user it ends with its duration (C6)."""
    call_id = await called(play)
    said = good(await play.http.post(f"{PATH}/{call_id}/accept"), "call-answer")
    assert (said["call"]["state"], said["call"]["direction"]) == ("connected", "USER_INITIATED")
    assert said["call"]["picked_up_at"] is not None
    await play.act("hang_up")
    await play.settle()
    assert play.receiver.whats[1:] == ["connect", "terminate"]
    assert "duration" in play.receiver.posts[-1].value["calls"][0]


async def test_the_business_rejects_a_users_call(play: Play) -> None:
    """`reject` ends a user's call without duration (C6)."""
    call_id = await called(play)
    said = good(await play.http.post(f"{PATH}/{call_id}/reject"), "call-answer")
    assert (said["call"]["state"], said["call"]["picked_up_at"]) == ("ended", None)
    await play.settle()
    assert play.receiver.whats[1:] == ["connect", "terminate"]


@pytest.mark.parametrize("code", [138019, 138020, 138021, 138022, 138023])
async def test_a_call_fails(play: Play, code: int) -> None:
    """`hang-up` with a code has the call fail with it: FAILED, with the code in `errors` beside the call (meta 5.4)."""
    await play.act("allow_always")
    call = (await place(play))["call"]
    said = good(await hang_up(play, call["id"], code=code), "call-answer")
    assert (said["call"]["state"], said["user"]["streak"]["unanswered"]) == ("ended", 0)
    await play.settle()
    value = play.receiver.posts[-1].value
    assert (value["calls"][0]["status"], value["errors"][0]["code"]) == ("FAILED", code)


@pytest.mark.parametrize(
    ("body", "field"), [({"code": 138006}, "code"), ({"code": "138021"}, "code"), ({"reason": "busy"}, "reason")]
)
async def test_codes_that_no_call_ends_with(play: Play, body: dict[str, Any], field: str) -> None:
    """A code that does not come in a terminate, and anything else, is 400 and leaves the call going on (E3, E4)."""
    call_id = await called(play)
    assert problem(await hang_up(play, call_id, **body), 400)["field"] == field
    assert (await play.user())["calls"][-1]["state"] == "ringing"


@pytest.mark.parametrize("action", ["accept", "reject"])
async def test_what_cannot_be_answered(play: Play, action: str) -> None:
    """Only a user's call that rings is answered: 409 for another, 404 for one that is not there or over (C6, E4)."""
    call_id = await called(play)
    good(await play.http.post(f"{PATH}/{call_id}/accept"), "call-answer")
    said = problem(await play.http.post(f"{PATH}/{call_id}/{action}"), 409)
    assert said["detail"] == "This call was accepted already; it can only be ended now."
    await hang_up(play, call_id)
    for gone in (call_id, "wacid.nothing"):
        said = problem(await play.http.post(f"{PATH}/{gone}/{action}"), 404)
        assert said["detail"] == f"No call {gone} is going on; see the user's calls."
    await play.act("allow_always")
    mine = (await place(play))["call"]["id"]
    said = problem(await play.http.post(f"{PATH}/{mine}/{action}"), 409)
    assert said["detail"] == "This call was started by the business; only a user's call can be answered."


async def test_what_cannot_be_hung_up(play: Play) -> None:
    """A call that nobody knows, or that has ended, is 404 with what to look at (E4)."""
    await play.act("allow_always")
    call = (await place(play))["call"]
    await hang_up(play, call["id"])
    for call_id in (call["id"], "wacid.nothing"):
        detail = problem(await hang_up(play, call_id), 404)["detail"]
        assert detail == f"No call {call_id} is going on; see the user's calls."
