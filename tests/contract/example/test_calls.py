"""The example and calls: what it sends, and what it takes their ends for."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.contract.example.stage import NOW, USER, Stage, connects, ends, graph_error, rings

pytestmark = pytest.mark.anyio


async def test_it_offers_and_hangs_up_the_call_that_the_answer_names(stage: Stage) -> None:
    """Connect has digits and an offer; terminate has the id of calls[0] (mistakes 11, 14, 16)."""
    await stage.allows()
    assert (await stage.call("+91 98123-45678"), await stage.hang_up()) == (202, 202)
    connect, terminate = stage.providers.calls
    assert (connect["to"], connect["action"], connect["session"]["sdp_type"]) == (USER, "connect", "offer")
    assert terminate == {"messaging_product": "whatsapp", "action": "terminate", "call_id": "wacid.1"}


async def test_it_never_dials_without_permission(stage: Stage) -> None:
    """Whoever has not allowed calls is not called, not even to find out (mistake 12)."""
    assert await stage.call() == 403
    assert stage.providers.sent == []


@pytest.mark.parametrize("status", [401, 400])
async def test_138006_is_read_from_the_code(stage: Stage, status: int) -> None:
    """138006 comes under 401 or 400: either way no new token, no second call, no permission (mistakes 12, 17)."""
    await stage.allows()
    stage.providers.script = [graph_error(status, 138006)]
    assert await stage.call() == 409
    assert (len(stage.providers.calls), stage.providers.renewals, await stage.state()) == (1, 0, "none")


async def test_the_call_limit_is_remembered(stage: Stage) -> None:
    """After 138012 nobody is called before the moment that it names (mistake 13)."""
    await stage.allows()
    stage.providers.script = [graph_error(400, 138012, f"Next call allowed at {NOW + 600}")]
    assert [await stage.call(), await stage.call(), len(stage.providers.calls)] == [409, 409, 1]
    stage.now = NOW + 600
    assert await stage.call() == 202


@pytest.mark.parametrize("case", ["upper", "title", "list"])
async def test_only_a_call_that_was_picked_up_was_connected(stage: Stage, case: str) -> None:
    """COMPLETED without a duration was missed, in each spelling of the status (mistakes 22, 24)."""
    await stage.happens(ends("wacid.1"), terminate_case=case)
    assert await stage.last_call() == {"outcome": "missed", "error_code": None}
    await stage.happens(ends("wacid.2", seconds=20), terminate_case=case)
    assert await stage.last_call() == {"outcome": "connected", "error_code": None}


@pytest.mark.parametrize("case", ["upper", "title", "list"])
@pytest.mark.parametrize("seconds", [None, 20])
async def test_a_failed_call_has_its_reason_beside_it(stage: Stage, case: str, seconds: int | None) -> None:
    """The code is read from value.errors, picked up or not (mistakes 18, 22)."""
    await stage.happens(ends(seconds=seconds, code=138021), terminate_case=case)
    assert await stage.last_call() == {"outcome": "failed", "error_code": 138021}


async def test_the_late_end_of_an_old_call_leaves_the_present_one_alone(stage: Stage) -> None:
    """Hanging up then still ends the present call (mistake 25)."""
    await stage.allows()
    await stage.call()
    await stage.call()
    await stage.happens(ends("wacid.1", seconds=5))
    assert (await stage.last_call())["outcome"] == "ringing"
    await stage.hang_up()
    assert stage.providers.calls[-1]["call_id"] == "wacid.2"


async def test_an_end_before_the_answer_is_an_end(stage: Stage) -> None:
    """Webhooks that overtake the answer to connect leave no call going on (facts/meta 8)."""
    await stage.allows()
    await stage.happens(ends("wacid.1"))
    await stage.call()
    assert (await stage.last_call())["outcome"] == "missed"
    assert await stage.hang_up() == 404


async def test_a_call_whose_answer_was_lost_is_known_by_its_events(stage: Stage) -> None:
    """After a time-out nothing is dialled again, and the call can be ended once an event names it (mistake 26)."""
    await stage.allows()
    stage.providers.script = [httpx.ReadTimeout("slow")]
    assert (await stage.call(), len(stage.providers.calls)) == (504, 1)
    await stage.happens(rings("wacid.lost"))
    await stage.hang_up()
    assert stage.providers.calls[-1]["call_id"] == "wacid.lost"


async def test_a_users_call_is_not_ours(stage: Stage) -> None:
    """A call of the user's is no call of ours, and does not end ours (C6)."""
    await stage.allows()
    await stage.call()
    await stage.happens(connects("wacid.users", user=True))
    await stage.happens(ends("wacid.users", seconds=5, user=True))
    assert (await stage.last_call())["outcome"] == "ringing"


async def test_without_its_store_it_calls_nobody(stage: Stage) -> None:
    """While the store is down calls are refused and webhooks come again; then all is as before (mistake 21)."""
    body = await stage.allows()
    await stage.http.post("/chaos/store-down")
    assert await stage.call() == 503
    raw: Any = httpx.Response(200, json=body).content
    assert (await stage.post(raw)).status_code == 503
    await stage.http.post("/chaos/store-up")
    assert (await stage.call(), len(stage.providers.calls)) == (202, 1)


async def test_calls_may_be_judged_only() -> None:
    """With CALLS=off it says whether it would call, for calls that go over SIP, and sends nothing."""
    stage = Stage("gupshup", env={"CALLS": "off"})
    assert await stage.call() == 403
    await stage.allows()
    assert (await stage.call(), stage.providers.sent) == (200, [])
