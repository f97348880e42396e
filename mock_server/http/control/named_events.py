"""Named events of `POST /apps/{app}/webhooks`: from a kind and its values to the bytes that say it."""

from __future__ import annotations

import math
from typing import Any, Final

from mock_server import ids
from mock_server.clock import SECOND
from mock_server.engine.events import (
    AccountSettingsUpdate,
    AccountUpdate,
    AnyEvent,
    CallConnect,
    CallStatus,
    CallTerminate,
    Contact,
    MessageStatus,
    PermissionReply,
    SetCallback,
    UserMessage,
)
from mock_server.engine.state import Direction, Failure, Response
from mock_server.http import account
from mock_server.http.messages import wa_id_of
from mock_server.settings import Dialect, Variants
from mock_server.store.rows import App
from mock_server.wire import codes
from mock_server.wire.envelope import Envelope
from mock_server.wire.webhooks import as_bytes

Json = dict[str, Any]


class Maker:
    """Ids and times for one event that is made up."""

    def __init__(self, app: App, seed: str, number: int, now: int) -> None:
        self.app, self.number, self.now = app, number, now
        self._seed = seed

    def raw(self, kind: str) -> bytes:
        return ids.digest(self._seed, self.app.id, self.app.generation, "sent", kind, self.number)


def event_of(given: Json, maker: Maker) -> AnyEvent:
    """The event that validated values describe; what they leave out is made up."""
    wa_id = wa_id_of(given.get("wa_id", ""))
    given = given | {name: int(given[name]) for name in ("code", "duration") if name in given}  # 18.0 is an integer too
    common: Json = {"at": maker.now, "number": maker.number, "contact": Contact(wa_id, "Sandbox User" if wa_id else "")}
    made: AnyEvent = _EVENTS[given["kind"]](given, maker, wa_id, common)
    return made


def said(event: AnyEvent, given: Json, app: App, *, dialect: Dialect, variants: Variants) -> bytes:
    """The body that says it, with the given values that no event of the engine has: codes, a status, an SDP."""
    body = Envelope(app.settings, dialect, variants).body(event)
    given = given | ({"code": int(given["code"])} if "code" in given else {})
    value = body["entry"][0]["changes"][0]["value"]
    if given["kind"] in _PUT_IN:
        _PUT_IN[given["kind"]](value, given, variants)
    return as_bytes(body)


