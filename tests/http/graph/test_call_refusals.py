"""Refusals of calls on Graph: each row of facts/meta 7.1 that a call can meet, in the order of C2 (E1)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.http.graph.surface import NUMBER, OFFER, Arrange, act, connect, findings, graph, refused, setting, state
from tests.http.shapes import good
from tests.stage.play import USER, Play

pytestmark = pytest.mark.anyio

SESSION = {"sdp_type": "answer", "sdp": OFFER["sdp"]}


def allowed(**settings: Any) -> Arrange:
    """The user has allowed calls; then these settings."""

    async def arrange(play: Play) -> None:
        await play.act("allow_always")
        await play.set(**settings)

    return arrange


async def uncallable(play: Play) -> None:
    await play.act("allow_always")
    await play.control("PATCH", f"users/{USER}", json={"reachability": "outdated_app"})


async def connected_5_times(play: Play) -> None:
    await play.act("allow_always")
    for _ in range(5):
        call_id = good(await connect(play), "answer-call-connect")["calls"][0]["id"]
        await play.act("pick_up")
        await act(play, "terminate", call_id)


async def calling(play: Play) -> None:
    await play.act("allow_always")
    good(await connect(play), "answer-call-connect")


async def over_sip(play: Play) -> None:
    await play.act("allow_always")
    body = {"calling": {"sip": {"status": "ENABLED", "servers": [{"hostname": "sip.example", "port": 5061}]}}}
    good(await graph(play, "POST", f"/{NUMBER}/settings", json=body), "answer-success")


ROWS: dict[str, tuple[Arrange, int, int, str]] = {
    "138000, calling not enabled": (allowed(calling="DISABLED"), 138000, 401, "Calling is not enabled"),
    "138014, low quality": (allowed(restriction="calling"), 138014, 400, "Business-initiated calling is paused"),
    "138013, country": (allowed(country="US"), 138013, 400, "Business-initiated calls are not available"),
    "138001, uncallable": (uncallable, 138001, 400, "The receiver cannot be called"),
    "138006, no permission": (setting(), 138006, 401, "The user has given no permission for calls"),
    "138012, connected calls": (connected_5_times, 138012, 400, "Next call allowed at 1767254400"),
    "138003, a call is going on": (calling, 138003, 400, "A call with this user is going on already."),
    "138002, concurrent calls": (allowed(overrides={"calls_going_on": 0}), 138002, 429, "0 calls of this number"),
    "138005, call starts": (allowed(overrides={"call_starts_per_24h": 0}), 138005, 429, "0 calls were started"),
    "131055, SIP number": (over_sip, 131055, 400, "This number has SIP on"),
    "131031, account blocked": (allowed(restriction="blocked"), 131031, 403, "The business account is blocked"),
    "131030, not listed": (
        allowed(rules="meta-test-number", allowed_recipients=["919800000001"]),
        131030,
        400,
        "919812345678 is not among the app's allowed_recipients",
    ),
}


@pytest.mark.parametrize("row", ROWS)
async def test_a_refused_call(play: Play, row: str) -> None:
    """Each refusal of a call has Meta's code and HTTP status, and nothing changes (C2, facts/meta 7.1)."""
    arrange, code, status, says = ROWS[row]
    await arrange(play)
    await play.settle()
    before = await state(play)
    assert refused(await connect(play), code, status).startswith(says)
    assert await state(play) == before


@pytest.mark.parametrize(("variant", "status"), [("401", 401), ("400", 400)])
async def test_138006_with_either_status(play: Play, variant: str, status: int) -> None:
    """138006 comes with 401, as Meta's table has it, or with 400, as many tests in the wild do: variant
    `no_permission_status` (W4, row 138006).
    """
    await play.set(variants={"no_permission_status": variant})
    refused(await connect(play), 138006, status)
    await play.set(calling="DISABLED")
    refused(await connect(play), 138000, 401)


