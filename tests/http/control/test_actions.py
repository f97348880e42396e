"""`POST /users/{wa_id}/actions`: what the script has a user do (P2, INTERFACE)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.http.shapes import good, problem
from tests.http.waiting import until
from tests.stage.play import APP, USER, Play
from tests.stage.receiver import ERROR

pytestmark = pytest.mark.anyio


async def act(play: Play, action: str, **more: Any) -> Any:
    return good(await play.act(action, **more), "action-answer")


async def refused(play: Play, action: str, **more: Any) -> str:
    return str(problem(await play.act(action, **more), 409)["detail"])


async def test_the_answer_has_state_events_and_deliveries(play: Play) -> None:
    """An action answers with the new state, what happened, and the webhooks it caused (INTERFACE)."""
    await play.request()
    said = await act(play, "allow_always")
    assert said["user"]["permission"]["status"] == "permanent"
    assert [event["kind"] for event in said["events"]] == ["message_status", "call_permission_reply"]
    assert said["events"][1]["response"] == "accept"
    assert [(row["state"], row["attempts"]) for row in said["deliveries"]] == [("delivered", 1), ("delivered", 1)]


async def test_it_answers_after_the_first_attempt(play: Play) -> None:
    """An action answers when each of its webhooks has been tried once, delivered or not (INTERFACE)."""
    play.receiver.script = lambda _: ERROR
    said = await act(play, "allow_always")
    assert [(row["state"], row["attempts"], row["last"]["status"]) for row in said["deliveries"]] == [
        ("waiting", 1, 500)
    ]


async def test_it_waits_for_a_slow_receiver(play: Play) -> None:
    """While the receiver has not answered the action has not either (INTERFACE)."""
    play.receiver.held = asyncio.Event()
    action = asyncio.create_task(play.act("allow_always"))
    await until(lambda: bool(play.receiver.posts))
    assert not action.done()
    play.receiver.held.set()
    said = good(await action, "action-answer")
    assert [row["state"] for row in said["deliveries"]] == ["delivered"]


async def test_wait_false_does_not_wait(play: Play) -> None:
    """With `wait: false` the answer comes at once, the webhooks still waiting (INTERFACE)."""
    play.receiver.held = asyncio.Event()
    said = await act(play, "allow_always", wait=False)
    assert [(row["state"], row["attempts"]) for row in said["deliveries"]] == [("waiting", 0)]
    play.receiver.held.set()
    await play.settle()
    assert play.receiver.whats == ["set-callback", "reply accept"]


async def test_it_does_not_wait_for_paused_deliveries(play: Play) -> None:
    """With `deliveries: paused` nothing will be tried, so nothing is waited for; they go out when switched on
    (INTERFACE).
    """
    await play.set(deliveries="paused")
    said = await act(play, "allow_always")
    assert [(row["state"], row["attempts"]) for row in said["deliveries"]] == [("waiting", 0)]
    assert play.receiver.posts == []
    await play.set(deliveries="on")
    await play.settle()
    assert play.receiver.whats == ["set-callback", "reply accept"]


@pytest.mark.parametrize(
    ("action", "more", "expires"),
    [
        ("allow_always", {}, None),
        ("allow_temporarily", {}, "2026-01-07T08:00:00.000Z"),
        ("allow_temporarily", {"for_seconds": 5}, "2025-12-31T08:00:05.000Z"),
    ],
)
async def test_grants(play: Play, action: str, more: dict[str, Any], expires: str | None) -> None:
    """Always is permanent; temporarily is 604800 s or as long as the script says (P2)."""
    permission = (await act(play, action, **more))["user"]["permission"]
    assert permission["expires_at"] == expires
    assert permission["status"] == ("temporary" if expires else "permanent")


@pytest.mark.parametrize("by", ["id", "gs_id"])
async def test_an_older_request_by_its_id(play: Play, by: str) -> None:
    """`request_id` names the request that is answered, by wamid or by Gupshup's id (P2, P6)."""
    await play.request()
    await play.advance(86_400)
    await play.request()
    old, new = (await play.user())["requests"]
    await act(play, "decline", request_id=old[by])
    assert play.receiver.posts[-1].value["messages"][0]["context"]["id"] == old["id"]
    assert [request["answer"] for request in (await play.user())["requests"]] == ["reject", None]
    await act(play, "allow_always", request_id=new[by])
    assert play.receiver.posts[-1].value["messages"][0]["context"]["id"] == new["id"]