def _reply(given: Json, maker: Maker, wa_id: str, common: Json) -> AnyEvent:
    accepted = given["response"] == "accept"
    permanent = accepted and given.get("is_permanent", False)
    life = given.get("for_seconds", maker.app.settings.limits.temporary_permission_seconds)
    return PermissionReply(
        **common,
        wamid=ids.wamid(wa_id, maker.raw("wamid")),
        response=Response(given["response"]),
        row="sent on purpose",
        automatic=given.get("response_source") == "automatic",
        is_permanent=permanent,
        expires_at=(maker.now // SECOND + math.ceil(life)) * SECOND if accepted and not permanent else None,
        context_id=given.get("context_id"),
    )


def _status(given: Json, maker: Maker, wa_id: str, common: Json) -> AnyEvent:
    failed = given["status"] == "failed"
    return MessageStatus(
        **common,
        wamid=given.get("wamid") or ids.wamid(wa_id, maker.raw("wamid")),
        gs_id=given.get("gs_id") or ids.as_uuid(maker.raw("gs_id")),
        status=given["status"],
        failure=_FAILURES.get(given.get("code", 131026), Failure.OUTDATED_APP) if failed else None,
    )


def _message(given: Json, maker: Maker, wa_id: str, common: Json) -> AnyEvent:
    return UserMessage(**common, wamid=ids.wamid(wa_id, maker.raw("wamid")), text=given["text"])


def _about_call(given: Json, maker: Maker, wa_id: str) -> Json:
    call_id = given.get("call_id") or ids.wacid(wa_id, maker.raw("wacid"))
    return {"call_id": call_id, "direction": Direction(given.get("direction", "BUSINESS_INITIATED"))}


def _connect(given: Json, maker: Maker, wa_id: str, common: Json) -> AnyEvent:
    return CallConnect(**common, **_about_call(given, maker, wa_id))


def _call_status(given: Json, maker: Maker, wa_id: str, common: Json) -> AnyEvent:
    return CallStatus(**common, **_about_call(given, maker, wa_id), status=given.get("status", "RINGING"))


def _terminate(given: Json, maker: Maker, wa_id: str, common: Json) -> AnyEvent:
    talked = given.get("duration")
    picked_up_at = None if talked is None else maker.now - talked * SECOND
    ended_at = None if talked is None else maker.now
    talk: Json = {"picked_up_at": picked_up_at, "ended_at": ended_at}
    return CallTerminate(**common, **_about_call(given, maker, wa_id), **talk, code=given.get("code"))


def _account_update(given: Json, maker: Maker, wa_id: str, common: Json) -> AnyEvent:
    """The types are those in force since Jan 27 2026; a restriction lasts 7 days unless said otherwise."""
    if given["event"] == "ACCOUNT_VIOLATION":
        return AccountUpdate(**common, event=given["event"], subject=given.get("violation_type", account.VIOLATION))
    life = given.get("for_seconds", account.RESTRICTED_FOR // SECOND)
    expires_at = None if life is None else maker.now + math.ceil(life * SECOND)
    subject = given.get("restriction_type", account.RESTRICTION)
    return AccountUpdate(**common, event=given["event"], subject=subject, expires_at=expires_at)


def _account_settings_update(given: Json, maker: Maker, wa_id: str, common: Json) -> AnyEvent:
    calling = account.calling_of(maker.app) | given.get("calling", {})
    return AccountSettingsUpdate(**common, calling=as_bytes(calling))


def _put_code(value: Json, given: Json, variants: Variants) -> None:
    code, status = given.get("code"), value["statuses"][0]
    if code is None or code in _FAILURES or given["status"] != "failed":
        return
    failure = codes.failed_with(code)
    if "errors" in status:
        status["errors"] = [failure.as_error()]
    else:
        status |= {"code": failure.code, "reason": failure.details}


def _put_sdp(value: Json, given: Json, variants: Variants) -> None:
    if "sdp" in given:
        value["calls"][0]["session"]["sdp"] = given["sdp"]


def _put_end(value: Json, given: Json, variants: Variants) -> None:
    """A status that is given stands, whether or not there is a code that says why the call failed."""
    if "status" in given:
        word = given["status"]
        words: Json = {"upper": word, "title": word.capitalize(), "list": [word.capitalize()]}
        value["calls"][0]["status"] = words[variants.terminate_case]


def _put_remediation(value: Json, given: Json, variants: Variants) -> None:
    if "remediation" in given:
        about = value["violation_info"] if "violation_info" in value else value["restriction_info"][0]
        about["remediation"] = given["remediation"]


# Codes that the engine fails messages with; each dialect has its own words for them.
_FAILURES: Final = {
    1002: Failure.NOT_ON_WHATSAPP,
    131026: Failure.OUTDATED_APP,
    131047: Failure.WINDOW_CLOSED,
}
_EVENTS: Final[Json] = {
    "call_permission_reply": _reply,
    "message_status": _status,
    "message": _message,
    "call_connect": _connect,
    "call_status": _call_status,
    "call_terminate": _terminate,
    "account_update": _account_update,
    "account_settings_update": _account_settings_update,
    "set_callback": lambda given, maker, wa_id, common: SetCallback(**common),
}
_PUT_IN: Final[Json] = {
    "message_status": _put_code,
    "call_connect": _put_sdp,
    "call_terminate": _put_end,
    "account_update": _put_remediation,
}
