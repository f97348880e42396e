"""Deliveries: look, send again, wait (W5, INTERFACE)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.http.shapes import good, problem
from tests.stage.play import APP, RECEIVER, USER, Play
from tests.stage.receiver import ERROR, OK, REFUSED

pytestmark = pytest.mark.anyio

PATH = f"/_sandbox/apps/{APP}/deliveries"


async def listed(play: Play, **query: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = good(await play.http.get(PATH, params=query), "deliveries")["deliveries"]
    return rows


async def show(play: Play, delivery_id: str) -> Any:
    return good(await play.http.get(f"{PATH}/{delivery_id}"), "delivery")


async def test_a_delivery_shows_body_headers_and_attempts(play: Play) -> None:
    """A delivery shows what was sent, byte for byte as JSON, and what came of it (INTERFACE)."""
    await play.act("allow_always")
    (row,) = await listed(play, kind="call_permission_reply")
    shown = await show(play, row["id"])
    assert shown["body"] == play.receiver.posts[-1].json
    assert shown["headers"] == play.receiver.posts[-1].headers
    assert (shown["state"], shown["url"], shown["wa_id"], shown["due_at"]) == ("delivered", RECEIVER, USER, None)
    assert shown["attempts"] == [
        {
            "number": 1,
            "at": "2025-12-31T08:00:00.000Z",
            "outcome": "answered",
            "status": 200,
            "answer": "",
            "seconds": 0.001,
            "sentence": "answered 200",
        }
    ]


async def test_attempts_say_what_happened(play: Play) -> None:
    """Each attempt has its number, its time on the app's clock, its outcome and a sentence (INTERFACE)."""
    answers = iter([ERROR, REFUSED])
    play.receiver.script = lambda post: next(answers, OK) if post.what == "reply accept" else OK
    await play.act("allow_always")
    await play.advance(60)
    (row,) = await listed(play, kind="call_permission_reply")
    attempts = (await show(play, row["id"]))["attempts"]
    assert [(a["number"], a["at"][11:19], a["outcome"], a["status"]) for a in attempts] == [
        (1, "08:00:00", "answered", 500),
        (2, "08:00:01", "refused", None),
        (3, "08:00:06", "answered", 200),
    ]
    assert attempts[1]["sentence"] == "no connection: Connection refused"


async def test_filters(play: Play) -> None:
    """`state`, `kind` and `wa_id` choose; a BSUID and a number with its signs are understood too (INTERFACE)."""
    play.receiver.script = lambda post: ERROR if post.what == "reply accept" else OK
    await play.act("allow_always")
    await play.act("text", "919800000001")
    assert [row["kind"] for row in await listed(play, state="waiting")] == ["call_permission_reply"]
    assert [row["wa_id"] for row in await listed(play, kind="message")] == ["919800000001"]
    for name in (USER, "+91 98123 45678", "IN.37279139073376405991"):
        assert [row["kind"] for row in await listed(play, wa_id=name)] == ["call_permission_reply"]
    assert await listed(play, state="dead") == []


async def test_paging(play: Play) -> None:
    """Deliveries come oldest first, `limit` at a time, with a cursor (INTERFACE)."""
    await play.request()
    await play.settle()
    first = good(await play.http.get(PATH, params={"limit": 3}), "deliveries")
    last = good(await play.http.get(PATH, params={"limit": 3, "after": first["next"]}), "deliveries")
    rows = first["deliveries"] + last["deliveries"]
    assert len(rows) == 4
    assert sorted(row["number"] for row in rows) == [row["number"] for row in rows] == [1, 2, 3, 4]
    assert last["next"] is None


async def test_redeliver_sends_the_same_bytes(play: Play) -> None:
    """A redelivery is the same bytes again, marked as a duplicate, with its attempts counted on (W5, W6)."""
    await play.act("allow_always")
    (row,) = await listed(play, kind="call_permission_reply")
    assert row["duplicate"] is False
    again = good(await play.http.post(f"{PATH}/{row['id']}/redeliver"), "delivery", 202)
    assert (again["state"], again["duplicate"]) == ("waiting", True)
    await play.settle()
    one, two = [post.body for post in play.receiver.posts if post.what == "reply accept"]
    assert one == two
    assert [a["number"] for a in (await show(play, row["id"]))["attempts"]] == [1, 2]


