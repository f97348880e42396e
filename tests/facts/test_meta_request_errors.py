"""facts/meta 1.8: the errors when sending a call permission request, each on Graph and, where it differs, at Gupshup.

Source: Meta, whatsapp/calling troubleshooting, Jun 24 2026; Meta, error codes, Dec 12 2025. Rows of the table that the
sandbox never says: 138011 (in no table of Meta's), 138001 to a request (only to a call), 131008 (a missing parameter is
100).
"""

from __future__ import annotations

import httpx
import pytest

from mock_server.settings import ServerSettings
from tests.facts.wire import started, statuses
from tests.http.graph.surface import act, graph, refused, send
from tests.http.shapes import meta_error
from tests.stage.play import APP, REQUEST, USER, Play

pytestmark = pytest.mark.anyio

DAY = 86_400


async def test_138009_a_second_request_in_24_hours(play: Play) -> None:
    """Row 138009: the second request within 24 h is refused with 400; after exactly 24 h one goes (facts/meta 1.8)."""
    assert (await send(play)).status_code == 200
    await play.advance(DAY - 1)
    refused(await send(play), 138009, 400)
    meta_error(await play.request(), 138009)
    await play.advance(1)
    assert (await send(play)).status_code == 200


async def test_138009_a_third_request_in_7_days(play: Play) -> None:
    """Row 138009: the third request within 7 days is refused; after exactly 7 days one goes (facts/meta 1.8)."""
    assert (await send(play)).status_code == 200
    await play.advance(3 * DAY)
    assert (await play.request()).status_code == 200
    await play.advance(4 * DAY - 1)
    refused(await send(play), 138009, 400)
    await play.advance(1)
    assert (await send(play)).status_code == 200


async def test_138009_a_connected_call_resets_it(play: Play) -> None:
    """Row 138009 (7.1): any connected call resets the limit, so that the next request goes (facts/meta 1.7, R2)."""
    assert (await send(play)).status_code == 200
    call = await started(play)
    await play.act("pick_up")
    await act(play, "terminate", call)
    await play.act("revoke")
    assert (await send(play)).status_code == 200


async def test_138017_permanent_permission_exists(play: Play) -> None:
    """Row 138017: a user who allowed calls permanently is not asked again: 400 (facts/meta 1.8)."""
    await play.act("allow_always")
    refused(await send(play), 138017, 400)
    meta_error(await play.request(), 138017)


async def test_a_temporary_permission_is_no_error(play: Play) -> None:
    """Below the table: no error is documented while a temporary permission is active, so a request goes (R4)."""
    await play.act("allow_temporarily")
    assert (await send(play)).status_code == 200


async def test_138000_calling_not_enabled(play: Play) -> None:
    """Row 138000: calling is not enabled on the number: 401 on Graph, 400 on the partner path (facts/meta 1.8, E2)."""
    await play.set(calling="DISABLED")
    refused(await send(play), 138000, 401)
    meta_error(await play.request(), 138000)


async def test_138014_paused_for_low_quality(play: Play) -> None:
    """Row 138014: calling is paused for low quality: 400; after 7 days a request goes (facts/meta 1.8, C8)."""
    await play.set(restriction="calling")
    refused(await send(play), 138014, 400)
    await play.advance(7 * DAY)
    assert (await send(play)).status_code == 200


@pytest.mark.parametrize("country", ["US", "CA", "EG", "VN", "NG"])
async def test_138013_country_without_business_calls(play: Play, country: str) -> None:
    """Row 138013: the number is of a country without business-initiated calls: 400 (facts/meta 1.8, 11.2)."""
    await play.set(country=country)
    refused(await send(play), 138013, 400)


async def test_131030_recipient_not_listed(play: Play) -> None:
    """Row 131030: a test number asks only listed recipients: 400 (facts/meta 1.8)."""
    await play.set(rules="meta-test-number", allowed_recipients=["919812345670"])
    refused(await send(play), 131030, 400)
    assert (await send(play, to="919812345670")).status_code == 200


async def test_131047_window_closed_in_the_response(play: Play) -> None:
    """Row 131047, response: on Graph a free-form request outside the window is refused at once (facts/meta 1.8, R5)."""
    await play.set(enforce_service_window=True)
    refused(await send(play), 131047, 400)
    assert await statuses(play) == []


