"""Permission: given, declined, taken back, run out (BEHAVIOUR section 2)."""

from __future__ import annotations

import pytest

from mock_server.engine.commands import Allow, Decline, Revoke
from mock_server.engine.events import PermissionReply
from mock_server.engine.state import Response
from tests.stage.conversation import ALWAYS, ASK, CALL, DAY, SWITCH_OFF, TEMPORARILY, WEEK, Actor
from tests.stage.machine import START


def test_a_new_user_has_allowed_nothing() -> None:
    """A user nobody has met has given no permission (P1)."""
    assert Actor().permission == "no_permission"


def test_permission_is_of_one_conversation() -> None:
    """What a user allows one app, another app's number has nothing of (P1)."""
    one, other = Actor(id="one"), Actor(id="other")
    one.do(ALWAYS)
    assert other.refused(CALL) == 138006
    assert one.call().wa_id == "919812345678"


def test_allow_always_is_permanent() -> None:
    """A user who allows always can be called ten years later (P1, P2)."""
    actor = Actor()
    actor.do(ALWAYS)
    actor.wait(3_650 * DAY)
    assert actor.permission == "permanent"
    actor.call()


def test_temporary_permission_lives_seven_days() -> None:
    """A temporary permission ends 604800 s after the user gave it, at that very instant (P2, T6)."""
    actor = Actor()
    actor.do(TEMPORARILY)
    assert actor.reply.expires_at == START + 604_800_000
    actor.wait(604_799.999)
    assert actor.permission == "temporary"
    actor.wait(0.001)
    assert actor.permission == "no_permission"


@pytest.mark.parametrize(("seconds", "life"), [(5, 5_000), (0.2, 1_000), (31_536_000, 31_536_000_000)])
def test_the_script_chooses_another_life(seconds: float, life: int) -> None:
    """A temporary permission lives as long as the script says, in whole seconds, a second at least (P2, T5)."""
    actor = Actor()
    actor.do(Allow(always=False, seconds=seconds))
    assert actor.reply.expires_at == START + life


def test_the_expiry_on_the_wire_is_the_very_end() -> None:
    """A permission given within a second ends with the whole second that the webhook prints (P2, T6)."""
    actor = Actor()
    actor.wait(0.999)
    actor.do(Allow(always=False, seconds=5))
    assert actor.reply.expires_at == START + 5_000


def test_expiry_is_silent() -> None:
    """When a temporary permission ends nothing is sent; the journal is told, with the time of the end (P3)."""
    actor = Actor()
    actor.do(Allow(always=False, seconds=5))
    assert actor.wait(60) == ["permission_expired"]
    assert actor.last.at == START + 5_000


def test_nothing_to_decline() -> None:
    """Declining with neither a request nor a permission is refused (P2)."""
    assert Actor().refused(Decline()) == "nothing_to_take_back"


def test_nothing_to_revoke() -> None:
    """Revoking without a permission is refused, a request or not (P2)."""
    actor = Actor()
    actor.do(ASK)
    assert actor.refused(Revoke()) == "nothing_to_take_back"


@pytest.mark.parametrize("action", [ALWAYS, TEMPORARILY, Decline(), Revoke()])
def test_a_phone_that_is_switched_off_answers_nothing(action: Allow | Decline | Revoke) -> None:
    """A user who is switched off can do nothing about a permission until switched on (P2, R6)."""
    actor = Actor()
    actor.do(ALWAYS)
    actor.do(SWITCH_OFF)
    assert actor.refused(action) == "switched_off"


def test_the_newest_request_is_answered() -> None:
    """An action answers the newest request that can be answered (P2)."""
    actor = Actor()
    actor.ask()
    actor.wait(DAY)
    newest = actor.ask()
    actor.do(ALWAYS)
    assert actor.reply.context_id == newest.wamid


@pytest.mark.parametrize("known_by", ["wamid", "gs_id"])
def test_a_named_request_is_answered(known_by: str) -> None:
    """A script may name an older request, by either of its ids, and that one is answered (P2)."""
    actor = Actor()
    first = actor.ask()
    actor.wait(DAY)
    actor.ask()
    actor.do(Allow(always=True, request_id=getattr(first, known_by)))
    assert actor.reply.context_id == first.wamid
    assert actor.reply.context_gs_id == first.gs_id


def test_an_unknown_request_cannot_be_answered() -> None:
    """Naming a request that this user never got is refused and grants nothing (P2)."""
    actor = Actor()
    assert actor.refused(Allow(always=True, request_id="wamid.x")) == "unknown_request"
    assert actor.permission == "no_permission"


def test_from_the_profile_when_told_to() -> None:
    """With a request waiting, an action told to come from the profile answers no request (P2)."""
    actor = Actor()
    actor.ask()
    actor.do(Allow(always=True, from_profile=True))
    assert actor.reply.context_id is None
    assert "read" not in actor.story


def test_a_later_answer_replaces_the_earlier() -> None:
    """A temporary answer lowers a permanent permission, a permanent one lifts a temporary one for good (P5)."""
    actor = Actor()
    actor.do(ALWAYS)
    actor.do(TEMPORARILY)
    assert actor.permission == "temporary"
    actor.do(ALWAYS)
    actor.wait(WEEK)
    assert actor.permission == "permanent"


def test_a_shorter_answer_shortens() -> None:
    """A later temporary answer counts from its own moment and drops the longer one before it (P5)."""
    actor = Actor()
    actor.do(TEMPORARILY)
    actor.do(Allow(always=False, seconds=5))
    assert actor.wait(WEEK) == ["permission_expired"]
    assert actor.last.at == START + 5_000


@pytest.mark.parametrize("held", [ALWAYS, TEMPORARILY])
def test_declining_leaves_no_permission(held: Allow) -> None:
    """A user who declines a request has no permission left, whatever was given before (P5)."""
    actor = Actor()
    actor.ask()
    actor.do(held)
    actor.do(Decline())
    assert actor.permission == "no_permission"
    assert actor.refused(CALL) == 138006
    assert "permission_expired" not in actor.wait(WEEK)


def test_declining_without_a_request_takes_back() -> None:
    """Without a request, declining takes back what was allowed from the profile (P2, P5)."""
    actor = Actor()
    actor.do(ALWAYS)
    actor.do(Decline())
    assert actor.permission == "no_permission"
    assert actor.reply.response is Response.REJECT


def test_a_revoked_permission_is_gone_at_once() -> None:
    """A revoke holds from its own instant (P2)."""
    actor = Actor()
    actor.do(TEMPORARILY)
    actor.do(Revoke())
    assert actor.refused(CALL) == 138006


def test_every_reply_has_its_own_wamid() -> None:
    """Three replies of one user have three ids, none of them the request's (P4, T4)."""
    actor = Actor()
    request = actor.ask()
    for action in (ALWAYS, Decline(), TEMPORARILY):
        actor.do(action)
    wamids = {event.wamid for event in actor.events if isinstance(event, PermissionReply)}
    assert len(wamids | {request.wamid}) == 4
