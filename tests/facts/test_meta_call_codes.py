"""facts/meta 7.1: the calling codes, each said where the table has it, under its HTTP status.

Source: Meta, whatsapp/calling troubleshooting, Jun 24 2026. Never said by the sandbox of its own accord, but on request
as a fault: 138004 and 138007 (it opens no media), 131044 (it knows no payments). Rows 131009, 131030 and 138009 for
requests: test_meta_request_errors.
"""

from __future__ import annotations

from typing import Any

import pytest

from mock_server.settings import ServerSettings
from tests.facts.wire import call_id, calls, missed, seen, started
from tests.http.graph.surface import NUMBER, act, connect, graph, refused, send
from tests.stage.play import USER, Play

pytestmark = pytest.mark.anyio

OTHER = "919812345670"


async def settings(play: Play, **calling: Any) -> Any:
    return await graph(play, "POST", f"/{NUMBER}/settings", json={"calling": calling})


async def connected(play: Play) -> None:
    """One call that was picked up and is over."""
    call = call_id(await connect(play))
    await play.act("pick_up")
    assert (await act(play, "terminate", call)).status_code == 200


async def test_100_invalid_parameter(play: Play) -> None:
    """Row 100: without an SDP, a call is refused with 400, and the details say why (facts/meta 7.1, C2)."""
    await play.act("allow_always")
    assert "session" in refused(await connect(play, session=None), 100, 400)


async def test_613_too_many_state_queries() -> None:
    """Row 613: the 101st state query within a second: 429 (facts/meta 7.1, E5)."""
    async with Play(ServerSettings(seed="stage", rate_limits=True)) as play:
        query = f"/{NUMBER}/call_permissions?user_wa_id={USER}"
        for _ in range(100):
            assert (await graph(play, "GET", query)).status_code == 200
        refused(await graph(play, "GET", query), 613, 429)


async def test_131030_recipient_not_listed(play: Play) -> None:
    """Row 131030: a test number calls only listed recipients: 400 (facts/meta 7.1)."""
    await play.set(rules="meta-test-number", allowed_recipients=[OTHER])
    refused(await connect(play), 131030, 400)


async def test_131055_graph_calls_on_a_sip_number(play: Play) -> None:
    """Row 131055: with SIP on, Graph's calls are refused: 400 (facts/meta 7.1, 5.5)."""
    await play.act("allow_always")
    sip = {"status": "ENABLED", "servers": [{"hostname": "sip.example.com", "port": 5061}]}
    assert (await settings(play, sip=sip)).status_code == 200
    refused(await connect(play), 131055, 400)


async def test_138000_calling_not_enabled(play: Play) -> None:
    """Row 138000: calling is not enabled: 401, for calls and for state queries (facts/meta 7.1)."""
    await play.set(calling="DISABLED")
    refused(await connect(play), 138000, 401)
    refused(await graph(play, "GET", f"/{NUMBER}/call_permissions?user_wa_id={USER}"), 138000, 401)


@pytest.mark.parametrize("reachability", ["not_on_whatsapp", "outdated_app"])
async def test_138001_receiver_uncallable(play: Play, reachability: str) -> None:
    """Row 138001: not on WhatsApp, or with an unsupported client: 400 (facts/meta 7.1)."""
    await play.act("allow_always")
    await play.control("PATCH", f"users/{USER}", json={"reachability": reachability})
    refused(await connect(play), 138001, 400)


async def test_138002_too_many_calls_at_once(play: Play) -> None:
    """Row 138002: as many calls are going on as the number may have: 429 (facts/meta 7.1)."""
    await play.set(overrides={"calls_going_on": 1})
    await started(play, OTHER)
    await play.act("allow_always")
    refused(await connect(play), 138002, 429)


async def test_138003_a_call_is_going_on(play: Play) -> None:
    """Row 138003: a call with this user is going on already: 400 (facts/meta 7.1)."""
    await started(play)
    refused(await connect(play), 138003, 400)


async def test_138005_too_many_starts(play: Play) -> None:
    """Row 138005: as many calls were started in 24 h as the number may: 429, until the first is 24 h old (7.1, C9)."""
    await play.set(overrides={"call_starts_per_24h": 1})
    await started(play, OTHER)
    await play.act("allow_always")
    await play.advance(86_399)
    refused(await connect(play), 138005, 429)
    await play.advance(1)
    assert (await connect(play)).status_code == 200


