"""A start on a store that was there before: what is kept goes on (S2, T4)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from mock_server.errors import SandboxError
from mock_server.http.app import Sandbox
from mock_server.settings import ServerSettings
from tests.stage.machine import ManualMachine
from tests.stage.play import APP, RECEIVER, REQUEST, TOKEN, USER
from tests.stage.receiver import ERROR, ScriptedSender
from tests.stage.watch import a_sandbox

pytestmark = pytest.mark.anyio

NUMBER = {"id": "second", "token": "sk_second", "phone_number_id": "150", "business_number": "919000000150"}


class Life:
    """One life of a sandbox on the same file."""

    def __init__(self, settings: ServerSettings, machine: ManualMachine, **more: Any) -> None:
        self.receiver = ScriptedSender()
        self.entries: list[dict[str, Any]] = []
        self.sandbox: Sandbox = a_sandbox(
            settings, machine=machine, sender=self.receiver, on_entry=self.entries.append, **more
        )
        transport = httpx.ASGITransport(self.sandbox)
        self.http = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8400", timeout=30)

    async def __aenter__(self) -> Life:
        await self.sandbox.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()
        await self.sandbox.aclose()

    async def request(self, to: str = USER) -> httpx.Response:
        path = f"/partner/app/{APP}/v3/message"
        return await self.http.post(path, json=REQUEST | {"to": to}, headers={"Authorization": TOKEN})

    async def get(self, path: str) -> Any:
        return (await self.http.get(f"/_sandbox/{path}")).raise_for_status().json()

    async def post(self, path: str, **body: Any) -> Any:
        return (await self.http.post(f"/_sandbox/apps/{APP}/{path}", json=body)).raise_for_status().json()

    async def settle(self) -> None:
        await self.post("deliveries/flush")


@pytest.fixture
def settings(tmp_path: Path) -> ServerSettings:
    return ServerSettings(store=f"sqlite:///{tmp_path / 'sandbox.db'}", webhook=RECEIVER)


@pytest.fixture
def machine() -> ManualMachine:
    return ManualMachine()


async def test_down_time_has_passed(settings: ServerSettings, machine: ManualMachine) -> None:
    """After a restart a user's permission is there, and the time that the sandbox was away has passed (S2)."""
    async with Life(settings, machine) as life:
        await life.post(f"users/{USER}/actions", action="allow_temporarily", for_seconds=100)
    machine.move(seconds=60)
    async with Life(settings, machine) as life:
        user = await life.get(f"apps/{APP}/users/{USER}")
        assert user["permission"]["status"] == "temporary"
    machine.move(seconds=60)
    async with Life(settings, machine) as life:
        await life.settle()
        user = await life.get(f"apps/{APP}/users/{USER}")
        assert user["permission"]["status"] == "no_permission"


async def test_what_could_not_be_delivered_is_tried_again(settings: ServerSettings, machine: ManualMachine) -> None:
    """A webhook that the receiver refused before the restart goes out after it, when its retry is due (W5, W6)."""
    async with Life(settings, machine) as life:
        life.receiver.script = lambda _: ERROR
        await life.request()
        await life.settle()
    async with Life(settings, machine) as life:
        await life.settle()
        assert life.receiver.posts == []
        machine.move(seconds=1)
        await life.settle()
        assert life.receiver.whats[-3:] == ["enqueued", "sent", "delivered"]


async def test_ids_do_not_come_again(settings: ServerSettings, machine: ManualMachine) -> None:
    """The seed is kept with the store: a user that is reset and asked again gets ids of its own (T4)."""
    ids = []
    for user in (USER, "919812345679"):
        async with Life(settings, machine) as life:
            ids.append((await life.request(user)).json()["messages"][0]["id"])
            kept = life.sandbox.services.store.seed
    assert len(set(ids)) == 2
    async with Life(msgspec.structs.replace(settings, seed="another"), machine) as life:
        assert life.sandbox.services.store.seed == kept


