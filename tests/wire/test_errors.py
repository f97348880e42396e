"""How errors are said on each surface (E1, E2, E4)."""

from __future__ import annotations

from typing import Any

import pytest

from mock_server import schemas
from mock_server.errors import (
    Conflict,
    Forbidden,
    Malformed,
    NotFound,
    RateLimited,
    Refusal,
    SandboxError,
    SchemaError,
    TooLarge,
    Unauthorised,
)
from mock_server.schemas import UnknownType
from mock_server.wire.errors import control, graph, on_graph, partner

LIMIT = Refusal(138009, "1 of 1 requests to this user in 24 hours are used.")
WRONG_NAME = SchemaError(
    schema="message-interactive-call_permission_request",
    path="interactive.action.name",
    sentence='must be "call_permission_request", not "x"',
)
UNKNOWN_INTERACTIVE = UnknownType(schema="message", path="interactive.type", sentence="must be one of ...")
UNKNOWN_MESSAGE = UnknownType(schema="message", path="type", sentence="must be one of ...")
NO_TOKEN = Unauthorised("token", "Send the app token in Authorization.")
NO_APP = NotFound("unknown_app", "There is no app x.")
TOO_FAST = RateLimited("rate", "10 requests in a second are the limit.")
FULL = RateLimited("outbox_full", "100000 webhooks of this app wait for delivery; the outbox is full.")
WRONG_TYPE = Malformed("content_type", "Send Content-Type: application/json.")


def an_error(status: int, message: str) -> tuple[int, dict[str, str]]:
    return status, {"status": "error", "message": message}


PARTNER: dict[str, tuple[SandboxError, tuple[int, dict[str, str]]]] = {
    "token": (NO_TOKEN, an_error(401, "Authentication Failed")),
    "unknown app": (NO_APP, an_error(400, "Invalid App Details")),
    "rate": (TOO_FAST, an_error(429, "Too Many Requests")),
    "full outbox": (FULL, an_error(429, "Too Many Requests")),
    "callback billing": (
        Malformed("callback_billing", "Callback Billing must be enabled for this API"),
        an_error(400, "Callback Billing must be enabled for this API"),
    ),
    "not JSON": (Malformed("json", "The body is not JSON."), an_error(400, "The body is not JSON.")),
    "content type": (WRONG_TYPE, an_error(415, "Send Content-Type: application/json.")),
    "too large": (TooLarge("body", "At most 1 MiB."), an_error(413, "At most 1 MiB.")),
    "too slow": (Malformed("timeout", "The body did not come."), an_error(408, "The body did not come.")),
    "unknown path": (NotFound("path", "There is no /partner/x."), an_error(404, "There is no /partner/x.")),
    "other partner": (Forbidden("partner", "Forbidden Access"), an_error(403, "Forbidden Access")),
    "expired": (Conflict("expired", "The token has expired."), an_error(410, "The token has expired.")),
    "three tokens": (Conflict("tokens", "Maximum of 3"), an_error(409, "Maximum of 3")),
    "a form field": (
        SchemaError(schema="subscription", path="modes", sentence="is required"),
        an_error(400, "modes: is required"),
    ),
}


@pytest.mark.parametrize("name", PARTNER)
@pytest.mark.parametrize("shape", ["meta", "reason", "status"])
def test_gupshups_own(name: str, shape: str) -> None:
    """What Gupshup itself refuses is `status` and `message`, whatever shape the app chose for Meta's (E2)."""
    error, wanted = PARTNER[name]
    said = partner(error, shape=shape)
    assert (said.status, said.body) == wanted
    schemas.validate("error-gupshup", said.body)


