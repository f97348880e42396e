"""`POST /{phone-number-id}/calls`: the business calls, and answers the users' calls (section 4, facts/meta 4)."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

from mock_server import schemas
from mock_server.engine.commands import AcceptCall, EndCall, PlaceCall, PreAcceptCall, RejectUserCall
from mock_server.engine.engine import Outcome
from mock_server.engine.judge import Finding
from mock_server.errors import NotFound, Refusal
from mock_server.http import reading
from mock_server.http.account import calling_of
from mock_server.http.business import ask
from mock_server.http.endpoint import Call, Operation
from mock_server.http.graph.numbers import number_of
from mock_server.http.messages import addressee
from mock_server.http.saying import said_for
from mock_server.store.rows import App
from mock_server.wire import answers, sdp
from mock_server.wire.errors import Said

_OfCall: TypeAlias = PreAcceptCall | AcceptCall | RejectUserCall | EndCall
_CALLS_PAGE: Final = "Meta, Business-initiated calls, Jun 26 2026"


async def act(call: Call) -> Said:
    """One of the five actions. `connect` answers with the call's id, the others with success.

    Every connect is checked in the order of C2; an action that does not suit the call is code 100.
    """
    app = await number_of(call)
    body = await reading.json_body(call)
    schemas.validate(schemas.call_schema(body), body)
    if _over_sip(app):
        raise Refusal(131055, "This number has SIP on: its calls go over SIP and not through Graph.")
    if body["action"] == "connect":
        return await _connect(call, app, body)
    command = _command(body)
    wa_id = await call.services.store.conversation_of_call(app.id, command.call_id)
    if wa_id is None:
        raise NotFound("unknown_call", f"No call {command.call_id[:80]} of this number is going on.")
    call.about(wa_id)
    return await ask(call, app, command, _done)


async def _connect(call: Call, app: App, body: dict[str, Any]) -> Said:
    session = body.get("session")
    call.about(addressee(body) or "")
    _look_at(call, body)
    command = PlaceCall(
        opaque=body.get("biz_opaque_callback_data"),
        sdp=session.get("sdp") if session else None,
        sdp_problem=sdp.problem(session),
    )
    return await ask(call, app, command, lambda outcome: _started(outcome, app))


def _look_at(call: Call, body: dict[str, Any]) -> None:
    """Note what a well-behaved integrator does otherwise (A2, section 11; mistakes 14 and 16 of facts/integrators)."""
    if "+" in body.get("to", ""):
        call.advise("A2", seen="a plus sign in `to` of /calls", expected="digits only", source=_CALLS_PAGE)
    if body.get("session", {}).get("sdp_type") == "answer":
        seen, expected = 'connect with sdp_type "answer"', 'connect with an offer: sdp_type "offer"'
        call.find(Finding("violation", "C2", seen, expected, _CALLS_PAGE))


def _command(body: dict[str, Any]) -> _OfCall:
    call_id = body["call_id"]
    if body["action"] == "pre_accept":
        return PreAcceptCall(call_id=call_id)
    if body["action"] == "accept":
        return AcceptCall(call_id=call_id, opaque=body.get("biz_opaque_callback_data"))
    return RejectUserCall(call_id=call_id) if body["action"] == "reject" else EndCall(call_id=call_id)


def _over_sip(app: App) -> bool:
    if b'"sip"' not in app.calling_settings:
        return False
    return bool(calling_of(app).get("sip", {}).get("status") == "ENABLED")


def _started(outcome: Outcome, app: App) -> Said:
    refusal = outcome.refusal
    if refusal is None:
        return Said(200, answers.call_started(outcome.answer.call_id))
    said = said_for(refusal, "graph")
    # Meta's table prints 401 for 138006, tests in the wild have 400 (facts/integrators 2).
    return said._replace(status=int(app.settings.variants.no_permission_status)) if refusal.code == 138006 else said


def _done(outcome: Outcome) -> Said:
    if outcome.refusal is not None:
        return said_for(outcome.refusal, "graph")
    return Said(200, {"messaging_product": "whatsapp", "success": True})


_E = "error-meta"

OPERATIONS = [
    Operation(
        "POST",
        "/{phone_number_id}/calls",
        act,
        "Call a user, or answer a user's call: connect, pre_accept, accept, reject, terminate",
        takes="graph-call",
        body="message",
        answers=((200, "answer-calls"), (400, _E), (401, _E), (403, _E), (404, _E), (413, _E), (415, _E), (429, _E)),
    )
]
