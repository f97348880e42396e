"""Webhooks of the field `messages`: what the user wrote, what became of the business's messages, and `set-callback`."""

from __future__ import annotations

from mock_server import ids
from mock_server.clock import unix
from mock_server.engine.events import MessageStatus, SetCallback, UserMessage
from mock_server.wire import codes
from mock_server.wire.naming import Json, Naming


def text(naming: Naming, event: UserMessage) -> Json:
    message = naming.who(event.contact, "from", "from_user_id") | {
        "id": event.wamid,
        "timestamp": str(unix(event.at)),
        "type": "text",
        "text": {"body": event.text},
    }
    return naming.value(event.contact, messages=[message])


def status(naming: Naming, event: MessageStatus) -> Json:
    """How far a message has come (facts/meta 9, facts/gupshup 3.4)."""
    said: Json = {"id": event.wamid}
    if naming.gupshup:
        said = {"gs_id": event.gs_id, **said}
        if naming.variants.status_id == "uuid":
            second = ids.as_uuid(ids.digest("", event.wamid))
            said = {"gs_id": event.gs_id, "id": second, "meta_msg_id": event.wamid}
    said |= {"status": event.status, "timestamp": str(unix(event.at))}
    said |= naming.who(event.contact, "recipient_id", "recipient_user_id")
    if event.opaque is not None:
        said["biz_opaque_callback_data"] = event.opaque
    if event.failure:
        said |= _failed(naming, codes.failed(event.failure, naming.dialect))
    value = naming.value(event.contact, statuses=[said])
    if _old_form(naming, event):
        del value["metadata"]
    if event.status == "enqueued" and naming.variants.enqueued_timestamp == "ms":
        said["timestamp"] = event.at
    return value


def set_callback(_: Naming, __: SetCallback) -> Json:
    return {"messaging_product": "whatsapp", "statuses": [{"type": "set-callback"}]}


def _old_form(naming: Naming, event: MessageStatus) -> bool:
    """Gupshup's samples of these two have neither entry id nor metadata."""
    enqueued = event.status == "enqueued" and naming.variants.enqueued_timestamp == "ms"
    return naming.gupshup and (enqueued or (event.status == "failed" and naming.variants.failed == "flat"))


def _failed(naming: Naming, failure: codes.Failed) -> Json:
    if naming.gupshup and naming.variants.failed == "flat":
        return {"code": failure.code, "reason": failure.details}
    return {"errors": [failure.as_error()]}