async def test_the_limit_frees_when_it_said(play: Play) -> None:
    """At the second that the details of 138012 name the next call is taken, and not before (C4, T6)."""
    await connected_5_times(play)
    details = refused(await connect(play), 138012, 400)
    assert details == "Next call allowed at 1767254400"
    await play.advance(86_399)
    refused(await connect(play), 138012, 400)
    await play.advance(1)
    assert (await play.control("GET", "clock"))["unix"] == 1_767_254_400
    good(await connect(play), "answer-call-connect")


async def test_calling_without_permission_is_a_violation(play: Play) -> None:
    """A call that was never allowed is a violation, on Graph as anywhere (section 11)."""
    await connect(play)
    assert await findings(play) == [("violation", "C2", "a call was tried though the user never allowed calls")]


@pytest.mark.parametrize("action", ["pre_accept", "accept", "reject", "terminate"])
async def test_an_unknown_call(play: Play, action: str) -> None:
    """An action on a call that is not going on is an invalid parameter: 100 with 400 (row 100)."""
    before = await state(play)
    details = refused(await act(play, action, "wacid.nothing", session=SESSION), 100, 400)
    assert details == "No call wacid.nothing of this number is going on."
    assert await state(play) == before


@pytest.mark.parametrize("action", ["pre_accept", "accept", "reject"])
async def test_the_wrong_way_round(play: Play, action: str) -> None:
    """The business cannot take or reject its own call: 100, and the call goes on (C6)."""
    await calling(play)
    (call,) = (await play.user())["calls"]
    details = refused(await act(play, action, call["id"], session=SESSION), 100, 400)
    assert details.startswith("This call was started by the business")
    assert (await play.user())["calls"] == [call]


async def test_a_call_that_was_taken_already(play: Play) -> None:
    """Accepting or rejecting a connected call is 100, and it stays connected (C6)."""
    await play.act("call")
    call_id = (await play.user())["calls"][0]["id"]
    good(await act(play, "accept", call_id, session=SESSION), "answer-success")
    for action in ("accept", "pre_accept", "reject"):
        assert refused(await act(play, action, call_id, session=SESSION), 100, 400).startswith("This call was accepted")
    assert (await play.user())["calls"][0]["state"] == "connected"


async def test_a_call_ends_once(play: Play) -> None:
    """Ending a call that has ended is 100; a later call with this user is not touched by it (row 100)."""
    await calling(play)
    first = (await play.user())["calls"][0]["id"]
    good(await act(play, "terminate", first), "answer-success")
    await calling(play)
    refused(await act(play, "terminate", first), 100, 400)
    assert [call["state"] for call in (await play.user())["calls"]] == ["ended", "ringing"]


async def test_another_apps_call_is_unknown(play: Play) -> None:
    """A call of one number cannot be ended through another (P1)."""
    await calling(play)
    other = {"id": "other", "token": "sk_other_000000000002", "phone_number_id": "100000000000002"}
    await play.http.post("/_sandbox/apps", json=other)
    body = {"messaging_product": "whatsapp", "action": "terminate", "call_id": (await play.user())["calls"][0]["id"]}
    headers = {"Authorization": f"Bearer {other['token']}"}
    answer = await play.http.post("/100000000000002/calls", json=body, headers=headers)
    refused(answer, 100, 400)
    assert (await play.user())["calls"][0]["state"] == "ringing"


async def test_sip_stands_before_every_action(play: Play) -> None:
    """On a number with SIP every action is 131055; switched off again, calls go through Graph (row 131055)."""
    await over_sip(play)
    for action in ("pre_accept", "accept", "reject", "terminate"):
        refused(await act(play, action, "wacid.nothing", session=SESSION), 131055, 400)
    body = {"calling": {"sip": {"status": "DISABLED"}}}
    good(await graph(play, "POST", f"/{NUMBER}/settings", json=body), "answer-success")
    good(await connect(play), "answer-call-connect")
