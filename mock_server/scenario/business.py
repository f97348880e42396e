"""The business: what an integrator's application does, as plain HTTP on the surface of its dialect.

In dialect `gupshup` it sends on the partner path, and calls through the control API, since Gupshup prints no REST path
for calls (C1). In dialect `meta` it does both on Graph.
"""

from __future__ import annotations

from typing import Any, Final, Protocol

import httpx

from mock_server.client import AppClient, Refused
from mock_server.scenario.steps import Json

QUESTION: Final = "May we call you about your order?"
SAMPLE_TEMPLATE: Final = "call_permission_sample"  # every app has it (R1)
_REQUEST: Final = "call_permission_request"


class Business(Protocol):
    """What a scenario's business can do.

    Every method answers the id that the surface gave it, or an empty text, and raises Refused for a no.
    """

    def send(self, message: Json) -> str:
        """Send a message: `to` or `recipient`, `type` and what belongs to it."""

    def call(self, to: str) -> str: ...

    def accept(self, to: str) -> str:
        """Take the user's call that rings."""

    def reject(self, to: str) -> str: ...

    def hang_up(self, to: str) -> str:
        """End the call with this user, or cancel it while it rings."""


def request(to: str, text: str | None) -> Json:
    """A call permission request, free-form."""
    body = {"text": text or QUESTION}
    return _message(to, "interactive", {"type": _REQUEST, "action": {"name": _REQUEST}, "body": body})


def template(to: str, name: str | None, language: str | None) -> Json:
    """A message made of a template; without a name the ready-made one, which asks for permission."""
    return _message(to, "template", {"name": name or SAMPLE_TEMPLATE, "language": {"code": language or "en"}})


def text(to: str, body: str | None) -> Json:
    """An ordinary message."""
    return _message(to, "text", {"body": body or "Hello"})


class AtGupshup:
    """A business whose application speaks to Gupshup's partner path with its app token."""

    def __init__(self, http: httpx.Client, app: AppClient, settings: Json) -> None:
        self._http, self._app = http, app
        self._path = f"/partner/app/{settings['id']}/v3/message"
        self._headers = {"Authorization": str(settings["token"])}

    def send(self, message: Json) -> str:
        answer = _posted(self._http, self._path, message, self._headers)
        return str(answer["messages"][0]["id"])

    def call(self, to: str) -> str:
        return str(self._app.place_call(to)["call"]["id"])

    def accept(self, to: str) -> str:
        return str(self._app.accept_call(to)["call"]["id"])

    def reject(self, to: str) -> str:
        return str(self._app.reject_call(to)["call"]["id"])

    def hang_up(self, to: str) -> str:
        return str(self._app.hang_up(to)["call"]["id"])


class AtMeta:
    """A business whose application speaks to Graph."""

    def __init__(self, http: httpx.Client, app: AppClient, settings: Json) -> None:
        self._http, self._app = http, app
        self._path = f"/{settings['phone_number_id']}"
        self._headers = {"Authorization": f"Bearer {settings['graph_token'] or settings['token']}"}

    def send(self, message: Json) -> str:
        answer = _posted(self._http, f"{self._path}/messages", message, self._headers)
        return str(answer["messages"][0]["id"])

    def call(self, to: str) -> str:
        answer = self._calls({**_address(to), "action": "connect", "session": _session("offer")})
        return str(answer["calls"][0]["id"])

    def accept(self, to: str) -> str:
        return self._about(to, {"action": "accept", "session": _session("answer")})

    def reject(self, to: str) -> str:
        return self._about(to, {"action": "reject"})

    def hang_up(self, to: str) -> str:
        return self._about(to, {"action": "terminate"})

    def _about(self, to: str, body: Json) -> str:
        """An application knows the call's id from an answer or a webhook; here it is looked up."""
        calls = [call["id"] for call in self._app.user(to).show()["calls"] if call["state"] != "ended"]
        if not calls:
            raise Refused(status=409, code="no_call", sentence=f"No call with {to} is going on.")
        self._calls({"call_id": calls[-1], **body})
        return str(calls[-1])

    def _calls(self, body: Json) -> Any:
        body = {"messaging_product": "whatsapp", **body}
        return _posted(self._http, f"{self._path}/calls", body, self._headers)


def _message(to: str, kind: str, content: Json) -> Json:
    whole: Json = {"messaging_product": "whatsapp", "recipient_type": "individual"}
    return whole | _address(to) | {"type": kind, kind: content}


def _address(to: str) -> Json:
    return {"recipient": to} if to[:1].isalpha() else {"to": to}


def _session(kind: str) -> Json:
    return {"sdp_type": kind, "sdp": _SDP}


def _posted(http: httpx.Client, path: str, body: Json, headers: dict[str, str]) -> Any:
    """The JSON of a good answer. Raises Refused: with the provider's code, else HTTP's, or `closed` without one."""
    try:
        answer = http.post(path, json=body, headers=headers)
    except httpx.TimeoutException:
        raise Refused(status=0, code="timed_out", sentence="no answer came in time") from None
    except httpx.HTTPError:
        raise Refused(status=0, code="closed", sentence="the connection was closed without a whole answer") from None
    try:
        said = answer.json()
    except ValueError:
        said = {}
    if answer.is_success and said:
        return said
    raise _refusal(answer.status_code, said if isinstance(said, dict) else {})


def _refusal(status: int, said: Json) -> Refused:
    """From any of the shapes in which the surfaces refuse (E1, E2)."""
    error = said.get("error")
    if isinstance(error, dict):
        sentence = error.get("error_data", {}).get("details") or error.get("message", "")
        return Refused(status=status, code=error.get("code", status), sentence=str(sentence))
    sentence = said.get("reason") or said.get("message") or "an answer that says nothing more"
    return Refused(status=status, code=said.get("code", status), sentence=str(sentence))


# The least that a WebRTC stack would take (RFC 8866): one audio line. No media flows.
_SDP: Final = "\r\n".join(
    [
        "v=0",
        "o=- 1 2 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "m=audio 9 UDP/TLS/RTP/SAVPF 111",
        "c=IN IP4 127.0.0.1",
        "a=rtpmap:111 opus/48000/2",
        "a=mid:0",
        "",
    ]
)
