"""Requests to the Graph surface that are wrong in one way each."""

from __future__ import annotations

from typing import Any

from tests.http.malformed.requests import FORM, JSON, Bad, get, js, raw
from tests.stage.play import REQUEST, TOKEN, USER

NUMBER = "100000000000001"
Q = f"?access_token={TOKEN}"
MESSAGES, CALLS = f"POST /{NUMBER}/messages{Q}", f"POST /v24.0/{NUMBER}/calls{Q}"
SETTINGS, TEMPLATES = f"POST /{NUMBER}/settings{Q}", f"POST /200000000000001/message_templates{Q}"
STATE = f"/{NUMBER}/call_permissions{Q}"

OFFER = {"sdp_type": "offer", "sdp": "v=0"}
CONNECT = {"messaging_product": "whatsapp", "action": "connect", "to": USER, "session": OFFER}
ACCEPT = {"messaging_product": "whatsapp", "action": "accept", "call_id": "wacid.x", "session": OFFER}
REJECT = {"messaging_product": "whatsapp", "action": "reject", "call_id": "wacid.x"}
BODY = {"type": "BODY", "text": "May we call?"}
TEMPLATE = {"name": "call_me", "language": "en", "category": "UTILITY", "components": [BODY]}


def message(says: str, **changes: Any) -> Bad:
    return js(MESSAGES, {name: value for name, value in (REQUEST | changes).items() if value is not None}, says)


def call(says: str, **changes: Any) -> Bad:
    return js(CALLS, {name: value for name, value in (CONNECT | changes).items() if value is not None}, says)


UNREADABLE = {
    f"{name} of {path}": bad
    for path, where in {"messages": MESSAGES, "calls": CALLS, "settings": SETTINGS, "templates": TEMPLATES}.items()
    for name, bad in {
        "half a body": raw(where, b'{"to": ', "not JSON that can be taken"),
        "no body": raw(where, b"", "not JSON that can be taken"),
        "a key twice": raw(where, b'{"to": "1", "to": "2"}', "not JSON that can be taken"),
        "NaN": raw(where, b'{"to": NaN}', "not JSON that can be taken"),
        "1e999": raw(where, b'{"to": 1e999}', "the number is too large"),
        "NUL": raw(where, b'{"to": "\\u0000"}', "holds a NUL character"),
        "lone surrogate": raw(where, b'{"to": "\\ud800"}', "not JSON that can be taken"),
        "deep": raw(where, b"[" * 300 + b"]" * 300, "not JSON that can be taken"),
        "large": raw(where, b" " * 1_100_000, "over 1024 KiB", status=413),
        "JSON as a form": raw(where, b'{"to": "1"}', "add the header 'Content-Type: ", status=415, kind=FORM),
        "no content type": raw(where, b'{"to": "1"}', "There is no Content-Type", status=415, kind=""),
        "text": raw(where, b"hello", "Content-Type is 'text/plain'", status=415, kind="text/plain"),
    }.items()
}  # fmt: skip

MESSAGES_ROWS = {
    "a list": js(MESSAGES, [], "must be an object"),
    "a number": js(MESSAGES, 5, "must be an object"),
    "product": message("messaging_product", messaging_product="messenger"),
    "product missing": message("messaging_product: is required", messaging_product=None),
    "to": message("to: must be a phone number", to="91888899xxx"),
    "to a number": message("to: must be a string, not 919812345678", to=919812345678),
    "nobody": message("to: is required", to=None),
    "bsuid": message("recipient: must be a BSUID", to=None, recipient="nobody"),
    "type missing": message("type: is required", type=None),
    "type": message("type: must be one of", type="fax"),
    "action missing": message("interactive.action: is required", interactive={"type": "call_permission_request"}),
    "opaque data": message("biz_opaque_callback_data: must have at most 512", biz_opaque_callback_data="x" * 513),
    "read without message": js(
        MESSAGES, {"messaging_product": "whatsapp", "status": "read"}, "message_id: is required"
    ),
    "status": js(MESSAGES, {"messaging_product": "whatsapp", "status": 5, "message_id": "x"}, "status: must be"),
}

