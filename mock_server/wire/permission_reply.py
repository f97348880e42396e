"""The inner object of a `call_permission_reply`, in each form that a provider's page prints (W4, facts/meta 2.2)."""

from __future__ import annotations

from typing import Any

from mock_server.clock import unix
from mock_server.engine.events import PermissionReply
from mock_server.engine.state import Response
from mock_server.settings import Variants


def reply_of(event: PermissionReply, variants: Variants, *, default_type: str) -> dict[str, Any]:
    """`default_type` is what the dialect prints an expiry as (`int` or `string`) where the app does not choose."""
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


def _outbound_guide(event: PermissionReply) -> dict[str, Any]:
    """As Gupshup's outbound guide prints an approval; a refusal is inferred from it, no page shows one."""
    said: dict[str, Any] = {"response": "APPROVE" if event.response is Response.ACCEPT else "REJECT"}
    if event.expires_at is not None:
        said["expiration_time"] = str(unix(event.expires_at))
    return said
