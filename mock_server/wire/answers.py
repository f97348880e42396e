"""What a provider answers when it says yes (facts/gupshup 1-4, facts/meta 1.5, 4.1)."""

from __future__ import annotations

import json
from typing import Any

from mock_server.subscriptions import Subscription, mode_number


def message_gupshup(*, gs_id: str, given: str, wa_id: str) -> dict[str, Any]:
    """Gupshup's 200: the id is its own UUID, not a wamid (facts/gupshup 2.4).

    Whoever was addressed by a BSUID is named by it and not by a number: no page shows that shape, and the number of a
    username user must not come out (A3).
    """
    contact = {"input": given, "user_id": given} if given[:1].isalpha() else {"input": given, "wa_id": wa_id}
    return {"messages": [{"id": gs_id}], "messaging_product": "whatsapp", "contacts": [contact]}


def message_meta(*, wamid: str, given: str, wa_id: str, template: bool) -> dict[str, Any]:
    """Graph's 200 (facts/meta 1.5): `user_id` and no `wa_id` for a BSUID, the other way round for a number.

    A template says that it was accepted; no pacing goes on here.
    """
    contact = {"input": given, "user_id": given} if given[:1].isalpha() else {"input": given, "wa_id": wa_id}
    message = {"id": wamid, "message_status": "accepted"} if template else {"id": wamid}
    return {"messaging_product": "whatsapp", "contacts": [contact], "messages": [message]}


def call_started(call_id: str) -> dict[str, Any]:
    """Graph's 200 to connect. `success` is not on the page, but some clients need it (facts/integrators 3.4)."""
    return {"messaging_product": "whatsapp", "calls": [{"id": call_id}], "success": True}


def subscription(row: Subscription, app_id: str) -> dict[str, Any]:
    """One subscription, as Gupshup prints it: the id a string, instants in milliseconds."""
    return {
        "active": row.active,
        "appId": app_id,
        "createdOn": row.created_at,
        "id": row.id,
        "mode": mode_number(row.modes),
        "modes": [mode.value for mode in row.modes],
        "meta": row.meta if row.meta is not None else json.dumps({}),
        "modifiedOn": row.modified_at,
        "showOnUI": row.show_on_ui,
        "tag": row.tag,
        "url": row.url,
        "version": row.version,
    }


def app_token(*, app_id: str, token: str, partner_id: str, created_at: int) -> dict[str, Any]:
    """The legacy app token (facts/gupshup 1.1): `expiresOn` 0 means that it does not expire."""
    return {
        "status": "success",
        "token": {
            "token": token,
            "authoriserId": app_id,
            "requestorId": partner_id,
            "createdOn": created_at,
            "modifiedOn": created_at,
            "expiresOn": 0,
            "active": True,
        },
    }


def partner_login(*, token: str, partner_id: str, email: str) -> dict[str, Any]:
    """The partner token, good for 24 h (facts/gupshup 1.1)."""
    return {
        "token": token,
        "id": int(partner_id),
        "name": "Sandbox Partner",
        "terms_read": True,
        "admin": True,
        "email": email,
        "activationRead": False,
        "billingType": "PREPAID",
        "contactName": "Sandbox Partner",
        "phoneNumber": "919000000000",
        "enableCustomer": False,
        "enableWallet": True,
        "enableInrWallet": False,
        "enableLoaderWallet": False,
        "enableAppOnboarding": True,
        "isTpp": False,
        "onboardEnabled": False,
    }
