"""From a message's body to the engine's command: to whom it goes, and whether it asks for permission (R1, A2, A3)."""

from __future__ import annotations

import re
from typing import Any, Final

import msgspec

from mock_server import ids, schemas
from mock_server.engine.commands import SendMessage
from mock_server.engine.state import Form
from mock_server.errors import Refusal
from mock_server.store.rows import App

_DECORATION: Final = re.compile(r"[+ ()\-]")


class Addressed(msgspec.Struct, frozen=True, gc=False):
    """A message that satisfied its schema: the command, whose conversation it is, and the address as it was given."""

    command: SendMessage
    wa_id: str
    given: str


def understand(body: Any, app: App, *, late_window_error: bool) -> Addressed:
    """Validate a message and turn it into a command. Raises SchemaError; Refusal 132001 for an unknown template."""
    branch = schemas.message_schema(body)
    schemas.validate(branch, body)
    form = Form.INTERACTIVE if branch == "message-interactive-call_permission_request" else None
    if branch == "message-template" and _asks(body["template"], app):
        form = Form.TEMPLATE
    command = SendMessage(
        request=form,
        free_form=branch != "message-template",
        opaque=body.get("biz_opaque_callback_data"),
        window_error=app.settings.window_error or ("async" if late_window_error else "sync"),
    )
    return Addressed(command, addressee(body) or "", body.get("to") or body["recipient"])


def addressee(body: Any) -> str | None:
    """Whose conversation a body is about: `to` wins over `recipient` (A3). None where it names nobody."""
    to, recipient = (body.get("to"), body.get("recipient")) if isinstance(body, dict) else (None, None)
    address = to or recipient
    return wa_id_of(address) if isinstance(address, str) else None


def wa_id_of(address: str) -> str:
    """Whom a number or a BSUID means: the digits. A BSUID that nobody has stands for itself (A2, A3)."""
    return ids.wa_id_of(address) or address if address[:1].isalpha() else digits(address)


def digits(number: str) -> str:
    """A phone number without `+`, spaces, hyphens and parentheses (A2)."""
    return number if number.isdigit() else _DECORATION.sub("", number)


def _asks(template: dict[str, Any], app: App) -> bool:
    """Whether the app's template of this name and language asks for permission (R1). Raises Refusal 132001."""
    name, language = template["name"], template["language"]["code"]
    for known in app.templates:
        if known.name == name and known.language == language:
            return known.is_request
    if app.settings.unknown_templates == "accept":
        return False
    unknown = f"There is no template {name[:80]!r} in language {language[:20]!r}"
    raise Refusal(132001, f"{unknown}; create it, or set unknown_templates=accept.")
