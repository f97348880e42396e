"""What the two documents say that the product started from, sentence by sentence, as an integrator sees it.

Gupshup's guide "Permanent Call Permissions for WhatsApp Voice" and wolkvox's "Correct Use of Outbound Calls via
WhatsApp" (Feb 20 2026). What other tests here show already is not shown again.
"""

from __future__ import annotations

from typing import Any, Final

import pytest

from tests.facts.wire import call_id, missed, replies, reply, statuses
from tests.http.graph.surface import act, connect, refused, send
from tests.http.shapes import meta_error
from tests.stage.play import APP, TOKEN, Play

pytestmark = pytest.mark.anyio

USER: Final = "919812345678"
DAY: Final = 86_400
AS_PRINTED: Final[dict[str, Any]] = {
    "messaging_product": "whatsapp",
    "recipient_type": "individual",
    "to": USER,
    "type": "interactive",
    "interactive": {
        "type": "call_permission_request",
        "action": {"name": "call_permission_request"},
        "body": {"text": "We would like to call you to support your query."},
    },
}


async def connected(play: Play) -> None:
    """One call that was picked up and is over."""
    call = call_id(await connect(play))
    await play.act("pick_up")
    assert (await act(play, "terminate", call)).status_code == 200


async def test_the_guides_request_as_printed(play: Play) -> None:
    """Guide 5: the POST with the headers and the body that the guide prints is accepted."""
    answer = await play.http.post(
        f"/partner/app/{APP}/v3/message",
        headers={"Authorization": TOKEN, "Content-Type": "application/json"},
        json=AS_PRINTED,
    )
    assert answer.status_code == 200
    assert [row["status"] for row in await statuses(play)] == ["enqueued", "sent", "delivered"]


@pytest.mark.parametrize(
    ("tap", "state", "may_call"),
    [
        ("allow_always", "permanent", True),
        ("allow_temporarily", "temporary", True),
        ("decline", "no_permission", False),
    ],
)
async def test_the_three_choices(play: Play, tap: str, state: str, may_call: bool) -> None:
    """Guide 3.1, 4: Allow calls, Temporarily allow, Not at this time lead to the three states, by one and the same
    request; only the webhook differs (5).
    """
    assert (await play.user())["permission"]["status"] == "no_permission"
    await play.request()
    await play.act(tap)
    assert (await play.user())["permission"]["status"] == state
    assert ((await connect(play)).status_code == 200) == may_call


async def test_permanent_means_without_asking_again(play: Play) -> None:
    """Guide 1, 3.2, 7: a permanent permission is kept; a year later calls go without asking again, and asking is
    refused; wolkvox 2, 4: it does not expire.
    """
    await play.request()
    await play.act("allow_always")
    await play.advance(365 * DAY)
    await connected(play)
    meta_error(await play.request(), 138017)


async def test_the_diagram(play: Play) -> None:
    """Guide 5, diagram: request, Allow Calls, webhook with is_permanent true, call without further consent."""
    await play.request()
    await play.act("allow_always")
    assert [reply(message)["is_permanent"] for message in await replies(play)] == [True]
    await connected(play)


async def test_the_user_must_approve_once(play: Play) -> None:
    """Guide 6: the user must still approve once: a request alone is no permission; wolkvox 1, 12."""
    await play.request()
    refused(await connect(play), 138006, 401)


@pytest.mark.parametrize("given", ["allow_always", "allow_temporarily"])
async def test_revoked_at_any_time(play: Play, given: str) -> None:
    """Guide 6; wolkvox 9: either kind can be revoked at any time; then no call goes, and one must ask again."""
    await play.act(given)
    await play.advance(3 * DAY)
    await play.act("revoke")
    refused(await connect(play), 138006, 401)
    await play.request()
    await play.act("allow_always")
    await connected(play)


