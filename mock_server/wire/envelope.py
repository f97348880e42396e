"""The body of a webhook, in either dialect: Meta's envelope, and what Gupshup's v3 adds to it (facts/gupshup 3.3).

Default shapes are those that every known parser reads; the others are named variants (W4).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from mock_server import ids
from mock_server.clock import unix
from mock_server.engine.events import (
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
from mock_server.engine.state import Direction
from mock_server.settings import AppSettings, Dialect, Variants
from mock_server.wire import codes, sdp
from mock_server.wire.permission_reply import reply_of

Json = dict[str, Any]


class Envelope:
    """Says events of one app in one dialect, with one set of variants."""

    def __init__(self, settings: AppSettings, dialect: Dialect, variants: Variants | None = None) -> None:
        self._app = settings
        self._dialect = dialect
        self._variants = variants or settings.variants
        self._bsuid = settings.bsuid == "on"

    def body(self, event: AnyEvent) -> Json:
        """The whole webhook body."""
        field, value = _SAYERS[type(event)](self, event)
        whole: Json = {"object": "whatsapp_business_account", "entry": [{"id": self._app.waba_id}]}
        if self._dialect is Dialect.GUPSHUP:
            whole["gs_app_id"] = self._app.id
        entry = whole["entry"][0]
        if isinstance(event, PermissionReply) and self._variants.reply == "outbound-guide":
            entry["id"] = self._app.phone_number_id
            whole.pop("gs_app_id", None)
        if "metadata" not in value:
            del entry["id"]
        entry["changes"] = [{"field": field, "value": value}]
        return whole

    def _value(self, contact: Contact, **parts: Any) -> Json:
        value: Json = {
            "messaging_product": "whatsapp",
            "metadata": {
                "display_phone_number": self._app.business_number,
                "phone_number_id": self._app.phone_number_id,
            },
        }
        if self._variants.contacts == "full":
            value["contacts"] = [self._contact(contact)]
        elif self._variants.contacts == "trimmed":
            value["contacts"] = self._bare_contacts(contact)
        return value | parts

    def _bare_contacts(self, contact: Contact) -> list[Json]:
        """Contacts with nothing but the one thing that names the user: the number, or else the BSUID."""
        names = self._who(contact, "wa_id", "user_id")
        return [{name: value} for name, value in list(names.items())[:1]]

    def _contact(self, contact: Contact) -> Json:
        said: Json = {"profile": {"name": contact.name}}
        if contact.username and self._bsuid:
            said["profile"]["username"] = contact.username
        if _phone(contact):
            said["wa_id"] = contact.wa_id
        if self._bsuid:
            said["user_id"] = _user_id(contact)
        return said

    def _who(self, contact: Contact, phone: str, user_id: str) -> Json:
        """The user under the names that a part of a webhook has for phone and BSUID (A3)."""
        said: Json = {phone: contact.wa_id} if _phone(contact) else {}
        if self._bsuid:
            said[user_id] = _user_id(contact)
        return said

    def _message(self, event: UserMessage) -> tuple[str, Json]:
        message = self._who(event.contact, "from", "from_user_id") | {
            "id": event.wamid,
            "timestamp": str(unix(event.at)),
            "type": "text",
            "text": {"body": event.text},
        }
        return "messages", self._value(event.contact, messages=[message])

    def _reply(self, event: PermissionReply) -> tuple[str, Json]:
        inner = reply_of(event, self._variants, default_type="int" if self._gupshup else "string")
        message: Json = {}
        if event.context_id:
            message["context"] = self._context(event)
        message |= self._who(event.contact, "from", "from_user_id")
        message |= {"id": event.wamid, "timestamp": str(unix(event.at)), "type": "interactive"}
        message["interactive"] = {"type": "call_permission_reply", "call_permission_reply": inner}
        value = self._value(event.contact, messages=[message])
        if self._variants.reply == "outbound-guide":
            for name in ("from", "from_user_id", "id", "context"):
                message.pop(name, None)
            value["contacts"] = self._bare_contacts(event.contact)
        return "messages", value

    def _context(self, event: PermissionReply) -> Json:
        named = {
            "user": event.contact.wa_id if _phone(event.contact) else None,
            "business": self._app.business_number,
            "phone_number_id": self._app.phone_number_id,
        }[self._variants.context_from]
        context: Json = {"from": named} if named else {}
        context["id"] = event.context_id
        if self._gupshup and event.context_gs_id:
            context |= {"gs_id": event.context_gs_id, "meta_msg_id": event.context_id}
        return context

    def _status(self, event: MessageStatus) -> tuple[str, Json]:
        status: Json = {"id": event.wamid}
        if self._gupshup:
            status = {"gs_id": event.gs_id, **status}
            if self._variants.status_id == "uuid":
                second = ids.as_uuid(ids.digest("", event.wamid))
                status = {"gs_id": event.gs_id, "id": second, "meta_msg_id": event.wamid}
        status |= {"status": event.status, "timestamp": str(unix(event.at))}
        status |= self._who(event.contact, "recipient_id", "recipient_user_id")
        if event.opaque is not None:
            status["biz_opaque_callback_data"] = event.opaque
        if event.failure:
            status |= self._failed(codes.failed(event.failure, self._dialect))
        value = self._value(event.contact, statuses=[status])
        if self._old_form(event):
            del value["metadata"]
        if event.status == "enqueued" and self._variants.enqueued_timestamp == "ms":
            status["timestamp"] = event.at
        return "messages", value

    def _old_form(self, event: MessageStatus) -> bool:
        """Gupshup's samples of these two have neither entry id nor metadata."""
        enqueued = event.status == "enqueued" and self._variants.enqueued_timestamp == "ms"
        return self._gupshup and (enqueued or (event.status == "failed" and self._variants.failed == "flat"))

    def _failed(self, failure: codes.Failed) -> Json:
        if self._gupshup and self._variants.failed == "flat":
            return {"code": failure.code, "reason": failure.details}
        error = {
            "code": failure.code,
            "title": failure.title,
            "message": failure.title,
            "error_data": {"details": failure.details},
            "href": codes.HREF,
        }
        return {"errors": [error]}

    def _call(self, event: CallConnect | CallTerminate, name: str) -> Json:
        mine = {"business": self._app.business_number}
        outbound = event.direction is Direction.BUSINESS_INITIATED
        call: Json = {"id": event.call_id}
        if outbound:
            call |= self._who(event.contact, "to", "to_user_id") | {"from": mine["business"]}
        else:
            call |= {"to": mine["business"]} | self._who(event.contact, "from", "from_user_id")
        call |= {"event": name, "timestamp": str(unix(event.at)), "direction": event.direction.value}
        if event.opaque is not None:
            call["biz_opaque_callback_data"] = event.opaque
        return call

    def _connect(self, event: CallConnect) -> tuple[str, Json]:
        call = self._call(event, "connect")
        outbound = event.direction is Direction.BUSINESS_INITIATED
        said = sdp.answer(event.sdp, event.call_id) if outbound else sdp.offer(event.call_id)
        call["session"] = {"sdp_type": "answer" if outbound else "offer", "sdp": said}
        return "calls", self._value(event.contact, calls=[call])

    def _call_status(self, event: CallStatus) -> tuple[str, Json]:
        status: Json = {"id": event.call_id, "timestamp": str(unix(event.at)), "type": "call", "status": event.status}
        status |= self._who(event.contact, "recipient_id", "recipient_user_id")
        if event.opaque is not None:
            status["biz_opaque_callback_data"] = event.opaque
        return "calls", self._value(event.contact, statuses=[status])

    def _terminate(self, event: CallTerminate) -> tuple[str, Json]:
        call = self._call(event, "terminate")
        call["status"] = _TERMINATE[self._variants.terminate_case]
        if event.picked_up_at is not None and event.ended_at is not None:
            start, end = unix(event.picked_up_at), unix(event.ended_at)
            call |= {"start_time": str(start), "end_time": str(end), "duration": end - start}
        return "calls", self._value(event.contact, calls=[call])

    def _set_callback(self, event: SetCallback) -> tuple[str, Json]:
        return "messages", {"messaging_product": "whatsapp", "statuses": [{"type": "set-callback"}]}

    @property
    def _gupshup(self) -> bool:
        return self._dialect is Dialect.GUPSHUP


def _phone(contact: Contact) -> bool:
    """Whether the business sees this user's number: not with a username, nor where there is none (A3)."""
    return contact.username is None and contact.wa_id.isdigit()


def _user_id(contact: Contact) -> str:
    return ids.bsuid(contact.wa_id) if contact.wa_id.isdigit() else contact.wa_id


_TERMINATE: Final[dict[str, Any]] = {"upper": "COMPLETED", "title": "Completed", "list": ["Completed"]}

_SAYERS: Final[dict[type[Any], Callable[[Envelope, Any], tuple[str, Json]]]] = {
    UserMessage: Envelope._message,
    PermissionReply: Envelope._reply,
    MessageStatus: Envelope._status,
    CallConnect: Envelope._connect,
    CallStatus: Envelope._call_status,
    CallTerminate: Envelope._terminate,
    SetCallback: Envelope._set_callback,
}
