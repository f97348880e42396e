"""Webhook bodies that the sandbox would not make of itself: replies from any moment, several in one POST."""

from __future__ import annotations

from typing import Any

from contract_tests.numbers import Number, User
from mock_server import ids
from mock_server.clock import MachineTime, unix

Json = dict[str, Any]


def now() -> int:
    """Unix seconds on the machine's clock, which the app of a run follows."""
    return unix(MachineTime().now())


def reply(user: User, said: Json, *, timestamp: int, context_id: str | None = None) -> Json:
    """The value of a change with one reply: `said` is the inner object, `response` and so on."""
    context = {"context": {"from": user.wa_id, "id": context_id}} if context_id else {}
    message = context | {
        "from": user.wa_id,
        "from_user_id": user.bsuid,
        "id": ids.wamid(user.wa_id, ids.digest(ids.new_seed(), "reply")),
        "timestamp": str(timestamp),
        "type": "interactive",
        "interactive": {"type": "call_permission_reply", "call_permission_reply": said},
    }
    return _value(user.number, [user], [message])


def joined(values: list[Json]) -> Json:
    """One value with the contacts and messages of several."""
    first = dict(values[0])
    first["contacts"] = [contact for value in values for contact in value["contacts"]]
    first["messages"] = [message for value in values for message in value["messages"]]
    return first


def webhook(number: Number, *entries: list[Json]) -> Json:
    """A whole body: for each entry its changes' values."""
    rows = [
        {"id": number.settings["waba_id"], "changes": [{"field": "messages", "value": value} for value in values]}
        for values in entries
    ]
    body: Json = {"object": "whatsapp_business_account", "entry": rows}
    return body | ({"gs_app_id": number.id} if number.settings["dialect"] == "gupshup" else {})


def permanent() -> Json:
    """What the user says who allows calls for good."""
    return {"response": "accept", "is_permanent": True, "response_source": "user_action"}


def refusal() -> Json:
    """What the user says who declines, or takes the permission back."""
    return {"response": "reject", "response_source": "user_action"}


def _value(number: Number, users: list[User], messages: list[Json]) -> Json:
    row = number.settings
    contacts = [
        {"profile": {"name": "Sandbox User"}, "wa_id": user.wa_id, "user_id": user.bsuid} for user in users
    ]  # fmt: skip
    return {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": row["business_number"], "phone_number_id": row["phone_number_id"]},
        "contacts": contacts,
        "messages": messages,
    }
