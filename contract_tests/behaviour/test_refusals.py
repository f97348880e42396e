"""Who does not allow calls, or no longer, is not called."""

from __future__ import annotations

from contextlib import suppress

from contract_tests.behaviour import bodies
from contract_tests.behaviour.scene import Scene, a_second_later
from contract_tests.claims import claim
from contract_tests.numbers import User
from contract_tests.posting import PostHere
from contract_tests.telling import sent_body
from mock_server.client import AppClient, Refused

_PAGE = "Meta, Obtain user call permissions, Jun 26 2026"
CALL = ("actions.call",)
WEEK = 7 * 86_400


@claim("behaviour.call.without-permission", level="must", rule="C2", source=_PAGE, mistakes=(12,), needs=CALL)
def test_a_stranger_is_not_called(scene: Scene, user: User) -> None:
    """Whether a user allows calls is never found out by dialling: nobody is called who has not said so."""
    scene.must_not_call(user, after="this user has never been heard of")


@claim(
    "behaviour.call.without-answer",
    level="must",
    rule="C2",
    source=_PAGE,
    mistakes=(12,),
    needs=("actions.call", "actions.request_permission"),
)
def test_who_has_not_answered_is_not_called(scene: Scene, user: User) -> None:
    """Who was asked, and has read it, but has not answered, is not called."""
    scene.ask(user)
    user.read()
    scene.must_not_call(user, after="the application asked; the user has read it and not answered")


@claim("behaviour.permission.revoked", level="must", rule="P4", source=_PAGE, mistakes=(3, 4), needs=CALL)
def test_who_takes_it_back_is_not_called(scene: Scene, user: User) -> None:
    """Who takes the permission back in the business profile is not called: the reply is a reject without context."""
    scene.ask_if_possible(user)
    user.allow_temporarily()
    a_second_later()
    user.revoke()
    scene.must_not_call(user, after="the user allowed calls, and took it back")


@claim("behaviour.permission.revoked-automatically", level="must", rule="C5", source=_PAGE, mistakes=(3, 4), needs=CALL)
def test_whose_permission_whatsapp_takes_back_is_not_called(scene: Scene, user: User, app: AppClient) -> None:
    """Calls that nobody takes end the permission: the reply is a reject, automatic and without context."""
    app.set(overrides={"nudge_after": 1, "revoke_after": 1})
    scene.ask_if_possible(user)
    user.allow_always()
    a_second_later()
    scene.ring(user)
    with suppress(Refused):  # it may have hung up already
        user.reject_call()
    app.deliveries.flush()
    after = "the user allowed calls and did not take them, so that WhatsApp took the permission back"
    scene.must_not_call(user, after=after)


@claim("behaviour.permission.without-end", level="must", rule="P4", source=_PAGE, mistakes=(2,), needs=CALL)
def test_a_grant_without_an_end_is_not_for_good(scene: Scene, user: User, post: PostHere) -> None:
    """A temporary grant that does not say when it ends lasts a week from its timestamp, not for ever."""
    said = {"response": "accept", "is_permanent": False, "response_source": "user_action"}
    body = bodies.webhook(scene.number, [bodies.reply(user, said, timestamp=bodies.now() - WEEK - 3600)])
    post(body=body, number=scene.number).must_be_accepted()
    scene.settle()
    after = f"a temporary grant of more than a week ago, without an expiry\n{sent_body(body)}"
    scene.must_not_call(user, after=after)


@claim(
    "behaviour.store.down",
    level="must",
    rule="C2",
    source="seen at integrators, Nov 2026",
    mistakes=(21,),
    needs=("actions.call", "actions.break_store", "actions.mend_store"),
)
def test_who_cannot_know_does_not_call(scene: Scene, user: User) -> None:
    """While it cannot read its permission store, nobody is called."""
    scene.integrator.break_store()
    try:
        after = "the application's permission store was broken; the user never allowed calls"
        scene.must_not_call(user, after=after, believing=None)
    finally:
        scene.integrator.mend_store()