async def test_from_the_profile(play: Play) -> None:
    """`from_profile` acts from the business profile although a request could be answered (P2)."""
    await play.request()
    said = await act(play, "allow_always", from_profile=True)
    assert said["user"]["requests"][0]["answer"] is None
    assert "context" not in play.receiver.posts[-1].value["messages"][0]


async def test_read_and_text(play: Play) -> None:
    """`read` marks what was delivered; `text` writes to the business (R6, R5)."""
    await play.request()
    await act(play, "read")
    assert play.receiver.whats[-1] == "read"
    said = await act(play, "text", text="नमस्ते 👋")
    assert play.receiver.posts[-1].value["messages"][0]["text"]["body"] == "नमस्ते 👋"
    assert said["user"]["service_window"]["open"] is True


async def test_calls_of_the_business(play: Play) -> None:
    """`pick_up`, `hang_up` and `reject_call` act on the business's call (C3)."""
    await act(play, "allow_always")
    await play.control("POST", "calls", json={"to": USER})
    assert (await act(play, "pick_up"))["user"]["calls"][0]["state"] == "connected"
    assert (await act(play, "hang_up"))["user"]["calls"][0]["state"] == "ended"
    await play.control("POST", "calls", json={"to": USER})
    assert (await act(play, "reject_call"))["user"]["calls"][1]["state"] == "ended"
    assert play.receiver.whats[2:] == [
        "RINGING",
        "connect",
        "ACCEPTED",
        "terminate",
        "RINGING",
        "REJECTED",
        "terminate",
    ]


async def test_a_call_of_the_user(play: Play) -> None:
    """`call` has the user call the business; `hang_up` ends it, and the callback permission is granted if enabled
    (C6, P7).
    """
    await play.set(callback_permission_status="ENABLED")
    await act(play, "call")
    said = await act(play, "hang_up")
    assert play.receiver.whats[1:] == ["connect", "terminate", "reply accept"]
    assert said["user"]["permission"]["status"] == "temporary"


@pytest.mark.parametrize(
    ("action", "sentence"),
    [
        ("decline", "There is no request to decline and no permission to take back."),
        ("revoke", "There is no permission to revoke."),
        ("pick_up", "No call of the business is ringing at this user."),
        ("reject_call", "No call of the business is ringing at this user."),
        ("hang_up", "No call with this user is going on."),
    ],
)
async def test_what_cannot_be_done_now(play: Play, action: str, sentence: str) -> None:
    """What makes no sense in the present state is 409 with a sentence that says why, and changes nothing (P2, E4)."""
    assert await refused(play, action) == sentence
    assert (await play.control("GET", "users"))["users"] == []


@pytest.mark.parametrize("action", ["allow_always", "allow_temporarily", "decline", "revoke"])
async def test_a_switched_off_user_does_nothing(play: Play, action: str) -> None:
    """A user whose phone is off answers nothing: 409 that says how to switch it on (R6)."""
    await play.control("PATCH", f"users/{USER}", json={"reachability": "switched_off"})
    assert await refused(play, action) == "This user is switched off; make the user reachable first."


async def test_an_expired_request_cannot_be_answered(play: Play) -> None:
    """Answering an expired request by its id is 409 that says when and why it expired (P6)."""
    await play.request()
    request_id = (await play.user())["requests"][0]["id"]
    await play.advance(604_800)
    sentence = await refused(play, "allow_always", request_id=request_id)
    assert (
        sentence == "This request expired at 2026-01-07T08:00:00.000Z, 7 days after its first answer or its delivery."
    )


async def test_an_answered_newer_request_ends_the_older(play: Play) -> None:
    """When the user answers a newer request the older one has expired (P6)."""
    await play.request()
    await play.advance(86_400)
    await play.request()
    old = (await play.user())["requests"][0]["id"]
    await act(play, "allow_always")
    assert await refused(play, "decline", request_id=old) == "This request expired when the user answered a newer one."


async def test_an_unknown_request(play: Play) -> None:
    """A request id that the user never got is 404 (E4)."""
    answer = await play.act("allow_always", request_id="wamid.nothing")
    assert problem(answer, 404)["detail"] == "This user has got no request wamid.nothing; see the user's requests."


async def test_nobody_can_be_asked_to_act(play: Play) -> None:
    """An action of somebody who is no number is 404 (E4)."""
    answer = await play.http.post(f"/_sandbox/apps/{APP}/users/nobody/actions", json={"action": "read"})
    assert problem(answer, 404)["detail"].startswith("'nobody' is no user")
