"""A store that cannot keep anything: each surface says so in its own words, and nothing is half done."""

from __future__ import annotations

from typing import Any, NoReturn

import httpx
import pytest

from mock_server.errors import Unavailable
from mock_server.http.app import opened_store
from mock_server.settings import ServerSettings
from tests.stage.machine import ManualMachine
from tests.stage.play import APP, REQUEST, TOKEN, USER
from tests.stage.receiver import ScriptedSender
from tests.stage.watch import a_sandbox

pytestmark = pytest.mark.anyio

SENTENCE = "The store x.db: the disk is full. Nothing of this request was kept; make room and try again."


class Full:
    """A store that can be read and takes nothing more."""

    def __init__(self, *args: Any, **given: Any) -> None:
        self._store = opened_store(*args, **given)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def work(self, *_: object) -> NoReturn:
        raise Unavailable(SENTENCE)

    async def record(self, *_: object, **__: object) -> NoReturn:
        raise Unavailable(SENTENCE)


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        (f"/partner/app/{APP}/v3/message", REQUEST | {"to": USER}, {"status": "error", "message": SENTENCE}),
        ("/v23.0/100000000000001/messages", REQUEST | {"to": USER}, {"code": 2, "details": SENTENCE}),
        (
            f"/_sandbox/apps/{APP}/users/{USER}/actions",
            {"action": "allow_always"},
            {"status": 503, "title": "Not now", "detail": SENTENCE},
        ),
    ],
)
async def test_503_on_every_surface(path: str, body: dict[str, Any], said: dict[str, Any]) -> None:
    """What the store cannot keep is answered 503 with the reason, in the surface's shape (E1, E2, E4)."""
    sandbox = a_sandbox(
        ServerSettings(seed="full"),
        open_store=Full,
        machine=ManualMachine(),
        sender=ScriptedSender(),
    )
    await sandbox.start()
    transport = httpx.ASGITransport(sandbox)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8400") as http:
        headers = {"Authorization": TOKEN if path.startswith("/partner") else f"Bearer {TOKEN}"}
        answer = await http.post(path, json=body, headers={} if path.startswith("/_") else headers)
    await sandbox.aclose()
    value = answer.json()
    if "error" in value:
        value = {"code": value["error"]["code"], "details": value["error"]["error_data"]["details"]}
    assert answer.status_code == 503
    assert said.items() <= value.items()
