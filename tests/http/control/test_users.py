"""Users and their conversations, as the control API shows and changes them (INTERFACE)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.http.shapes import good, problem
from tests.stage.play import APP, REQUEST, USER, Play

pytestmark = pytest.mark.anyio

BSUID = "IN.37279139073376405991"  # of 919812345678
PATH = f"/_sandbox/apps/{APP}/users"


async def show(play: Play, who: str = USER) -> Any:
    return good(await play.http.get(f"{PATH}/{who}"), "user")


async def change(play: Play, **changes: Any) -> Any:
    return good(await play.http.patch(f"{PATH}/{USER}", json=changes), "user")


async def test_a_user_nobody_has_met(play: Play) -> None:
    """Any number is a user: reachable, without permission, nothing used (A2, P1)."""
    assert await show(play) == {
        "wa_id": "919812345678",
        "bsuid": BSUID,
        "name": "Sandbox User",
        "username": None,
        "reachability": "reachable",
        "test_number": None,
        "permission": {"status": "no_permission", "expires_at": None, "expiration_timestamp": None},
        "requests": [],
        "limits": [
            {"name": "requests_per_24h", "max_allowed": 1, "current_usage": 0, "frees_at": None},
            {"name": "requests_per_7d", "max_allowed": 2, "current_usage": 0, "frees_at": None},
            {"name": "connected_calls_per_24h", "max_allowed": 5, "current_usage": 0, "frees_at": None},
        ],
        "streak": {"unanswered": 0, "nudge_after": 2, "revoke_after": 4, "nudged": False},
        "calls": [],
        "service_window": {"open": False, "until": None},
    }


async def test_looking_changes_nothing(play: Play) -> None:
    """A look at a user leaves no trace: nobody is listed whom the app had nothing to do with (INTERFACE)."""
    await show(play)
    assert good(await play.http.get(PATH), "users")["users"] == []


async def test_a_user_in_the_middle_of_things(play: Play) -> None:
    """Permission, request, limits, streak, calls and window in one view (INTERFACE)."""
    sent = (await play.request()).json()["messages"][0]["id"]
    await play.act("allow_temporarily")
    await play.act("text")
    placed = await play.control("POST", "calls", json={"to": USER})
    await play.advance(60)
    user = await show(play)
    assert user["permission"] == {
        "status": "temporary",
        "expires_at": "2026-01-07T08:00:00.000Z",
        "expiration_timestamp": 1_767_772_800,
    }
    (request,) = user["requests"]
    assert (request["gs_id"], request["form"], request["state"], request["answer"]) == (
        sent,
        "interactive",
        "read",
        "accept",
    )
    assert (request["answerable"], request["answerable_until"]) == (True, "2026-01-07T08:00:00.000Z")
    assert user["limits"][0]["frees_at"] == "2026-01-01T08:00:00.000Z"
    assert user["streak"]["unanswered"] == 1
    assert user["calls"] == [
        {
            "id": placed["call"]["id"],
            "direction": "BUSINESS_INITIATED",
            "state": "ended",
            "started_at": "2025-12-31T08:00:00.000Z",
            "picked_up_at": None,
            "ended_at": "2025-12-31T08:01:00.000Z",
            "code": None,
        }
    ]
    assert user["service_window"] == {"open": True, "until": "2026-01-01T08:00:00.000Z"}


async def test_the_view_is_of_now(play: Play) -> None:
    """What has expired is shown as expired, whoever looked or did not look before (T7)."""
    await play.act("allow_temporarily", for_seconds=10)
    play.machine.move(seconds=9.999)
    assert (await show(play))["permission"]["status"] == "temporary"
    play.machine.move(seconds=0.001)
    assert (await show(play))["permission"]["status"] == "no_permission"


@pytest.mark.parametrize("who", [BSUID, "+919812345678", "91 98123-45678", "919812345678/"])
async def test_a_user_by_other_names(play: Play, who: str) -> None:
    """`{wa_id}` may be a BSUID, and a number with its signs (INTERFACE, A2)."""
    await play.act("allow_always")
    user = await show(play, who)
    assert (user["wa_id"], user["permission"]["status"]) == ("919812345678", "permanent")


async def test_actions_by_bsuid(play: Play) -> None:
    """A user acts under the BSUID as under the number (A3)."""
    good(await play.act("allow_always", BSUID), "action-answer")
    assert (await show(play))["permission"]["status"] == "permanent"


async def test_test_numbers_say_what_they_do(play: Play) -> None:
    """The view of a test number says what it does; `test_numbers: off` makes it an ordinary user (section 10)."""
    assert (await show(play, "919999000003"))["test_number"] == "declines"
    assert (await show(play, "919999000008"))["reachability"] == "not_on_whatsapp"
    await play.set(test_numbers="off")
    assert (await show(play, "919999000003"))["test_number"] is None
    await play.set(test_numbers="any")
    assert (await show(play, "919812340003"))["test_number"] == "declines"


async def test_names_change(play: Play) -> None:
    """A name appears in webhooks; a username takes the number out of them, null brings it back (A3)."""
    await change(play, name="Asha", username="asha.k")
    await play.act("text")
    message = play.receiver.posts[-1].value
    assert message["contacts"][0]["profile"] == {"name": "Asha", "username": "asha.k"}
    assert "from" not in message["messages"][0]
    user = await change(play, username=None)
    assert (user["name"], user["username"]) == ("Asha", None)
    await play.act("text")
    assert play.receiver.posts[-1].value["messages"][0]["from"] == USER


async def test_a_switched_off_user_gets_the_rest_later(play: Play) -> None:
    """A switched-off user gets `sent` only, and the rest when switched on (R6)."""
    await change(play, reachability="switched_off")
    await play.request()
    await play.settle()
    assert play.receiver.whats == ["set-callback", "enqueued", "sent"]
    await change(play, reachability="reachable")
    await play.settle()
    assert play.receiver.whats[3:] == ["delivered"]


async def test_an_outdated_app_fails_requests_only(play: Play) -> None:
    """An outdated app fails a request with 131026, and takes texts (R6)."""
    await change(play, reachability="outdated_app")
    await play.request()
    body = {"messaging_product": "whatsapp", "to": USER, "type": "text", "text": {"body": "Hello"}}
    await play.partner("POST", "v3/message", json=body)
    await play.settle()
    assert play.receiver.whats[1:] == ["enqueued", "failed", "enqueued", "sent", "delivered"]
    assert play.receiver.posts[2].value["statuses"][0]["errors"][0]["code"] == 131026


async def test_users_are_paged_by_cursor(play: Play) -> None:
    """Users come in the order of their numbers, `limit` at a time (INTERFACE)."""
    for number in (3, 1, 2):
        await play.act("text", f"91980000000{number}")
    first = good(await play.http.get(f"{PATH}?limit=2"), "users")
    assert [user["wa_id"] for user in first["users"]] == ["919800000001", "919800000002"]
    last = good(await play.http.get(PATH, params={"limit": 2, "after": first["next"]}), "users")
    assert ([user["wa_id"] for user in last["users"]], last["next"]) == (["919800000003"], None)


async def test_an_unknown_bsuid_is_no_user(play: Play) -> None:
    """Who was addressed by a BSUID that nobody has is not listed as a user (A3)."""
    body = {name: value for name, value in REQUEST.items() if name != "to"} | {"recipient": "IN.4614498218826880"}
    await play.partner("POST", "v3/message", json=body)
    await play.act("text")
    assert [user["wa_id"] for user in good(await play.http.get(PATH), "users")["users"]] == [USER]
    assert problem(await play.http.get(f"{PATH}/IN.4614498218826880"), 404)["detail"] == (
        "'IN.4614498218826880' is no user: give 7 to 15 digits or a BSUID of this sandbox."
    )
