"""Webhooks come twice, late, in the wrong order, and several at once: the state is right all the same."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from contract_tests.behaviour import bodies
from contract_tests.behaviour.scene import Scene, a_second_later
from contract_tests.claims import claim
from contract_tests.failure import require
from contract_tests.numbers import User
from contract_tests.posting import PostHere
from contract_tests.telling import sent_body, shown, story

_DELIVERY = "Meta, Create a webhook endpoint, Nov 7 2025; Calling FAQ, 2026: duplicates are to be expected, no order"
_BATCHES = "Meta, Webhooks overview, Dec 2 2025: up to 1000 updates in one webhook"
CALL = ("actions.call",)


@claim("behaviour.reply.order", level="must", rule="W6", source=_DELIVERY, needs=CALL)
def test_an_older_grant_does_not_undo_a_refusal(scene: Scene, user: User, post: PostHere) -> None:
    """A grant that arrives late, after a refusal with a later timestamp, allows nothing."""
    user.allow_always()
    a_second_later()
    user.decline()
    body = _reply_of_before(scene, user, bodies.permanent())
    post(body=body, number=scene.number).must_be_accepted()
    scene.settle()
    after = f"the user declined; then a grant arrived whose timestamp is a minute older\n{sent_body(body)}"
    scene.must_not_call(user, after=after)


@claim("behaviour.reply.order-refusal", level="must", rule="W6", source=_DELIVERY, needs=CALL)
def test_an_older_refusal_does_not_undo_a_grant(scene: Scene, user: User, post: PostHere) -> None:
    """A refusal that arrives late, after a grant with a later timestamp, takes nothing back."""
    user.allow_always()
    body = _reply_of_before(scene, user, bodies.refusal())
    post(body=body, number=scene.number).must_be_accepted()
    scene.settle()
    after = f"the user allowed calls; then a refusal arrived whose timestamp is a minute older\n{sent_body(body)}"
    scene.must_call(user, after=after, believing="permanent")


@claim(
    "behaviour.reply.older-request",
    level="must",
    rule="P6",
    source="Meta, Obtain user call permissions, Jun 26 2026: a request can be answered until it expires, and again",
    mistakes=(5,),
    needs=("actions.call", "actions.request_permission"),
)
def test_the_answer_to_an_older_request_counts(scene: Scene, user: User) -> None:
    """Who answers an older request again, while a newer one is open, decides; the newer one stays open."""
    scene.ask(user)
    user.allow_temporarily()
    older = user.show()["requests"][0]["id"]
    scene.ring(user)
    user.pick_up()
    a_second_later()
    user.hang_up()  # after a connected call another request is possible
    newer = scene.integrator.request_permission(user)
    user.decline(request_id=older)
    after = f"the user allowed calls and took one; then {newer.what}; then the user declined the first request"
    scene.must_not_call(user, after=after)
    if len(user.show()["requests"]) > 1 and scene.integrator.has("request_state"):
        scene.must_say(lambda: scene.integrator.request_state(user), "pending", after=after, user=user)


@claim("behaviour.reply.twice", level="must", rule="W6", source=_DELIVERY, mistakes=(7,))
def test_a_reply_that_comes_twice_is_acted_on_once(scene: Scene, user: User) -> None:
    """The same grant a second time makes the application send nothing more: no call, no message."""
    scene.ask_if_possible(user)
    scene.wire.begin()
    answer = user.allow_always()
    before = scene.wire.nothing_within(user)
    (delivery,) = [row["id"] for row in answer["deliveries"] if row["kind"] == "call_permission_reply"]
    scene.number.app.deliveries.redeliver(delivery)
    scene.number.app.deliveries.flush()
    after = scene.wire.nothing_within(user)
    require(
        len(after) == len(before),
        sent=f"a grant, and the very same webhook again\n{story(user)}",
        received=f"after the second one it sent {shown(after[len(before) :])}",
        expected="nothing: it has been told already",
    )


@claim("behaviour.reply.twice-late", level="must", rule="W6", source=_DELIVERY, mistakes=(7,), needs=CALL)
def test_a_grant_that_comes_again_after_a_refusal_allows_nothing(scene: Scene, user: User) -> None:
    """A grant that is delivered again after the user has declined allows nothing."""
    scene.ask_if_possible(user)
    answer = user.allow_always()
    a_second_later()
    user.decline()
    (delivery,) = [row["id"] for row in answer["deliveries"] if row["kind"] == "call_permission_reply"]
    scene.number.app.deliveries.redeliver(delivery)
    scene.number.app.deliveries.flush()
    scene.settle()
    after = "the user allowed calls, and declined; then the first webhook came again"
    scene.must_not_call(user, after=after)


@claim("behaviour.batch.messages", level="must", rule="W5", source=_BATCHES, mistakes=(10,), needs=CALL)
def test_every_message_of_a_change_counts(scene: Scene, post: PostHere, three: list[User]) -> None:
    """Of several replies in one change, as messages of it, each is applied."""
    _all_apply(scene, post, three, bodies.webhook(scene.number, [bodies.joined(_grants(three))]))


@claim("behaviour.batch.changes", level="must", rule="W5", source=_BATCHES, mistakes=(10,), needs=CALL)
def test_every_change_of_an_entry_counts(scene: Scene, post: PostHere, three: list[User]) -> None:
    """Of several replies in one entry, each in a change, each is applied."""
    _all_apply(scene, post, three, bodies.webhook(scene.number, _grants(three)))


@claim("behaviour.batch.entries", level="must", rule="W5", source=_BATCHES, mistakes=(10,), needs=CALL)
def test_every_entry_of_a_webhook_counts(scene: Scene, post: PostHere, three: list[User]) -> None:
    """Of several replies in one webhook, each in an entry, each is applied."""
    _all_apply(scene, post, three, bodies.webhook(scene.number, *([value] for value in _grants(three))))


@pytest.fixture
def three(another_user: Callable[[], User]) -> list[User]:
    return [another_user() for _ in range(3)]


def _grants(users: list[User]) -> list[bodies.Json]:
    return [bodies.reply(user, bodies.permanent(), timestamp=bodies.now()) for user in users]


def _all_apply(scene: Scene, post: PostHere, users: list[User], body: bodies.Json) -> None:
    post(body=body, number=scene.number).must_be_accepted()
    for place, user in enumerate(users, 1):
        scene.must_call(user, after=f"grants of three users in one webhook, this the {place}.\n{sent_body(body)}")


def _reply_of_before(scene: Scene, user: User, said: bodies.Json) -> bodies.Json:
    return bodies.webhook(scene.number, [bodies.reply(user, said, timestamp=bodies.now() - 60)])