async def test_redeliver_the_failed_or_all(play: Play) -> None:
    """`failed` sends again what waits after a failure or died, `all` everything that is kept (INTERFACE)."""
    play.receiver.script = lambda post: ERROR if post.what == "reply accept" else OK
    await play.act("text")
    await play.act("allow_always")
    failed = await play.http.post(f"{PATH}/redeliver", json={"which": "failed"})
    assert len(good(failed, "redeliver-answer", 202)["deliveries"]) == 1
    play.receiver.script = lambda _: OK
    await play.settle()
    before = len(play.receiver.posts)
    every = await play.http.post(f"{PATH}/redeliver", json={"which": "all"})
    assert len(good(every, "redeliver-answer", 202)["deliveries"]) == 3
    await play.settle()
    assert sorted(post.what for post in play.receiver.posts[before:]) == ["message", "reply accept", "set-callback"]


async def test_the_dead_can_be_sent_again(play: Play) -> None:
    """A delivery that died after its last retry is sent again on demand, with a fresh schedule (W5)."""
    play.receiver.script = lambda _: ERROR
    await play.act("allow_always")
    await play.advance(8 * 86_400)
    (row,) = await listed(play, kind="call_permission_reply")
    assert row["state"] == "dead"
    play.receiver.script = lambda _: OK
    good(await play.http.post(f"{PATH}/{row['id']}/redeliver"), "delivery", 202)
    await play.settle()
    assert (await show(play, row["id"]))["state"] == "delivered"


async def test_flush_waits_until_nothing_is_due(play: Play) -> None:
    """Flush answers when nothing is due, with the number that waits for a later time; it sends nothing early (W5)."""
    play.receiver.script = lambda _: ERROR
    await play.request()
    said = good(await play.http.post(f"{PATH}/flush"), "flush-answer")
    assert said == {"waiting": 3, "idle": True}
    assert play.receiver.whats == ["set-callback", "enqueued"]
    play.machine.move(seconds=0.999)
    await play.settle()
    assert play.receiver.whats == ["set-callback", "enqueued"]
    play.machine.move(seconds=0.001)
    await play.settle()
    assert play.receiver.whats == ["set-callback", "enqueued", "enqueued"]


async def test_flush_gives_up(play: Play) -> None:
    """Flush waits `timeout_seconds` at the most and says that it was not enough (INTERFACE)."""
    play.receiver.held = asyncio.Event()
    await play.request()
    said = good(await play.http.post(f"{PATH}/flush", json={"timeout_seconds": 0}), "flush-answer")
    assert said == {"waiting": 3, "idle": False}
    play.receiver.held.set()
    assert (await play.control("POST", "deliveries/flush", json={})) == {"waiting": 0, "idle": True}


async def test_an_unknown_delivery(play: Play) -> None:
    """A delivery that is not kept is 404, to look at and to send again (E4)."""
    sentence = "There is no delivery nothing; list them to see which are kept."
    assert problem(await play.http.get(f"{PATH}/nothing"), 404)["detail"] == sentence
    assert problem(await play.http.post(f"{PATH}/nothing/redeliver"), 404)["detail"] == sentence


async def test_webhooks_go_out_after_the_answer(play: Play) -> None:
    """The events of a request are sent after the last byte of its answer, however long that takes (W6)."""
    sent_before_the_end: list[str] = []

    async def send(message: Any) -> None:
        for _ in range(50):
            await asyncio.sleep(0)
        if message["type"] == "http.response.body":
            sent_before_the_end.extend(play.receiver.whats)

    request = play.http.build_request(
        "POST",
        f"/partner/app/{APP}/v3/message",
        headers={"Authorization": "sk_sandbox_0000000000000001"},
        json={"messaging_product": "whatsapp", "to": USER, "type": "text", "text": {"body": "Hello"}},
    )

    async def receive() -> Any:
        return {"type": "http.request", "body": request.content, "more_body": False}

    scope = {
        "type": "http",
        "method": "POST",
        "path": request.url.path,
        "raw_path": request.url.raw_path,
        "query_string": b"",
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "scheme": "http",
        "server": ("127.0.0.1", 8400),
        "client": ("127.0.0.1", 1),
    }
    await play.sandbox(scope, receive, send)
    await play.settle()
    assert sent_before_the_end == []
    assert play.receiver.whats == ["set-callback", "enqueued", "sent", "delivered"]
