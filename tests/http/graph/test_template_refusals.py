"""Templates that cannot be: Meta's errors at creation (facts/meta 1.3)."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec
import pytest

from mock_server.store.rows import App, Template
from mock_server.store.work import Kept, Now
from tests.http.graph.surface import BODY, create, refused, state, template
from tests.http.shapes import good
from tests.stage.play import Play

pytestmark = pytest.mark.anyio

LONG = "x" * 61
ASKS = {"type": "call_permission_request"}
FIRST, SECOND = "components[0].text: ", "components[1].text: "


class Wrong(NamedTuple):
    """A template, the subcode of its mistake, and how the details begin."""

    subcode: int | None
    says: str
    body: dict[str, Any]


def header(text: str) -> dict[str, Any]:
    return template({"type": "header", "text": text}, BODY)


def body(text: Any) -> dict[str, Any]:
    return template({"type": "Body", "text": text})


def footer(text: str) -> dict[str, Any]:
    return template(BODY, {"type": "FOOTER", "text": text})


WRONG = {
    "header too long": Wrong(2388040, FIRST + "must have at most 60 characters", header(LONG)),
    "body too long": Wrong(2388040, FIRST + "must have at most 1024 characters", body("x" * 1025)),
    "footer too long": Wrong(2388040, SECOND + "must have at most 60 characters", footer(LONG)),
    "header of two lines": Wrong(2388047, FIRST + "must be one line", header("Your\norder")),
    "header with two parameters": Wrong(2388047, FIRST + "must be one line", header("{{1}} of {{2}}")),
    "header empty": Wrong(2388047, FIRST + "must have at least 1 characters", header("")),
    "header blank": Wrong(2388047, FIRST + "is required", header(" ")),
    "body without text": Wrong(2388072, FIRST + "is required", template({"type": "BODY"})),
    "body empty": Wrong(2388072, FIRST + "must have at least 1 characters", body("")),
    "body no text": Wrong(2388072, FIRST + "must be a string", body(5)),
    "parameters with a gap": Wrong(
        2388072, FIRST + "must number its parameters", body("{{1}} of {{3}} is on its way.")
    ),
    "footer with a parameter": Wrong(2388073, SECOND + "must have no parameters", footer("For {{1}} only")),
    "leading parameter": Wrong(2388299, FIRST + "must neither begin nor end", body("{{1}}, may we call you?")),
    "trailing parameter": Wrong(2388299, FIRST + "must neither begin nor end", body("May we call you, {{1}}")),
    "ratio": Wrong(2388293, FIRST + "has too few words for 3 parameters", body("A {{1}} {{2}} {{3}} b.")),
    "beside buttons": Wrong(None, "components[1].type: cannot stand", template(BODY, {"type": "buttons"}, ASKS)),
    "without a body": Wrong(None, "components: must contain a BODY", template(ASKS)),
    "authentication": Wrong(None, "category: must be one of", template(BODY, ASKS, category="AUTHENTICATION")),
    "name in capitals": Wrong(None, "name: must be a name of lower-case", template(BODY, name="Call")),
    "taken": Wrong(None, "name: is taken: there is a template", template(BODY, name="call_permission_sample")),
    "no components": Wrong(None, "components: must have at least 1 items", template()),
    "a component of a number": Wrong(None, "components[1]: must be an object", template(BODY, 5)),
    "a type of a number": Wrong(None, "components[0].type: must be a string", template({"type": 5})),
}


@pytest.mark.parametrize("name", WRONG)
async def test_a_template_that_cannot_be(play: Play, name: str) -> None:
    """Each mistake that Meta's page lists has its subcode under code 100, names the field, and makes no template."""
    wrong = WRONG[name]
    before = await state(play)
    answer = await create(play, wrong.body)
    assert refused(answer, 100, 400).startswith(wrong.says)
    assert answer.json()["error"].get("error_subcode") == wrong.subcode
    assert await state(play) == before


def test_every_error_of_the_page_is_met() -> None:
    """The table above has every error at creation of facts/meta 1.3 but 2388019, which follows below."""
    met = {wrong.subcode for wrong in WRONG.values()} - {None}
    assert met == {2388040, 2388047, 2388072, 2388073, 2388293, 2388299}


async def test_2388019_at_the_bound(play: Play) -> None:
    """With 1000 templates there is room for no other: subcode 2388019."""

    def fill(app: App, now: Now) -> Kept:
        rows = tuple(Template(id=str(n), name=f"t{n}", language="en") for n in range(1000))
        return Kept(app=msgspec.structs.replace(app, templates=rows))

    await play.sandbox.services.store.change_app(play.app, fill)
    answer = await create(play, template(BODY))
    refused(answer, 100, 400)
    assert answer.json()["error"]["error_subcode"] == 2388019


async def test_a_name_once_in_each_language(play: Play) -> None:
    """A name may be used once in each language."""
    good(await create(play, template(BODY)), "answer-template-meta")
    good(await create(play, template(BODY, language="de")), "answer-template-meta")
    refused(await create(play, template(BODY)), 100, 400)
