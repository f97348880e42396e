"""A loaded snapshot has the future that the saved sandbox had (S2)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.stage.depot import Bell
from tests.stage.play import USER, Play
from tests.stage.receiver import ERROR, OK, Post
from tests.stage.stores import examples
from tests.stage.stories import STEPS, USERS, Step, lanes

pytestmark = pytest.mark.anyio

JSON = {"content-type": "application/json"}


async def save(play: Play) -> bytes:
    return (await play.http.get("/_sandbox/snapshot")).content


async def load(play: Play, snapshot: bytes) -> None:
    assert (await play.http.put("/_sandbox/snapshot", content=snapshot, headers=JSON)).status_code == 204


class Turning:
    """A receiver that refuses every second webhook about a user, so that there are retries."""

    def __init__(self) -> None:
        self.well = False

    def __call__(self, post: Post) -> Any:
        return OK if self.well or sum(post.body) % 2 else ERROR


async def live(play: Play, steps: list[Step]) -> None:
    for step in steps:
        await step.take(play)
        await play.settle()
        await play.advance(20)


async def see(play: Play) -> list[Any]:
    """All that can be seen of the users."""
    return [await play.user(user) for user in USERS]


async def futures(past: list[Step], coming: list[Step]) -> list[tuple[Any, ...]]:
    """The future of a sandbox, and of another that loads what it saved, a day later."""
    told = []
    async with Play() as first, Play() as second:
        for play in (first, second):
            play.receiver.script = Turning()
        await first.set(status_delay=7, callback_permission_status="ENABLED")
        await live(first, past)
        second.machine.move(seconds=86_400)
        await load(second, await save(first))
        for play in (first, second):
            play.receiver.posts.clear()
            await live(play, coming)
            await play.advance(7 * 86_400)
            told.append((lanes(play), await see(play)))
    return told


@settings(max_examples=examples(20), deadline=None, derandomize=True)
@given(past=st.lists(STEPS, max_size=12), coming=st.lists(STEPS, max_size=8))
def test_the_same_future(past: list[Step], coming: list[Step]) -> None:
    """Whatever happened before it was saved, after loading the same webhooks come at the same times (S2)."""
    first, second = asyncio.run(futures(past, coming))
    assert second == first


async def test_a_retry_comes_when_it_would_have_come() -> None:
    """A webhook that failed twice before it was saved is tried five seconds after its second attempt (S2, W5)."""
    async with Play() as first, Play() as second:
        first.receiver.script = lambda _: ERROR
        await first.act("text", text="hello", wait=False)
        await first.advance(1)
        await load(second, await save(first))
        await second.settle()
        assert second.receiver.posts == []
        second.machine.move(seconds=4.999)
        await second.settle()
        assert second.receiver.posts == []
        second.machine.move(seconds=0.001)
        await second.settle()
        assert [(post.what, post.body) for post in second.receiver.posts] == [
            ("message", first.receiver.posts[-1].body)
        ]


async def test_what_was_in_flight_comes_again() -> None:
    """An attempt in flight when it was saved is made again after loading: a duplicate, with the same bytes (S2, W6)."""
    async with Play(receiver=Bell()) as first, Play() as second:
        assert isinstance(first.receiver, Bell)
        first.receiver.held = asyncio.Event()
        await first.act("text", text="hello", wait=False)
        await first.receiver.given(1)
        first.receiver.held.set()
        first.receiver.held = asyncio.Event()
        await first.receiver.given(2)
        await first.set(variants={"contacts": "absent"})
        await load(second, await save(first))
        await second.settle()
        assert [post.body for post in second.receiver.posts] == [first.receiver.posts[-1].body]
        shown = (await second.control("GET", f"deliveries?wa_id={USER}"))["deliveries"]
        assert [(row["state"], row["duplicate"]) for row in shown] == [("delivered", True)]
        first.receiver.held.set()


async def test_a_load_over_an_attempt_in_flight() -> None:
    """Loaded into the sandbox that is sending, the outcome of the old attempt is dropped, the new one counts (S2)."""
    async with Play(receiver=Bell()) as play:
        assert isinstance(play.receiver, Bell)
        await play.act("text", text="first")
        play.receiver.held = old = asyncio.Event()
        await play.act("text", text="second", wait=False)
        await play.receiver.given(3)
        await load(play, await save(play))
        await play.receiver.given(4)
        play.receiver.held = None
        play.receiver.script = lambda _: ERROR
        old.set()
        await play.settle()
        shown = (await play.control("GET", f"deliveries?wa_id={USER}"))["deliveries"]
        attempts = (await play.control("GET", f"deliveries/{shown[-1]['id']}"))["attempts"]
        assert [attempt["status"] for attempt in attempts] == [500]


async def test_an_old_outcome_is_not_known() -> None:
    """An accept whose old attempt is answered after a load is not taken for delivered (S2, section 11)."""
    async with Play(receiver=Bell()) as play:
        assert isinstance(play.receiver, Bell)
        await play.request()
        await play.act("read")
        play.receiver.held = old = asyncio.Event()
        await play.act("allow_always", wait=False)
        await play.receiver.given(6)
        snapshot = await save(play)
        play.receiver.held = None
        play.receiver.script = lambda post: OK if old.is_set() else ERROR
        await load(play, snapshot)
        await play.receiver.given(7)
        old.set()
        await play.settle()
        await play.request()
        assert (await play.control("GET", "violations"))["entries"] == []


async def test_everything_is_replaced() -> None:
    """What happened after the snapshot was saved is undone by loading it: users, deliveries, settings (S2)."""
    async with Play() as play:
        await play.act("allow_always")
        snapshot = await save(play)
        before = await play.user()
        await play.act("revoke")
        await play.set(name="changed")
        await play.advance(60)
        await load(play, snapshot)
        assert await play.user() == before
        assert (await play.http.get(f"/_sandbox/apps/{play.app}")).json()["name"] == "sandbox"
        assert (await play.control("GET", "clock"))["now"] == "2025-12-31T08:00:00.000Z"
