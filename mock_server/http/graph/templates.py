"""`/{waba-id}/message_templates`: templates at Meta, with or without a call permission request (facts/meta 1.3)."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from mock_server import ids
from mock_server.errors import SchemaError
from mock_server.http import reading
from mock_server.http.endpoint import Call, Operation, Query
from mock_server.http.graph import template_texts
from mock_server.http.graph.numbers import business_of
from mock_server.store.rows import App, Template
from mock_server.store.work import Kept, Now
from mock_server.wire.errors import Said

TEMPLATES_BOUND: Final = 1000  # of an app, created on either surface
_TOO_MANY: Final = 2388019


async def create(call: Call) -> Said:
    """Create a template for every number of the business account. It asks for call permission when it has a component
    `call_permission_request`, written in any case.

    Raises SchemaError, with Meta's subcode where it has one (facts/meta 1.3).
    """
    apps = await business_of(call)
    body = await reading.json_body(call)
    given = _in_capitals(body)
    template_texts.validate(given)
    for app in apps:
        _may_have(app, given)
    made = _made(given, body["components"], seed=call.services.store.seed, app=apps[0])

    def work(app: App, now: Now) -> Kept:
        _may_have(app, given)
        return Kept(app=msgspec.structs.replace(app, templates=(*app.templates, made), counter=app.counter + 1))

    for app in apps:
        await call.services.store.change_app(app.id, work)
    return Said(200, {"id": made.id, "status": made.status, "category": made.category})


async def show_all(call: Call) -> Said:
    """The templates of the business account, those created on the partner path too; `name` and `language` choose."""
    apps = await business_of(call)
    query = call.request.query_params
    listed = {(template.name, template.language): template for app in apps for template in app.templates}
    wanted = [
        _shown(template)
        for template in listed.values()
        if query.get("name", template.name) == template.name
        and query.get("language", template.language) == template.language
    ]
    return Said(200, {"data": wanted, "paging": {}})


def _in_capitals(body: Any) -> Any:
    """The body with its components' types in upper case: they may come in any (facts/integrators 3.3)."""
    if not isinstance(body, dict) or not isinstance(body.get("components"), list):
        return body
    return body | {"components": [_capital(component) for component in body["components"]]}


def _capital(component: Any) -> Any:
    if not isinstance(component, dict) or not isinstance(component.get("type"), str):
        return component
    return component | {"type": component["type"].upper()}


def _may_have(app: App, given: dict[str, Any]) -> None:
    """Whether the app has room for it. Raises SchemaError: too many, or there is one of this name and language."""
    if len(app.templates) >= TEMPLATES_BOUND:
        sentence = f"is one too many: {TEMPLATES_BOUND} templates exist"
        raise SchemaError(schema=template_texts.SCHEMA, path="name", sentence=sentence, subcode=_TOO_MANY)
    name, language = given["name"], given["language"]
    if any(template.name == name and template.language == language for template in app.templates):
        sentence = f"is taken: there is a template {name[:80]!r} in language {language!r}"
        raise SchemaError(schema=template_texts.SCHEMA, path="name", sentence=sentence)


def _made(given: dict[str, Any], components: list[Any], *, seed: str, app: App) -> Template:
    """The template, with its components as they were written."""
    texts = {component["type"]: component.get("text", "") for component in given["components"]}
    return Template(
        id=ids.as_digits(ids.digest(seed, app.id, "template", app.counter + 1)),
        name=given["name"],
        language=given["language"],
        category=given["category"],
        is_request="CALL_PERMISSION_REQUEST" in texts,
        body=texts.get("BODY", ""),
        components=msgspec.json.encode(components),
    )


def _shown(template: Template) -> dict[str, Any]:
    components = msgspec.json.decode(template.components) if template.components else _made_elsewhere(template)
    return {
        "id": template.id,
        "name": template.name,
        "language": template.language,
        "status": template.status,
        "category": template.category,
        "components": components,
    }


def _made_elsewhere(template: Template) -> list[dict[str, Any]]:
    """The components of a template that was not created on Graph, as far as the sandbox has them."""
    body = [{"type": "BODY", "text": template.body}] if template.body else []
    return [*body, {"type": "call_permission_request"}] if template.is_request else body


_E = "error-meta"
_TEMPLATES: Final = "/{waba_id}/message_templates"

OPERATIONS = [
    Operation(
        "POST",
        _TEMPLATES,
        create,
        "Create a template",
        takes="template-create-meta",
        body="json",
        answers=((200, "answer-template-meta"), (400, _E), (401, _E), (415, _E)),
    ),
    Operation(
        "GET",
        _TEMPLATES,
        show_all,
        "The templates of a business account",
        answers=((200, "answer-templates-meta"), (400, _E), (401, _E)),
        query=(
            Query("name", {"type": "string"}, "Only templates of this name"),
            Query("language", {"type": "string"}, "Only templates in this language"),
        ),
    ),
]