async def test_limits_hold_over_a_restart(settings: ServerSettings, machine: ManualMachine) -> None:
    """The second request within a day is refused, whatever happened to the process in between (R2)."""
    async with Life(settings, machine) as life:
        assert (await life.request()).status_code == 200
    async with Life(settings, machine) as life:
        assert (await life.request()).json()["error"]["code"] == 138009


async def test_what_is_stored_wins(settings: ServerSettings, machine: ManualMachine) -> None:
    """An app that is there goes on with its own settings and clock, whatever is given; the journal says so."""
    async with Life(settings, machine) as life:
        await life.http.patch(f"/_sandbox/apps/{APP}", json={"rules": "meta"})
        await life.post("clock", freeze=True)
    frozen = msgspec.structs.replace(settings, freeze_at="2030-01-01T00:00:00Z")
    async with Life(frozen, machine) as life:
        app = await life.get(f"apps/{APP}")
        assert (app["rules"], (await life.get(f"apps/{APP}/clock"))["now"]) == ("meta", "2025-12-31T08:00:00.000Z")
        notes = (await life.get(f"apps/{APP}/journal?kind=note"))["entries"]
        assert notes[-1]["sentence"] == "The sandbox was started on what was kept: this app goes on."


@pytest.mark.parametrize(
    ("second", "urls"),
    [
        (RECEIVER, [RECEIVER]),
        ("http://other.example/hooks", ["http://other.example/hooks"]),
        (None, [RECEIVER]),
    ],
)
async def test_another_webhook(
    settings: ServerSettings, machine: ManualMachine, second: str | None, urls: list[str]
) -> None:
    """A --webhook that the app has no subscription for takes the configured one's place (W2)."""
    async with Life(settings, machine):
        pass
    async with Life(msgspec.structs.replace(settings, webhook=second), machine) as life:
        rows = (await life.get(f"apps/{APP}"))["subscriptions"]
        assert [row["url"] for row in rows] == urls
        await life.request()
        await life.settle()
        assert {post.url for post in life.receiver.posts} == set(urls)


async def test_configured_apps_are_made_once(settings: ServerSettings, machine: ManualMachine) -> None:
    """Apps of the configuration are made where they are not there; one that is new joins the others."""
    for apps in ([], [NUMBER], [NUMBER]):
        async with Life(settings, machine, apps=apps) as life:
            assert len((await life.get("apps"))["apps"]) == 1 + len(apps)


async def test_two_of_one_id(settings: ServerSettings, machine: ManualMachine) -> None:
    """Two apps of one configuration that share an id are refused, on a file as in memory."""
    with pytest.raises(SandboxError, match="taken"):
        async with Life(settings, machine, apps=[NUMBER, NUMBER]):
            pass


async def test_secrets_that_were_made_stay(settings: ServerSettings, machine: ManualMachine) -> None:
    """Off loopback the secrets are random: what is printed at the next start is what holds."""
    shared = msgspec.structs.replace(settings, host="0.0.0.0", control_token="t" * 20, webhook=None)
    async with Life(shared, machine) as life:
        first, partner = life.sandbox.ready_made["token"], life.sandbox.partner.secret
    async with Life(shared, machine) as life:
        assert (life.sandbox.ready_made["token"], life.sandbox.partner.secret) == (first, partner)
        assert (await life.sandbox.services.store.app(APP)).settings.token == first


async def test_the_log_begins_with_this_start(settings: ServerSettings, machine: ManualMachine) -> None:
    """What happened before the start is not printed again."""
    async with Life(settings, machine) as life:
        await life.request()
    async with Life(settings, machine) as life:
        await life.request("919812345679")
        await life.settle()
        for _ in range(100):
            if any(row["kind"] == "request" for row in life.entries):
                break
            await life.sandbox.services.store.changed(0.05)
        assert [row["wa_id"] for row in life.entries if row["kind"] == "request"] == ["919812345679"]
