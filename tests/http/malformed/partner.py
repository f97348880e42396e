"""Messages and forms of the partner surface with one field wrong."""

from __future__ import annotations

from tests.http.malformed.requests import (
    BSUID,
    FORM,
    LOGIN,
    MESSAGE,
    MINT,
    SUBSCRIBE,
    TEMPLATES,
    VOICE,
    form,
    interactive,
    js,
    message,
    of_type,
    raw,
)

ADMIN = {"email": "partner@example.com", "clientSecret": "sandbox-secret"}
MINTED = ADMIN | {"name": "ci"}
HOOK = {"modes": "ALL", "tag": "a", "url": "http://x.example/", "version": "3"}
TEMPLATE = {"elementName": "a", "languageCode": "en", "content": "x", "templateType": "TEXT", "category": "UTILITY"}
LONG = "x" * 1025

MESSAGES = {
    "product missing": message("messaging_product: is required", messaging_product=None),
    "product wrong": message('messaging_product: must be "whatsapp"', messaging_product=5),
    "to a number": message("to: must be a string, not 919812345678", to=919812345678),
    "to a list": message("to: must be a string, not a list", to=["919812345678"]),
    "to letters": message("to: must be a phone number", to="91888899xxx"),
    "to missing": message("to: is required, or else recipient", to=None),
    "recipient wrong": message("recipient: must be", recipient="nobody"),
    "recipient_type": message('recipient_type: must be "individual", not "group"', recipient_type="group"),
    "type missing": message("type: is required", type=None),
    "type true": message("type: must be a string, not true", type=True),
    "type unknown": message("type: must be one of", type="fax"),
    "opaque too long": message("biz_opaque_callback_data: must have at most 512", biz_opaque_callback_data="x" * 513),
    "context": message("context.message_id: is required", context={}),
    "interactive missing": message("interactive: is required", interactive=None),
    "interactive a text": message("interactive: must be an object", interactive="x"),
    "interactive type": interactive("interactive.type: must be one of", type="dance"),
    "action missing": message("interactive.action: is required", interactive={"type": "call_permission_request"}),
    "action null": interactive("interactive.action: must be an object, not null", action=None),
    "action name": interactive("interactive.action.name: must be", action={"name": "call"}),
    "body text": interactive("interactive.body.text: must be a string, not 5", body={"text": 5}),
    "body long": interactive("interactive.body.text: must have at most 1024 characters", body={"text": "x" * 1025}),
    "header": interactive("interactive.header", header={"type": "text", "text": "no"}),
    "text body missing": of_type("text", {}, "text.body: is required"),
    "text body object": of_type("text", {"body": {}}, "text.body: must be a string, not an object"),
    "image without a source": of_type("image", {}, "image.id: is required, or else link"),
    "image link": of_type("image", {"link": "not a url"}, "image.link: must be"),
    "template name": of_type("template", {"language": {"code": "en"}}, "template.name: is required"),
    "template language": of_type("template", {"name": "a", "language": "en"}, "template.language: must be an object"),
    "contacts empty": of_type("contacts", [], "contacts: must have at least 1 items"),
    "contacts item": of_type("contacts", [5], "contacts[0]: must be an object, not 5"),
    "latitude": of_type("location", {"latitude": "north", "longitude": 1}, "location.latitude: must be"),
    "reaction": of_type("reaction", {"emoji": "x"}, "reaction.message_id: is required"),
}

FORMS = {
    "login empty": form(LOGIN, {}, "email: is required"),
    "login twice": raw(LOGIN, b"email=a&email=b&password=c", "'email' is given twice", kind=FORM),
    "login NUL": form(LOGIN, {"email": "a\0b", "password": "c"}, "'email' holds a NUL character"),
    "login no UTF-8": raw(LOGIN, b"email=%FF&password=c", "not a form that can be read", kind=FORM),
    "login 201 fields": form(LOGIN, {f"f{n}": "1" for n in range(201)}, "Max number of fields exceeded"),
    "mint name": form(MINT, ADMIN, "name: is required"),
    "mint expiry": form(MINT, MINTED | {"expiry": "soon"}, "expiry: must be Unix milliseconds"),
    "mint expiry long": form(MINT, MINTED | {"expiry": "9" * 5000}, "expiry: must be Unix milliseconds"),
    "mint expiry past": form(MINT, MINTED | {"expiry": "1"}, "expiry: must lie"),
    "subscription without modes": form(SUBSCRIBE, {"tag": "a", "url": "http://x.example/", "version": "3"}, "modes"),
    "subscription mode": form(SUBSCRIBE, HOOK | {"modes": "LOUD"}, "modes: must be"),
    "subscription url": form(SUBSCRIBE, HOOK | {"url": "x"}, "url: must be"),
    "subscription version": form(SUBSCRIBE, HOOK | {"version": "three"}, "version: must be"),
    "subscription meta": form(SUBSCRIBE, HOOK | {"meta": "{"}, "meta: is not"),
    "subscription tag": form(SUBSCRIBE, HOOK | {"tag": "taken"}, "tag: 'taken' is taken"),
    "voice": form(VOICE, {"enable": "perhaps"}, "enable: must be"),
    "template": form(TEMPLATES, TEMPLATE | {"category": "FUN"}, "category: must be"),
    "template buttons": form(TEMPLATES, TEMPLATE | {"buttons": "x"}, "buttons: must be"),
    "message template": form(MESSAGE, {"type": "template", "template": "{"}, "template: must be a JSON text"),
    "bsuid": js(BSUID, {"enableBSUIDV3": 1}, "enableBSUIDV3: must be true or false, not 1"),
    "bsuid a list": js(BSUID, [], "must be an object, not a list"),
}
