"""`/{waba-id}/message_templates`: templates at Meta (R1, facts/meta 1.3)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mock_server.resources import fixture_dir
from tests.http.graph.surface import BODY, WABA, create, graph, send, template
from tests.http.shapes import good
from tests.stage.play import USER, Play

pytestmark = pytest.mark.anyio

PATH = f"/{WABA}/message_templates"
SAMPLE = json.loads((fixture_dir() / "template-create-meta/valid/documented.json").read_text())


def use(name: str) -> dict[str, Any]:
    """A message of this template."""
    said = {"name": name, "language": {"code": "en"}}
    return {"messaging_product": "whatsapp", "to": USER, "type": "template", "template": said}


async def test_a_new_template(play: Play) -> None:
    """Meta's own sample is taken; the answer has an id, a status and the category (facts/meta 1.3)."""
    said = good(await create(play, SAMPLE), "answer-template-meta")
    assert (said["status"], said["category"]) == ("APPROVED", "MARKETING")
    assert len(said["id"]) == 16
    assert said["id"].isdigit()


@pytest.mark.parametrize("kind", ["call_permission_request", "CALL_PERMISSION_REQUEST", "Call_Permission_REQUEST"])
async def test_a_template_that_asks_for_permission(play: Play, kind: str) -> None:
    """A template with the component, written in any case, is a request when it is sent (R1, facts/integrators 3.3)."""
    good(await create(play, template({"type": "bOdY", "text": "May we call?"}, {"type": kind})), "answer-template-meta")
    good(await send(play, use("call_me")), "answer-message-meta")
    assert [request["form"] for request in (await play.user())["requests"]] == ["template"]


async def test_a_template_that_does_not(play: Play) -> None:
    """A template without the component is a message like any other (R1)."""
    good(await create(play, template(BODY)), "answer-template-meta")
    good(await send(play, use("call_me")), "answer-message-meta")
    assert (await play.user())["requests"] == []


async def test_the_list(play: Play) -> None:
    """The list has every template, the ready-made one too, with the components as they were written (R1)."""
    made = good(await create(play, SAMPLE), "answer-template-meta")
    listed = good(await graph(play, "GET", PATH), "answer-templates-meta")["data"]
    assert [row["name"] for row in listed] == ["call_permission_sample", "sample_cpr_template"]
    assert listed[0]["components"][-1] == {"type": "call_permission_request"}
    assert listed[1] == SAMPLE | {"id": made["id"], "status": "APPROVED"}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("name=sample_cpr_template", ["sample_cpr_template"]),
        ("name=nothing", []),
        ("language=en", ["call_permission_sample", "sample_cpr_template"]),
        ("language=de", []),
    ],
)
async def test_the_list_can_be_chosen_from(play: Play, query: str, names: list[str]) -> None:
    """`name` and `language` choose."""
    await create(play, SAMPLE)
    listed = good(await graph(play, "GET", f"{PATH}?{query}"), "answer-templates-meta")["data"]
    assert [row["name"] for row in listed] == names


async def test_templates_of_the_partner_path_are_listed(play: Play) -> None:
    """A template created at Gupshup is the same one at Meta (R1)."""
    fields = {
        "elementName": "from_gupshup", "languageCode": "en", "category": "UTILITY", "templateType": "TEXT",
        "vertical": "order", "content": "May we call?", "example": "May we call?",
        "buttons": '[{"type":"CALL_PERMISSION_REQUEST"}]',
    }  # fmt: skip
    assert (await play.partner("POST", "templates", data=fields)).status_code == 200
    listed = good(await graph(play, "GET", f"{PATH}?name=from_gupshup"), "answer-templates-meta")["data"]
    assert listed[0]["components"] == [{"type": "BODY", "text": "May we call?"}, {"type": "call_permission_request"}]


async def test_headers_with_media_have_no_text(play: Play) -> None:
    """A header with a picture needs no text (facts/meta 1.3)."""
    good(await create(play, template({"type": "HEADER", "format": "IMAGE"}, BODY)), "answer-template-meta")
