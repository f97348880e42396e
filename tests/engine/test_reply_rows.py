"""The replies of Meta's table of variants (P4), each with every field that a webhook is made of."""

from __future__ import annotations

import pytest

from mock_server.engine.commands import CallBusiness, Decline, HangUp, Revoke
from mock_server.engine.state import Response
from tests.stage.conversation import ALWAYS, CALL, TEMPORARILY, Actor
from tests.stage.machine import START

Fields = tuple[str, str, bool, bool, int | None]


def fields(actor: Actor) -> Fields:
    """Row, response, is_permanent, automatic, and the life in milliseconds if there is an expiry."""
    reply = actor.reply
    life = None if reply.expires_at is None else reply.expires_at - reply.at
    return (reply.row, reply.response.value, reply.is_permanent, reply.automatic, life)


def test_row_a_temporary_on_a_request() -> None:
    """A request answered temporarily is an accept with an expiry and its id as context (meta 2.2 row a, P4)."""
    actor = Actor()
    request = actor.ask()
    actor.do(TEMPORARILY)
    assert fields(actor) == ("a", "accept", False, False, 604_800_000)
    assert actor.reply.context_id == request.wamid
    assert actor.reply.context_gs_id == request.gs_id


def test_row_b_permanent_on_a_request() -> None:
    """A request answered always is a permanent accept without an expiry (meta 2.2 row b, P4)."""
    actor = Actor()
    request = actor.ask()
    actor.do(ALWAYS)
    assert fields(actor) == ("b", "accept", True, False, None)
    assert actor.reply.context_id == request.wamid


def test_row_c_permanent_from_the_profile() -> None:
    """Always, from the business profile, is a permanent accept without context (meta 2.2 row c, P4)."""
    actor = Actor()
    actor.do(ALWAYS)
    assert fields(actor) == ("c", "accept", True, False, None)
    assert actor.reply.context_id is None


def test_row_d_declined() -> None:
    """A declined request is a reject with the request's id as context (meta 2.2 row d, P4)."""
    actor = Actor()
    request = actor.ask()
    actor.do(Decline())
    assert fields(actor) == ("d", "reject", False, False, None)
    assert actor.reply.context_id == request.wamid


def test_row_e_callback() -> None:
    """A callback grant is an automatic, temporary accept with the call's wacid as context (meta 2.2 row e, P4, P7)."""
    actor = Actor(callback_permission_status="ENABLED")
    call = actor.do(CallBusiness())
    actor.do(HangUp())
    assert fields(actor) == ("e", "accept", False, True, 604_800_000)
    assert actor.reply.context_id == call.call_id
    assert actor.reply.context_gs_id is None


def test_row_f_revoked_by_whatsapp() -> None:
    """The revocation after four unanswered calls is an automatic reject without context (meta 2.2 row f, P4, C5)."""
    actor = Actor()
    actor.do(ALWAYS)
    for _ in range(4):
        actor.do(CALL)
        actor.wait(60)
    assert fields(actor) == ("f", "reject", False, True, None)
    assert actor.reply.context_id is None


@pytest.mark.parametrize("action", [Revoke(), Decline()])
def test_inferred_manual_revoke(action: Revoke | Decline) -> None:
    """A revoke in the profile is a reject of the user without context, marked inferred (meta 2.2, P4)."""
    actor = Actor()
    actor.do(ALWAYS)
    actor.do(action)
    assert fields(actor) == ("inferred", "reject", False, False, None)
    assert actor.reply.context_id is None


def test_inferred_temporary_from_the_profile() -> None:
    """A temporary grant from the profile is like row c, not permanent, with expiry, marked inferred (meta 2.2, P4)."""
    actor = Actor()
    actor.do(TEMPORARILY)
    assert fields(actor) == ("inferred", "accept", False, False, 604_800_000)
    assert actor.reply.context_id is None


def test_a_reply_says_when_and_who() -> None:
    """A reply is of the instant it was given and names the user (P4)."""
    actor = Actor()
    actor.wait(90)
    actor.do(ALWAYS)
    assert actor.reply.at == START + 90_000
    assert actor.reply.contact.wa_id == "919812345678"
    assert actor.reply.response is Response.ACCEPT
