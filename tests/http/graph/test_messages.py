"""`POST /{phone-number-id}/messages`: what is taken, and how it is answered (R1, R6, R7, facts/meta 1)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mock_server import ids
from mock_server.resources import fixture_dir
from tests.http.graph.surface import NUMBER, TEMPLATE, TEXT, findings, graph, refused, send, state
from tests.http.shapes import good
from tests.stage.play import REQUEST, USER, Play

pytestmark = pytest.mark.anyio

BSUID = ids.bsuid(USER)
INTERACTIVE: dict[str, Any] = REQUEST["interactive"]  # type: ignore[assignment]  # it is a dict
READ = {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.anything"}
EXAMPLES = {
    f"{path.parent.parent.name}/{path.stem}": json.loads(path.read_text())
    for path in sorted(fixture_dir().glob("message-*/valid/*.json"))
    if not path.parent.parent.name.startswith(("message-status", "message-base"))
}


@pytest.mark.parametrize("name", EXAMPLES)
async def test_every_message_that_satisfies_its_schema_is_taken(play: Play, name: str) -> None:
    """A message of any type that satisfies its schema is answered with its wamid, and its statuses follow (R6, R7)."""
    await play.set(unknown_templates="accept", dialect="meta")
    said = good(await send(play, EXAMPLES[name]), "answer-messages")
    await play.settle()
    statuses = [post.value["statuses"][0] for post in play.receiver.posts]
    assert [row["status"] for row in statuses] == (["sent", "delivered"] if "to" in EXAMPLES[name] else ["failed"])
    assert {row["id"] for row in statuses} == {said["messages"][0]["id"]}


async def test_the_answer_to_a_number(play: Play) -> None:
    """The answer has the request's wamid, the number as given and its digits, no `user_id` (facts/meta 1.5, A2)."""
    said = good(await send(play, to="+91 98123-45678"), "answer-message-meta")
    assert said["contacts"] == [{"input": "+91 98123-45678", "wa_id": "919812345678"}]
    (request,) = (await play.user())["requests"]
    assert said["messages"] == [{"id": request["id"]}]
    assert await findings(play) == []


async def test_the_answer_to_a_bsuid(play: Play) -> None:
    """A BSUID goes into `recipient`; the answer names it and no number (A3, facts/meta 1.5)."""
    body = {name: value for name, value in REQUEST.items() if name != "to"} | {"recipient": BSUID}
    said = good(await send(play, body), "answer-message-meta")
    assert said["contacts"] == [{"input": BSUID, "user_id": BSUID}]
    assert len((await play.user())["requests"]) == 1


async def test_to_wins_over_recipient(play: Play) -> None:
    """With both, `to` is who gets the message (A3)."""
    said = good(await send(play, recipient=ids.bsuid("919800000001")), "answer-message-meta")
    assert said["contacts"] == [{"input": USER, "wa_id": USER}]


async def test_a_request_as_a_template(play: Play) -> None:
    """A template whose definition asks for permission is a request; its answer says `accepted` (R1, facts/meta 1.4)."""
    said = good(await send(play, TEMPLATE), "answer-message-meta")
    assert said["messages"][0]["message_status"] == "accepted"
    assert [request["form"] for request in (await play.user())["requests"]] == ["template"]


async def test_upper_case_components_are_taken(play: Play) -> None:
    """Component types of a template that is sent may come in upper case (facts/integrators 3.3)."""
    parts = [{"type": "BODY", "parameters": [{"type": "text", "text": "ON-12345"}]}]
    good(await send(play, TEMPLATE | {"template": TEMPLATE["template"] | {"components": parts}}), "answer-message-meta")  # type: ignore[operator]


async def test_extra_keys_in_the_action_are_tolerated(play: Play) -> None:
    """`action.parameters`, which one client library sends, does no harm (facts/integrators 3.3)."""
    action = {"name": "call_permission_request", "parameters": {"phone_number": USER, "call_purpose": "order"}}
    good(await send(play, interactive=INTERACTIVE | {"action": action}), "answer-message-meta")


async def test_opaque_data_comes_back(play: Play) -> None:
    """`biz_opaque_callback_data` is echoed in the statuses of its message (facts/meta 1.2)."""
    await send(play, biz_opaque_callback_data="order-7")
    await play.settle()
    echoed = [post.value["statuses"][0]["biz_opaque_callback_data"] for post in play.receiver.posts[1:]]
    assert echoed == ["order-7", "order-7", "order-7"]


@pytest.mark.parametrize("body", [READ, READ | {"typing_indicator": {"type": "text"}}], ids=["plain", "typing"])
async def test_a_message_of_the_user_marked_as_read(play: Play, body: Any) -> None:
    """Marking as read is taken for any message id and does nothing else (facts/meta 1)."""
    before = await state(play)
    assert good(await send(play, body), "answer-success") == {"success": True}
    assert await state(play) == before


async def test_a_wrong_mark_names_the_field(play: Play) -> None:
    """A mark without its message is refused with 100, naming the field (E3)."""
    assert refused(await send(play, {"messaging_product": "whatsapp", "status": "read"}), 100, 400) == (
        "message_id: is required"
    )


async def test_gupshups_conditions_do_not_hold_here(play: Play) -> None:
    """Callback billing is Gupshup's condition: Graph takes the message without it (E2)."""
    await play.set(callback_billing=False)
    good(await send(play, TEXT), "answer-message-meta")


async def test_a_message_may_come_as_a_form(play: Play) -> None:
    """A form whose objects are JSON texts is understood here too (E3)."""
    fields = {"messaging_product": "whatsapp", "to": USER, "type": "text", "text": '{"body": "Hello"}'}
    good(await graph(play, "POST", f"/{NUMBER}/messages", data=fields), "answer-message-meta")


async def test_the_same_lock_for_both_surfaces(play: Play) -> None:
    """A request on Graph and one on the partner path count together: it is one conversation (R1, R2)."""
    good(await send(play), "answer-message-meta")
    refused(await send(play), 138009, 400)
    answer = await play.request()
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, 138009)
