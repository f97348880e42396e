"""`GET /{phone-number-id}/call_permissions`: what is allowed, what is used up, what may be done (facts/meta 3)."""

from __future__ import annotations

from typing import Any

import pytest

from mock_server import ids
from tests.http.graph.surface import NUMBER, TEMPLATE, Arrange, act, connect, graph, refused, send, setting, state
from tests.http.shapes import good
from tests.stage.play import USER, Play

pytestmark = pytest.mark.anyio

PATH = f"/{NUMBER}/call_permissions"
NOW = 1_767_168_000


async def shown(play: Play, **query: str) -> Any:
    answer = await graph(play, "GET", PATH, params=query or {"user_wa_id": USER})
    return good(answer, "answer-call_permissions")


async def permission(play: Play, wa_id: str = USER) -> Any:
    return (await shown(play, user_wa_id=wa_id))["permission"]


async def may(play: Play) -> tuple[bool, bool]:
    """Whether a request may be sent, and a call started."""
    ask, call = (await shown(play))["actions"]
    assert (ask["action_name"], call["action_name"]) == ("send_call_permission_request", "start_call")
    return ask["can_perform_action"], call["can_perform_action"]


async def test_nothing_has_happened_yet(play: Play) -> None:
    """A user who was never asked: no permission, a request possible, both windows of requests and one of calls."""
    assert await shown(play) == {
        "messaging_product": "whatsapp",
        "permission": {"status": "no_permission"},
        "actions": [
            {
                "action_name": "send_call_permission_request",
                "can_perform_action": True,
                "limits": [
                    {"time_period": "PT24H", "max_allowed": 1, "current_usage": 0},
                    {"time_period": "P7D", "max_allowed": 2, "current_usage": 0},
                ],
            },
            {
                "action_name": "start_call",
                "can_perform_action": False,
                "limits": [{"time_period": "PT24H", "max_allowed": 5, "current_usage": 0}],
            },
        ],
    }


async def test_temporary_permission(play: Play) -> None:
    """A temporary permission has its end in Unix seconds, and is gone at that instant (P1, T6)."""
    await play.act("allow_temporarily")
    assert await permission(play) == {"status": "temporary", "expiration_time": NOW + 604_800}
    assert await may(play) == (True, True)
    await play.advance(604_800)
    assert await permission(play) == {"status": "no_permission"}


async def test_permanent_permission(play: Play) -> None:
    """A permanent permission has no end; there is nothing to ask for (P1, 138017)."""
    await play.act("allow_always")
    assert await permission(play) == {"status": "permanent"}
    assert await may(play) == (False, True)


async def test_limits_of_requests(play: Play) -> None:
    """A limit that is reached says when it frees, one that is not says nothing about it (R2, facts/meta 3)."""
    await send(play)
    ask = (await shown(play))["actions"][0]
    assert ask["can_perform_action"] is False
    assert ask["limits"] == [
        {"time_period": "PT24H", "max_allowed": 1, "current_usage": 1, "limit_expiration_time": NOW + 86_400},
        {"time_period": "P7D", "max_allowed": 2, "current_usage": 1},
    ]
    await play.advance(86_400)
    assert await may(play) == (True, False)


async def test_limits_of_calls(play: Play) -> None:
    """Usage of `start_call` counts calls that were picked up; when the limit is reached it says when it frees (C4)."""
    await play.set(overrides={"connected_calls_per_24h": 1})
    await play.act("allow_always")
    for picked_up in (False, True):
        call_id = good(await connect(play), "answer-call-connect")["calls"][0]["id"]
        if picked_up:
            await play.act("pick_up")
        await act(play, "terminate", call_id)
        usage = (await shown(play))["actions"][1]["limits"][0]["current_usage"]
        assert usage == int(picked_up)
    (limit,) = (await shown(play))["actions"][1]["limits"]
    assert limit == {
        "time_period": "PT24H", "max_allowed": 1, "current_usage": 1, "limit_expiration_time": NOW + 86_400,
    }  # fmt: skip
    assert await may(play) == (False, False)


async def allowed(play: Play) -> None:
    await play.act("allow_temporarily")


async def in_a_call(play: Play) -> None:
    await play.act("allow_temporarily")
    await connect(play)


def after_allowing(**settings: Any) -> Arrange:
    async def arrange(play: Play) -> None:
        await play.act("allow_temporarily")
        await play.set(**settings)

    return arrange


async def outdated(play: Play) -> None:
    await play.act("allow_temporarily")
    await play.control("PATCH", f"users/{USER}", json={"reachability": "outdated_app"})


