"""A real server, a real receiver, real sockets (W5, W6)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from mock_server.server import RunningServer
from mock_server.settings import ServerSettings
from tests.stage.play import APP, REQUEST, TOKEN
from tests.stage.sockets import Visit, listening
from tests.stage.watch import a_sandbox

pytestmark = pytest.mark.anyio

ANA, BEN, EVA = "919800000001", "919800000002", "919800000003"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
CONTROL = f"/_sandbox/apps/{APP}"


class Inbox:
    """A receiver that answers as `manner` says, and keeps what it answered 200."""

    def __init__(self) -> None:
        self.arrived: list[tuple[str, str]] = []
        self.bodies: list[bytes] = []
        self.manner: Callable[[int], bytes] = lambda _: OK
        self._changed = asyncio.Event()

    async def visit(self, visit: Visit) -> None:
        """One webhook a connection; then it hangs up."""
        _, _, body = await visit.request()
        self.bodies.append(body)
        answer = self.manner(len(self.bodies))
        if answer is OK:
            self._take(body)
        await visit.say(answer)

    async def has(self, count: int) -> list[tuple[str, str]]:
        """Wait for so many webhooks: (user, what) of each, in the order in which they arrived."""
        async with asyncio.timeout(20):
            while len(self.arrived) < count:
                self._changed.clear()
                await self._changed.wait()
        return self.arrived

    def _take(self, body: bytes) -> None:
        value = json.loads(body)["entry"][0]["changes"][0]["value"]
        for status in value.get("statuses", []):
            if "status" in status:
                self.arrived.append((status["recipient_id"], status["status"]))
        self.arrived += [(message["from"], message["type"]) for message in value.get("messages", [])]
        self._changed.set()


@asynccontextmanager
async def running(webhook: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a sandbox that is served by a thread of its own."""
    sandbox = a_sandbox(ServerSettings(webhook=webhook))
    server = RunningServer(lambda: sandbox, on_stop=sandbox.stop)
    await asyncio.to_thread(server.start)
    try:
        async with httpx.AsyncClient(base_url=server.url, timeout=30) as http:
            yield http
    finally:
        await asyncio.to_thread(server.stop)


async def ask(http: httpx.AsyncClient, to: str) -> None:
    headers = {"Authorization": TOKEN}
    answer = await http.post(f"/partner/app/{APP}/v3/message", json=REQUEST | {"to": to}, headers=headers)
    assert answer.status_code == 200


async def control(http: httpx.AsyncClient, path: str, body: Any) -> Any:
    return (await http.post(f"{CONTROL}/{path}", json=body)).json()


async def test_the_seeds_story() -> None:
    """A request, its statuses in order, the user's answer, over real sockets (W1, W5, R6)."""
    inbox = Inbox()
    async with listening(inbox.visit) as url, running(url + "/hook") as http:
        await ask(http, ANA)
        assert await inbox.has(3) == [(ANA, "enqueued"), (ANA, "sent"), (ANA, "delivered")]
        await control(http, f"users/{ANA}/actions", {"action": "allow_always"})
        assert (await inbox.has(5))[3:] == [(ANA, "read"), (ANA, "interactive")]


async def test_restarting_the_receiver_is_enough() -> None:
    """What happened while the receiver was down arrives when it is up, each user's oldest first (W5)."""
    inbox = Inbox()
    async with listening(inbox.visit) as url:
        port = int(url.rpartition(":")[2])
    async with running(url + "/hook") as http:
        await ask(http, ANA)
        await ask(http, BEN)
        done = await control(http, "clock", {"advance_seconds": 7_200})
        assert done["attempted"] == done["failed"] > 0
        async with listening(inbox.visit, port=port):
            await control(http, f"users/{EVA}/actions", {"action": "text", "text": "are you there?"})
            arrived = await inbox.has(7)
    assert arrived[0] == (EVA, "text")
    for user in (ANA, BEN):
        assert [what for name, what in arrived if name == user] == ["enqueued", "sent", "delivered"]


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf an answ",
        b"",
    ],
    ids=["500", "redirect", "half an answer", "hangs up"],
)
async def test_a_receiver_in_trouble(answer: bytes) -> None:
    """A receiver that errs, redirects or hangs up three times gets everything in the end, in order (W5, W6)."""
    inbox = Inbox()
    inbox.manner = lambda count: answer if 2 <= count <= 4 else OK
    async with listening(inbox.visit) as url, running(url + "/hook") as http:
        await control(http, "clock", {"freeze": True})
        await ask(http, ANA)
        await control(http, "deliveries/flush", {})
        await control(http, "clock", {"advance_seconds": 60})
        assert inbox.arrived == [(ANA, "enqueued"), (ANA, "sent"), (ANA, "delivered")]
        assert len(set(inbox.bodies[1:5])) == 1