SENTENCE = "1 of 1 requests to this user in 24 hours are used."
SHAPES: dict[str, tuple[str, dict[str, Any]]] = {
    "reason": ("error-reason", {"code": 138009, "reason": SENTENCE}),
    "status": ("error-gupshup", {"status": "error", "message": SENTENCE}),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_metas_refusals_in_gupshups_shapes(shape: str) -> None:
    """`partner_errors: reason` and `status`: Meta's refusal with HTTP 400, in one of Gupshup's shapes (E2)."""
    schema, body = SHAPES[shape]
    assert partner(LIMIT, shape=shape) == (400, body)
    schemas.validate(schema, body)


def test_metas_refusals_in_metas_shape() -> None:
    """By default a refusal of Meta's is Meta's own error object with HTTP 400 (E2)."""
    said = partner(LIMIT)
    error = dict(said.body["error"])
    assert error.pop("fbtrace_id").startswith("A")
    assert (said.status, error) == (
        400,
        {
            "message": "(#138009) Call Permission Request Limit Hit",
            "type": "OAuthException",
            "code": 138009,
            "error_data": {"messaging_product": "whatsapp", "details": SENTENCE},
        },
    )
    schemas.validate("error-meta", said.body)


@pytest.mark.parametrize("code", [138000, 138006, 132001, 131031])
def test_metas_refusals_are_400_on_the_partner_path(code: int) -> None:
    """Whatever status Meta has for a code, the partner path answers 400 (E2)."""
    assert partner(Refusal(code, "no")).status == 400


@pytest.mark.parametrize(
    ("error", "code"), [(WRONG_NAME, 100), (UNKNOWN_INTERACTIVE, 131009), (UNKNOWN_MESSAGE, 131051)]
)
def test_a_wrong_message(error: SchemaError, code: int) -> None:
    """A message that the schema refuses is Meta's 100, 131009 or 131051, and names the wrong field (R7, E3)."""
    said = partner(error)
    assert (said.status, said.body["error"]["code"]) == (400, code)
    assert said.body["error"]["error_data"]["details"].startswith(error.path + ": must be")
    assert on_graph(error).body == said.body


GRAPH: dict[str, tuple[SandboxError, int, int]] = {
    "token": (NO_TOKEN, 401, 190),
    "rate": (TOO_FAST, 429, 613),
    "full outbox": (FULL, 400, 130429),
    "unknown path": (NotFound("route", "There is no /x."), 404, 2500),
    "unknown id": (NotFound("unknown_object", "Nobody has this id."), 400, 100),
    "unknown call": (NotFound("unknown_call", "There is no such call."), 400, 100),
    "call in another state": (Conflict("call_ended", "The call has ended."), 400, 100),
    "messages too fast": (RateLimited(130429, "80 in a second."), 400, 130429),
    "pair too fast": (RateLimited(131056, "45 in 6 s."), 400, 131056),
    "not JSON": (Malformed("json", "The body is not JSON."), 400, 100),
    "content type": (WRONG_TYPE, 415, 100),
    "too large": (TooLarge("body", "At most 1 MiB."), 413, 100),
    "limit": (LIMIT, 400, 138009),
    "no permission": (Refusal(138006, "no"), 401, 138006),
    "calling off": (Refusal(138000, "no"), 401, 138000),
    "too many calls": (Refusal(138002, "no"), 429, 138002),
    "unknown template": (Refusal(132001, "no"), 404, 132001),
    "blocked": (Refusal(131031, "no"), 403, 131031),
    "a code that is in no table": (Refusal(138011, "no"), 400, 138011),
}


@pytest.mark.parametrize("name", GRAPH)
def test_on_graph(name: str) -> None:
    """Graph: the status that Meta prints for the code, and its error object (E1, facts/meta 7)."""
    error, status, code = GRAPH[name]
    said = on_graph(error)
    assert (said.status, said.body["error"]["code"]) == (status, code)
    assert said.body["error"]["message"].startswith(f"(#{code}) ")
    assert said.body["error"]["error_data"] == {"messaging_product": "whatsapp", "details": str(error)}
    assert said.body["error"]["fbtrace_id"]
    schemas.validate("error-meta", said.body)


def test_finer_codes() -> None:
    """An unknown id has the subcode 33, a mistake in a template its own, and nothing else has one (facts/meta 7.3)."""
    template = SchemaError(schema="template-create-meta", path="components[0].text", sentence="long", subcode=2388040)
    said = [on_graph(error) for error in (NotFound("unknown_object", "Nobody."), template, WRONG_NAME)]
    assert [answer.body["error"].get("error_subcode") for answer in said] == [33, 2388040, None]
    assert [answer.body["error"]["code"] for answer in said] == [100, 100, 100]


def test_details_of_any_kind() -> None:
    """Details may hold anything a caller sent, lone surrogates included: the error can still be said (E3)."""
    assert graph(100, "not \ud800 text")["error"]["fbtrace_id"]


CONTROL: dict[str, tuple[SandboxError, int, str]] = {
    "not found": (NO_APP, 404, "Not found"),
    "conflict": (Conflict("advancing", "Wait."), 409, "Not possible now"),
    "token": (NO_TOKEN, 401, "Control token missing or wrong"),
    "origin": (Forbidden("origin", "No."), 403, "Refused"),
    "content type": (WRONG_TYPE, 415, "Unsupported content type"),
    "too large": (TooLarge("body", "At most 1 MiB."), 413, "Too large"),
    "method": (SandboxError("method", "Use GET."), 405, "Method not allowed"),
    "refusal": (LIMIT, 409, "WhatsApp refuses"),
    "schema": (WRONG_NAME, 400, "Bad request"),
}


@pytest.mark.parametrize("name", CONTROL)
def test_on_the_control_api(name: str) -> None:
    """The control API answers problem documents (RFC 9457) with a sentence that says what to do (E4)."""
    error, status, title = CONTROL[name]
    said = control(error)
    assert (said.status, said.body["status"], said.body["title"]) == (status, status, title)
    assert said.body["type"] == f"urn:gupshup-mock:error:{error.code}"
    assert said.body["detail"] == str(error)
    schemas.validate("problem", said.body)


def test_a_problem_names_the_field() -> None:
    """A problem about one field names it, a refusal of WhatsApp's has its code (E4)."""
    assert control(WRONG_NAME).body["field"] == "interactive.action.name"
    assert control(LIMIT).body["code"] == 138009
    assert "field" not in control(LIMIT).body
