"""How a malformed request is written down: where it goes, what it holds, and what its answer must say."""

from __future__ import annotations

import json
from typing import Any, NamedTuple
from urllib.parse import urlencode

from tests.stage.play import APP, REQUEST, USER

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MESSAGE = f"POST /partner/app/{APP}/v3/message"
SUBSCRIBE = f"POST /partner/app/{APP}/subscription"
LOGIN = "POST /partner/account/login"
VOICE = f"POST /partner/app/{APP}/voice"
BSUID = f"PUT /partner/app/{APP}/config/bsuid"
TEMPLATES = f"POST /partner/app/{APP}/templates"
MINT = "POST /partner/1/auth/token"
C = f"/_sandbox/apps/{APP}"
CREATE, CHANGE = "POST /_sandbox/apps", f"PATCH {C}"
USERS, ACT = f"PATCH {C}/users/{USER}", f"POST {C}/users/{USER}/actions"
CALLS, CLOCK, SEND = f"POST {C}/calls", f"POST {C}/clock", f"POST {C}/webhooks"
REDELIVER, FLUSH = f"POST {C}/deliveries/redeliver", f"POST {C}/deliveries/flush"
LOAD = "PUT /_sandbox/snapshot"


class Bad(NamedTuple):
    """A request: where, what, under which content type; then the status and the words of its answer."""

    where: str
    body: bytes
    kind: str
    status: int
    says: str
    headers: tuple[tuple[str, str], ...] = ()


def raw(where: str, body: bytes, says: str, *, status: int = 400, kind: str = JSON) -> Bad:
    return Bad(where, body, kind, status, says)


def js(where: str, value: Any, says: str, *, status: int = 400) -> Bad:
    return Bad(where, json.dumps(value).encode(), JSON, status, says)


def form(where: str, fields: dict[str, str], says: str, *, status: int = 400) -> Bad:
    return Bad(where, urlencode(fields).encode(), FORM, status, says)


def get(path: str, says: str, *, status: int = 400, **headers: str) -> Bad:
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Bad(f"GET {path}", b"", "", status, says, named)


def message(says: str, **changes: Any) -> Bad:
    """A message with some fields replaced; None takes one away."""
    return js(MESSAGE, {name: value for name, value in (REQUEST | changes).items() if value is not None}, says)


def interactive(says: str, **changes: Any) -> Bad:
    return message(says, interactive=REQUEST["interactive"] | changes)  # type: ignore[operator]  # it is a dict


def of_type(kind: str, part: Any, says: str) -> Bad:
    return message(says, type=kind, interactive=None, **{kind: part})
