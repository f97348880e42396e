"""A clock that stands, and one that runs on (T1, T3)."""

from __future__ import annotations

import pytest

from tests.stage.depot import Bell
from tests.stage.play import APP, Play
from tests.stage.receiver import ERROR, OK

pytestmark = pytest.mark.anyio

NOON = "2026-01-01T12:00:00.000Z"


async def freeze(play: Play, **at: str) -> None:
    await play.control("POST", "clock", json={"freeze": True} | at)


async def test_first_attempts_go_out_at_once(play: Play) -> None:
    """With the clock frozen a request's webhooks still arrive at once (T3)."""
    await freeze(play)
    await play.request()
    await play.settle()
    assert play.receiver.whats == ["set-callback", "enqueued", "sent", "delivered"]


async def test_retries_wait_for_the_clock(play: Play) -> None:
    """However much real time passes, a retry waits until the frozen clock is moved (T3)."""
    await freeze(play)
    play.receiver.script = lambda _: ERROR
    await play.act("text", text="hello", wait=False)
    await play.settle()
    play.machine.move(seconds=3_600)
    await play.settle()
    assert play.receiver.whats == ["set-callback", "message"]
    await play.advance(1)
    assert play.receiver.whats == ["set-callback", "message", "message"]


async def test_expiries_wait_for_the_clock(play: Play) -> None:
    """On a frozen clock a permission of five seconds lasts (T1, P3)."""
    await freeze(play)
    await play.act("allow_temporarily", for_seconds=5)
    play.machine.move(seconds=3_600)
    assert (await play.user())["permission"]["status"] == "temporary"


async def test_it_goes_on_from_where_it_stood(play: Play) -> None:
    """Resumed, a clock goes on from where it stood, at the machine's pace (T1)."""
    await freeze(play)
    play.machine.move(seconds=3_600)
    await play.control("POST", "clock", json={"resume": True})
    play.machine.move(seconds=60)
    clock = await play.control("GET", "clock")
    assert (clock["now"], clock["frozen"], clock["offset_seconds"]) == ("2025-12-31T08:01:00.000Z", False, -3_600)


async def test_retries_go_on_when_it_does(play: Play) -> None:
    """What waited on a frozen clock is sent when the clock runs again and its time comes (T1, T3)."""
    await freeze(play)
    play.receiver.script = lambda _: ERROR
    await play.act("text", text="hello", wait=False)
    await play.settle()
    play.receiver.script = lambda _: OK
    await play.control("POST", "clock", json={"resume": True})
    await play.settle()
    assert play.receiver.whats == ["set-callback", "message"]
    play.machine.move(seconds=1)
    await play.settle()
    assert play.receiver.whats == ["set-callback", "message", "message"]


async def test_frozen_at_a_later_instant(play: Play) -> None:
    """Frozen at a later instant, the clock stands there (T1)."""
    await freeze(play, at=NOON)
    play.machine.move(seconds=10)
    assert (await play.control("GET", "clock"))["now"] == NOON
    await play.request()
    await play.settle()
    assert play.receiver.posts[-1].value["statuses"][0]["timestamp"] == "1767268800"


async def test_frozen_at_a_later_instant_what_is_due_is_sent() -> None:
    """What has fallen due by the instant at which a clock is frozen is sent, without anybody asking (T1, T3)."""
    async with Play(receiver=Bell()) as play:
        assert isinstance(play.receiver, Bell)
        play.receiver.script = lambda _: ERROR
        await play.act("text", text="hello", wait=False)
        await play.advance(60)  # the next attempt is due in a minute and a half
        await play.settle()
        tried = len(play.receiver.posts)
        await freeze(play, at=NOON)
        await play.receiver.given(tried + 1)
        assert play.receiver.whats[tried:] == ["message"]


async def test_a_clock_never_goes_back(play: Play) -> None:
    """A clock is not frozen at an instant that is past, and stays as it was (T2)."""
    answer = await play.http.post(
        f"/_sandbox/apps/{APP}/clock", json={"freeze": True, "at": "2025-12-31T07:59:59.999Z"}
    )
    assert answer.status_code == 409
    assert not (await play.control("GET", "clock"))["frozen"]


async def test_every_app_has_its_own(play: Play) -> None:
    """One app's clock is moved and frozen without touching another's (T1)."""
    other = (await play.http.post("/_sandbox/apps", json={"name": "two"})).json()["id"]
    await play.advance(60)
    await freeze(play)
    play.machine.move(seconds=1)
    clock = (await play.http.get(f"/_sandbox/apps/{other}/clock")).json()
    assert (clock["now"], clock["frozen"]) == ("2025-12-31T08:00:01.000Z", False)
