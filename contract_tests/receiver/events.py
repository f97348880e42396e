"""Named events, as `post(event=...)` takes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from contract_tests.numbers import User
from mock_server import ids

Event = dict[str, Any]
StillRight = Callable[[], None]


class Said(Protocol):
    """What the fixture `said` gives."""

    def __call__(self, event: Event, variants: dict[str, str] | None = None) -> Any:
        """The body that said it, as JSON, once it has been sent."""


def reply(wa_id: str, response: str = "accept", **more: Any) -> Event:
    """A call permission reply: a temporary grant unless it is said otherwise."""
    return {"kind": "call_permission_reply", "wa_id": wa_id, "response": response, **more}


def status(wa_id: str, word: str, **more: Any) -> Event:
    return {"kind": "message_status", "wa_id": wa_id, "status": word, **more}


def text(wa_id: str, words: str) -> Event:
    return {"kind": "message", "wa_id": wa_id, "text": words}


def call_status(wa_id: str, word: str, **more: Any) -> Event:
    return {"kind": "call_status", "wa_id": wa_id, "status": word, **more}


def connect(wa_id: str, **more: Any) -> Event:
    return {"kind": "call_connect", "wa_id": wa_id, **more}


def terminate(wa_id: str, **more: Any) -> Event:
    return {"kind": "call_terminate", "wa_id": wa_id, **more}


def request_id(user: User) -> str:
    """The wamid of a request that this user might have got."""
    return ids.wamid(user.wa_id, ids.digest("", user.wa_id, "request"))


def call_id(user: User) -> str:
    return ids.wacid(user.wa_id, ids.digest("", user.wa_id, "call"))


def without_number(user: User) -> str:
    """Another user, whom the business knows by a BSUID only."""
    return f"IN.{user.wa_id}"
