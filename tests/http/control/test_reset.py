"""`POST /apps/{app}/reset`: what goes and what stays (S1)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from mock_server.settings import ServerSettings
from tests.http.shapes import good, problem
from tests.http.waiting import until
from tests.stage.play import APP, RECEIVER, TOKEN, USER, Play
from tests.stage.receiver import ERROR

pytestmark = pytest.mark.anyio


async def lived_in(play: Play) -> None:
    form = {"modes": "MESSAGE", "tag": "mine", "url": "http://other.example/", "version": "3"}
    await play.partner("POST", "subscription", data=form)
    await play.request()
    await play.act("allow_always")
    await play.control("POST", "calls", json={"to": USER})
    await play.request()
    await play.settle()


async def reset(play: Play) -> Any:
    return good(await play.http.post(f"/_sandbox/apps/{APP}/reset"), "app")


async def test_conversations_deliveries_and_journal_are_gone(play: Play) -> None:
    """A reset drops conversations, calls, deliveries and the journal, findings included (S1)."""
    await lived_in(play)
    assert (await play.control("GET", "violations"))["entries"] != []
    await reset(play)
    assert (await play.control("GET", "users"))["users"] == []
    user = await play.user()
    assert (user["permission"]["status"], user["requests"], user["calls"]) == ("no_permission", [], [])
    assert (await play.control("GET", "deliveries"))["deliveries"] == []
    assert (await play.control("GET", "violations"))["entries"] == []
    entries = (await play.control("GET", "journal"))["entries"]
    assert [entry.get("sentence") for entry in entries] == ["The app was reset."]


async def test_settings_tokens_and_subscriptions_stay(play: Play) -> None:
    """A reset keeps settings, tokens and subscriptions (S1)."""
    await lived_in(play)
    await play.set(rules="meta", status_delay=2)
    before = await play.set()
    after = await reset(play)
    assert after == before
    assert [row["tag"] for row in after["subscriptions"]] == ["configured-1", "mine"]
    assert after["token"] == TOKEN
    good(await play.request(), "answer-message-gupshup")


async def test_the_clock_is_the_machines_again(play: Play) -> None:
    """A reset sets the clock to the machine's time, running (S1)."""
    await play.advance(604_800)
    await play.control("POST", "clock", json={"freeze": True})
    clock = (await reset(play))["clock"]
    assert (clock["now"], clock["frozen"], clock["offset_seconds"]) == ("2025-12-31T08:00:00.000Z", False, 0)


async def test_the_clock_is_at_freeze_at_again() -> None:
    """With `--freeze-at` a reset, and a new app, stand at that instant (S1)."""
    settings = ServerSettings(seed="stage", webhook=RECEIVER, freeze_at="2026-03-01T00:00:00Z")
    async with Play(settings) as play:
        await play.advance(60)
        assert (await reset(play))["clock"]["now"] == "2026-03-01T00:00:00.000Z"
        made = good(await play.http.post("/_sandbox/apps", json={}), "app", 201)
        assert (made["clock"]["now"], made["clock"]["frozen"]) == ("2026-03-01T00:00:00.000Z", True)


async def test_what_waited_is_not_sent_afterwards(play: Play) -> None:
    """Webhooks that waited for a retry are dropped by a reset (S1)."""
    play.receiver.script = lambda _: ERROR
    await play.request()
    await play.settle()
    sent = len(play.receiver.posts)
    await reset(play)
    await play.advance(604_800)
    assert len(play.receiver.posts) == sent


async def test_ids_never_come_again(play: Play) -> None:
    """After a reset the same conversation gets other ids (T4)."""
    first = (await play.request()).json()["messages"][0]["id"]
    await reset(play)
    assert (await play.request()).json()["messages"][0]["id"] != first


async def test_other_apps_are_left_alone(play: Play) -> None:
    """A reset concerns one app only (S1)."""
    second = good(await play.http.post("/_sandbox/apps", json={"id": "second"}), "app", 201)
    path = "/_sandbox/apps/second/users/919812345678/actions"
    await play.http.post(path, json={"action": "allow_always"})
    await reset(play)
    user = (await play.http.get("/_sandbox/apps/second/users/919812345678")).json()
    assert user["permission"]["status"] == "permanent"
    assert second["id"] == "second"


async def test_not_during_an_advance(play: Play) -> None:
    """While an advance is going on a reset is refused with a sentence that says what to do (T2)."""
    await play.set(status_delay=5)
    await play.request()
    await play.settle()
    play.receiver.held = asyncio.Event()
    advance = asyncio.create_task(play.advance(60))
    await until(lambda: play.receiver.whats[-1] == "sent")
    answer = await play.http.post(f"/_sandbox/apps/{APP}/reset")
    play.receiver.held.set()
    await advance
    said = problem(answer, 409)
    assert said["detail"] == "An advance of this app's clock is going on; wait for its answer, then reset."