CALLS_ROWS = {
    "a list": js(CALLS, [], "must be an object"),
    "action missing": call("action: is required", action=None),
    "action": call('action: must be one of "connect", "pre_accept"', action="hold"),
    "action a list": call("action: must be", action=[]),
    "product": call("messaging_product", messaging_product=None),
    "to": call("to: must be a phone number", to="91888899xxx"),
    "nobody": call("to: is required", to=None),
    "session": call("session: must be an object", session="v=0"),
    "sdp": call("session.sdp: must be a string", session={"sdp_type": "offer", "sdp": 5}),
    "opaque data": call("biz_opaque_callback_data: must have at most 512", biz_opaque_callback_data="x" * 513),
    "no call id": js(CALLS, REJECT | {"call_id": ""}, "call_id: must have at least 1"),
    "long call id": js(CALLS, REJECT | {"call_id": "x" * 501}, "call_id: must have at most 500"),
    "an offer for an answer": js(CALLS, ACCEPT, 'session.sdp_type: must be "answer"'),
    "accept without session": js(CALLS, {k: v for k, v in ACCEPT.items() if k != "session"}, "session: is required"),
}

SETTINGS_ROWS = {
    "settings a list": js(SETTINGS, [], "must be an object"),
    "settings empty": js(SETTINGS, {}, "calling: is required"),
    "status": js(SETTINGS, {"calling": {"status": "ON"}}, "calling.status: must be one of"),
    "sip": js(SETTINGS, {"calling": {"sip": "on"}}, "calling.sip: must be an object"),
    "template a list": js(TEMPLATES, [], "must be an object"),
    "template empty": js(TEMPLATES, {}, "name: is required"),
    "template components": js(TEMPLATES, TEMPLATE | {"components": "x"}, "components: must be a list"),
    "template component": js(TEMPLATES, TEMPLATE | {"components": [None]}, "components[0]: must be an object"),
    "template text": js(TEMPLATES, TEMPLATE | {"components": [BODY | {"text": []}]}, "components[0].text: must be"),
    "template format": js(
        TEMPLATES, TEMPLATE | {"components": [BODY | {"format": 5}]}, "components[0].format: must be"
    ),
    "template language": js(TEMPLATES, TEMPLATE | {"language": "x" * 21}, "language: must have at most 20"),
}

PATHS = {
    "state of nobody": get(STATE, "user_wa_id: is required"),
    "state of a word": get(f"{STATE}&user_wa_id=somebody", "user_wa_id: must be a phone number"),
    "state of a long number": get(f"{STATE}&user_wa_id=" + "9" * 5000, "user_wa_id: must"),
    "state of other digits": get(f"{STATE}&user_wa_id=٩٨٧٦٥٤٣٢", "user_wa_id: must be a phone number"),
    "state with NUL": get(f"{STATE}&user_wa_id=%00", "user_wa_id: must be a phone number"),
    "state no UTF-8": get(f"{STATE}&recipient=%ff%fe", "recipient: must be a BSUID"),
    "unknown id": get(f"/999/settings{Q}", "Object with ID '999' does not exist", status=400),
    "a word for an id": get(f"/me/settings{Q}", "/me/settings is no route here", status=404),
    "other digits for an id": get(f"/٣/settings{Q}", "is no route here", status=404),
    "version alone": get(f"/v24.0{Q}", "/v24.0 is no route here", status=404),
    "version without a point": get(f"/v24/{NUMBER}/settings{Q}", "is no route here", status=404),
    "no token": get(f"/{NUMBER}/settings", "Send the access token", status=401),
    "token no text": get(f"/{NUMBER}/settings?access_token=%ff", "The access token is unknown", status=401),
    "oauth": get("/oauth/access_token", "client_id: is required"),
    "long path": get(f"/{NUMBER}/" + "x" * 60_000, "is no route here", status=404),
    "method": Bad(f"BREW /{NUMBER}/messages{Q}", b"", "", 405, "BREW is not possible here; use POST"),
    "method of calls": Bad(f"PUT /{NUMBER}/calls{Q}", b"{}", JSON, 405, "PUT is not possible here; use POST"),
}
