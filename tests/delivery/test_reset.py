"""Starting afresh while things are under way (S1)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.stage.depot import Bell
from tests.stage.play import APP, USER, Play
from tests.stage.receiver import ERROR

pytestmark = pytest.mark.anyio


@pytest.fixture
async def play() -> AsyncIterator[Play]:
    async with Play(receiver=Bell()) as play:
        await play.act("text", wa_id="919800000099", text="for the set-callback")
        play.receiver.posts.clear()
        yield play


def bell(play: Play) -> Bell:
    assert isinstance(play.receiver, Bell)
    return play.receiver


async def reset(play: Play) -> None:
    assert (await play.http.post(f"/_sandbox/apps/{APP}/reset")).status_code == 200


async def test_what_waited_is_gone(play: Play) -> None:
    """A reset drops conversations, deliveries and journal, and nothing of them is sent any more (S1)."""
    play.receiver.script = lambda _: ERROR
    await play.request()
    await play.settle()
    await reset(play)
    tried = len(play.receiver.posts)
    await play.advance(7 * 86_400)
    assert len(play.receiver.posts) == tried
    assert (await play.control("GET", "deliveries"))["deliveries"] == []
    assert (await play.control("GET", "users"))["users"] == []


async def test_what_was_under_way_is_dropped(play: Play) -> None:
    """An attempt that a reset overtakes leaves no trace when it is answered: no delivery, no entry (S1)."""
    play.receiver.held = asyncio.Event()
    await play.request()
    await bell(play).given(1)
    await reset(play)
    play.receiver.held.set()
    await play.settle()
    assert (await play.control("GET", "deliveries"))["deliveries"] == []
    assert "delivery" not in {entry["kind"] for entry in (await play.control("GET", "journal"))["entries"]}


async def test_a_hung_attempt_holds_nothing_up(play: Play) -> None:
    """After a reset the app is idle at once, and can be used, though an old attempt still hangs (S1)."""
    play.receiver.held = asyncio.Event()
    await play.request()
    await bell(play).given(1)
    await reset(play)
    flushed = await play.control("POST", "deliveries/flush", json={"timeout_seconds": 0})
    assert flushed == {"waiting": 0, "idle": True}
    old, play.receiver.held = play.receiver.held, None
    await play.request()
    await play.settle()
    assert play.receiver.whats == ["enqueued", "enqueued", "sent", "delivered"]
    old.set()


async def test_ids_do_not_come_again(play: Play) -> None:
    """After a reset the same request gets other ids, so that nothing of the old life is taken for the new (T4, S1)."""
    await play.request()
    await play.settle()
    await reset(play)
    await play.request()
    await play.settle()
    wamids = {post.value["statuses"][0]["id"] for post in play.receiver.posts}
    assert len(wamids) == 2


async def test_a_reset_sets_the_clock_to_the_machines(play: Play) -> None:
    """A reset sets the clock to the machine's time; settings and subscriptions stay (S1)."""
    await play.set(name="kept")
    await play.advance(86_400)
    await reset(play)
    app = (await play.http.get(f"/_sandbox/apps/{APP}")).json()
    assert (app["name"], app["clock"]["now"]) == ("kept", "2025-12-31T08:00:00.000Z")
    await play.request()
    await play.settle()
    assert len(play.receiver.posts) == 3


async def test_the_journal_says_so_in_the_new_time(play: Play) -> None:
    """The first entry after a reset says that there was one, at the time that it is now (S1)."""
    await play.advance(86_400)
    await reset(play)
    first = (await play.control("GET", "journal"))["entries"][0]
    assert first["at"] == "2025-12-31T08:00:00.000Z"
    assert "reset" in str(first)


async def test_timers_are_gone(play: Play) -> None:
    """A permission that was to expire does not, after a reset (S1)."""
    await play.act("allow_temporarily", for_seconds=5)
    await reset(play)
    answer = await play.advance(60)
    assert answer["fired"] == 0
    assert (await play.user(USER))["permission"]["status"] == "no_permission"
