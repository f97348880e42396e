"""What Meta's app is subscribed to, and the URL it goes to (W2, facts/meta 8).

Widely used clients register so when they start: a token, this request, the handshake (facts/integrators 3.3).
"""

from __future__ import annotations

from typing import Any, Final

from mock_server.http.endpoint import Call, Operation, Query
from mock_server.http.graph import callback_urls, parameters
from mock_server.http.graph.numbers import meta_apps_of
from mock_server.subscriptions import FIELDS, Level, Subscription
from mock_server.wire.errors import Said

OBJECT: Final = "whatsapp_business_account"
FIELD_VERSION: Final = "v26.0"  # the newest of Jul 29 2026 (facts/meta 0)


async def subscribe(call: Call) -> Said:
    """Set the app's callback URL and the fields that go there, once the URL has answered the handshake."""
    given, apps = await parameters.taken(call, meta_apps_of, "subscription-meta")
    fields, url = parameters.names(given.get("fields", FIELDS)), given["callback_url"]
    if unknown := [field for field in fields if field not in FIELDS]:
        call.remark(f"Subscribed to {', '.join(unknown)[:200]}, of which the sandbox has no events.")
    await callback_urls.shake_hands(call, apps[0], url, given["verify_token"], parameter="callback_url")
    await callback_urls.keep(call, apps, Level.APP, url, fields=fields)
    return Said(200, {"success": True})


async def show(call: Call) -> Said:
    """What the app is subscribed to."""
    row = callback_urls.at_level((await meta_apps_of(call))[0], Level.APP)
    return Said(200, {"data": [] if row is None else [_listed(row)]})


async def unsubscribe(call: Call) -> Said:
    """Remove the app's subscription, or the `fields` of it that are named."""
    given, apps = await parameters.taken(call, meta_apps_of, "subscription-meta-delete")
    gone = parameters.names(given.get("fields", ()))
    for app in apps:
        row = callback_urls.at_level(app, Level.APP)
        left = tuple(field for field in row.fields if field not in gone) if row and gone else ()
        if row and left:
            await callback_urls.keep(call, [app], Level.APP, row.url, fields=left)
        else:
            await callback_urls.drop(call, [app], Level.APP)
    return Said(200, {"success": True})


def _listed(row: Subscription) -> dict[str, Any]:
    fields = [{"name": field, "version": FIELD_VERSION} for field in row.fields]
    return {"object": OBJECT, "callback_url": row.url, "active": row.active, "fields": fields}


_E = "error-meta"
_NO = ((400, _E), (401, _E))
_PATH = "/{meta_app_id}/subscriptions"
_TEXT: Final = {"type": "string"}
_REMOVAL: Final = (
    Query("object", {"const": OBJECT}, "What the subscription is about"),
    Query("fields", _TEXT, "A comma list of the fields to remove; none named: all"),
)

OPERATIONS = [
    Operation(
        "POST", _PATH, subscribe, "Subscribe the app to webhook fields", takes="subscription-meta", body="json",
        answers=((200, "answer-success"), *_NO, (415, _E)), body_optional=True,
    ),
    Operation("GET", _PATH, show, "The app's subscription", answers=((200, "answer-subscriptions-meta"), *_NO)),
    Operation(
        "DELETE", _PATH, unsubscribe, "Remove the app's subscription", answers=((200, "answer-success"), *_NO),
        query=_REMOVAL,
    ),
]  # fmt: skip
