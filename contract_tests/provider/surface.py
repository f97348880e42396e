"""The provider's side of a run: where it answers, with which credentials, and what came back."""

from __future__ import annotations

from typing import Any

import httpx

from contract_tests.failure import ContractFailure, shortened
from contract_tests.target.trust import trusted
from mock_server import ids, schemas
from mock_server.errors import SchemaError

Json = dict[str, Any]
SECONDS = 30.0


class Said:
    """A request and its answer, judged by the methods: each raises ContractFailure and else gives it back."""

    def __init__(self, what: str, answer: httpx.Response) -> None:
        self.what = what
        self.status = answer.status_code
        self.text = answer.text
        try:
            self.body = answer.json()
        except ValueError:
            self.body = None

    @property
    def code(self) -> Any:
        """WhatsApp's code, in whichever shape of an error it is."""
        body = self.body if isinstance(self.body, dict) else {}
        error = body.get("error")
        return error.get("code") if isinstance(error, dict) else body.get("code")

    def must_have(self, *, status: tuple[int, ...], schema: str = "", code: tuple[int | None, ...] = ()) -> Said:
        """Judge HTTP status, the shape of the body and WhatsApp's code."""
        expected = " or ".join(map(str, status))
        self._must(self.status in status, f"HTTP {expected}")
        if schema:
            self._must_be(schema)
        if code:
            self._must(self.code in code, f"error code {' or '.join(map(str, code))}")
        return self

    def must_be_so(self, holds: bool, expected: str) -> Said:  # noqa: FBT001  the sentence says what it means
        """Judge whatever else is expected of it."""
        self._must(holds, expected)
        return self

    def must_say(self, message: str) -> Said:
        """Judge Gupshup's own errors, which are known by their words."""
        wanted = {"status": "error", "message": message}
        self._must(self.body == wanted, str(wanted))
        return self

    def _must_be(self, schema: str) -> None:
        try:
            schemas.validate(schema, self.body)
        except SchemaError as error:
            self._must(False, f"a body as documented ({schema}): {error}")  # noqa: FBT003

    def _must(self, holds: bool, expected: str) -> None:  # noqa: FBT001  the sentence says what it means
        if not holds:
            raise ContractFailure(sent=self.what, received=f"{self.status} {shortened(self.text)}", expected=expected)


class Surface:
    """A provider's API: Gupshup's partner path or Graph, by the dialect of the target."""

    def __init__(self, url: str, dialect: str, settings: Json, *, control_api: bool) -> None:
        self.url = url
        self.is_graph = dialect == "meta"
        self.has_control_api = control_api
        self.app_id, self.token = settings["id"], settings["token"]
        self.phone_number_id = settings["phone_number_id"]
        self._http = httpx.Client(trust_env=False, timeout=SECONDS, verify=trusted(url))
        self._next = int.from_bytes(ids.digest(ids.new_seed(), "provider", size=4)) % 10**8

    def close(self) -> None:
        self._http.close()

    @property
    def messages(self) -> str:
        """The path that takes messages."""
        return f"/{self.phone_number_id}/messages" if self.is_graph else f"/partner/app/{self.app_id}/v3/message"

    @property
    def error(self) -> str:
        """The schema of an error about a message."""
        return "error-meta" if self.is_graph else "error-partner"

    def somebody(self) -> str:
        """The number of a user whom nobody has written to."""
        self._next = (self._next + 1) % 10**8
        return f"9197{self._next:08d}"

    def ask(self, method: str, path: str, *, token: str | None = "", **more: Any) -> Said:
        """Send it; a token that is not given is the app's, None is none at all."""
        used = self.token if token == "" else token
        headers = more.pop("headers", {})
        if used is not None:
            headers = {"Authorization": f"Bearer {used}" if self.is_graph else used, **headers}
        answer = self._http.request(method, self.url + path, headers=headers, **more)
        sent = more.get("json", more.get("content", ""))
        return Said(f"{method} {path} {shortened(str(sent), 400)}", answer)

    def request_permission(self, to: str, *, kind: str = "call_permission_request", token: str | None = "") -> Said:
        """A call permission request, as the pages print it."""
        interactive = {"type": kind, "action": {"name": kind}, "body": {"text": "May we call you?"}}
        body = _message(to) | {"type": "interactive", "interactive": interactive}
        return self.ask("POST", self.messages, json=body, token=token)

    def write(self, to: str) -> Said:
        """A text message."""
        return self.ask("POST", self.messages, json=_message(to) | {"type": "text", "text": {"body": "Hello"}})


def _message(to: str) -> Json:
    return {"messaging_product": "whatsapp", "recipient_type": "individual", "to": to}
