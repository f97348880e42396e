"""A receiver that never answers is its own trouble: over real sockets, with the real sender."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest

from mock_server.settings import ServerSettings
from tests.stage.play import REQUEST
from tests.stage.sockets import Visit, listening
from tests.stage.watch import a_sandbox

pytestmark = pytest.mark.anyio

UNDELAYED = 8.0  # seconds for all of it on a busy machine; a single attempt at the silent one takes ten
OTHER = "other-app"


class Receivers:
    """One that reads and never answers, and those that answer at once and note what came."""

    def __init__(self) -> None:
        self.silent = 0
        self.came: dict[str, Counter[str]] = {}
        self.urls: dict[str, str] = {}
        self.news = asyncio.Event()

    async def never(self, visit: Visit) -> None:
        await visit.request()
        self.silent += 1
        await asyncio.Event().wait()

    def quick(self, name: str) -> Callable[[Visit], Any]:
        came = self.came[name] = Counter()

        async def answer(visit: Visit) -> None:
            while True:
                body = json.loads((await visit.request())[2])
                for status in body["entry"][0]["changes"][0]["value"].get("statuses", []):
                    came[status.get("status", "set-callback")] += 1  # which is said once, before the first
                self.news.set()
                await visit.say(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")

        return answer


@pytest.fixture
async def receivers() -> AsyncIterator[Receivers]:
    found = Receivers()
    async with AsyncExitStack() as stack:
        found.urls["silent"] = await stack.enter_async_context(listening(found.never))
        for name in ("same app", "other app"):
            found.urls[name] = await stack.enter_async_context(listening(found.quick(name)))
        yield found


def hooks(*urls: str) -> dict[str, Any]:
    return {"subscriptions": [{"url": url, "tag": f"t{n}"} for n, url in enumerate(urls)]}


@pytest.fixture
async def http(receivers: Receivers) -> AsyncIterator[httpx.AsyncClient]:
    """A sandbox whose app tells the silent receiver and a quick one, and another app that tells a third."""
    apps = [
        {"id": "app", "token": "sk_of_the_app"} | hooks(receivers.urls["silent"], receivers.urls["same app"]),
        {"id": OTHER, "token": "sk_of_the_other"} | hooks(receivers.urls["other app"]),
    ]
    sandbox = a_sandbox(ServerSettings(seed="silent"), apps=apps)
    transport = httpx.ASGITransport(sandbox)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8400", timeout=60) as http:
        await sandbox.start()
        yield http
        await sandbox.aclose()


async def queue(http: httpx.AsyncClient, url: str) -> None:
    """10 000 webhooks for this URL."""
    for _ in range(10):
        asked = {"body": {"nobody": "answers"}, "to": url, "repeat": 1000}
        assert (await http.post("/_sandbox/apps/app/webhooks", json=asked)).status_code < 300


async def ask_of(http: httpx.AsyncClient, app: str, token: str, user: str) -> None:
    path, headers = f"/partner/app/{app}/v3/message", {"Authorization": token}
    assert (await http.post(path, json=REQUEST | {"to": user}, headers=headers)).status_code == 200


async def test_nobody_waits_for_a_receiver_that_never_answers(http: httpx.AsyncClient, receivers: Receivers) -> None:
    """With 10 000 events queued for a receiver that never answers, those for another receiver of the same app and for
    another app's go out at once, all of them, and none of the 10 000 is lost (W5, W6, W7).
    """
    await queue(http, receivers.urls["silent"])
    for number in range(40):
        await ask_of(http, "app", "sk_of_the_app", f"9198{number:08d}")
        await ask_of(http, OTHER, "sk_of_the_other", f"9198{number:08d}")
    expected = {"set-callback": 1, "enqueued": 40, "sent": 40, "delivered": 40}
    async with asyncio.timeout(UNDELAYED):
        while any(came != expected for came in receivers.came.values()):
            await receivers.news.wait()
            receivers.news.clear()
    assert 0 < receivers.silent <= 64  # attempts under way at one URL
    waiting = await http.get("/_sandbox/apps/app/deliveries", params={"state": "waiting", "limit": 1})
    assert waiting.status_code == 200
    assert waiting.json()["deliveries"][0]["state"] == "waiting"
