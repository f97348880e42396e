"""What the kit's fixtures do, run by `test_fixtures`. `FACTS` of the environment: patience, guarded or not."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, Final

import pytest

from contract_tests.claims import claim
from contract_tests.integrator import Integrator
from contract_tests.numbers import Number, User
from contract_tests.patience import until
from contract_tests.posting import PostHere
from contract_tests.variants import shapes
from contract_tests.wire import Wire
from mock_server.client import AppClient

SEEN: Final[list[str]] = []
ANY: Final[dict[str, Any]] = {"level": "must", "rule": "P4", "source": "none"}


@claim("behaviour.fixtures.calls", **ANY)
def test_requests_and_calls_are_seen(
    user: User, wire: Wire, integrator: Integrator, app: AppClient, another_user: Callable[[], User]
) -> None:
    """What the application does is seen once, of the right user; nothing of others."""
    assert integrator.request_permission(user).status == 202
    (request,) = wire.wait_for(lambda seen: seen.is_permission_request, user)
    assert (request.status, request.app_id, request.wa_id) == (200, app.id, user.wa_id)
    assert integrator.permission(user) is None
    user.allow_always()
    assert integrator.permission(user) == "permanent"
    wire.begin()
    assert integrator.call(user).ok
    call = wire.wait_for_call(user)
    assert call is not None
    assert (call.status, len(wire.calls(user)), len(wire.calls())) == (200, 1, 1)
    assert wire.calls(user.wa_id) == wire.calls(user)
    assert wire.permission_requests(user) == []
    nobody = another_user()
    assert (wire.calls(nobody), wire.no_call_within(nobody, settle=0.01), wire.nothing_within(nobody)) == ([], [], [])
    assert wire.wait_for_call(nobody, seconds=0.05) is None


@claim("behaviour.fixtures.refused", **ANY)
def test_a_try_that_is_refused_is_a_try(user: User, wire: Wire, integrator: Integrator) -> None:
    """A call without permission is seen with WhatsApp's answer."""
    assert integrator.call(user).json["error"]["code"] == 138006
    assert [seen.status for seen in wire.calls(user)] == [401]


@claim("behaviour.fixtures.numbers", **ANY)
def test_the_second_number_is_another(user: User, second_number: Number, integrator: Integrator, wire: Wire) -> None:
    """The same person at the second number: actions use that number, and the wire tells them apart."""
    there = second_number.user(user.wa_id)
    integrator.request_permission(there)
    assert (len(wire.permission_requests(there)), wire.permission_requests(user)) == (1, [])
    assert (len(wire.requests(user.wa_id)), wire.requests()[0].app_id) == (1, second_number.id)
    there.allow_always()
    assert there.show()["permission"]["status"] == "permanent"
    assert user.show()["permission"]["status"] == "no_permission"


@claim("behaviour.fixtures.fresh", **ANY)
@pytest.mark.parametrize("time", [1, 2])
def test_what_a_test_changes_is_undone(time: int, app: AppClient, user: User) -> None:
    """Settings, conversations, clock and journal are as if nobody had been there."""
    shown = app.show()
    SEEN.append(user.wa_id)
    assert len(set(SEEN)) == time
    assert (shown["status_delay"], shown["restriction"], shown["overrides"]) == (0, None, {})
    assert shown["variants"]["contacts"] == "full"
    assert abs(shown["clock"]["offset_seconds"]) < 1
    app.set(status_delay=5, restriction="calling", overrides={"requests_per_24h": 9}, variants={"contacts": "absent"})
    app.clock.advance(days=30)
    user.text()
    assert [row["wa_id"] for row in app.users()] == [user.wa_id]


@claim("behaviour.fixtures.variant", **ANY)
@shapes("contacts")
def test_shapes_come_one_by_one(variant: dict[str, str], app: AppClient, post: PostHere, user: User) -> None:
    """The app speaks in the shape while the test lasts."""
    reply = {"kind": "call_permission_reply", "wa_id": user.wa_id, "response": "accept", "is_permanent": True}
    answer = post(event=reply)
    value = app.deliveries.show(answer.delivery_id)["body"]["entry"][0]["changes"][0]["value"]
    names = {"full": 3, "trimmed": 1, "absent": 0}[variant.get("contacts", "full")]
    assert len(value.get("contacts", [{}])[0]) == names


@claim("behaviour.fixtures.post", **ANY)
def test_anything_can_be_posted(post: PostHere, user: User) -> None:
    """Events, bodies, bytes, often, and badly signed."""
    patience, guarded = os.environ["FACTS"].split()
    assert post.patience == float(patience)
    assert post(body={"object": "x", "entry": [{"changes": [{"value": {}}]}]}).accepted
    broken = post(raw=b"not json")
    assert (broken.status, broken.outcome, broken.crashed, broken.accepted) == (None, "closed", True, False)
    assert "not json" in broken.sent
    text = {"kind": "message", "wa_id": user.wa_id, "text": "Hello"}
    assert [answer.status for answer in post.many(5, event=text)] == [200] * 5
    assert post(event=text, signature="wrong").refused is (guarded == "True")


@claim("behaviour.fixtures.bsuid", **ANY)
def test_a_user_can_hide_the_number(user: User, integrator: Integrator) -> None:
    """Then webhooks name the BSUID only, and so do actions, which this target does not cover."""
    user.hide_number("asha")
    user.allow_always()
    assert integrator.permission(user) == "permanent"


@claim("behaviour.fixtures.last", last=True, dialects=("gupshup",), **ANY)
def test_output_belongs_to_the_test(integrator: Integrator, user: User) -> None:
    """What the application said since the test began."""
    assert integrator.output_of_test() == ""
    integrator.permission(user)
    assert until(lambda: user.wa_id in integrator.output_of_test(), 5)
    assert integrator.has("call")
    assert not integrator.has("last_call")
