"""A receiver that remembers everything: what came, when, and what it was answered."""

from __future__ import annotations

import asyncio
import random
import time
from typing import Any, NamedTuple

import msgspec
from aiohttp import web

Key = tuple[str, str]  # the id of a message or a call, and what happened to it


class Arrival(NamedTuple):
    """One attempt, read to its end."""

    app: str
    key: Key
    user: str
    body: bytes
    status: int
    at: float  # Unix time


class Receiver:
    """On a free port of loopback. Answers 200, at times 500, and takes its time. An async context manager."""

    def __init__(self, seed: int, *, failing: float = 0.02, slowest: float = 0.02) -> None:
        self.arrivals: list[Arrival] = []
        self.url = ""
        self._chance = random.Random(seed)  # noqa: S311  no secret
        self._failing = failing
        self._slowest = slowest

    async def __aenter__(self) -> Receiver:
        application = web.Application()
        application.router.add_post("/webhooks", self._take)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/webhooks"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    def forget(self) -> None:
        self.arrivals.clear()

    async def _take(self, request: web.Request) -> web.Response:
        body = await request.read()
        status = 500 if self._chance.random() < self._failing else 200
        given = msgspec.json.decode(body)
        key, user = read(given)
        self.arrivals.append(Arrival(given["gs_app_id"], key, user, body, status, time.time()))
        await asyncio.sleep(self._chance.random() * self._slowest)
        return web.Response(status=status)


def read(body: Any) -> tuple[Key, str]:
    """What a webhook is about (dialect gupshup): its key, and the user."""
    value = body["entry"][0]["changes"][0]["value"]
    user = str(value["contacts"][0]["wa_id"]) if "contacts" in value else ""
    if "calls" in value:
        return (value["calls"][0]["id"], value["calls"][0]["event"]), user
    if "messages" in value:
        return (value["messages"][0]["id"], value["messages"][0]["type"]), user
    status = value["statuses"][0]
    return (status.get("gs_id") or status.get("id", ""), status.get("status", status.get("type"))), user


def key_of_event(event: Any) -> Key | None:
    """The key of the webhook that the control API's event becomes; None for one that becomes none."""
    match event["kind"]:
        case "message_status":
            return event["gs_id"], event["status"]
        case "call_permission_reply":
            return event["wamid"], "interactive"
        case "message":
            return event["wamid"], "text"
        case "call_status":
            return event["call_id"], event["status"]
        case "call_connect":
            return event["call_id"], "connect"
        case "call_terminate":
            return event["call_id"], "terminate"
        case _:
            return None
