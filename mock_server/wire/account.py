"""Webhooks about the number and no user: restrictions and changed settings (facts/meta 6.3, 6.4)."""

from __future__ import annotations

import json

from mock_server.clock import unix, unix_up
from mock_server.engine.events import AccountSettingsUpdate, AccountUpdate
from mock_server.wire.naming import Json, Naming


def update(naming: Naming, event: AccountUpdate) -> Json:
    """A warning or a restriction (Meta, account_update, Dec 5 2025; call settings page, Jun 26 2026)."""
    value: Json = {"phone_number": naming.app.business_number, "event": event.event}
    if event.event == "ACCOUNT_VIOLATION":
        return value | {"violation_info": {"violation_type": event.subject}}
    restriction: Json = {"restriction_type": event.subject}
    if event.expires_at is not None:
        restriction["expiration"] = unix_up(event.expires_at)
    return value | {"restriction_info": [restriction]}


def settings(naming: Naming, event: AccountSettingsUpdate) -> Json:
    """The calling settings as they are now (Meta, call settings page, Jun 26 2026; since Jul 21 2025)."""
    return {
        "messaging_product": "whatsapp",
        "timestamp": str(unix(event.at)),
        "type": "phone_number_settings",
        "phone_number_settings": {
            "phone_number_id": naming.app.phone_number_id,
            "calling": json.loads(event.calling),
        },
    }
