"""Templates: which of them are call permission requests (R1, facts/gupshup 2.2)."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.http.shapes import good, gupshup_error, meta_error
from tests.stage.play import USER, Play

pytestmark = pytest.mark.anyio

FORM = {
    "elementName": "may_we_call",
    "languageCode": "en_US",
    "content": "Hello {{1}}, may we call you?",
    "category": "UTILITY",
    "templateType": "TEXT",
    "vertical": "calls",
}
ASKS = FORM | {"buttons": json.dumps([{"type": "CALL_PERMISSION_REQUEST"}])}


async def create(play: Play, form: dict[str, Any]) -> Any:
    return good(await play.partner("POST", "templates", data=form), "answer-template")["template"]


async def send(play: Play, name: str, language: str = "en") -> httpx.Response:
    template = {"name": name, "language": {"code": language}}
    body = {"messaging_product": "whatsapp", "to": USER, "type": "template", "template": template}
    return await play.partner("POST", "v3/message", json=body)


async def forms_of_requests(play: Play) -> list[str]:
    return [request["form"] for request in (await play.user())["requests"]]


async def test_the_ready_made_template_is_a_request(play: Play) -> None:
    """`call_permission_sample`, language `en`, is in every app and counts as a request (R1)."""
    good(await send(play, "call_permission_sample"), "answer-message-gupshup")
    assert await forms_of_requests(play) == ["template"]


async def test_both_forms_count_together(play: Play) -> None:
    """A free-form request after a template request within 24 h is over the limit (R2)."""
    await send(play, "call_permission_sample")
    meta_error(await play.request(), 138009)


async def test_the_user_answers_a_template_request(play: Play) -> None:
    """The reply to a template request carries that request's id as `context.id` (P6, R1)."""
    await send(play, "call_permission_sample")
    await play.act("allow_always")
    request = (await play.user())["requests"][0]
    assert play.receiver.posts[-1].value["messages"][0]["context"]["id"] == request["id"]
    assert request["answer"] == "accept"


async def test_a_created_template_with_the_component_is_a_request(play: Play) -> None:
    """A template created with a call permission request counts as a request when it is sent (R1)."""
    made = await create(play, ASKS)
    assert (made["elementName"], made["status"], made["callPermissionRequest"]) == ("may_we_call", "APPROVED", True)
    good(await send(play, "may_we_call", "en_US"), "answer-message-gupshup")
    assert await forms_of_requests(play) == ["template"]


async def test_a_created_template_without_it_is_none(play: Play) -> None:
    """A template without the component is sent and asks for nothing (R1, R7)."""
    await create(play, FORM | {"buttons": '[{"type":"VOICE_CALL","text":"Call"}]'})
    good(await send(play, "may_we_call", "en_US"), "answer-message-gupshup")
    assert await forms_of_requests(play) == []


@pytest.mark.parametrize(("name", "language"), [("nowhere", "en"), ("call_permission_sample", "pt_BR")])
async def test_an_unknown_template_is_132001(play: Play, name: str, language: str) -> None:
    """A template that is unknown by name or language: 132001 (R1)."""
    details = meta_error(await send(play, name, language), 132001)
    assert details.startswith(f"There is no template '{name}' in language '{language}'")


async def test_unknown_templates_accept(play: Play) -> None:
    """With `unknown_templates: accept` an unknown template is sent, and is no request (R1)."""
    await play.set(unknown_templates="accept")
    good(await send(play, "nowhere"), "answer-message-gupshup")
    assert await forms_of_requests(play) == []
    await send(play, "call_permission_sample")
    assert await forms_of_requests(play) == ["template"]


async def test_templates_are_listed(play: Play) -> None:
    """The list shows the ready-made template and those created, in order (R1)."""
    await create(play, FORM)
    listed = good(await play.partner("GET", "templates"), "answer-templates")["templates"]
    assert [t["elementName"] for t in listed] == ["call_permission_sample", "may_we_call"]


async def test_a_template_exists_once(play: Play) -> None:
    """The same name and language again is refused; another language is another template (facts/gupshup 2.2)."""
    await create(play, FORM)
    message = gupshup_error(await play.partner("POST", "templates", data=FORM), 400)
    assert message.startswith("Template Already exists")
    await create(play, FORM | {"languageCode": "pt_BR"})


async def test_templates_survive_a_reset(play: Play) -> None:
    """A reset drops conversations and keeps what the app was given: its templates (S1)."""
    await create(play, ASKS)
    await play.control("POST", "reset")
    listed = (await play.partner("GET", "templates")).json()["templates"]
    assert [t["elementName"] for t in listed] == ["call_permission_sample", "may_we_call"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"elementName": ""}, "elementName: must have at least 1 characters"),
        ({"elementName": "x" * 181}, "elementName: must have at most 180 characters"),
        ({"content": "x" * 1025}, "content: must have at most 1024 characters"),
        ({"footer": "x" * 61}, "footer: must have at most 60 characters"),
        ({"category": "FUN"}, 'category: must be one of "MARKETING", "UTILITY", "AUTHENTICATION", not "FUN"'),
        ({"buttons": "{}"}, "buttons: must be the JSON text of a list of objects"),
        ({"buttons": "[1]"}, "buttons: must be the JSON text of a list of objects"),
        ({"buttons": "[{"}, "buttons: must be the JSON text of a list of objects"),
    ],
)
async def test_wrong_templates_name_the_field(play: Play, changes: dict[str, str], message: str) -> None:
    """A wrong template is refused in Gupshup's shape, naming the field, and is not kept (E3, facts/gupshup 2.2)."""
    assert gupshup_error(await play.partner("POST", "templates", data=FORM | changes), 400) == message
    assert len((await play.partner("GET", "templates")).json()["templates"]) == 1
