"""A sandbox that is started again on its store goes on where it was (S2)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from mock_server.settings import ServerSettings
from tests.stage.depot import Bell
from tests.stage.machine import START
from tests.stage.play import APP, RECEIVER, USER, Play
from tests.stage.receiver import ERROR, OK

pytestmark = pytest.mark.anyio

HOUR, DAY = 3_600, 86_400
ELSEWHERE = "http://other.example/hooks"


@asynccontextmanager
async def running(place: str, *, at: float = 0, bell: Bell | None = None, **settings: Any) -> AsyncIterator[Play]:
    """A sandbox on this store, its machine so many seconds after the start of the test; ended as a crash would."""
    play = Play(ServerSettings(**{"store": place, "webhook": RECEIVER} | settings), receiver=bell)
    play.machine.at = START + round(at * 1000)
    async with play:
        yield play


async def clock(play: Play) -> Any:
    return (await play.control("GET", ""))["clock"]


async def test_down_time_has_passed(place: str) -> None:
    """A clock that was two days ahead is still, and the hour without a sandbox has passed on it (S2, T1)."""
    async with running(place) as play:
        await play.advance(2 * DAY)
    async with running(place, at=HOUR) as play:
        assert (await clock(play))["now"] == "2026-01-02T09:00:00.000Z"
        assert (await clock(play))["offset_seconds"] == 2 * DAY


async def test_a_frozen_clock_stays_frozen(place: str) -> None:
    """A clock that stood stands, however long there was no sandbox (S2, T1)."""
    async with running(place) as play:
        await play.control("POST", "clock", json={"freeze": True})
    async with running(place, at=HOUR) as play:
        assert (await clock(play))["now"] == "2025-12-31T08:00:00.000Z"
        assert (await clock(play))["frozen"] is True


async def test_a_permission_runs_out_meanwhile(place: str) -> None:
    """A permission of a minute is over after two without a sandbox, and until then it was there (S2, P3)."""
    async with running(place) as play:
        await play.act("allow_temporarily", for_seconds=60)
    async with running(place, at=59) as play:
        assert (await play.user())["permission"]["status"] == "temporary"
    async with running(place, at=60) as play:
        assert (await play.user())["permission"]["status"] == "no_permission"


async def test_timers_go_off_by_themselves(place: str) -> None:
    """A phone that rang when the sandbox ended stops ringing after its minute, without anybody asking (T7, S2)."""
    async with running(place) as play:
        await play.act("allow_always")
        await play.http.post(f"/_sandbox/apps/{APP}/calls", json={"to": USER})
        await play.settle()
        assert play.receiver.whats[-1] == "RINGING"
    async with running(place, at=HOUR) as play:
        await play.settle()
        assert play.receiver.whats == ["terminate"]
        assert play.receiver.posts[0].value["calls"][0]["timestamp"] == str(START // 1000 + 60)


async def test_retries_go_on(place: str) -> None:
    """A webhook that failed twice is tried a third time when it is due, with the same bytes (W5, W6)."""
    async with running(place) as play:
        play.receiver.script = lambda _: ERROR
        await play.act("text", text="hello")
        play.machine.move(seconds=1)
        await play.settle()
        tried = play.receiver.posts[-2:]
    async with running(place, at=5.999) as play:
        await play.settle()
        assert play.receiver.posts == []
    async with running(place, at=6) as play:
        await play.settle()
        assert [post.body for post in play.receiver.posts] == [tried[0].body] == [tried[1].body]
        (row,) = (await play.control("GET", f"deliveries?wa_id={USER}"))["deliveries"]
        assert (row["state"], row["attempts"], row["duplicate"]) == ("delivered", 3, False)


async def test_what_was_under_way_is_sent_again(place: str) -> None:
    """An attempt that the end of the sandbox cut off is made again, marked: it may have arrived (W6, S2)."""
    bell = Bell()
    async with running(place, bell=bell) as play:
        await play.act("text", text="first")  # and set-callback before it
        bell.held = asyncio.Event()
        await play.act("text", text="second", wait=False)
        await bell.given(3)
    async with running(place, at=60) as play:
        await play.settle()
        assert play.receiver.whats == ["message"]
        rows = (await play.control("GET", f"deliveries?wa_id={USER}"))["deliveries"]
        assert [(row["state"], row["duplicate"]) for row in rows] == [("delivered", False), ("delivered", True)]


async def test_limits_are_remembered(place: str) -> None:
    """After a restart a second request within a day is refused, and one after it is accepted (R2)."""
    async with running(place) as play:
        assert (await play.request()).status_code == 200
    async with running(place, at=DAY - 1) as play:
        assert (await play.request()).status_code == 400
    async with running(place, at=DAY) as play:
        assert (await play.request()).status_code == 200


async def test_ids_never_come_again(place: str) -> None:
    """The seed is the store's: a restart goes on with it, whatever one says then, and no id comes twice (T4)."""
    seen = []
    for n in range(3):
        async with running(place, at=2 * n * DAY, seed=f"{n}") as play:
            seen.append((await play.act("text", text="a")).json()["events"][0]["wamid"])
    assert len(set(seen)) == 3


async def test_tokens_and_subscriptions_stay(place: str) -> None:
    """What was made through the partner API is there after a restart (S2)."""
    form = {"modes": "MESSAGE", "tag": "mine", "url": ELSEWHERE, "version": "3"}
    right = {"email": "partner@example.com", "clientSecret": "sandbox-secret", "name": "ci"}
    async with running(place) as play:
        assert (await play.partner("POST", "subscription", data=form)).status_code == 200
        token = (await play.http.post("/partner/1/auth/token", data=right)).json()["token"]
        made = (await play.partner("GET", "subscription")).json()
    async with running(place, at=DAY) as play:
        assert (await play.partner("GET", "subscription")).json() == made
        headers = {"Authorization": f"Bearer {token}"}
        assert (await play.http.get("/partner/1/auth/tokens", headers=headers)).status_code == 200
        play.receiver.script = lambda _: OK
        await play.act("text", text="hello")
        assert {post.url for post in play.receiver.posts} == {RECEIVER, ELSEWHERE}


async def test_the_journal_goes_on(place: str) -> None:
    """What happened before a restart is still in the journal, and numbers go on after it (section 11)."""
    async with running(place) as play:
        await play.request()
        before = (await play.control("GET", "journal?limit=1000"))["entries"]
    async with running(place, at=HOUR) as play:
        await play.request()
        entries = (await play.control("GET", "journal?limit=1000"))["entries"]
    assert entries[: len(before)] == before
    numbers = [entry["id"] for entry in entries]
    assert numbers == list(range(1, len(entries) + 1))
    assert len(entries) > len(before)
