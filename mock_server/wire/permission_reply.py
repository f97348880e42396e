"""The `call_permission_reply`, in each form that a provider's page prints (W4, facts/meta 2)."""

from __future__ import annotations

from typing import Any

from mock_server.clock import unix
from mock_server.engine.events import PermissionReply
from mock_server.engine.state import Response
from mock_server.settings import Variants
from mock_server.wire.naming import Json, Naming


def reply(naming: Naming, event: PermissionReply) -> Json:
    """The whole value, with what the user answered in the middle of it."""
    inner = reply_of(event, naming.variants, default_type="int" if naming.gupshup else "string")
    message: Json = {}
    if event.context_id:
        message["context"] = _context(naming, event)
    message |= naming.who(event.contact, "from", "from_user_id")
    message |= {"id": event.wamid, "timestamp": str(unix(event.at)), "type": "interactive"}
    message["interactive"] = {"type": "call_permission_reply", "call_permission_reply": inner}
    value = naming.value(event.contact, messages=[message])
    if naming.variants.reply == "outbound-guide":
        for name in ("from", "from_user_id", "id", "context"):
            message.pop(name, None)
        value["contacts"] = naming.bare_contacts(event.contact)
    return value


def reply_of(event: PermissionReply, variants: Variants, *, default_type: str) -> dict[str, Any]:
    """The inner object. `default_type` is what the dialect prints an expiry as (`int` or `string`) where the app does
    not choose.
    """
    if variants.reply == "outbound-guide":
        return _outbound_guide(event)
    said: dict[str, Any] = {"response": event.response.value}
    # Before Nov 3 2025 there was no permanent permission, so the old forms lack the mark where it would be false.
    if event.response is Response.ACCEPT and (event.is_permanent or variants.reply == "current"):
        said["is_permanent"] = event.is_permanent
    if event.expires_at is not None:
        expiry = unix(event.expires_at)
        said["expiration_timestamp"] = str(expiry) if (variants.expiration or default_type) == "string" else expiry
    if variants.reply != "permanent-guide" or event.expires_at is None:
        said["response_source"] = "automatic" if event.automatic else "user_action"
    return said


def _context(naming: Naming, event: PermissionReply) -> Json:
    """What the answer is about: the request's wamid, or the wacid of the user's call."""
    named = {
        "user": event.contact.wa_id if naming.has_phone(event.contact) else None,
        "business": naming.app.business_number,
        "phone_number_id": naming.app.phone_number_id,
    }[naming.variants.context_from]
    context: Json = {"from": named} if named else {}
    context["id"] = event.context_id
    if naming.gupshup and event.context_gs_id:
        context |= {"gs_id": event.context_gs_id, "meta_msg_id": event.context_id}
    return context


def _outbound_guide(event: PermissionReply) -> dict[str, Any]:
    """As Gupshup's outbound guide prints an approval; a refusal is inferred from it, no page shows one."""
    said: dict[str, Any] = {"response": "APPROVE" if event.response is Response.ACCEPT else "REJECT"}
    if event.expires_at is not None:
        said["expiration_time"] = str(unix(event.expires_at))
    return said
