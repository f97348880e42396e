"""Violations and advices: what a well-behaved integrator would not have done (section 11)."""

from __future__ import annotations

from typing import Any

import pytest

from mock_server.delivery.sender import Answer
from tests.http.shapes import good, problem
from tests.stage.play import APP, USER, Play
from tests.stage.receiver import ERROR, OK

pytestmark = pytest.mark.anyio

PERMISSIONS_PAGE = "Meta, Obtain user call permissions, Jun 26 2026"
CALLS_PAGE = "Meta, Business-initiated calls, Jun 26 2026"
TEMPLATE = {
    "messaging_product": "whatsapp",
    "to": USER,
    "type": "template",
    "template": {"name": "call_permission_sample", "language": {"code": "en"}},
}


async def found(play: Play, **query: str) -> list[dict[str, Any]]:
    answer = await play.http.get(f"/_sandbox/apps/{APP}/violations", params=query)
    entries: list[dict[str, Any]] = good(answer, "journal")["entries"]
    return entries


async def call(play: Play, code: int | None = None) -> None:
    answer = await play.http.post(f"/_sandbox/apps/{APP}/calls", json={"to": USER})
    if code is None:
        good(answer, "call-answer", 201)
    else:
        assert problem(answer, 409)["code"] == code


def deaf(play: Play, to: str) -> None:
    """The receiver answers 500 to this kind of webhook from now on."""
    play.receiver.script = lambda post: ERROR if post.what == to else OK


async def test_a_well_behaved_integrator_has_none(play: Play) -> None:
    """Asking once, waiting for the accept, calling: nothing is remarked (section 11)."""
    await play.request()
    await play.act("allow_always")
    await call(play)
    await play.act("pick_up")
    await play.act("hang_up")
    assert await found(play) == []


async def test_a_call_without_any_permission(play: Play) -> None:
    """Calling a user who never allowed it is a violation, with rule, expectation and source (138006)."""
    await call(play, 138006)
    (entry,) = await found(play)
    assert (entry["kind"], entry["rule"], entry["wa_id"], entry["source"]) == ("violation", "C2", USER, CALLS_PAGE)
    assert entry["seen"] == "a call was tried though the user never allowed calls"
    assert entry["expected"] == "call only while the last permission reply is an accept that has not expired"


async def test_a_call_after_a_revoke_that_arrived(play: Play) -> None:
    """Calling after a delivered revoke is a violation (138006)."""
    await play.act("allow_always")
    await play.act("revoke")
    await call(play, 138006)
    (entry,) = await found(play)
    assert entry["seen"] == "a call was tried though the permission ended at 2025-12-31T08:00:00.000Z"


async def test_a_call_after_a_revoke_that_did_not_arrive(play: Play) -> None:
    """No violation where the accept was delivered and the revoke was not: the integrator could not know (138006)."""
    await play.act("allow_always")
    deaf(play, "reply reject")
    await play.act("revoke")
    await call(play, 138006)
    assert await found(play) == []


async def test_the_revoke_arrives_later(play: Play) -> None:
    """From the moment at which the revoke has been delivered a call is a violation (138006)."""
    await play.act("allow_always")
    deaf(play, "reply reject")
    await play.act("revoke")
    play.receiver.script = lambda _: OK
    await play.advance(1)
    await call(play, 138006)
    assert len(await found(play)) == 1


async def test_a_call_on_an_accept_that_did_not_arrive(play: Play) -> None:
    """Where neither the accept nor its end was delivered, calling was a guess: a violation (138006)."""
    play.receiver.script = lambda post: ERROR if post.what.startswith("reply") else OK
    await play.act("allow_always")
    await play.act("revoke", wait=False)
    await play.settle()
    await call(play, 138006)
    assert len(await found(play)) == 1


async def test_a_call_after_the_expiry(play: Play) -> None:
    """The expiry was in the accept: calling after it is a violation although no webhook told of it (138006, P3)."""
    await play.act("allow_temporarily")
    await play.advance(604_800)
    await call(play, 138006)
    (entry,) = await found(play)
    assert entry["seen"] == "a call was tried after the temporary permission had expired"


async def test_a_call_after_a_decline(play: Play) -> None:
    """Calling after a delivered decline is a violation (138006)."""
    await play.request()
    await play.act("decline")
    await call(play, 138006)
    assert [entry["rule"] for entry in await found(play)] == ["C2"]


async def test_a_request_over_the_limit(play: Play) -> None:
    """Its own requests are known to it by their answers: one over the limit is a violation (138009)."""
    await play.request()
    await play.partner("POST", "v3/message", json=TEMPLATE)
    (entry,) = await found(play)
    assert (entry["rule"], entry["source"]) == ("R2", PERMISSIONS_PAGE)
    assert (
        entry["seen"] == "a permission request beyond the limit; the last one was accepted at 2025-12-31T08:00:00.000Z"
    )
    assert entry["expected"] == "at most 1 in 24 hours and 2 in 7 days"


