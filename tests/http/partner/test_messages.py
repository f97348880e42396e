"""`v3/message`: every type of message is taken, gets an id, and has a life (R1, R6, R7)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mock_server.resources import fixture_dir
from tests.http.shapes import good, gupshup_error, meta_error
from tests.stage.play import REQUEST, USER, Play

pytestmark = pytest.mark.anyio

TYPES = [
    "text",
    "image",
    "audio",
    "video",
    "document",
    "sticker",
    "reaction",
    "contacts",
    "location",
    "template",
    "interactive-button",
    "interactive-list",
    "interactive-cta_url",
    "interactive-product",
    "interactive-product_list",
    "interactive-catalog_message",
    "interactive-flow",
    "interactive-carousel",
    "interactive-location_request_message",
    "interactive-address_message",
    "interactive-voice_call",
    "interactive-call_permission_request",
]
EXAMPLES = {
    f"{name}/{path.stem}": json.loads(path.read_text())
    for name in TYPES
    for path in sorted((fixture_dir() / f"message-{name}" / "valid").glob("*.json"))
}
TEXT = {"messaging_product": "whatsapp", "to": USER, "type": "text", "text": {"body": "Hello"}}


def test_there_is_an_example_of_every_type() -> None:
    """The examples stand for all 22 types of message that the product knows (R7)."""
    assert {name.partition("/")[0] for name in EXAMPLES} == set(TYPES)


@pytest.mark.parametrize("name", EXAMPLES)
async def test_every_message_that_satisfies_its_schema_is_taken(play: Play, name: str) -> None:
    """A message of any type that satisfies its schema is answered with Gupshup's UUID, and its statuses follow
    (R6, R7, facts/gupshup 2.4).
    """
    await play.set(unknown_templates="accept")
    body = EXAMPLES[name]
    said = good(await play.partner("POST", "v3/message", json=body), "answer-message-gupshup")
    await play.settle()
    known = "to" in body
    assert play.receiver.whats[1:] == ["enqueued", *(["sent", "delivered"] if known else ["failed"])]
    assert {post.value["statuses"][0]["gs_id"] for post in play.receiver.posts[1:]} == {said["messages"][0]["id"]}


async def test_the_answer_has_a_uuid_and_the_address(play: Play) -> None:
    """The answer's id is a UUID and no wamid; `contacts` repeat the address (facts/gupshup 2.4)."""
    said = good(await play.request(), "answer-message-gupshup")
    assert said["contacts"] == [{"input": "919812345678", "wa_id": "919812345678"}]
    assert [len(part) for part in said["messages"][0]["id"].split("-")] == [8, 4, 4, 4, 12]
    await play.settle()
    assert play.receiver.posts[1].value["statuses"][0]["id"].startswith("wamid.")


async def test_only_requests_ask_for_permission(play: Play) -> None:
    """Another message gets its statuses and does nothing else: no request, no limit used (R7)."""
    for _ in range(3):
        good(await play.partner("POST", "v3/message", json=TEXT), "answer-message-gupshup")
    user = await play.user()
    assert user["requests"] == []
    assert [limit["current_usage"] for limit in user["limits"]] == [0, 0, 0]


async def test_opaque_data_comes_back_in_every_status(play: Play) -> None:
    """`biz_opaque_callback_data` is echoed in the statuses of its message (facts/meta 2, R6)."""
    await play.request(biz_opaque_callback_data="order-7")
    await play.settle()
    echoed = [post.value["statuses"][0]["biz_opaque_callback_data"] for post in play.receiver.posts[1:]]
    assert echoed == ["order-7", "order-7", "order-7"]


@pytest.mark.parametrize(
    ("body", "code", "details"),
    [
        (TEXT | {"type": "fax"}, 131051, 'type: must be one of "text", "image",'),
        (REQUEST | {"interactive": {"type": "quiz"}}, 131009, 'interactive.type: must be one of "button", "list",'),
        ({k: v for k, v in TEXT.items() if k != "type"}, 100, "type: is required"),
        (TEXT | {"text": {"body": ""}}, 100, "text.body: must have at least 1 characters"),
        (TEXT | {"text": {"body": "x" * 4097}}, 100, "text.body: must have at most 4096 characters"),
    ],
    ids=["unknown type", "unknown interactive type", "no type", "empty text", "long text"],
)
async def test_wrong_messages_are_refused_in_metas_words(play: Play, body: Any, code: int, details: str) -> None:
    """A type the schema does not know is 131051 (of interactive messages 131009), any other mistake 100; the details
    name the field (R7, facts/meta 7).
    """
    assert meta_error(await play.partner("POST", "v3/message", json=body), code).startswith(details)
    await play.settle()
    assert play.receiver.posts == []


async def test_the_seeds_placeholder_is_refused_naming_to(play: Play) -> None:
    """The documentation's placeholder number is refused, naming `to` (A2)."""
    details = meta_error(await play.request(to="91888899xxx"), 100)
    assert details.startswith("to: must be a phone number of 7 to 15 digits")
    assert details.endswith('not "91888899xxx"')


async def test_a_template_may_come_as_a_form(play: Play) -> None:
    """Gupshup's passthrough page posts a form with `template` as a JSON text; that is understood (facts/gupshup 2)."""
    fields = {
        "messaging_product": "whatsapp",
        "to": USER,
        "type": "template",
        "template": json.dumps({"name": "call_permission_sample", "language": {"code": "en"}}),
        "biz_opaque_callback_data": "{not json, and need not be",
    }
    good(await play.partner("POST", "v3/message", data=fields), "answer-message-gupshup")
    assert [request["form"] for request in (await play.user())["requests"]] == ["template"]


async def test_a_form_whose_template_is_no_json_names_template(play: Play) -> None:
    """In a form the part that is no JSON text is named (E3)."""
    fields = {"messaging_product": "whatsapp", "to": USER, "type": "template", "template": "{oops"}
    message = gupshup_error(await play.partner("POST", "v3/message", data=fields), 400)
    assert message.startswith("template: must be a JSON text.")


async def test_json_without_its_content_type_is_415(play: Play) -> None:
    """JSON under curl's default content type is 415, and the answer says which header to add (E3)."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await play.partner("POST", "v3/message", content=json.dumps(REQUEST), headers=headers)
    assert gupshup_error(answer, 415) == (
        "Content-Type is 'application/x-www-form-urlencoded'; add the header 'Content-Type: application/json'."
    )


async def test_callback_billing_must_be_on(play: Play) -> None:
    """Without callback billing every message is refused with Gupshup's sentence (E2)."""
    await play.set(callback_billing=False)
    message = gupshup_error(await play.request(), 400)
    assert message == "Callback Billing must be enabled for this API"
    await play.set(callback_billing=True)
    good(await play.request(), "answer-message-gupshup")
