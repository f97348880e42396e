"""What a partner sets for an app: voice, BSUIDs, templates (facts/gupshup 2.2, 3.3, 4.1)."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from mock_server import ids, schemas
from mock_server.errors import Conflict, Malformed
from mock_server.http import account, rates, reading
from mock_server.http.credentials import app_of
from mock_server.http.endpoint import Call, Operation
from mock_server.store.rows import App, Template
from mock_server.store.work import Kept, Now
from mock_server.wire.errors import Said

TEMPLATES_BOUND: Final = 1000


async def set_voice(call: Call) -> Said:
    """Switch calling on or off for the number."""
    app = await app_of(call)
    call.services.rates.check("other", app.id, rates.OTHER)
    fields = await reading.form_body(call)
    schemas.validate("voice", fields)
    enable = fields["enable"].lower() == "true"
    await _change_settings(call, app, calling="ENABLED" if enable else "DISABLED")
    return Said(200, {"status": "success", "message": f"Whatsapp voice status updated to {str(enable).lower()}"})


async def set_bsuid(call: Call) -> Said:
    """Switch BSUID fields in v3 webhooks on or off."""
    app = await app_of(call)
    call.services.rates.check("bsuid", app.id, rates.BSUID)
    body = await reading.json_body(call)
    if isinstance(body, dict) and body.keys().isdisjoint({"enableBSUID", "enableBSUIDV3"}):
        raise Malformed("bsuid", "At least one of enableBSUID or enableBSUIDV3 must be provided")
    schemas.validate("config-bsuid", body)
    if "enableBSUIDV3" in body:
        await _change_settings(call, app, bsuid="on" if body["enableBSUIDV3"] else "off")
    return Said(200, {"status": "success"})


async def create_template(call: Call) -> Said:
    """Create a template. It asks for call permission when its `buttons` hold a CALL_PERMISSION_REQUEST.

    No page of Gupshup that could be read names the field; the button type is our assumption (facts/gupshup 2.2).
    """
    app = await app_of(call)
    call.services.rates.check("templates", app.id, rates.TEMPLATES)
    fields = await reading.form_body(call)
    schemas.validate("template-create", fields)
    seed = call.services.store.seed

    def work(app: App, now: Now) -> Kept:
        if len(app.templates) >= TEMPLATES_BOUND:
            raise Conflict("too_many_templates", f"{TEMPLATES_BOUND} templates exist, which is the bound.")
        name, language = fields["elementName"], fields["languageCode"]
        if any(t.name == name and t.language == language for t in app.templates):
            sentence = "Template Already exists with same namespace and elementName and languageCode"
            raise Malformed("template", f"{sentence}: {name}")
        number = app.counter + 1
        made = Template(
            id=ids.as_uuid(ids.digest(seed, app.id, "template", number)),
            name=name,
            language=language,
            category=fields["category"],
            is_request=_asks(fields.get("buttons", "")),
            body=fields["content"],
        )
        return Kept(answer=made, app=msgspec.structs.replace(app, templates=(*app.templates, made), counter=number))

    made = await call.services.store.change_app(app.id, work)
    return Said(200, {"status": "success", "template": _shown(made, app)})


async def show_templates(call: Call) -> Said:
    app = await app_of(call)
    call.services.rates.check("templates", app.id, rates.TEMPLATES)
    return Said(200, {"status": "success", "templates": [_shown(t, app) for t in app.templates]})


async def _change_settings(call: Call, app: App, **changed: Any) -> None:
    def work(app: App, now: Now) -> Kept:
        return account.change(app, msgspec.structs.replace(app.settings, **changed), now)

    await call.services.store.change_app(app.id, work)


def _asks(buttons: str) -> bool:
    if not buttons:
        return False
    try:
        listed = reading.parse_json(buttons.encode(errors="replace"))
    except Malformed:
        listed = None
    if not isinstance(listed, list) or not all(isinstance(button, dict) for button in listed):
        raise Malformed("buttons", "buttons: must be the JSON text of a list of objects")
    return any(str(button.get("type", "")).upper() == "CALL_PERMISSION_REQUEST" for button in listed)


def _shown(template: Template, app: App) -> dict[str, Any]:
    return {
        "id": template.id,
        "appId": app.id,
        "elementName": template.name,
        "languageCode": template.language,
        "category": template.category,
        "status": template.status,
        "data": template.body,
        "callPermissionRequest": template.is_request,
    }


_E = "error-gupshup"
_NO = ((400, _E), (401, _E), (415, _E), (429, _E))

OPERATIONS = [
    Operation(
        "POST",
        "/partner/app/{app_id}/voice",
        set_voice,
        "Switch calling on or off",
        takes="voice",
        body="form",
        answers=((200, "answer-voice"), *_NO),
    ),
    Operation(
        "PUT",
        "/partner/app/{app_id}/config/bsuid",
        set_bsuid,
        "Switch BSUIDs in webhooks on or off",
        takes="config-bsuid",
        body="json",
        answers=((200, "answer-config-bsuid"), *_NO),
    ),
    Operation(
        "POST",
        "/partner/app/{app_id}/templates",
        create_template,
        "Create a template",
        takes="template-create",
        body="form",
        answers=((200, "answer-template"), *_NO),
    ),
    Operation(
        "GET",
        "/partner/app/{app_id}/templates",
        show_templates,
        "The app's templates",
        answers=((200, "answer-templates"), *_NO),
    ),
]
