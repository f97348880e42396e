"""Refusals of messages on Graph: each row of facts/meta 1.8 and 7 that a message can meet (E1, R3)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.http.graph.surface import TEMPLATE, TEXT, Arrange, findings, refused, send, setting, state
from tests.http.shapes import good
from tests.stage.play import REQUEST, USER, Play

pytestmark = pytest.mark.anyio

INTERACTIVE: dict[str, Any] = REQUEST["interactive"]  # type: ignore[assignment]  # it is a dict
UNKNOWN = TEMPLATE | {"template": {"name": "nowhere", "language": {"code": "en"}}}


async def nothing(play: Play) -> None:
    pass


async def asked_before(play: Play) -> None:
    good(await send(play), "answer-message-meta")


async def allowed_always(play: Play) -> None:
    await play.act("allow_always")


ROWS: dict[str, tuple[Arrange, dict[str, Any], int, int, str]] = {
    "138009, limit of requests": (asked_before, REQUEST, 138009, 400, "1 of 1 requests to this user in 24 hours"),
    "138017, permanent permission": (allowed_always, REQUEST, 138017, 400, "The user has allowed calls permanently"),
    "138000, calling not enabled": (setting(calling="DISABLED"), REQUEST, 138000, 401, "Calling is not enabled"),
    "138014, low quality": (
        setting(restriction="calling"),
        REQUEST,
        138014,
        400,
        "Business-initiated calling is paused",
    ),
    "138013, country": (setting(country="US"), REQUEST, 138013, 400, "Business-initiated calls are not available"),
    "131030, not listed": (
        setting(rules="meta-test-number", allowed_recipients=["919800000001"]),
        REQUEST,
        131030,
        400,
        "919812345678 is not among the app's allowed_recipients",
    ),
    "131031, account blocked": (setting(restriction="blocked"), TEXT, 131031, 403, "The business account is blocked"),
    "131047, service window": (setting(enforce_service_window=True), REQUEST, 131047, 400, "More than 24 hours"),
    "132001, unknown template": (nothing, UNKNOWN, 132001, 404, "There is no template 'nowhere' in language 'en'"),
    "131051, unknown type": (nothing, TEXT | {"type": "fax"}, 131051, 400, 'type: must be one of "text", "image"'),
    "131009, unknown interactive type": (
        nothing,
        REQUEST | {"interactive": INTERACTIVE | {"type": "call_permission"}},
        131009,
        400,
        'interactive.type: must be one of "button"',
    ),
    "100, wrong action name": (
        nothing,
        REQUEST | {"interactive": INTERACTIVE | {"action": {"name": "call_permission"}}},
        100,
        400,
        'interactive.action.name: must be "call_permission_request", not "call_permission"',
    ),
    "100, no recipient": (nothing, {k: v for k, v in REQUEST.items() if k != "to"}, 100, 400, "to: is required"),
}


@pytest.mark.parametrize("row", ROWS)
async def test_a_refused_message(play: Play, row: str) -> None:
    """Each refusal has Meta's code and HTTP status, counts for nothing and changes nothing (R3, facts/meta 1.8, 7)."""
    arrange, body, code, status, says = ROWS[row]
    await arrange(play)
    await play.settle()
    before = await state(play)
    assert refused(await send(play, body), code, status).startswith(says)
    assert await state(play) == before


@pytest.mark.parametrize(
    ("window_error", "status", "statuses"),
    [(None, 400, []), ("sync", 400, []), ("async", 200, ["failed"]), ("both", 400, ["failed"])],
)
async def test_131047_comes_either_way(play: Play, window_error: str | None, status: int, statuses: list[str]) -> None:
    """Outside the service window a request is refused at once on Graph, or fails later, or both, as `window_error` says
    (row 131047, R5).
    """
    await play.set(dialect="meta", enforce_service_window=True, window_error=window_error)
    answer = await send(play)
    assert answer.status_code == status
    if status == 400:
        refused(answer, 131047, 400)
    await play.settle()
    told = [post.value["statuses"][0] for post in play.receiver.posts]
    assert [(row["status"], row["errors"][0]["code"]) for row in told] == [(row, 131047) for row in statuses]


async def test_a_template_needs_no_window(play: Play) -> None:
    """A template is let through with the window closed, and a free-form one once the user has written (R5)."""
    await play.set(enforce_service_window=True)
    good(await send(play, TEMPLATE), "answer-message-meta")
    await play.act("text", text="Hello")
    good(await send(play, TEXT), "answer-message-meta")


@pytest.mark.parametrize(
    "wa_id", ["919999000008", "919999000009"], ids=["not on WhatsApp", "app too old for the request"]
)
async def test_131026_comes_later(play: Play, wa_id: str) -> None:
    """A request to someone who cannot get it gets 200, fails by webhook and is given back (row 131026, R2)."""
    await play.set(dialect="meta")
    good(await send(play, to=wa_id), "answer-message-meta")
    await play.settle()
    last = play.receiver.posts[-1].value["statuses"][0]
    assert (last["status"], last["errors"][0]["code"]) == ("failed", 131026)
    assert [limit["current_usage"] for limit in (await play.user(wa_id))["limits"]] == [0, 0, 0]


async def test_violations_are_the_same_on_both_surfaces(play: Play) -> None:
    """A request beyond its limit and a wrong body are violations on Graph too (section 11)."""
    await send(play)
    await send(play)
    await send(play, TEXT | {"text": {}})
    seen = await findings(play)
    assert [(kind, rule) for kind, rule, _ in seen] == [("violation", "R2"), ("violation", "E3")]
    assert seen[1][2] == "POST /{phone_number_id}/messages with a wrong body: text.body: is required"


async def test_a_bad_message_that_is_about_nobody_else(play: Play) -> None:
    """A refusal about one user leaves every other free to be asked (P1)."""
    await send(play)
    refused(await send(play), 138009, 400)
    good(await send(play, to="919800000001"), "answer-message-meta")
    assert (await play.user(USER))["limits"][0]["current_usage"] == 1