async def test_a_call_over_the_limit(play: Play) -> None:
    """Its own calls are known to it: one over the limit of connected calls is a violation (138012)."""
    await play.set(overrides={"connected_calls_per_24h": 1})
    await play.act("allow_always")
    await call(play)
    await play.act("pick_up")
    await play.act("hang_up")
    await call(play, 138012)
    (entry,) = await found(play)
    assert (entry["rule"], entry["seen"]) == ("C4", "a call was tried after 1 connected ones in 24 hours")


@pytest.mark.parametrize("arrived", [True, False])
async def test_a_request_though_the_permission_is_permanent(play: Play, arrived: bool) -> None:
    """A request after a permanent accept is a violation when that accept was delivered, and none when not (138017)."""
    if not arrived:
        deaf(play, "reply accept")
    await play.act("allow_always")
    assert (await play.request()).json()["error"]["code"] == 138017
    assert [entry["rule"] for entry in await found(play)] == (["R3"] if arrived else [])


@pytest.mark.parametrize("code", ["138000", "138014", "138013"])
async def test_refusals_that_say_nothing_about_the_integrator(play: Play, code: str) -> None:
    """Refusals for the number's own state are no violations (section 11)."""
    settings = {"138000": {"calling": "DISABLED"}, "138014": {"restriction": "calling"}, "138013": {"country": "US"}}
    await play.set(**settings[code])
    assert (await play.request()).json()["error"]["code"] == int(code)
    assert await found(play) == []


async def test_a_body_that_the_schema_refuses(play: Play) -> None:
    """A body that the schema refuses is a violation that names the route, the field and the schema (E3)."""
    await play.request(to="91888899xxx")
    (entry,) = await found(play)
    assert (entry["kind"], entry["rule"]) == ("violation", "E3")
    assert entry["seen"].startswith("POST /partner/app/{app_id}/v3/message with a wrong body: to: must be")
    assert entry["source"] == "message-interactive-call_permission_request"


async def test_forms_count_as_bodies(play: Play) -> None:
    """A form that the schema refuses is a violation as well (E3)."""
    await play.partner("POST", "voice", data={"enable": "perhaps"})
    (entry,) = await found(play)
    assert entry["seen"].startswith("POST /partner/app/{app_id}/voice with a wrong body: enable: must be one of")


@pytest.mark.parametrize(("seconds", "advised"), [(0.2, False), (1.0, False), (1.001, True)])
async def test_a_slow_answer_to_a_webhook(play: Play, seconds: float, advised: bool) -> None:
    """Answering a webhook slower than 1 s is an advice (section 11, facts/gupshup 3.2)."""
    play.receiver.script = lambda post: OK if post.what == "set-callback" else Answer("answered", 200, "", seconds, "")
    await play.act("text")
    entries = await found(play)
    assert [(e["kind"], e["rule"], e["seen"]) for e in entries] == (
        [("advice", "W5", "a webhook was answered after 1.0 s")] if advised else []
    )


@pytest.mark.parametrize(("dialect", "advised"), [("gupshup", 1), ("meta", 0)])
async def test_a_body_in_the_answer_to_a_webhook(play: Play, dialect: str, advised: int) -> None:
    """A body in a webhook's answer is an advice on Gupshup, which asks for an empty one (section 11)."""
    await play.partner("DELETE", "subscription")
    await play.set(dialect=dialect)
    play.receiver.script = lambda _: Answer("answered", 200, '{"ok":true}', 0.001, "answered 200")
    body = {"event": {"kind": "message", "wa_id": USER, "text": "Hello"}, "to": "http://other.example/"}
    await play.control("POST", "webhooks", json=body)
    await play.settle()
    entries = await found(play)
    assert [(e["kind"], e["seen"], e["expected"]) for e in entries] == [
        ("advice", "a webhook was answered with a body ('{\"ok\":true}')", "answer 2xx with an empty body")
    ] * advised


async def test_advices_can_be_left_out(play: Play) -> None:
    """`advices=false` shows violations only; both stand in the journal too (INTERFACE)."""
    await play.partner(
        "POST", "v3/message", json=TEMPLATE, headers={"Authorization": "Bearer sk_sandbox_0000000000000001"}
    )
    await play.request()
    assert [entry["kind"] for entry in await found(play)] == ["advice", "violation"]
    assert [entry["kind"] for entry in await found(play, advices="true")] == ["advice", "violation"]
    assert [entry["kind"] for entry in await found(play, advices="false")] == ["violation"]
    journal = (await play.control("GET", "journal"))["entries"]
    assert [entry["kind"] for entry in journal if entry["kind"] in {"advice", "violation"}] == ["advice", "violation"]


async def test_violations_are_paged(play: Play) -> None:
    """Violations are paged like the journal (INTERFACE)."""
    for _ in range(3):
        await call(play, 138006)
    path = f"/_sandbox/apps/{APP}/violations"
    first = good(await play.http.get(path, params={"limit": 2}), "journal")
    assert (len(first["entries"]), first["next"]) == (2, str(first["entries"][-1]["id"]))
    last = good(await play.http.get(path, params={"after": first["next"]}), "journal")
    assert (len(last["entries"]), last["next"]) == (1, None)
