"""The permission that a user's call to the business brings when it ends (P5, P7)."""

from __future__ import annotations

import pytest

from mock_server.engine.commands import (
    AcceptCall,
    Allow,
    CallBusiness,
    Command,
    EndCall,
    HangUp,
    RejectUserCall,
    Revoke,
)
from tests.stage.conversation import ALWAYS, CALL, DAY, TEMPORARILY, WEEK, Actor
from tests.stage.machine import START


def callback() -> Actor:
    return Actor(callback_permission_status="ENABLED")


def called(actor: Actor) -> str:
    """The id of a call of the user that has ended."""
    call = actor.do(CallBusiness())
    actor.do(HangUp())
    return str(call.call_id)


@pytest.mark.parametrize("end", ["missed", "user", "business", "rejected"])
def test_a_call_grants_temporarily(end: str) -> None:
    """With callback permission on, a user's call grants when it ends, however it ends, after its terminate (P7)."""
    actor = callback()
    call = actor.do(CallBusiness())
    assert actor.permission == "no_permission"
    actor.wait(59)
    commands: dict[str, Command] = {
        "user": HangUp(),
        "business": EndCall(call_id=call.call_id),
        "rejected": RejectUserCall(call_id=call.call_id),
    }
    if end in commands:
        actor.do(commands[end])
    else:
        actor.wait(1)
    assert actor.story == ["connect", "terminate", "accept e"]
    assert actor.reply.expires_at == actor.now + 604_800_000
    assert actor.call().wa_id == "919812345678"


def test_a_connected_call_grants_when_it_ends() -> None:
    """A user's call that the business took grants when it ends, however long it lasted, and not before (P7)."""
    actor = callback()
    call = actor.do(CallBusiness())
    actor.do(AcceptCall(call_id=call.call_id))
    actor.wait(3 * DAY)
    assert actor.permission == "no_permission"
    actor.do(HangUp())
    assert actor.timeline[1:] == [(3 * DAY, "terminate 259200 s"), (3 * DAY, "accept e")]
    assert actor.reply.expires_at == START + (3 * DAY + WEEK) * 1000


def test_with_the_setting_off_nothing_is_granted() -> None:
    """With callback permission off, a user's call brings nothing but its own events (P7)."""
    actor = Actor()
    called(actor)
    assert actor.story == ["connect", "terminate"]
    assert actor.refused(CALL) == 138006


def test_a_permanent_permission_stays() -> None:
    """A callback grant over a permanent permission changes nothing and sends nothing (P5)."""
    actor = callback()
    actor.do(ALWAYS)
    actor.events.clear()
    called(actor)
    assert actor.story == ["connect", "terminate"]
    assert actor.permission == "permanent"


def test_a_temporary_permission_is_extended() -> None:
    """A callback grant over a temporary permission moves its end to seven days from the call's end (P5)."""
    actor = callback()
    actor.do(TEMPORARILY)
    actor.wait(3 * DAY)
    called(actor)
    assert actor.reply.expires_at == START + (3 * DAY + WEEK) * 1000
    actor.wait(WEEK - 0.001)
    assert actor.permission == "temporary"
    actor.wait(0.001)
    assert actor.permission == "no_permission"
    assert actor.story.count("permission_expired") == 1


def test_a_longer_permission_is_not_shortened() -> None:
    """A callback grant leaves a temporary permission alone that lasts longer (P5)."""
    actor = callback()
    actor.do(Allow(always=False, seconds=30 * DAY))
    actor.events.clear()
    called(actor)
    assert actor.story == ["connect", "terminate"]
    actor.wait(30 * DAY - 0.001)
    assert actor.permission == "temporary"


def test_every_call_grants() -> None:
    """A second call at the same instant grants again, with its own wacid, though nothing can be extended (P7)."""
    actor = callback()
    called(actor)
    assert actor.do(CallBusiness()).call_id != actor.reply.context_id
    actor.do(HangUp())
    assert actor.story == ["connect", "terminate", "accept e"] * 2


def test_a_callback_can_be_revoked_by_unanswered_calls() -> None:
    """A permission from a callback is revoked as any other (P7, C5)."""
    actor = callback()
    called(actor)
    for _ in range(4):
        actor.do(CALL)
        actor.wait(60)
    assert actor.permission == "no_permission"


def test_after_a_revoke_a_call_grants_again() -> None:
    """A user who took the permission back and then calls has given it again (P5, P7)."""
    actor = callback()
    called(actor)
    actor.do(Revoke())
    actor.events.clear()
    called(actor)
    assert actor.story == ["connect", "terminate", "accept e"]
