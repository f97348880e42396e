"""What too many unanswered calls in a row bring, and what ends the row (C5)."""

from __future__ import annotations

from typing import Any

import pytest

from mock_server.engine.commands import Allow, CallBusiness, Command, EndCall, HangUp, PickUp, RejectCall, Revoke
from tests.stage.conversation import ALWAYS, CALL, SWITCH_OFF, TEMPORARILY, Actor


def allowed(permission: Allow = ALWAYS, **settings: Any) -> Actor:
    actor = Actor(**settings)
    actor.do(permission)
    actor.events.clear()
    return actor


def miss(actor: Actor, *, times: int = 1) -> None:
    """Calls that nobody takes."""
    for _ in range(times):
        actor.call()
        actor.wait(60)


def reject(actor: Actor) -> None:
    actor.call()
    actor.do(RejectCall())


def test_nudged_at_two() -> None:
    """The second unanswered call in a row nudges the user, once; nothing is sent (C5)."""
    actor = allowed()
    miss(actor, times=3)
    assert actor.story == ["RINGING", "terminate", "RINGING", "terminate", "user_nudged", "RINGING", "terminate"]
    assert actor.conversation.nudged


@pytest.mark.parametrize("permission", [ALWAYS, TEMPORARILY])
def test_revoked_at_four(permission: Allow) -> None:
    """The fourth unanswered call in a row takes the permission, at and after its terminate (C5)."""
    actor = allowed(permission)
    miss(actor, times=3)
    actor.events.clear()
    miss(actor)
    assert actor.timeline == [(180, "RINGING"), (240, "terminate"), (240, "reject f")]
    assert actor.refused(CALL) == 138006


def test_missed_and_rejected_count_alike() -> None:
    """Missed, rejected, and at a phone that is switched off: each counts as unanswered (C5, C3)."""
    actor = allowed()
    miss(actor)
    reject(actor)
    reject(actor)
    actor.do(SWITCH_OFF)
    miss(actor)
    assert actor.story[-2:] == ["terminate", "reject f"]


def test_cancelled_calls_neither_count_nor_reset() -> None:
    """Ten cancelled calls between the third and the fourth unanswered one change nothing (C5)."""
    actor = allowed()
    miss(actor, times=3)
    for _ in range(10):
        actor.do(EndCall(call_id=actor.call().call_id))
    assert actor.permission == "permanent"
    miss(actor)
    assert actor.permission == "no_permission"


def test_a_connected_call_ends_the_row() -> None:
    """After a connected call the row begins anew: nudged at the second, revoked at the fourth (C5)."""
    actor = allowed()
    miss(actor, times=3)
    actor.connected_call()
    actor.events.clear()
    miss(actor, times=3)
    assert actor.story.count("user_nudged") == 1
    assert actor.permission == "permanent"
    miss(actor)
    assert actor.permission == "no_permission"


@pytest.mark.parametrize("grant", [(ALWAYS,), (TEMPORARILY,), (Revoke(), ALWAYS)])
def test_a_new_grant_ends_the_row(grant: tuple[Command, ...]) -> None:
    """A new grant begins the row anew, whether or not there was a permission (C5)."""
    actor = allowed()
    miss(actor, times=3)
    for step in grant:
        actor.do(step)
    assert (actor.conversation.unanswered, actor.conversation.nudged) == (0, False)
    miss(actor, times=3)
    assert actor.permission != "no_permission"


def test_a_callback_grant_ends_the_row() -> None:
    """A callback grant is a new grant (C5, P7)."""
    actor = allowed(TEMPORARILY, callback_permission_status="ENABLED")
    miss(actor, times=3)
    actor.do(CallBusiness())
    actor.do(HangUp())
    miss(actor, times=3)
    assert actor.permission == "temporary"


def test_a_users_call_that_nobody_takes_does_not_end_the_row() -> None:
    """A user's call that is not connected neither counts nor resets (C5)."""
    actor = allowed()
    miss(actor, times=3)
    actor.do(CallBusiness())
    actor.wait(60)
    assert actor.conversation.unanswered == 3


def test_with_the_permission_gone_nothing_is_revoked() -> None:
    """When the permission ended while the fourth call rang, no revocation is sent (C5, C7)."""
    actor = allowed()
    miss(actor, times=3)
    actor.call()
    actor.do(Revoke())
    actor.events.clear()
    actor.wait(60)
    assert actor.story == ["terminate"]


@pytest.mark.parametrize(
    ("settings", "nudge", "revoke"),
    [({"rules": "meta-test-number"}, 5, 10), ({"overrides": {"nudge_after": 1, "revoke_after": 3}}, 1, 3)],
)
def test_other_rules_count_further(settings: dict[str, Any], nudge: int, revoke: int) -> None:
    """The app's own figures say when the user is nudged and the permission revoked (C5)."""
    actor = allowed(**settings)
    miss(actor, times=nudge - 1)
    assert "user_nudged" not in actor.story
    miss(actor)
    assert actor.story[-1] == "user_nudged"
    miss(actor, times=revoke - nudge - 1)
    assert actor.permission == "permanent"
    miss(actor)
    assert actor.story[-1] == "reject f"


def test_after_the_revocation_the_user_may_allow_again() -> None:
    """After a revocation a new grant stands, with four calls to go (C5)."""
    actor = allowed()
    miss(actor, times=4)
    actor.do(ALWAYS)
    miss(actor, times=3)
    assert actor.permission == "permanent"
    actor.call()
    actor.do(PickUp())
