"""The sandbox as a whole: health, test numbers, snapshots (S2)."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from mock_server.settings import ServerSettings
from tests.http.shapes import good
from tests.http.waiting import until
from tests.stage.play import APP, TOKEN, USER, Play
from tests.stage.receiver import ERROR, OK

pytestmark = pytest.mark.anyio

SNAPSHOT = "/_sandbox/snapshot"


async def test_health(play: Play) -> None:
    """Health answers with the product's version (INTERFACE)."""
    said = good(await play.http.get("/_sandbox/health"), "health")
    assert said.keys() == {"status", "version"}


async def test_the_test_numbers(play: Play) -> None:
    """Fourteen numbers act by themselves, listed with what they do (section 10)."""
    rows = good(await play.http.get("/_sandbox/numbers"), "numbers")["numbers"]
    assert [row["ends_in"] for row in rows] == [f"{n:04}" for n in range(1, 15)]
    assert rows[2] == {"ends_in": "0003", "number": "919999000003", "does": "declines"}
    assert {len(row["number"]) for row in rows} == {12}


async def test_the_document_describes_itself(play: Play) -> None:
    """`GET /openapi.json` is an OpenAPI 3.1 document with the webhooks (INTERFACE)."""
    answer = await play.http.get("/openapi.json")
    document = answer.json()
    assert (answer.status_code, document["openapi"]) == (200, "3.1.0")
    assert "gupshup-call_permission_reply" in document["webhooks"]


async def save(play: Play) -> bytes:
    answer = await play.http.get(SNAPSHOT)
    good(answer, "snapshot")
    return answer.content


async def load(play: Play, snapshot: bytes) -> None:
    answer = await play.http.put(SNAPSHOT, content=snapshot, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.content) == (204, b"")


async def everything(play: Play) -> list[Any]:
    """All that the control API shows of the app."""
    paths = ["", "/users", "/deliveries", "/journal", "/violations", "/clock"]
    return [(await play.http.get(f"/_sandbox/apps/{APP}{path}")).json() for path in paths]


async def lived_in(play: Play) -> None:
    form = {"modes": "MESSAGE", "tag": "mine", "url": "http://other.example/", "version": "3", "meta": '{"X-S":"1"}'}
    await play.partner("POST", "subscription", data=form)
    await play.set(rules="wolkvox", overrides={"nudge_after": 3}, variants={"reply": "2025"})
    await play.request()
    await play.act("allow_temporarily")
    await play.request("919800000001")
    await play.control("POST", "calls", json={"to": USER})
    await play.request()
    play.receiver.script = lambda post: ERROR if post.what == "message" else OK
    await play.act("text", "919800000002")
    await play.settle()
    await play.advance(10)


async def test_a_snapshot_holds_everything(play: Play) -> None:
    """Loaded into another sandbox a snapshot shows the very same apps, users, deliveries, journal and clock (S2)."""
    await lived_in(play)
    before, snapshot = await everything(play), await save(play)
    async with Play(ServerSettings(seed="another")) as other:
        await load(other, snapshot)
        assert await everything(other) == before
        assert json.loads(await save(other)) == json.loads(snapshot)


async def test_secrets_are_in_it(play: Play) -> None:
    """A snapshot holds the secrets too: tokens, the partner's secret, subscription headers (S2)."""
    await lived_in(play)
    snapshot = await save(play)
    for secret in (TOKEN, "sandbox-secret", "X-S"):
        assert secret.encode() in snapshot


async def test_it_goes_on_as_if_nothing_had_happened(play: Play) -> None:
    """After loading, the same future follows: the same ids, timers, retries and webhooks, byte for byte (S2, T4)."""
    await lived_in(play)
    snapshot = await save(play)
    futures = []
    async with Play(ServerSettings(seed="another")) as other:
        await load(other, snapshot)
        other.receiver.script = play.receiver.script
        for sandbox in (play, other):
            start = len(sandbox.receiver.posts)
            await sandbox.advance(86_400)
            answer = await sandbox.request()
            await sandbox.settle()
            futures.append((answer.json(), sorted(post[:2] for post in sandbox.receiver.posts[start:])))
    assert futures[0] == futures[1]
    assert len(futures[0][1]) >= 5


async def test_the_clock_stands_where_it_stood(play: Play) -> None:
    """After loading, an app's clock goes on from where it stood when saved, however much time has passed (S2)."""
    await play.advance(3600)
    snapshot = await save(play)
    play.machine.move(seconds=86_400)
    await load(play, snapshot)
    assert (await play.control("GET", "clock"))["now"] == "2025-12-31T09:00:00.000Z"
    play.machine.move(seconds=1)
    assert (await play.control("GET", "clock"))["now"] == "2025-12-31T09:00:01.000Z"


async def test_loading_replaces_everything(play: Play) -> None:
    """What is not in the snapshot is gone after loading it: users, apps, settings (S2)."""
    snapshot = await save(play)
    await lived_in(play)
    await play.http.post("/_sandbox/apps", json={"id": "second"})
    await load(play, snapshot)
    assert [app["id"] for app in (await play.http.get("/_sandbox/apps")).json()["apps"]] == [APP]
    assert (await play.control("GET", "users"))["users"] == []
    assert (await play.set())["rules"] == "gupshup"


async def test_what_was_under_way_may_come_twice_and_is_marked(play: Play) -> None:
    """An attempt in flight is saved as due now; after loading a duplicate is allowed and marked (S2)."""
    play.receiver.held = asyncio.Event()
    await play.act("text", wait=False)
    await until(lambda: len(play.receiver.posts) == 1)
    play.receiver.held.set()
    play.receiver.held = asyncio.Event()
    await until(lambda: len(play.receiver.posts) == 2)
    snapshot = await save(play)
    play.receiver.held.set()
    await play.settle()
    await load(play, snapshot)
    await play.settle()
    assert play.receiver.whats == ["set-callback", "message", "message"]
    (row,) = (await play.control("GET", "deliveries?kind=message"))["deliveries"]
    assert (row["state"], row["duplicate"]) == ("delivered", True)


async def test_the_outcome_of_an_old_attempt_is_dropped(play: Play) -> None:
    """What comes of an attempt from before the loading changes nothing of what was loaded (S2, DESIGN)."""
    await play.act("text")
    snapshot = await save(play)
    play.receiver.held = asyncio.Event()
    await play.act("allow_always", wait=False)
    await until(lambda: play.receiver.whats[-1] == "reply accept")
    await load(play, snapshot)
    play.receiver.held.set()
    await play.settle()
    assert (await play.control("GET", "deliveries?kind=call_permission_reply"))["deliveries"] == []
    assert (await play.user())["permission"]["status"] == "no_permission"
    attempts = (await play.control("GET", "journal?kind=delivery"))["entries"]
    assert [entry["what"] for entry in attempts] == ["set_callback", "message"]
