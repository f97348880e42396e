"""A round's load: many users at once, and everything that was answered with success, written down."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from typing import Any

import aiohttp

from tests.benchmarks.crash.receiver import Key, key_of_event

TOKEN = "sk_crash"
ASKED, CALLED = "91981", "91982"  # how the numbers of the two sorts of users begin
ACTIONS = ("allow_temporarily", "text", "decline", "read", "text", "call", "hang_up")
SENT = ("enqueued", "sent", "delivered")
LONGEST = aiohttp.ClientTimeout(total=15)


class Round:
    """One app with users of its own, and what the sandbox has promised about it."""

    def __init__(self, number: int, urls: Sequence[str], chance: random.Random, http: aiohttp.ClientSession) -> None:
        self.app = f"round-{number}"
        self.promised: dict[Key, str] = {}  # the events of what was answered with success, each with its user
        self.requests: dict[str, set[str]] = {}  # message ids answered 200, by user
        self.calls: dict[str, set[str]] = {}  # calls whose pick-up was answered 200, by user
        self.answered = 0
        self.killed = 0.0  # when the process was, in Unix time
        self._number = number
        self._urls = list(urls)
        self._chance = chance
        self._http = http

    async def make_app(self, webhook: str) -> bool:
        """False when it is there already."""
        number = f"91700{self._number:07d}"
        given = {
            "id": self.app, "token": f"{TOKEN}_{self._number}", "business_number": number,
            "phone_number_id": f"5{self._number:014d}", "webhook_url": webhook,
        }  # fmt: skip
        status, answer = await self._ask("/_sandbox/apps", given)
        assert status in {201, 409}, answer
        return status == 201

    async def run(self, *, users: int) -> None:
        """Until everything was done or refused, by all users at once. May be cut short by cancelling."""
        asked = (self._asked(f"{ASKED}{n:07d}") for n in range(users - users // 4))
        called = (self._called(f"{CALLED}{n:07d}", times=8) for n in range(users // 4))
        await asyncio.gather(*asked, *called)

    async def try_again(self) -> None:
        """After the crash, what the limits must refuse: a second request, calls beyond the fifth."""
        again = [self._request(user) for user in list(self.requests)]
        more = [self._called(user, times=6) for user in list(self.calls)]
        await asyncio.gather(*again, *more)

    async def get(self, path: str) -> Any:
        """From the control API of the app, by whoever serves."""
        async with self._http.get(f"{self._urls[0]}/_sandbox/apps/{self.app}{path}", timeout=LONGEST) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    def only(self, url: str) -> None:
        """From now on everything is asked of this process."""
        self._urls = [url]

    async def _asked(self, user: str) -> None:
        """Three requests at the same instant, of which one may be accepted, and then the user does this and that."""
        await asyncio.gather(*(self._request(user) for _ in range(3)))
        for action in self._chance.sample(ACTIONS, len(ACTIONS)):
            await self._act(user, action)

    async def _called(self, user: str, *, times: int) -> None:
        """More calls that are picked up than the limit lets through."""
        await self._act(user, "allow_always")
        await self._act(user, "hang_up")  # what a crash has left
        for _ in range(times):
            status, answer = await self._ask(f"/_sandbox/apps/{self.app}/calls", {"to": user})
            if status != 201:
                continue
            call_id = answer["call"]["id"]
            self.promised[call_id, "RINGING"] = user
            if await self._act(user, "pick_up"):
                self.calls.setdefault(user, set()).add(call_id)
            await self._act(user, "hang_up")

    async def _request(self, user: str) -> None:
        body = {
            "messaging_product": "whatsapp", "recipient_type": "individual", "to": user, "type": "interactive",
            "interactive": {
                "type": "call_permission_request", "action": {"name": "call_permission_request"},
                "body": {"text": "May we call you?"},
            },
        }  # fmt: skip
        status, answer = await self._ask(f"/partner/app/{self.app}/v3/message", body, token=f"{TOKEN}_{self._number}")
        if status == 200:
            gs_id = answer["messages"][0]["id"]
            self.requests.setdefault(user, set()).add(gs_id)
            self.promised |= {(gs_id, word): user for word in SENT}

    async def _act(self, user: str, action: str) -> bool:
        given = {"action": action, "wait": False} | ({"text": "hello"} if action == "text" else {})
        status, answer = await self._ask(f"/_sandbox/apps/{self.app}/users/{user}/actions", given)
        if status != 200:
            return False
        keys = [key_of_event(event) for event in answer["events"]]
        self.promised |= {key: user for key in keys if key is not None}
        return True

    async def _ask(self, path: str, body: Any, *, token: str = "") -> tuple[int | None, Any]:
        """Status None: no answer, so nobody knows whether it was done."""
        headers = {"Authorization": token} if token else {}
        url = self._chance.choice(self._urls) + path
        try:
            async with self._http.post(url, json=body, headers=headers, timeout=LONGEST) as answer:
                said = await answer.json()
                self.answered += 1
                return answer.status, said
        except (aiohttp.ClientError, TimeoutError, OSError):
            await asyncio.sleep(0.02)  # nobody is there, or has just gone
            return None, None
