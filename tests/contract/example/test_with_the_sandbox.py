"""The example against the sandbox itself: nothing it sends is wrong, and nothing it is told is lost."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from mock_server.settings import Dialect, ServerSettings
from tests.contract.example.stage import Stage
from tests.stage.play import APP, RECEIVER, TOKEN, USER, Play

pytestmark = pytest.mark.anyio
ENV = {
    "GUPSHUP_BASE_URL": "http://127.0.0.1:8400",
    "GRAPH_BASE_URL": "http://127.0.0.1:8400/v26.0",
    "GUPSHUP_APP_ID": APP,
    "GUPSHUP_APP_TOKEN": TOKEN,
    "GRAPH_TOKEN": TOKEN,
    "PARTNER_SECRET": "sandbox-secret",
}


class Both:
    """The sandbox and the example, which is told everything in order."""

    def __init__(self, dialect: str) -> None:
        self.play = Play(ServerSettings(seed="stage", webhook=RECEIVER, dialect=Dialect(dialect)))
        self.stage = Stage(dialect, transport=httpx.ASGITransport(self.play.sandbox), env=ENV)
        self.told = 0

    async def tell(self) -> None:
        """What the sandbox has posted meanwhile; the example has the sandbox's time."""
        await self.play.settle()
        self.stage.now = self.play.machine.now() / 1000
        for post in self.play.receiver.posts[self.told :]:
            assert (await self.stage.post(post.body)).status_code == 200
        self.told = len(self.play.receiver.posts)

    async def act(self, action: str) -> None:
        assert (await self.play.act(action)).status_code == 200
        await self.tell()

    async def findings(self) -> list[str]:
        """Violations and advices."""
        return [entry["rule"] for entry in (await self.play.control("GET", "violations"))["entries"]]


@pytest.fixture(params=["gupshup", "meta"])
async def both(request: pytest.FixtureRequest) -> AsyncIterator[Both]:
    both = Both(request.param)
    async with both.play:
        yield both


async def test_a_whole_story(both: Both) -> None:
    """Ask, allow, call, hang up, revoke: the sandbox finds nothing wrong with any of it (section 11)."""
    stage = both.stage
    assert await stage.ask(USER) == 202
    await both.tell()
    assert (await stage.believes(USER))["request"] == "pending"
    await both.act("allow_always")
    assert await stage.believes(USER) == {"state": "permanent", "request": "answered"}
    assert await stage.call(USER) == 202
    await both.act("pick_up")
    assert await stage.hang_up(USER) == 202
    await both.tell()
    assert (await stage.last_call(USER))["outcome"] == "connected"
    await both.act("revoke")
    assert await stage.call(USER) == 403
    assert await both.findings() == []


async def test_an_expired_permission_is_not_used(both: Both) -> None:
    """A week after a temporary grant it does not call, though no webhook told it (P3)."""
    await both.act("allow_temporarily")
    both.play.machine.move(seconds=604_799)
    await both.tell()
    assert await both.stage.call(USER) == 202
    both.play.machine.move(seconds=1)
    await both.tell()
    assert await both.stage.call(USER) == 403
    assert await both.findings() == []


@pytest.mark.parametrize("code", [190, 130429])
async def test_a_refusal_on_request_is_got_over(both: Both, code: int) -> None:
    """A token refused once is renewed, too many requests are waited out: the request goes out once (section 9)."""
    fault = {"fault": "error", "route": "message", "code": code, "times": 1}
    await both.play.control("POST", "faults", json=fault)
    assert await both.stage.ask(USER) == 202
    assert len((await both.play.user(USER))["requests"]) == 1
