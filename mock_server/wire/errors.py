"""How errors are said: one table per surface turns an error into an HTTP status and a body (E1, E2, E4)."""

from __future__ import annotations

import base64
import hashlib
from typing import Any, Final, NamedTuple

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
    Unavailable,
)
from mock_server.schemas import UnknownType
from mock_server.wire.codes import CODES, UNKNOWN


class Said(NamedTuple):
    """An answer: HTTP status and JSON body."""

    status: int
    body: Any


# The first class that fits, with the HTTP status that control API and partner path share.
_STATUS: Final[tuple[tuple[type[SandboxError], int], ...]] = (
    (TooLarge, 413),
    (SchemaError, 400),
    (Malformed, 400),
    (Unauthorised, 401),
    (Forbidden, 403),
    (NotFound, 404),
    (Conflict, 409),
    (RateLimited, 429),
    (Unavailable, 503),
)
_BY_CODE: Final[dict[int | str, int]] = {"content_type": 415, "method": 405, "timeout": 408, "expired": 410}

# What an error that is no refusal is called on Graph, by its own code (W7, E3) or by its kind (E5); the rest is 100.
_GRAPH_CODES: Final[dict[int | str, int]] = {"outbox_full": 130429, "route": 2500}
_GRAPH_KINDS: Final[tuple[tuple[type[SandboxError], int], ...]] = (
    (Unauthorised, 190),
    (RateLimited, 613),
    (Unavailable, 2),
)
_SUBCODES: Final[dict[int | str, int]] = {"unknown_object": 33}
_ABOUT_HTTP: Final = frozenset({"content_type", "method", "timeout", "route"})  # said with HTTP's own status

_TITLES: Final = {
    400: "Bad request",
    401: "Control token missing or wrong",
    403: "Refused",
    404: "Not found",
    405: "Method not allowed",
    408: "Too slow",
    409: "Not possible now",
    410: "Gone",
    413: "Too large",
    415: "Unsupported content type",
    429: "Too many requests",
    503: "Not now",
}

# Gupshup's own sentences (E2); everything else on the partner path is ours.
_PARTNER_SENTENCES: Final[dict[int | str, str]] = {
    "token": "Authentication Failed",
    "unknown_app": "Invalid App Details",
    "rate": "Too Many Requests",
}
_PARTNER_STATUS: Final[dict[int | str, int]] = {"unknown_app": 400, "conflict": 400}


def status_of(error: SandboxError) -> int:
    """The HTTP status of an error that is not a provider's refusal."""
    if error.code in _BY_CODE:
        return _BY_CODE[error.code]
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 400)


def graph(code: int, details: str, *, subcode: int | None = None) -> dict[str, Any]:
    """Meta's error object (facts/meta 7.3). Every message starts with the code in parentheses (E1)."""
    finer = {} if subcode is None else {"error_subcode": subcode}
    trace = base64.b64encode(hashlib.blake2b(f"{code}{details}".encode(errors="replace"), digest_size=8).digest())
    return {
        "error": {
            "message": f"(#{code}) {CODES.get(code, UNKNOWN).message}",
            "type": "OAuthException",
            "code": code,
            **finer,
            "error_data": {"messaging_product": "whatsapp", "details": details},
            "fbtrace_id": "A" + trace.decode().rstrip("=").replace("+", "-").replace("/", "_"),
        }
    }


def partner(error: SandboxError, *, shape: str = "meta") -> Said:
    """An error on the partner path (E2). Meta's refusals come with HTTP 400 in the app's shape (`partner_errors`)."""
    code = _provider_code(error)
    if code is not None:
        sentence = str(error)
        if shape == "reason":
            return Said(400, {"code": code, "reason": sentence})
        if shape == "status":
            return Said(400, {"status": "error", "message": sentence})
        return Said(400, graph(code, sentence))
    status = _PARTNER_STATUS.get(error.code, status_of(error))
    if isinstance(error, RateLimited):
        return Said(429, {"status": "error", "message": "Too Many Requests"})
    return Said(status, {"status": "error", "message": _PARTNER_SENTENCES.get(error.code, str(error))})


def on_graph(error: SandboxError) -> Said:
    """An error on the Graph surface (E1): Meta's object under the status that Meta prints for the code.

    A wrong state of a call has no code of its own at Meta: it is an invalid parameter, 100.
    """
    code = _graph_code(error)
    subcode = error.subcode if isinstance(error, SchemaError) else _SUBCODES.get(error.code)
    about_http = error.code in _ABOUT_HTTP or isinstance(error, TooLarge | Forbidden)
    status = status_of(error) if about_http else CODES.get(code, UNKNOWN).status
    return Said(status, graph(code, str(error), subcode=subcode))


def control(error: SandboxError) -> Said:
    """A problem document (RFC 9457) with a sentence that says what to do (E4)."""
    status = status_of(error)
    body: dict[str, Any] = {
        "type": f"urn:gupshup-mock:error:{error.code}",
        "title": _TITLES.get(status, "Refused"),
        "status": status,
        "detail": str(error),
    }
    if isinstance(error, SchemaError) and error.path:
        body["field"] = error.path
    if isinstance(error, Refusal):
        body["code"] = error.code
        body["status"], body["title"] = 409, "WhatsApp refuses"
        return Said(409, body)
    return Said(status, body)


def _provider_code(error: SandboxError) -> int | None:
    """The provider's code behind an error about a message: a refusal's own, 100 for a body that the schema refuses."""
    if isinstance(error, SchemaError) and error.schema.startswith("message"):
        if isinstance(error, UnknownType):
            return 131009 if error.path == "interactive.type" else 131051
        return 100
    return error.code if isinstance(error, Refusal) and isinstance(error.code, int) else None


def _graph_code(error: SandboxError) -> int:
    code = _provider_code(error) or _GRAPH_CODES.get(error.code)
    if code is None and isinstance(error, RateLimited) and isinstance(error.code, int):
        return error.code  # each rate of Meta's has its own (E5)
    return code or next((code for kind, code in _GRAPH_KINDS if isinstance(error, kind)), 100)
