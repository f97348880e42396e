"""Calls through Graph: placed as documented, ended by their own id, and taken for what they were."""

from __future__ import annotations

from typing import Any

from contract_tests.behaviour.scene import Scene
from contract_tests.claims import claim
from contract_tests.failure import require
from contract_tests.numbers import User
from contract_tests.posting import PostHere
from contract_tests.telling import shown, story
from contract_tests.wire import Seen
from mock_server.client import AppClient

_PAGE = "Meta, Business-initiated calls, Jun 26 2026"
_CODES = "Meta, Calling troubleshooting, Jun 24 2026"
CALL = ("actions.call",)
END = ("actions.call", "actions.end_call")


@claim("behaviour.call.offer", level="must", rule="C2", source=_PAGE, mistakes=(14,), needs=CALL)
def test_a_call_begins_with_an_offer(scene: Scene, user: User) -> None:
    """A call is placed with an SDP offer; the answer comes from the user's side."""
    user.allow_always()
    _, seen = scene.must_call_here(user, after="the user allowed calls")
    session = seen.body.get("session")
    kind = session.get("sdp_type") if isinstance(session, dict) else None
    require(kind == "offer", sent=story(user), received=shown([seen]), expected='session.sdp_type "offer"')


@claim("behaviour.call.digits", level="must", rule="A2", source=_PAGE, mistakes=(16,), needs=CALL)
def test_a_call_is_addressed_in_digits(scene: Scene, user: User) -> None:
    """`to` of a call is the number in digits, without a plus sign."""
    user.allow_always()
    _, seen = scene.must_call_here(user, after="the user allowed calls")
    to = seen.body.get("to", "0")
    require(str(to).isdecimal(), sent=story(user), received=shown([seen]), expected="to with digits only")


@claim("behaviour.call.accepted", level="must", rule="C1", source=_PAGE, mistakes=(14,), needs=CALL)
def test_a_call_is_accepted(scene: Scene, user: User) -> None:
    """A call of a user who allows it is one that the provider accepts."""
    user.allow_always()
    _, seen = scene.must_call_here(user, after="the user allowed calls")
    require(seen.status == 200, sent=story(user), received=shown([seen]), expected="a call that is accepted")


@claim("behaviour.call.terminate-id", level="must", rule="C1", source=_PAGE, mistakes=(11,), needs=END)
def test_a_call_is_ended_by_its_own_id(scene: Scene, user: User) -> None:
    """To hang up, `calls[0].id` of connect's answer is sent back."""
    user.allow_always()
    call_id = scene.ring_here(user)
    user.pick_up()
    _ends(scene, user, call_id, after=f"the call {call_id} was accepted and picked up")


@claim(
    "behaviour.call.late-terminate",
    level="must",
    rule="C3",
    source=f"{_PAGE}; FAQ: no order",
    mistakes=(25,),
    needs=END,
)
def test_the_late_end_of_a_call_leaves_the_next_alone(scene: Scene, user: User, app: AppClient, post: PostHere) -> None:
    """The end of an old call that arrives during the next one does not end that: it can still be hung up."""
    user.allow_always()
    old = scene.ring_here(user)
    app.faults.add("drop", webhook="call_terminate")
    user.reject_call()
    late: dict[str, Any] = {"kind": "call_terminate", "wa_id": user.wa_id, "call_id": old}
    if scene.call(user)[1] is None:  # it waits for the end of the old one
        post(event=late).must_be_accepted()
        scene.must_call(user, after="the call before has ended")
    current = str(user.show()["calls"][-1]["id"])
    post(event=late).must_be_accepted()
    scene.settle()
    _ends(scene, user, current, after=f"during the call {current} the end of the call before, {old}, arrived")


@claim("behaviour.limit.calls", level="must", rule="C4", source=_CODES, mistakes=(13,), needs=CALL)
def test_nobody_is_called_too_often(scene: Scene, user: User, app: AppClient) -> None:
    """A call that is refused because there were too many (138012) is not tried again before the time it names."""
    user.allow_always()
    scene.ring_here(user)
    user.pick_up()
    user.hang_up()
    app.set(overrides={"connected_calls_per_24h": 1})
    scene.wire.begin()
    first, second = scene.integrator.call(user), scene.integrator.call(user)
    scene.wire.nothing_within(user)
    calls = scene.wire.calls(user)
    require(
        len(calls) <= 1,
        sent=f"a call was connected, and no other is possible today; {first.what}, and again {second.what}",
        received=shown(calls),
        expected="no call, or one; after 138012 none before the time in error_data.details",
    )


def _ends(scene: Scene, user: User, call_id: str, *, after: str) -> None:
    scene.wire.begin()
    done = scene.integrator.end_call(user)
    ends = scene.wire.wait_for(_is_end, seconds=5.0 if done.ok else 0.3)
    ended = [seen.body.get("call_id") for seen in ends]
    received = shown(ends or scene.wire.requests())
    expected = f"terminate with call_id {call_id}"
    require(ended == [call_id], sent=f"{after}; then {done}", received=received, expected=expected)


def _is_end(seen: Seen) -> bool:
    return isinstance(seen.body, dict) and seen.body.get("action") == "terminate"
