"""At least once, and always the same bytes (W6)."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest

from mock_server.delivery.sender import Answer
from mock_server.store.rows import DeliveryState
from tests.stage.play import APP, REQUEST, TOKEN, USER, Play
from tests.stage.receiver import ERROR, OK, Post

pytestmark = pytest.mark.anyio


async def test_every_attempt_has_the_same_bytes(play: Play) -> None:
    """A retry repeats body and headers to the byte, though the app's settings were changed meanwhile (W6)."""
    await play.request()
    await play.settle()
    play.receiver.script = lambda _: ERROR
    first = len(play.receiver.posts)
    await play.act("allow_temporarily", wait=False)
    await play.settle()
    await play.set(variants={"expiration": "string", "contacts": "absent"}, bsuid="off")
    play.receiver.script = lambda _: OK
    await play.advance(1)
    failed, again = (post for post in play.receiver.posts[first:] if post.what == "read")
    assert (failed.body, failed.headers) == (again.body, again.headers)


async def test_a_restart_renders_nothing_anew(play: Play) -> None:
    """A webhook that was tried before a snapshot has the same bytes after it was loaded (W6, S2)."""
    play.receiver.script = lambda _: ERROR
    await play.request()
    await play.settle()
    saved = (await play.http.get("/_sandbox/snapshot")).content
    await play.set(variants={"contacts": "absent"})
    answer = await play.http.put("/_sandbox/snapshot", content=saved, headers={"content-type": "application/json"})
    assert answer.status_code == 204
    play.receiver.script = lambda _: OK
    await play.advance(1)
    bodies = {post.body for post in play.receiver.posts if post.what == "enqueued"}
    assert len(bodies) == 1


async def test_events_are_sent_after_the_answers_last_byte(play: Play) -> None:
    """However slowly the caller takes its answer, the webhooks are committed before it and sent after it (W6)."""
    story: list[str] = []
    play.receiver.script = lambda post: _told(story, post)

    async def send(message: Any) -> None:
        waiting = await play.sandbox.services.store.waiting(play.app)
        story.append(f"{message['type']} {message.get('status', '')}".strip() + f", {waiting} waiting")
        for _ in range(10):  # the caller is slow: everybody else gets a turn
            await asyncio.sleep(0)

    await play.sandbox(*_posted(f"/partner/app/{APP}/v3/message"), send)
    await play.settle()
    assert story == [
        "http.response.start 200, 3 waiting",
        "http.response.body, 3 waiting",
        "set-callback",
        "enqueued",
        "sent",
        "delivered",
    ]


async def test_a_courier_that_is_at_work_waits_for_the_answer(play: Play) -> None:
    """What is claimed while an answer is still being written is sent after its last byte, too (W6)."""
    store, courier = play.sandbox.services.store, play.sandbox.services.courier
    looked = asyncio.Event()

    async def send(message: Any) -> None:
        if message["type"] == "http.response.body":
            courier.wake(play.app)
            while not await store.under_way(play.app):
                await store.changed(0.01)
            for _ in range(10):
                await asyncio.sleep(0)
            assert play.receiver.posts == []
            looked.set()

    await play.sandbox(*_posted(f"/partner/app/{APP}/v3/message"), send)
    await play.settle()
    assert looked.is_set()
    assert play.receiver.whats == ["set-callback", "enqueued", "sent", "delivered"]


async def test_an_answer_that_fails_holds_nothing_up(play: Play) -> None:
    """Where the caller has gone before its answer, the webhooks go out all the same (W6)."""

    async def send(message: Any) -> None:
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await play.sandbox(*_posted(f"/partner/app/{APP}/v3/message"), send)
    await play.settle()
    assert play.receiver.whats == ["set-callback", "enqueued", "sent", "delivered"]


def _told(story: list[str], post: Post) -> Answer:
    story.append(post.what)
    return OK


def _posted(path: str) -> tuple[dict[str, Any], Any]:
    """The scope and the body of the seed's request, as a server hands them to the application."""
    body = msgspec.json.encode(REQUEST)
    headers = [(b"host", b"127.0.0.1:8400"), (b"authorization", TOKEN.encode()), (b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": headers}

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return scope | {"client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8400), "scheme": "http"}, receive


async def test_the_set_callback_comes_first(play: Play) -> None:
    """A URL that was configured gets set-callback before its first webhook, and only once (W1, W2)."""
    await asyncio.gather(*(play.request(to=f"91980000000{n}") for n in range(5)))
    await play.settle()
    assert play.receiver.whats[0] == "set-callback"
    assert play.receiver.whats.count("set-callback") == 1


async def test_a_refused_set_callback_stops_nothing(play: Play) -> None:
    """A receiver that does not like set-callback gets its webhooks all the same (W2)."""
    play.receiver.script = lambda post: ERROR if post.what == "set-callback" else OK
    await play.request()
    await play.settle()
    assert play.receiver.whats == ["set-callback", "enqueued", "sent", "delivered"]
    rows = (await play.control("GET", "deliveries?kind=set_callback"))["deliveries"]
    assert [row["state"] for row in rows] == ["dead"]


async def test_a_url_is_announced_again_in_a_new_app(play: Play) -> None:
    """An app that was deleted and made again announces its URL again (W2, A1)."""
    await play.request()
    await play.settle()
    await play.http.delete(f"/_sandbox/apps/{APP}")
    await play.http.post("/_sandbox/apps", json={"id": APP, "token": TOKEN, "webhook_url": "http://again.example/"})
    await play.request()
    await play.settle()
    assert [post.what for post in play.receiver.posts if post.url == "http://again.example/"] == [
        "set-callback",
        "enqueued",
        "sent",
        "delivered",
    ]


async def test_what_dies_is_shown_as_dead(play: Play) -> None:
    """A webhook that never arrives ends as dead, with its attempts and its bytes to look at (W6)."""
    await play.request()
    await play.settle()
    play.receiver.script = lambda _: ERROR
    await play.act("read", wait=False)
    await play.advance(7 * 86_400)
    rows = (await play.control("GET", f"deliveries?state={DeliveryState.DEAD.value}&wa_id={USER}"))["deliveries"]
    shown = await play.control("GET", f"deliveries/{rows[0]['id']}")
    assert len(rows) == 1
    assert len(shown["attempts"]) == 14
    assert shown["body"]["entry"][0]["changes"][0]["value"]["statuses"][0]["status"] == "read"
