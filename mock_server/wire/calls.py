"""Webhooks of the field `calls` (facts/meta 5, Jun 26 2026); Gupshup prints none of its own."""

from __future__ import annotations

from typing import Any, Final

from mock_server.clock import unix
from mock_server.engine.events import CallConnect, CallStatus, CallTerminate
from mock_server.engine.state import Direction
from mock_server.wire import codes, sdp
from mock_server.wire.naming import Json, Naming

# How a call ended, in each form that the pages print (`terminate_case`).
_ENDED: Final[dict[str, dict[str, Any]]] = {
    "COMPLETED": {"upper": "COMPLETED", "title": "Completed", "list": ["Completed"]},
    "FAILED": {"upper": "FAILED", "title": "Failed", "list": ["Failed"]},
}


def connect(naming: Naming, event: CallConnect) -> Json:
    """The other side's session: an answer from the user who picked up, an offer from the user who calls."""
    call = _call(naming, event, "connect")
    if event.direction is Direction.BUSINESS_INITIATED:
        call["session"] = {"sdp_type": "answer", "sdp": sdp.answer(event.sdp, event.call_id)}
    else:
        call["session"] = {"sdp_type": "offer", "sdp": sdp.offer(event.call_id)}
    return naming.value(event.contact, calls=[call])


def status(naming: Naming, event: CallStatus) -> Json:
    said: Json = {"id": event.call_id, "timestamp": str(unix(event.at)), "type": "call", "status": event.status}
    said |= naming.who(event.contact, "recipient_id", "recipient_user_id")
    if event.opaque is not None:
        said["biz_opaque_callback_data"] = event.opaque
    return naming.value(event.contact, statuses=[said])


def terminate(naming: Naming, event: CallTerminate) -> Json:
    """The end. Why it failed stands beside `calls`, not in the call (facts/meta 5.4)."""
    call = _call(naming, event, "terminate")
    ended = "COMPLETED" if event.code is None else "FAILED"
    call["status"] = _ENDED[ended][naming.variants.terminate_case]
    if event.picked_up_at is not None and event.ended_at is not None:
        start, end = unix(event.picked_up_at), unix(event.ended_at)
        call |= {"start_time": str(start), "end_time": str(end), "duration": end - start}
    value = naming.value(event.contact, calls=[call])
    if event.code is not None:
        value["errors"] = [codes.failed_with(event.code).as_error()]
    return value


def _call(naming: Naming, event: CallConnect | CallTerminate, name: str) -> Json:
    business = naming.app.business_number
    call: Json = {"id": event.call_id}
    if event.direction is Direction.BUSINESS_INITIATED:
        call |= naming.who(event.contact, "to", "to_user_id") | {"from": business}
    else:
        call |= {"to": business} | naming.who(event.contact, "from", "from_user_id")
    call |= {"event": name, "timestamp": str(unix(event.at)), "direction": event.direction.value}
    if event.opaque is not None:
        call["biz_opaque_callback_data"] = event.opaque
    return call
