"""How calls end: taken, not taken, or failed, which status, duration and errors say together."""

from __future__ import annotations

from contract_tests.behaviour.scene import Scene
from contract_tests.claims import claim
from contract_tests.failure import require
from contract_tests.numbers import User
from contract_tests.posting import PostHere
from contract_tests.telling import story
from contract_tests.variants import shapes
from mock_server.client import AppClient

_PAGE = "Meta, Business-initiated calls, Jun 26 2026"
_CODES = "Meta, Calling troubleshooting, Jun 24 2026"
LAST = ("actions.call", "actions.last_call")


@shapes("terminate_case")
@claim("behaviour.call.unanswered", level="must", rule="C3", source=_PAGE, mistakes=(24, 22), needs=LAST)
def test_a_call_that_nobody_takes_was_not_connected(scene: Scene, user: User, variant: dict[str, str]) -> None:
    """COMPLETED without duration and start_time is a call that nobody took, in whatever case it is written."""
    user.allow_always()
    scene.ring(user)
    user.reject_call()
    _was(scene, user, "unanswered", after="the user rejected the call: terminate COMPLETED without duration")


@shapes("terminate_case")
@claim("behaviour.call.connected", level="must", rule="C3", source=_PAGE, mistakes=(22, 24), needs=LAST)
def test_a_call_that_is_taken_was_connected(scene: Scene, user: User, post: PostHere, variant: dict[str, str]) -> None:
    """A terminate with duration is the end of a call that was connected, in whatever case its status is written."""
    user.allow_always()
    call_id = scene.ring(user)
    user.pick_up()
    end = {"kind": "call_terminate", "wa_id": user.wa_id, "call_id": call_id, "duration": 5, "status": "COMPLETED"}
    post(event=end, variants=variant).must_be_accepted()
    _was(scene, user, "connected", after="the user picked up; terminate COMPLETED with duration 5")


@shapes("terminate_case")
@claim("behaviour.call.failed", level="must", rule="C3", source=_CODES, mistakes=(22,), needs=LAST)
def test_a_call_that_fails_has_failed(scene: Scene, user: User, app: AppClient, variant: dict[str, str]) -> None:
    """A terminate FAILED is the end of a call that failed, in whatever case it is written."""
    user.allow_always()
    app.hang_up(scene.ring(user), code=138019)
    _was(scene, user, "failed", after="the call failed: terminate FAILED")


@claim(
    "behaviour.call.failed-reason",
    level="must",
    rule="C3",
    source=_CODES,
    mistakes=(18,),
    needs=(*LAST, "actions.last_call.reason"),
)
def test_the_reason_of_a_failed_call_is_beside_it(scene: Scene, user: User, app: AppClient) -> None:
    """The code of a failed call is in `errors` beside `calls`, not in the call."""
    user.allow_always()
    app.hang_up(scene.ring(user), code=138019)
    _was(scene, user, "failed", after="the call failed: terminate FAILED, in value.errors the code 138019")
    _, reason = scene.integrator.last_call(user)
    received = f"it gives the reason {reason!r}"
    require(str(reason) == "138019", sent=story(user), received=received, expected="138019")


def _was(scene: Scene, user: User, outcome: str, *, after: str) -> None:
    scene.number.app.deliveries.flush()
    scene.must_say(lambda: scene.integrator.last_call(user)[0], outcome, after=after, user=user)