ARRANGEMENTS: dict[str, Arrange] = {
    "nothing": setting(),
    "allowed": allowed,
    "a call going on": in_a_call,
    "restricted": after_allowing(restriction="calling"),
    "blocked": after_allowing(restriction="blocked"),
    "country": after_allowing(country="US"),
    "not listed": after_allowing(rules="meta-test-number", allowed_recipients=["919800000001"]),
    "too many calls": after_allowing(overrides={"calls_going_on": 0}),
    "too many starts": after_allowing(overrides={"call_starts_per_24h": 0}),
    "no requests": after_allowing(overrides={"requests_per_7d": 0}),
    "window closed": after_allowing(enforce_service_window=True),
    "outdated app": outdated,
}


@pytest.mark.parametrize("name", ARRANGEMENTS)
async def test_what_may_be_done_is_what_is_then_accepted(play: Play, name: str) -> None:
    """`can_perform_action` takes everything into account: it is true exactly where the action is then accepted
    (facts/meta 3).
    """
    await ARRANGEMENTS[name](play)
    ask, call = await may(play)
    assert call is ((await connect(play)).status_code == 200)
    assert ask is ((await send(play, TEMPLATE)).status_code == 200)


@pytest.mark.parametrize("wa_id", ["919999000008", "919999000009"], ids=["not on WhatsApp", "app too old"])
async def test_who_cannot_be_called_has_no_permission(play: Play, wa_id: str) -> None:
    """A number that cannot be called is `no_permission` and no error (facts/meta 3)."""
    said = await shown(play, user_wa_id=wa_id)
    assert said["permission"] == {"status": "no_permission"}
    assert said["actions"][1]["can_perform_action"] is False


async def test_who_cannot_be_called_any_more(play: Play) -> None:
    """Permission of a user whose app became too old shows as none, and is there again with a newer app (C2)."""
    await outdated(play)
    assert await permission(play) == {"status": "no_permission"}
    await play.control("PATCH", f"users/{USER}", json={"reachability": "reachable"})
    assert (await permission(play))["status"] == "temporary"


@pytest.mark.parametrize(
    "query",
    [
        f"user_wa_id={USER}",
        f"user_wa_id=%2B{USER}",
        f"user_wa_id=+{USER}",
        f"user_wa_id=+91-98123-45678&recipient={ids.bsuid('919800000001')}",
        f"recipient={ids.bsuid(USER)}",
    ],
)
async def test_the_user_by_other_names(play: Play, query: str) -> None:
    """The number with a plus sign, encoded or not, or the BSUID; the number wins (A2, A3, facts/meta 10)."""
    await play.act("allow_always")
    said = good(await graph(play, "GET", f"{PATH}?{query}"), "answer-call_permissions")
    assert said["permission"] == {"status": "permanent"}


async def test_a_bsuid_that_nobody_has(play: Play) -> None:
    """An unknown BSUID, or one of a parent business, is a user without permission (A3)."""
    for recipient in ("IN.99999999999999999999", "US.ENT.11815799212886844830"):
        assert (await shown(play, recipient=recipient))["permission"] == {"status": "no_permission"}


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("", "user_wa_id: is required, or else recipient"),
        ("user_wa_id=", "user_wa_id: is required, or else recipient"),
        ("user_wa_id=91888899xxx", "user_wa_id: must be a phone number of 7 to 15 digits"),
        ("recipient=nobody", "recipient: must be a BSUID"),
    ],
)
async def test_100_without_a_user(play: Play, query: str, says: str) -> None:
    """Without a user, or with what is none, the query is 100 and names the parameter (row 100, E3)."""
    assert refused(await graph(play, "GET", f"{PATH}?{query}"), 100, 400).startswith(says)


async def test_138000_where_calling_is_off(play: Play) -> None:
    """With calling off the state is not told: 138000 with 401 (row 138000)."""
    await play.set(calling="DISABLED")
    refused(await graph(play, "GET", f"{PATH}?user_wa_id={USER}"), 138000, 401)


@pytest.mark.memory_only("on a durable store a timer that is due falls due by itself, whether or not anybody looks")
async def test_looking_lets_no_timer_fall_due(play: Play) -> None:
    """Asking shows what has fallen due, and leaves it to fall due by itself (facts/meta 3, T7)."""
    await play.act("allow_temporarily", for_seconds=5)
    play.machine.move(seconds=6)
    before = await state(play)
    assert await permission(play) == {"status": "no_permission"}
    assert await state(play) == before


async def test_looking_changes_nothing(play: Play) -> None:
    """Asking for the state, of a user nobody has met too, changes nothing (facts/meta 3)."""
    await play.act("allow_temporarily", for_seconds=5)
    await play.settle()
    play.machine.move(seconds=6)
    await play.settle()
    before = await state(play)
    assert await permission(play) == {"status": "no_permission"}
    assert await permission(play, "919800000001") == {"status": "no_permission"}
    assert await state(play) == before