async def test_138006_no_permission(play: Play) -> None:
    """Row 138006: without permission: 401; with the variant that some integrators saw: 400 (facts/meta 7.1, W4)."""
    refused(await connect(play), 138006, 401)
    await play.set(variants={"no_permission_status": "400"})
    refused(await connect(play), 138006, 400)


async def test_138006_after_expiry(play: Play) -> None:
    """Row 138006: a temporary permission that has expired is none (facts/meta 7.1, T6)."""
    await play.act("allow_temporarily")
    await play.advance(604_800)
    refused(await connect(play), 138006, 401)


async def test_138009_request_limit(play: Play) -> None:
    """Row 138009: the request limit of the pair: 400; a connected call resets it (facts/meta 7.1)."""
    await send(play)
    refused(await send(play), 138009, 400)
    await play.act("allow_temporarily")
    await connected(play)
    assert (await send(play)).status_code == 200


async def test_138012_connected_calls_limit() -> None:
    """Row 138012: 100 connected calls in 24 h: 400, with the time of the next in the details (facts/meta 7.1, C2)."""
    async with Play(ServerSettings(seed="stage")) as play:
        await play.set(rules="meta")
        await play.act("allow_always")
        for _ in range(100):
            await connected(play)
        assert refused(await connect(play), 138012, 400) == "Next call allowed at 1767254400"
        await play.advance(86_400)
        assert (await connect(play)).status_code == 200


async def test_138013_country(play: Play) -> None:
    """Row 138013: business-initiated calls are not available to the number: 400 (facts/meta 7.1, 11.2)."""
    await play.set(country="US")
    refused(await connect(play), 138013, 400)


async def test_138014_low_quality(play: Play) -> None:
    """Row 138014: calling is off for a while, for low quality: 400; it comes back by itself (facts/meta 7.1, C8)."""
    await play.act("allow_always")
    await play.set(restriction="calling")
    refused(await connect(play), 138014, 400)
    await play.advance(604_800)
    assert (await connect(play)).status_code == 200


async def test_138015_cannot_be_enabled(play: Play) -> None:
    """Row 138015: calling cannot be enabled below a messaging limit of 2000: 400 (facts/meta 7.1, 6.1)."""
    await play.set(calling="DISABLED", messaging_limit=1_999)
    refused(await settings(play, status="ENABLED"), 138015, 400)
    await play.set(messaging_limit=2_000)
    assert (await settings(play, status="ENABLED")).status_code == 200


async def test_138017_permanent_permission_exists(play: Play) -> None:
    """Row 138017: a request where a permanent permission exists: 400 (facts/meta 7.1)."""
    await play.act("allow_always")
    refused(await send(play), 138017, 400)


async def test_138018_prerequisites_missing() -> None:
    """Row 138018: calling cannot be enabled with nobody subscribed to calls: 400 (facts/meta 7.1, 6.1)."""
    async with Play(ServerSettings(seed="stage")) as play:
        await play.set(calling="DISABLED")
        refused(await settings(play, status="ENABLED"), 138018, 400)


@pytest.mark.parametrize("code", [138019, 138020, 138021, 138022, 138023])
async def test_138019_to_138023_in_the_terminate_webhook(meta: Play, code: int) -> None:
    """Rows 138019-138023: a call that fails says so in its terminate webhook (facts/meta 7.1, 5.4)."""
    call = await started(meta)
    await meta.control("POST", f"calls/{call}/hang-up", json={"code": code})
    (ended,) = await calls(meta, "terminate")
    assert ended["status"] == "FAILED"
    assert [error["code"] for error in (await seen(meta))[-1]["errors"]] == [code]


async def test_a_failed_call_is_no_unanswered_one(meta: Play) -> None:
    """Rows 138019-138023: such a call neither counts as unanswered nor ends a row of unanswered ones (C5)."""
    await meta.act("allow_always")
    await missed(meta, 3)
    call = call_id(await connect(meta))
    await meta.control("POST", f"calls/{call}/hang-up", json={"code": 138020})
    assert (await meta.user())["streak"]["unanswered"] == 3
    await missed(meta, 1)
    assert (await meta.user())["permission"]["status"] == "no_permission"
