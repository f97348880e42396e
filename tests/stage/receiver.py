"""Receivers that follow a script, in the place of the HTTP client."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from mock_server.delivery.sender import Answer

OK = Answer("answered", 200, "", 0.001, "answered 200")
ERROR = Answer("answered", 500, "", 0.001, "answered 500")
REFUSED = Answer("refused", None, "", 0.0, "no connection: Connection refused")


class Post(NamedTuple):
    """What a receiver got."""

    url: str
    body: bytes
    headers: dict[str, str]

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def value(self) -> Any:
        """`value` of the first change."""
        return self.json["entry"][0]["changes"][0]["value"]

    @property
    def what(self) -> str:
        """A short name: the status, `reply accept`, `message`, the call event, the account's event, `settings` ..."""
        value = self.value
        if "phone_number_settings" in value:
            return "settings"
        if "phone_number" in value:
            return str(value["event"])
        if "statuses" in value:
            status = value["statuses"][0]
            return str(status.get("status") or status["type"])
        if "calls" in value:
            return str(value["calls"][0]["event"])
        message = value["messages"][0]
        if message["type"] != "interactive":
            return "message"
        return "reply " + str(message["interactive"]["call_permission_reply"]["response"])


class Get(NamedTuple):
    """What a receiver was asked."""

    url: str

    @property
    def asked(self) -> dict[str, str]:
        """The query's parameters."""
        return {name: values[0] for name, values in parse_qs(urlsplit(self.url).query).items()}


def challenge_back(get: Get) -> Answer:
    """What a good receiver says in Meta's handshake."""
    return OK._replace(text=get.asked["hub.challenge"])


class ScriptedSender:
    """A `Sender`: keeps what it is given to send and answers as `script` says (200 unless told otherwise).

    It says the challenge back in a handshake, unless `door` says otherwise.

    `silent` URLs never answer; their attempts take no real time and are reported as timed out.
    """

    def __init__(self) -> None:
        self.posts: list[Post] = []
        self.gets: list[Get] = []
        self.timeouts: list[float] = []
        self.script: Callable[[Post], Answer] = lambda _: OK
        self.door: Callable[[Get], Answer] = challenge_back
        self.silent: set[str] = set()
        self.held: asyncio.Event | None = None

    async def post(self, url: str, body: bytes, headers: tuple[tuple[str, str], ...], timeout: float) -> Answer:
        post = Post(url, body, dict(headers))
        self.posts.append(post)
        self.timeouts.append(timeout)
        if self.held is not None:
            await self.held.wait()
        if url in self.silent:
            return Answer("timed_out", None, "", timeout, f"the receiver did not answer within {timeout:g} s")
        return self.script(post)

    async def get(self, url: str, timeout: float) -> Answer:
        get = Get(url)
        self.gets.append(get)
        self.timeouts.append(timeout)
        if url.partition("?")[0] in self.silent:
            return Answer("timed_out", None, "", timeout, f"the receiver did not answer within {timeout:g} s")
        return self.door(get)

    async def close(self) -> None: ...

    @property
    def whats(self) -> list[str]:
        return [post.what for post in self.posts]