async def test_temporary_lasts_seven_days(play: Play) -> None:
    """Guide 4, 6; wolkvox 2, 3: it lasts 7 days, used or not; then a new request must be sent."""
    await play.act("allow_temporarily")
    await play.advance(7 * DAY - 1)
    await connected(play)
    await play.advance(1)
    refused(await connect(play), 138006, 401)
    assert (await send(play)).status_code == 200


@pytest.mark.parametrize(("rules", "most"), [("gupshup", 5), ("wolkvox", 10)])
@pytest.mark.parametrize("given", ["allow_always", "allow_temporarily"])
async def test_connected_calls_in_24_hours(play: Play, rules: str, most: int, given: str) -> None:
    """Guide 6: at most 5 connected calls a pair in 24 h; wolkvox 7: 10, permanent or not; the permission stays."""
    await play.set(rules=rules)
    await play.act(given)
    for _ in range(most):
        await connected(play)
    refused(await connect(play), 138012, 400)
    await play.advance(DAY)
    await connected(play)


async def test_permissions_are_of_one_number(play: Play) -> None:
    """Guide 6: a permission is of one business number: another one may not call."""
    other = (await play.http.post("/_sandbox/apps", json={})).json()
    await play.act("allow_always")
    path, headers = f"/{other['phone_number_id']}/calls", {"Authorization": f"Bearer {other['token']}"}
    body = {"messaging_product": "whatsapp", "to": USER, "action": "connect"}
    refused(await play.http.post(path, json=body, headers=headers), 138006, 401)
    await connected(play)


async def test_conversation_is_no_permission(play: Play) -> None:
    """Wolkvox 1, 5: a conversation, messages and calls of the user included, does not replace the permission."""
    await play.act("text", text="Please call me")
    await play.act("call")
    await play.act("hang_up")
    refused(await connect(play), 138006, 401)


async def test_two_requests_in_seven_days(play: Play) -> None:
    """Wolkvox 6: one request in 24 h, two in 7 days; an answer resets nothing, a connected call does."""
    await play.request()
    await play.act("decline")
    meta_error(await play.request(), 138009)
    await play.advance(DAY)
    assert (await play.request()).status_code == 200
    await play.act("allow_temporarily")
    await play.advance(DAY)
    meta_error(await play.request(), 138009)
    await connected(play)
    assert (await play.request()).status_code == 200


@pytest.mark.parametrize("given", ["allow_always", "allow_temporarily"])
async def test_four_unanswered_calls_end_the_permission(play: Play, given: str) -> None:
    """Wolkvox 8, 11: four missed or rejected calls in a row end the permission; one answered between begins anew."""
    await play.act(given)
    await missed(play, 3)
    await connected(play)
    await missed(play, 2)
    call_id(await connect(play))
    await play.act("reject_call")
    assert (await play.user())["permission"]["status"] != "no_permission"
    await missed(play, 1)
    assert (await play.user())["permission"]["status"] == "no_permission"
    assert reply((await replies(play))[-1]) == {"response": "reject", "response_source": "automatic"}


async def test_the_recommended_flow(play: Play) -> None:
    """Wolkvox 10: verify, ask, wait for the user, call within the limits, ask again after expiry: no violation."""
    assert (await play.user())["permission"]["status"] == "no_permission"
    await play.request()
    await play.act("allow_temporarily")
    await connected(play)
    await play.advance(7 * DAY)
    assert (await play.user())["permission"]["status"] == "no_permission"
    await play.request()
    await play.act("allow_always")
    await connected(play)
    violations = (await play.control("GET", "violations"))["entries"]
    assert [row for row in violations if row["kind"] == "violation"] == []


async def test_not_complying(play: Play) -> None:
    """Wolkvox 11: the number can be restricted for a while, or blocked; both are started by script (C8)."""
    await play.act("allow_always")
    await play.set(restriction="calling")
    refused(await connect(play), 138014, 400)
    await play.set(restriction="blocked")
    refused(await connect(play), 131031, 403)
    meta_error(await play.request(), 131031)
