"""Who is allowed to call, calls: every way in which a user can grant the permission."""

from __future__ import annotations

from contextlib import suppress

from contract_tests.behaviour.scene import Scene, a_second_later
from contract_tests.claims import claim
from contract_tests.numbers import User
from contract_tests.posting import PostHere
from contract_tests.variants import shapes
from mock_server.client import AppClient, Refused

_PAGE = "Meta, Obtain user call permissions, Jun 26 2026"
_GUIDES = f"{_PAGE}; Gupshup, Permanent call permissions and Outbound guide, read Nov 2026"
CALL = ("actions.call",)
ASK = ("actions.call", "actions.request_permission")
STATE = ("actions.call", "actions.request_permission", "actions.request_state")


@shapes("reply")
@claim("behaviour.permission.permanent", level="must", rule="P4", source=_GUIDES, mistakes=(1, 22), needs=CALL)
def test_a_permanent_grant_is_acted_on(scene: Scene, user: User, variant: dict[str, str]) -> None:
    """Who allows calls for good, in a reply without expiration_timestamp, can be called."""
    scene.ask_if_possible(user)
    user.allow_always()
    # Gupshup's outbound guide prints nothing by which a permanent grant could be told from one without an end.
    believing = None if variant == {"reply": "outbound-guide"} else "permanent"
    scene.must_call(user, after="the user allowed calls for good", believing=believing)


@shapes("reply", "expiration", "context_from", "contacts")
@claim("behaviour.permission.temporary", level="must", rule="P4", source=_GUIDES, mistakes=(22, 23), needs=CALL)
def test_a_temporary_grant_is_acted_on(scene: Scene, user: User, variant: dict[str, str]) -> None:
    """Who allows calls for seven days can be called, whatever the reply leaves out beside the expiry."""
    scene.ask_if_possible(user)
    user.allow_temporarily()
    scene.must_call(user, after="the user allowed calls for seven days", believing="temporary")


@claim("behaviour.grant.from-profile", level="must", rule="P4", source=_PAGE, mistakes=(4,), needs=CALL)
def test_a_grant_from_the_profile_is_acted_on(scene: Scene, user: User) -> None:
    """Who allows calls in the business profile, unasked, can be called: the reply has no context."""
    user.allow_always(from_profile=True)
    scene.must_call(user, after="the user allowed calls in the business profile", believing="permanent")


@claim("behaviour.grant.from-profile-temporary", level="must", rule="P4", source=_PAGE, mistakes=(4,), needs=CALL)
def test_a_temporary_grant_from_the_profile_is_acted_on(scene: Scene, user: User) -> None:
    """Who allows calls for seven days in the business profile, unasked, can be called."""
    user.allow_temporarily(from_profile=True)
    scene.must_call(user, after="the user allowed calls for seven days in the business profile", believing="temporary")


@claim("behaviour.grant.callback", level="must", rule="P7", source=_PAGE, mistakes=(4,), needs=CALL)
def test_a_callback_grant_is_acted_on(scene: Scene, user: User, app: AppClient) -> None:
    """Who has called can be called back, where the number is set so: the reply's context is that call."""
    _called(user, app)
    scene.must_call(user, after="the user called the business and hung up", believing="temporary")


@claim("behaviour.grant.unknown-request", level="must", rule="P6", source=_PAGE, mistakes=(4,), needs=CALL)
def test_a_reply_to_a_request_it_does_not_know_counts(scene: Scene, user: User, post: PostHere) -> None:
    """A grant that answers a request from before counts like any other."""
    older = "wamid.HBgMOTE5ODEyMzQ1Njc4FQIAERgSQUJDREVGMDEyMzQ1Njc4OUFCAA=="
    said = {"kind": "call_permission_reply", "wa_id": user.wa_id, "is_permanent": True, "context_id": older}
    post(event=said | {"response": "accept"}).must_be_accepted()
    scene.must_call(user, after="the user allowed calls, answering a request from before")


@claim("behaviour.grant.second-answer", level="must", rule="P6", source=_PAGE, mistakes=(7,), needs=ASK)
def test_who_declined_may_accept_the_same_request(scene: Scene, user: User) -> None:
    """Who declined a request and then accepts the same one can be called."""
    scene.ask(user)
    user.decline()
    a_second_later()
    user.allow_always()
    scene.must_call(user, after="the user declined, and then accepted the same request", believing="permanent")


@claim("behaviour.request.stays-open", level="must", rule="P7", source=_PAGE, mistakes=(5,), needs=STATE)
def test_a_callback_grant_does_not_close_a_request(scene: Scene, user: User, app: AppClient) -> None:
    """A grant whose context is a call leaves the request that is open, open."""
    scene.ask(user)
    _called(user, app)
    _still_open(scene, user, after="the application asked; then the user called and hung up, which grants a callback")


@claim("behaviour.request.stays-open-profile", level="must", rule="P4", source=_PAGE, mistakes=(5,), needs=STATE)
def test_a_grant_from_the_profile_does_not_close_a_request(scene: Scene, user: User) -> None:
    """A grant without context leaves the request that is open, open."""
    scene.ask(user)
    user.allow_temporarily(from_profile=True)
    _still_open(scene, user, after="the application asked; then the user allowed calls in the business profile")


@claim(
    "behaviour.request.answered",
    level="must",
    rule="P6",
    source=f"{_PAGE}; Gupshup, passthrough v3 events, read Nov 2026",
    mistakes=(19,),
    needs=("actions.request_permission", "actions.request_state"),
)
def test_the_answer_to_a_request_closes_it(scene: Scene, user: User) -> None:
    """A reply whose context is a request closes it; at Gupshup only status events join its wamid to the UUID."""
    scene.ask(user)
    scene.number.app.deliveries.flush()
    user.decline()
    after = "the application asked; the request was delivered; the user declined it"
    scene.must_say(lambda: scene.integrator.request_state(user), "closed", after=after, user=user)


def _called(user: User, app: AppClient) -> None:
    """The user calls and hangs up; the application may have answered or rejected meanwhile."""
    app.set(callback_permission_status="ENABLED")
    user.call()
    with suppress(Refused):
        user.hang_up()
    app.deliveries.flush()


def _still_open(scene: Scene, user: User, *, after: str) -> None:
    scene.must_call(user, after=after, believing="temporary")
    scene.must_say(lambda: scene.integrator.request_state(user), "pending", after=after, user=user)
