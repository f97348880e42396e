"""The whole sandbox without a socket: requests go straight into the application."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import httpx

from mock_server.settings import ServerSettings
from tests.stage.machine import ManualMachine
from tests.stage.receiver import ScriptedSender
from tests.stage.watch import LEDGER, Ledger, a_sandbox

APP = "00000000-0000-4000-8000-000000000001"
TOKEN = "sk_sandbox_0000000000000001"
RECEIVER = "http://receiver.example/webhooks"
USER = "919812345678"
REQUEST = {
    "messaging_product": "whatsapp",
    "recipient_type": "individual",
    "to": USER,
    "type": "interactive",
    "interactive": {
        "type": "call_permission_request",
        "action": {"name": "call_permission_request"},
        "body": {"text": "May we call you about your order?"},
    },
}


class Play:
    """One sandbox on the stage. Use as an async context manager.

    Machine time stands still unless moved; webhooks go to `receiver`, one ready-made subscription with every mode.
    `app` is the app that requests are about, `apps` are further ones from the configuration.
    """

    def __init__(
        self,
        settings: ServerSettings | None = None,
        *,
        app: str = APP,
        apps: Sequence[dict[str, Any]] = (),
        receiver: ScriptedSender | None = None,
        ledger: Ledger = LEDGER,
    ) -> None:
        self.machine = ManualMachine()
        self.receiver = receiver or ScriptedSender()
        self.app = app
        self.sandbox = a_sandbox(
            settings or ServerSettings(seed="stage", webhook=RECEIVER),
            ledger=ledger,
            apps=apps,
            machine=self.machine,
            sender=self.receiver,
        )
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.sandbox), base_url="http://127.0.0.1:8400", timeout=30
        )

    async def __aenter__(self) -> Play:
        await self.sandbox.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()
        await self.sandbox.aclose()

    async def partner(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        """A request on the app's partner path, with its token."""
        headers = {"Authorization": TOKEN} | kwargs.pop("headers", {})
        return await self.http.request(method, f"/partner/app/{self.app}/{path}", headers=headers, **kwargs)

    async def request(self, to: str = USER, **changes: Any) -> httpx.Response:
        """A call permission request on v3/message."""
        return await self.partner("POST", "v3/message", json=REQUEST | {"to": to} | changes)

    async def control(self, method: str, path: str, **kwargs: Any) -> Any:
        """A control request about the app; answers the JSON and fails on an error."""
        answer = await self.http.request(method, f"/_sandbox/apps/{self.app}/{path}", **kwargs)
        assert answer.status_code < 400, answer.text
        return answer.json() if answer.content else None

    async def act(self, action: str, wa_id: str = USER, **more: Any) -> httpx.Response:
        """The user does something."""
        path = f"/_sandbox/apps/{self.app}/users/{wa_id}/actions"
        return await self.http.post(path, json={"action": action} | more)

    async def user(self, wa_id: str = USER) -> Any:
        return await self.control("GET", f"users/{wa_id}")

    async def set(self, **settings: Any) -> Any:
        """Change settings of the app."""
        answer = await self.http.patch(f"/_sandbox/apps/{self.app}", json=settings)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def advance(self, seconds: float) -> Any:
        return await self.control("POST", "clock", json={"advance_seconds": seconds})

    async def settle(self) -> None:
        """Wait until nothing is due."""
        await self.control("POST", "deliveries/flush", json={})