async def test_131047_window_closed_by_webhook(play: Play) -> None:
    """Row 131047, webhook: on the partner path it is taken, and a failed status follows (facts/meta 1.8, R5)."""
    await play.set(enforce_service_window=True)
    assert (await play.request()).status_code == 200
    assert [row["status"] for row in await statuses(play)] == ["enqueued", "failed"]
    assert (await statuses(play))[1]["errors"][0]["code"] == 131047


async def test_131047_window_closed_both_ways(play: Play) -> None:
    """Row 131047, both: with `window_error: both` it is refused and a failed status follows (facts/meta 1.8, R5)."""
    await play.set(enforce_service_window=True, window_error="both")
    refused(await send(play), 131047, 400)
    assert [row["status"] for row in await statuses(play)] == ["enqueued", "failed"]


async def test_131026_the_users_app_is_too_old(meta: Play) -> None:
    """Row 131026: a user whose app is too old: 200, then a failed status (facts/meta 1.8, 7.4)."""
    await meta.control("PATCH", f"users/{USER}", json={"reachability": "outdated_app"})
    assert (await send(meta)).status_code == 200
    (failed,) = await statuses(meta)
    assert (failed["status"], failed["errors"][0]["code"]) == ("failed", 131026)


async def test_130429_throughput() -> None:
    """Row 130429: beyond 80 messages a second of a number: 400 on Graph (facts/meta 1.8, 7.2, E5)."""
    async with Play(ServerSettings(seed="stage", rate_limits=True)) as play:
        text = {"messaging_product": "whatsapp", "type": "text", "text": {"body": "hi"}}
        for n in range(80):
            assert (await send(play, text, to=f"9198000000{n:02d}")).status_code == 200
        refused(await send(play, text, to=USER), 130429, 400)
        play.machine.move(seconds=1)
        assert (await send(play, text, to=USER)).status_code == 200


async def test_131056_pair_rate() -> None:
    """Row 131056: beyond 45 messages in 6 s to one user: 400 on Graph (facts/meta 1.8, 11.1, E5)."""
    async with Play(ServerSettings(seed="stage", rate_limits=True)) as play:
        text = {"messaging_product": "whatsapp", "type": "text", "text": {"body": "hi"}}
        for _ in range(45):
            assert (await send(play, text, to=USER)).status_code == 200
        refused(await send(play, text, to=USER), 131056, 400)
        assert (await send(play, text, to="919812345670")).status_code == 200


@pytest.mark.parametrize("token", ["Bearer wrong", "Bearer ", "", "Basic c2s6"])
async def test_190_bad_token(play: Play, token: str) -> None:
    """Row 190: a bad token: 401 (facts/meta 1.8); at Gupshup `Authentication Failed` (facts/gupshup 1.4)."""
    refused(await send_with(play, token), 190, 401)
    answer = await play.http.post(f"/partner/app/{APP}/v3/message", json=REQUEST, headers={"Authorization": token})
    assert (answer.status_code, answer.json()) == (401, {"status": "error", "message": "Authentication Failed"})


async def test_100_bad_parameter(play: Play) -> None:
    """Row 100: a bad parameter: 400, with what is wrong in the details (facts/meta 1.8)."""
    assert "interactive.action" in refused(await send(play, interactive={"type": "call_permission_request"}), 100, 400)


async def test_131009_bad_interactive_type(play: Play) -> None:
    """Row 131009: an interactive type that is none: 400 (facts/meta 1.8, 7.1, R7)."""
    refused(await send(play, interactive={"type": "telepathy"}), 131009, 400)


async def test_a_refused_request_counts_for_nothing(play: Play) -> None:
    """Below the table: whatever a request was refused with, it does not count (R3)."""
    for settings in ({"calling": "DISABLED"}, {"calling": "ENABLED", "country": "US"}, {"country": "IN"}):
        await play.set(**settings)
        answer = await send(play)
    assert answer.status_code == 200
    assert (await play.user())["limits"][0]["current_usage"] == 1


async def send_with(play: Play, token: str) -> httpx.Response:
    return await graph(play, "POST", "/100000000000001/messages", json=REQUEST, headers={"Authorization": token})
