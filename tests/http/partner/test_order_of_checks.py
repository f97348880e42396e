"""The order of checks (R3): where two things are wrong at once, the first in order is told.

The table holds one way to be wrong for every check, in R3's order. Each test takes two of them.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from mock_server.settings import ServerSettings
from tests.http.shapes import good
from tests.stage.play import APP, RECEIVER, REQUEST, TOKEN, USER, Play

pytestmark = pytest.mark.anyio


class Attempt:
    """A request on v3/message in the making."""

    def __init__(self, play: Play) -> None:
        self.play = play
        self.token = TOKEN
        self.app = APP
        self.body = json.dumps(REQUEST).encode()
        self.prefix = b""
        self.fields: dict[str, Any] = {}

    async def send(self) -> httpx.Response:
        body = self.prefix or json.dumps(REQUEST | self.fields).encode()
        headers = {"Authorization": self.token, "Content-Type": "application/json"}
        return await self.play.http.post(f"/partner/app/{self.app}/v3/message", content=body, headers=headers)


async def wrong_token(attempt: Attempt) -> None:
    attempt.token = "sk_wrong"


async def unknown_app(attempt: Attempt) -> None:
    attempt.app = "no-such-app"


async def rate_reached(attempt: Attempt) -> None:
    body = {"messaging_product": "whatsapp", "to": "919800000001", "type": "text", "text": {"body": "Hello"}}
    for _ in range(10):
        await attempt.play.partner("POST", "v3/message", json=body)


async def too_large(attempt: Attempt) -> None:
    attempt.prefix = b'{"to":"' + b"9" * 1024 * 1024


async def not_json(attempt: Attempt) -> None:
    attempt.prefix = attempt.prefix or b'{"to":'


async def wrong_schema(attempt: Attempt) -> None:
    attempt.fields = {"messaging_product": "signal"}


def set_to(**settings: Any) -> Callable[[Attempt], Awaitable[None]]:
    async def arrange(attempt: Attempt) -> None:
        await attempt.play.set(**settings)

    return arrange


async def permanent(attempt: Attempt) -> None:
    await attempt.play.act("allow_always", wait=False)


async def over_the_limit(attempt: Attempt) -> None:
    await attempt.play.set(overrides={"requests_per_24h": 0})


async def not_on_whatsapp(attempt: Attempt) -> None:
    await attempt.play.control("PATCH", f"users/{USER}", json={"reachability": "not_on_whatsapp"})


CHECKS: list[tuple[str, Callable[[Attempt], Awaitable[None]], int | str]] = [
    ("token", wrong_token, "Authentication Failed"),
    ("app", unknown_app, "Invalid App Details"),
    ("rate", rate_reached, "Too Many Requests"),
    ("size", too_large, "The body is over 1024 KiB, which is the bound here."),
    ("JSON", not_json, "The body is not JSON that can be taken: EOF while parsing a value at line 1 column 6."),
    ("schema", wrong_schema, 100),
    ("calling", set_to(calling="DISABLED"), 138000),
    ("restriction", set_to(restriction="calling"), 138014),
    ("country", set_to(country="US"), 138013),
    ("permanent", permanent, 138017),
    ("limits", over_the_limit, 138009),
    ("window", set_to(enforce_service_window=True, window_error="sync"), 131047),
    ("reachability", not_on_whatsapp, "accepted"),
]


def told(answer: httpx.Response) -> int | str:
    body = answer.json()
    if answer.status_code == 200:
        return "accepted"
    return int(body["error"]["code"]) if "error" in body else str(body["message"])


@pytest.mark.parametrize(
    ("first", "second"),
    list(itertools.combinations(range(len(CHECKS)), 2)),
    ids=lambda place: CHECKS[place][0],
)
async def test_the_first_thing_that_is_wrong_is_told(first: int, second: int) -> None:
    """Token, app, rate, size, JSON, schema, 138000, 138014, 138013, 138017, 138009, 131047, reachability: of two
    things that are wrong the earlier is told (R3).
    """
    settings = ServerSettings(seed="stage", webhook=RECEIVER, rate_limits=True)
    async with Play(settings) as play:
        attempt = Attempt(play)
        await CHECKS[first][1](attempt)
        await CHECKS[second][1](attempt)
        assert told(await attempt.send()) == CHECKS[first][2]


@pytest.mark.parametrize(("name", "arrange", "expected"), CHECKS, ids=[name for name, _, _ in CHECKS])
async def test_each_check_by_itself(
    name: str, arrange: Callable[[Attempt], Awaitable[None]], expected: int | str
) -> None:
    """Each wrong thing of the table is refused by itself, so that the pairs prove something (R3)."""
    async with Play(ServerSettings(seed="stage", webhook=RECEIVER, rate_limits=True)) as play:
        attempt = Attempt(play)
        good(await attempt.send(), "answer-message-gupshup")
        await play.advance(7 * 86_400)
        await arrange(attempt)
        assert told(await attempt.send()) == expected


async def test_an_unreachable_user_is_told_later(play: Play) -> None:
    """Reachability is the last check, and its answer is asynchronous: accepted, then `failed` (R3, R6)."""
    await not_on_whatsapp(Attempt(play))
    good(await play.request(), "answer-message-gupshup")
    await play.settle()
    assert play.receiver.whats == ["set-callback", "enqueued", "failed"]
    assert play.receiver.posts[-1].value["statuses"][0]["errors"][0]["code"] == 1002


async def test_a_refusal_counts_for_nothing(play: Play) -> None:
    """After refusals of every kind the one request of the day is still there (R3)."""
    for settings in ({"calling": "DISABLED"}, {"country": "US"}, {"restriction": "calling"}):
        before = {name: (await play.set())[name] for name in settings}
        await play.set(**settings)
        assert (await play.request()).status_code == 400
        await play.set(**before)
    good(await play.request(), "answer-message-gupshup")
