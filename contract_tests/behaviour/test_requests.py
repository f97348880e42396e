"""Asking for permission: once, in the documented shape, and with an ear for what the provider refuses."""

from __future__ import annotations

from contract_tests.behaviour.scene import Scene
from contract_tests.claims import claim
from contract_tests.failure import require
from contract_tests.numbers import User
from contract_tests.telling import shown, story
from contract_tests.wire import Seen
from mock_server import schemas
from mock_server.client import AppClient
from mock_server.errors import SchemaError

_PAGE = "Meta, Obtain user call permissions, Jun 26 2026"
_CODES = "Meta, Calling troubleshooting, Jun 24 2026"
ASK = ("actions.request_permission",)


@claim(
    "behaviour.request.shape",
    level="must",
    rule="R1",
    source=f"{_PAGE}; Gupshup, v3 message (call permission request), Jun 26 2026",
    mistakes=(15,),
    needs=ASK,
)
def test_the_request_is_as_documented(scene: Scene, user: User) -> None:
    """A permission request has the documented type and action, on the documented path."""
    seen = scene.must_ask(user)
    try:
        schemas.validate(schemas.message_schema(seen.body), seen.body)
        wrong = ""
    except SchemaError as error:
        wrong = str(error)
    require(not wrong, sent=story(user), received=f"{shown([seen])}: {wrong}", expected="the documented body")


@claim("behaviour.limit.requests", level="must", rule="R2", source=_CODES, mistakes=(13,), needs=ASK)
def test_nobody_is_asked_too_often(scene: Scene, user: User) -> None:
    """A second request on the same day is not sent, or its refusal (138009) is the last word: no third one."""
    scene.ask(user)
    scene.wire.begin()
    _told_twice(scene, user, code=138009, after="the application had asked this user a moment before")


@claim("behaviour.limit.permanent-exists", level="must", rule="R3", source=_CODES, mistakes=(13,), needs=ASK)
def test_who_allows_for_good_is_not_asked_again(scene: Scene, user: User, app: AppClient) -> None:
    """A request that is refused because the user allows calls for good (138017) is not sent again."""
    app.faults.add("drop", webhook="call_permission_reply")
    user.allow_always()
    scene.wire.begin()
    after = "the user allowed calls for good, and no webhook came of it"
    _told_twice(scene, user, code=138017, after=after)


@claim("behaviour.request.known-permanent", level="should", rule="R3", source=_CODES, mistakes=(13,), needs=ASK)
def test_who_is_known_to_allow_for_good_is_not_asked(scene: Scene, user: User) -> None:
    """Who is known to allow calls for good is not asked at all."""
    user.allow_always()
    scene.settle()
    scene.wire.begin()
    done = scene.integrator.request_permission(user)
    _none_more_than(0, scene, user, sent=f"the user allowed calls for good; then {done.what}", expected="no request")


def _told_twice(scene: Scene, user: User, *, code: int, after: str) -> None:
    """Have it ask twice: at most one request goes out, which is refused."""
    first = scene.integrator.request_permission(user)
    second = scene.integrator.request_permission(user)
    sent = f"{after}; then, to be refused with {code}, {first.what}; and again {second.what}"
    _none_more_than(1, scene, user, sent=sent, expected=f"no request, or one; after {code} none until that has an end")


def _none_more_than(most: int, scene: Scene, user: User, *, sent: str, expected: str) -> None:
    requests: list[Seen] = [seen for seen in scene.wire.nothing_within(user) if seen.is_permission_request]
    require(len(requests) <= most, sent=f"{sent}\n{story(user)}", received=shown(requests), expected=expected)
