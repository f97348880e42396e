"""What a webhook's body holds, change by change, whatever the dialect."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from mock_server.scenario.describing import values
from mock_server.scenario.steps import Json

_TOLD_BY: Final = (
    "event",
    "status",
    "response",
    "is_permanent",
    "expiration_timestamp",
    "response_source",
    "direction",
    "code",
    "duration",
)


class Webhook(NamedTuple):
    """One change of a webhook that a receiver got; `at` on the app's clock."""

    kind: str
    value: Json
    at: str
    answered: bool = True  # False: the attempt ended without an answer of the receiver
    outcome: str = ""


def webhooks_in(body: Any, *, at: str, answered: bool = True, outcome: str = "") -> list[Webhook]:
    """Every change of a webhook's body; none where it is no webhook at all."""
    entries = body.get("entry", []) if isinstance(body, dict) else []
    changes = [change for entry in entries for change in entry.get("changes", [])]
    return [Webhook(_kind(change), change.get("value", {}), at, answered, outcome) for change in changes]


def brief(webhook: Webhook) -> str:
    """A webhook in a few words: its kind and the values that tell such ones apart."""
    told = {key: there[0] for key in _TOLD_BY if (there := list(found(key, webhook.value)))}
    failed = "" if webhook.answered else f" (not delivered: {webhook.outcome})"
    return f"{webhook.kind} {values(told)}".rstrip() + failed


def found(key: str, part: Any) -> Iterator[Any]:
    """Every value under this key, outer ones first."""
    if isinstance(part, dict):
        if key in part:
            yield part[key]
        for below in part.values():
            yield from found(key, below)
    elif isinstance(part, list):
        for below in part:
            yield from found(key, below)


def _kind(change: Json) -> str:
    """What a change is about, by the words of INTERFACE."""
    value = change.get("value", {})
    if value.get("calls"):
        return f"call_{value['calls'][0].get('event')}"
    if value.get("statuses"):
        kind = value["statuses"][0].get("type")
        return {"call": "call_status", "set-callback": "set_callback"}.get(kind, "message_status")
    if value.get("messages"):
        is_reply = "call_permission_reply" in value["messages"][0].get("interactive", {})
        return "call_permission_reply" if is_reply else "message"
    return str(change.get("field"))
