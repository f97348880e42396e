"""Meta's side of the stage: requests to the ready-made number, and what their answers must look like."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from mock_server import schemas
from mock_server.wire import sdp
from tests.stage.play import REQUEST, TOKEN, USER, Play

NUMBER, WABA, META_APP = "100000000000001", "200000000000001", "300000000000001"
OFFER = {"sdp_type": "offer", "sdp": sdp.offer("wacid.business")}
CONNECT = {"messaging_product": "whatsapp", "to": USER, "action": "connect", "session": OFFER}
TEXT = {"messaging_product": "whatsapp", "to": USER, "type": "text", "text": {"body": "Hello"}}
TEMPLATE = {
    "messaging_product": "whatsapp",
    "to": USER,
    "type": "template",
    "template": {"name": "call_permission_sample", "language": {"code": "en"}},
}
BODY = {"type": "BODY", "text": "We would like to call you about your order."}

Arrange = Callable[[Play], Awaitable[Any]]


async def graph(play: Play, method: str, path: str, **more: Any) -> httpx.Response:
    """A request on Graph with the app's token."""
    headers = {"Authorization": f"Bearer {TOKEN}"} | more.pop("headers", {})
    return await play.http.request(method, path, headers=headers, **more)


async def send(play: Play, body: Any = REQUEST, **changes: Any) -> httpx.Response:
    """A message, a call permission request unless another body is given."""
    return await graph(play, "POST", f"/{NUMBER}/messages", json=body | changes)


async def connect(play: Play, **changes: Any) -> httpx.Response:
    """A call; a change to None leaves the field out."""
    body = {name: value for name, value in (CONNECT | changes).items() if value is not None}
    return await graph(play, "POST", f"/{NUMBER}/calls", json=body)


async def act(play: Play, action: str, call_id: str, **more: Any) -> httpx.Response:
    """Another action on a call."""
    body = {"messaging_product": "whatsapp", "action": action, "call_id": call_id} | more
    return await graph(play, "POST", f"/{NUMBER}/calls", json=body)


def template(*components: Any, name: str = "call_me", **changes: Any) -> dict[str, Any]:
    """The body that creates a template."""
    return {"name": name, "language": "en", "category": "UTILITY", "components": list(components)} | changes


async def create(play: Play, body: Any) -> httpx.Response:
    """A new template."""
    return await graph(play, "POST", f"/{WABA}/message_templates", json=body)


def refused(answer: httpx.Response, code: int, status: int) -> str:
    """The details of an error in Meta's shape, under the status that Meta prints for its code (E1)."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    schemas.validate("error-meta", answer.json())
    error = answer.json()["error"]
    assert (error["code"], error["type"]) == (code, "OAuthException")
    assert error["message"].startswith(f"(#{code}) ")
    assert error["error_data"]["messaging_product"] == "whatsapp"
    return str(error["error_data"]["details"])


async def state(play: Play) -> Any:
    """Everything the sandbox keeps but the journal."""
    saved = (await play.http.get("/_sandbox/snapshot")).json()
    for app in saved["apps"]:
        del app["journal"], app["journal_last"]
    del saved["feed_last"]
    return saved


async def findings(play: Play) -> list[tuple[str, str, str]]:
    """The violations and advices in the journal: kind, rule, what was seen."""
    entries = (await play.control("GET", "violations"))["entries"]
    return [(entry["kind"], entry["rule"], entry["seen"]) for entry in entries]


def setting(**settings: Any) -> Arrange:
    """An arrangement: these settings of the app."""

    async def arrange(play: Play) -> None:
        await play.set(**settings)

    return arrange
