"""The example without a socket: providers that follow a script, and webhooks as the sandbox says them."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import httpx

from contract_tests.example import integrator
from mock_server.engine.events import (
    AnyEvent,
    CallConnect,
    CallStatus,
    CallTerminate,
    Contact,
    MessageStatus,
    PermissionReply,
)
from mock_server.engine.state import Direction, Response
from mock_server.settings import AppSettings, Dialect, Variants
from mock_server.wire.envelope import Envelope
from mock_server.wire.webhooks import as_bytes

NOW: Final = 1_767_168_000  # 2025-12-31T08:00:00Z
WEEK: Final = 7 * 86_400
USER: Final = "919812345678"
BSUID: Final = "IN.1234567890"
WAMID: Final = "wamid.request"
WACID: Final = "wacid.1"
NUMBERS: Final = ("100000000000001", "100000000000002")
FIXTURES: Final = Path(__file__).parents[3] / "fixtures"
ENV: Final = {
    "GUPSHUP_BASE_URL": "http://partner.example",
    "GRAPH_BASE_URL": "http://graph.example",
    "PHONE_NUMBER_ID": NUMBERS[0],
    "SECOND_PHONE_NUMBER_ID": NUMBERS[1],
    "GUPSHUP_APP_ID": "00000000-0000-4000-8000-000000000001",
    "SECOND_GUPSHUP_APP_ID": "app-2",
    "GUPSHUP_APP_TOKEN": "sk_one",
    "SECOND_GUPSHUP_APP_TOKEN": "sk_two",
    "GRAPH_TOKEN": "graph-one",
    "SECOND_GRAPH_TOKEN": "graph-two",
    "WEBHOOK_SECRET_HEADER": "X-Secret",
    "WEBHOOK_SECRET_VALUE": "s3cret",
    "APP_SECRET": "app-secret",
    "VERIFY_TOKEN": "verify",
    "PARTNER_EMAIL": "partner@example.com",
    "PARTNER_SECRET": "partner-secret",
    "META_APP_ID": "300000000000001",
    "BACK_OFF": "0.01",
    "CHAOS": "on",
}
Answer = httpx.Response | Exception


class Providers:
    """What the example sends, answered with what is in `script` first, then with success."""

    def __init__(self) -> None:
        self.sent: list[httpx.Request] = []
        self.script: list[Answer] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request)
        path = request.url.path
        if path.endswith(("/login", "/token", "/access_token")):
            token: Any = {"token": "sk_new"} if path.endswith("/token") else "partner"
            return httpx.Response(200, json={"token": token, "access_token": "graph-new"})
        if self.script:
            answer = self.script.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer
        if path.endswith("/calls"):
            return httpx.Response(200, json={"calls": [{"id": f"wacid.{len(self.calls)}"}], "success": True})
        number = len(self.requests)
        return httpx.Response(
            200, json={"messages": [{"id": f"uuid-{number}" if "partner" in path else f"wamid.{number}"}]}
        )

    @property
    def requests(self) -> list[Any]:
        """The bodies of the call permission requests."""
        return [
            json.loads(sent.content)
            for sent in self.sent
            if sent.url.path.endswith("/message") or sent.url.path.endswith("/messages")
        ]

    @property
    def calls(self) -> list[Any]:
        """The bodies of what was sent to /calls, hanging up included."""
        return [json.loads(sent.content) for sent in self.sent if sent.url.path.endswith("/calls")]

    @property
    def renewals(self) -> int:
        """How often a new token was asked for."""
        return sum(sent.url.path.endswith(("/token", "/oauth/access_token")) for sent in self.sent)


class Stage:
    """The example in one dialect, with its clock at NOW."""

    def __init__(
        self,
        dialect: str = "gupshup",
        *,
        app: Callable[..., Any] = integrator.create_app,
        transport: httpx.AsyncBaseTransport | None = None,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self.dialect = dialect
        self.now = float(NOW)
        self.providers = Providers()
        self._given = 0
        given = ENV | {"DIALECT": dialect} | dict(env or {})
        own = app(given, transport=transport or httpx.MockTransport(self.providers), now=lambda: self.now)
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(own), base_url="http://example")

    # What the application is asked

    async def ask(self, to: str = USER, **more: str) -> int:
        return (await self.http.post("/permissions", json={"to": to} | more)).status_code

    async def call(self, to: str = USER, **more: str) -> int:
        return (await self.http.post("/calls", json={"to": to} | more)).status_code

    async def hang_up(self, to: str = USER) -> int:
        return (await self.http.post("/calls/end", json={"to": to})).status_code

    async def believes(self, to: str = USER, **query: str) -> Any:
        return (await self.http.get(f"/permissions/{to}", params=query)).json()

    async def state(self, to: str = USER, **query: str) -> str:
        return str((await self.believes(to, **query))["state"])

    async def last_call(self, to: str = USER) -> Any:
        return (await self.http.get(f"/calls/{to}")).json()

    # What it is told

    def proof_of(self, raw: bytes) -> str:
        """What shows that these bytes come from the provider."""
        if self.dialect == "gupshup":
            return "s3cret"
        return "sha256=" + hmac.new(b"app-secret", raw, hashlib.sha256).hexdigest()

    async def post(self, raw: bytes, *, proof: str | None = None) -> httpx.Response:
        """A webhook, with the right proof unless another is given; none for an empty one."""
        name = "X-Secret" if self.dialect == "gupshup" else "X-Hub-Signature-256"
        proof = self.proof_of(raw) if proof is None else proof
        headers = [(name.encode(), proof.encode("latin-1"))] if proof else []
        return await self.http.post("/webhooks/whatsapp", content=raw, headers=headers)

    async def hook(self, body: Any) -> None:
        """A webhook that must be accepted, with nothing in the answer."""
        answer = await self.post(as_bytes(body))
        assert (answer.status_code, answer.content) == (200, b"")

    async def happens(self, event: AnyEvent, *, number: int = 0, bsuid: str = "on", **variants: str) -> Any:
        """An event, said as the sandbox says it; the body."""
        said = Envelope(settings(number, bsuid=bsuid), Dialect(self.dialect), Variants(**variants)).body(event)  # type: ignore[arg-type]
        await self.hook(said)
        return said

    async def allows(self, **changes: Any) -> Any:
        """The user allows calls for good, unless `expires_at` (Unix seconds) is given."""
        options = {key: changes.pop(key) for key in ("number", "bsuid", *Variants.__struct_fields__) if key in changes}
        return await self.happens(self.reply(**changes), **options)

    async def rejects(self, **changes: Any) -> Any:
        """The user declines or revokes."""
        return await self.allows(response=Response.REJECT, **changes)

    def reply(
        self,
        *,
        wa_id: str = USER,
        username: str | None = None,
        at: int = 0,
        expires_at: int | None = None,
        **changes: Any,
    ) -> PermissionReply:
        self._given += 1
        accepts = changes.get("response", Response.ACCEPT) is Response.ACCEPT
        given: dict[str, Any] = {
            "at": (NOW + at) * 1000,
            "number": self._given,
            "contact": Contact(wa_id, "Asha", username),
            "wamid": f"wamid.reply-{self._given}",
            "response": Response.ACCEPT,
            "row": "a",
            "is_permanent": accepts and expires_at is None,
            "expires_at": None if expires_at is None else expires_at * 1000,
            "context_id": WAMID,
        } | changes
        return PermissionReply(**given)


def settings(number: int = 0, *, bsuid: str = "on") -> AppSettings:
    """The app of the first or second business number."""
    return AppSettings(
        id=ENV["SECOND_GUPSHUP_APP_ID" if number else "GUPSHUP_APP_ID"],
        token="not used",
        phone_number_id=NUMBERS[number],
        waba_id="200000000000001",
        meta_app_id="300000000000001",
        business_number="919000000001",
        app_secret="app-secret",
        verify_token="verify",
        bsuid=bsuid,  # type: ignore[arg-type]
    )


def _of_call(call_id: str, user: bool) -> dict[str, Any]:
    direction = Direction.USER_INITIATED if user else Direction.BUSINESS_INITIATED
    return {"at": NOW * 1000, "number": 1, "contact": Contact(USER, "Asha"), "call_id": call_id, "direction": direction}


def rings(call_id: str = WACID) -> CallStatus:
    return CallStatus(**_of_call(call_id, user=False), status="RINGING")


def connects(call_id: str = WACID, *, user: bool = False) -> CallConnect:
    return CallConnect(**_of_call(call_id, user))


def ends(
    call_id: str = WACID, *, seconds: int | None = None, code: int | None = None, user: bool = False
) -> CallTerminate:
    """A call's end, picked up for so many seconds, or never."""
    picked_up, ended = (NOW * 1000, (NOW + seconds) * 1000) if seconds is not None else (None, None)
    return CallTerminate(**_of_call(call_id, user), picked_up_at=picked_up, ended_at=ended, code=code)


def becomes(status: str, *, gs_id: str = "uuid-1", wamid: str = WAMID) -> MessageStatus:
    return MessageStatus(
        at=NOW * 1000, number=1, contact=Contact(USER, "Asha"), wamid=wamid, gs_id=gs_id, status=status
    )


def graph_error(status: int, code: int, details: str = "") -> httpx.Response:
    error = {"message": f"(#{code})", "type": "OAuthException", "code": code, "error_data": {"details": details}}
    return httpx.Response(status, json={"error": error})
