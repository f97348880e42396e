"""`/{phone-number-id}/settings`: calling of a number at Meta (facts/meta 6)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from mock_server.settings import ServerSettings
from tests.http.graph.surface import NUMBER, graph, refused, state
from tests.http.shapes import good
from tests.stage.play import Play

pytestmark = pytest.mark.anyio

PATH = f"/{NUMBER}/settings"
SERVER = {"hostname": "sip.example", "port": 5061, "request_uri_user_params": {}}
HOURS = {
    "status": "ENABLED",
    "timezone_id": "America/Manaus",
    "weekly_operating_hours": [{"day_of_week": "MONDAY", "open_time": "0400", "close_time": "1020"}],
    "holiday_schedule": [{"date": "2026-01-01", "start_time": "0000", "end_time": "2359"}],
}


async def show(play: Play, query: str = "") -> Any:
    return good(await graph(play, "GET", PATH + query), "answer-settings")


async def update(play: Play, **calling: Any) -> httpx.Response:
    return await graph(play, "POST", PATH, json={"calling": calling})


async def test_the_settings_of_a_new_app(play: Play) -> None:
    """A number begins with calling on and callback permission off (A1)."""
    assert await show(play) == {"calling": {"status": "ENABLED", "callback_permission_status": "DISABLED"}}


async def test_what_is_set_is_shown(play: Play) -> None:
    """All that was set is answered with again, and what was not named stays (facts/meta 6.2)."""
    assert good(await update(play, call_icon_visibility="DISABLE_ALL", call_hours=HOURS), "answer-success") == {
        "success": True
    }
    good(await update(play, voicemail={"status": "ENABLED", "triggers": ["REJECT"]}), "answer-success")
    assert (await show(play))["calling"] == {
        "status": "ENABLED",
        "callback_permission_status": "DISABLED",
        "call_icon_visibility": "DISABLE_ALL",
        "call_hours": HOURS,
        "voicemail": {"status": "ENABLED", "triggers": ["REJECT"]},
    }


async def test_a_schedule_that_is_left_out_is_deleted(play: Play) -> None:
    """`call_hours` is replaced as a whole: a holiday schedule that is left out is gone (facts/meta 6.1)."""
    await update(play, call_hours=HOURS)
    await update(play, call_hours={"status": "DISABLED"})
    assert (await show(play))["calling"]["call_hours"] == {"status": "DISABLED"}


async def test_the_switches_are_those_of_the_app(play: Play) -> None:
    """`status` and `callback_permission_status` are the app's own settings, whichever way they are changed."""
    good(await update(play, status="DISABLED", callback_permission_status="ENABLED"), "answer-success")
    app = await play.set()
    assert (app["calling"], app["callback_permission_status"]) == ("DISABLED", "ENABLED")
    await play.set(calling="ENABLED")
    assert (await show(play))["calling"]["status"] == "ENABLED"


async def test_disabled_calling_refuses_requests(play: Play) -> None:
    """Once calling is off, requests are refused (138000); permissions stay as they are (R3)."""
    await play.act("allow_temporarily")
    await update(play, status="DISABLED")
    answer = await play.request()
    assert answer.json()["error"]["code"] == 138000
    assert (await play.user())["permission"]["status"] == "temporary"


@pytest.mark.parametrize(("limit", "code"), [(1999, 138015), (2000, None), (100_000, None)])
async def test_138015_below_the_messaging_limit(play: Play, limit: int, code: int | None) -> None:
    """Calling cannot be enabled below a messaging limit of 2000 users (row 138015, facts/meta 6.1)."""
    await play.set(calling="DISABLED", messaging_limit=limit)
    before = await state(play)
    answer = await update(play, status="ENABLED", call_icon_visibility="DEFAULT")
    if code is None:
        good(answer, "answer-success")
        return
    assert refused(answer, code, 400) == f"The messaging limit is {limit} users in 24 hours; calling needs 2000."
    assert await state(play) == before


async def test_138018_without_anyone_to_tell() -> None:
    """Calling cannot be enabled where no subscription wants calls and SIP is off (row 138018, facts/meta 6.1)."""
    async with Play(ServerSettings(seed="stage")) as play:
        await play.set(calling="DISABLED")
        before = await state(play)
        details = refused(await update(play, status="ENABLED"), 138018, 400)
        wanting = "subscribe to the field calls (at Gupshup: mode VOICE), or enable SIP"
        assert details == f"No webhook subscription wants calls; {wanting}."
        assert await state(play) == before


async def test_sip_or_a_subscription_enables() -> None:
    """With SIP, or with a subscription that wants calls, calling can be enabled (facts/meta 6.1)."""
    form = {"modes": "VOICE", "tag": "calls", "url": "http://other.example/", "version": "3"}
    async with Play(ServerSettings(seed="stage")) as play:
        await play.set(calling="DISABLED")
        good(await update(play, status="ENABLED", sip={"status": "ENABLED", "servers": [SERVER]}), "answer-success")
        await update(play, status="DISABLED", sip={"status": "DISABLED"})
        refused(await update(play, status="ENABLED"), 138018, 400)
        await play.partner("POST", "subscription", data=form)
        good(await update(play, status="ENABLED"), "answer-success")


async def test_what_is_on_stays_on() -> None:
    """Calling that is enabled already needs nothing to be set to that again (facts/meta 6.1)."""
    async with Play(ServerSettings(seed="stage")) as play:
        await play.set(messaging_limit=250)
        good(await update(play, status="ENABLED"), "answer-success")


async def test_passwords_only_when_asked_for(play: Play) -> None:
    """SIP servers are shown with their passwords with `include_sip_credentials=true` only, and the journal never has
    them (facts/meta 6.2).
    """
    await update(play, sip={"status": "ENABLED", "servers": [SERVER]})
    assert (await show(play))["calling"]["sip"]["servers"] == [SERVER]
    (server,) = (await show(play, "?include_sip_credentials=true"))["calling"]["sip"]["servers"]
    assert len(server["sip_user_password"]) >= 20
    journal = await play.http.get(f"/_sandbox/apps/{play.app}/journal")
    assert server["sip_user_password"] not in journal.text


async def test_a_restriction_is_shown_while_it_lasts(play: Play) -> None:
    """A restriction of calling is in the answer with its end, until it lifts (C8, facts/meta 6.2)."""
    await play.set(restriction="calling")
    (row,) = (await show(play))["restrictions"]["restrictions_list"]
    assert row == {
        "type": "RESTRICTED_BUSINESS_INITIATED_CALLING",
        "reason": "Low quality of business-initiated calls",
        "expiration": 1_767_168_000 + 604_800,
    }
    await play.advance(604_800)
    assert "restrictions" not in await show(play)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({}, "calling: is required"),
        ({"calling": {"status": "ON"}}, 'calling.status: must be one of "ENABLED", "DISABLED", not "ON"'),
        ({"calling": {"call_hours": {"status": "ENABLED", "holiday_schedule": [{}] * 21}}}, "calling.call_hours"),
    ],
    ids=["nothing", "status", "holidays"],
)
async def test_100_for_wrong_settings(play: Play, body: Any, says: str) -> None:
    """Settings that satisfy no page are 100, name the field, and change nothing (row 100, E3)."""
    before = await state(play)
    assert refused(await graph(play, "POST", PATH, json=body), 100, 400).startswith(says)
    assert await state(play) == before
