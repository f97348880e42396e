"""When the provider is in trouble, or says no: wait, renew the token once, and send nothing twice."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest

from contract_tests.behaviour.scene import MESSAGES, Scene
from contract_tests.claims import claim
from contract_tests.failure import require
from contract_tests.numbers import User
from contract_tests.telling import seconds_between, shown
from contract_tests.wire import Seen
from mock_server.client import AppClient

_RATES = "Gupshup, Partner rate limits, since Sep 28 2023: cool-down of 1 s; Meta, Error codes, Dec 12 2025"
_TOKENS = "Gupshup, Partner authentication guide, Sep 1 2026; Meta, Error codes, Dec 12 2025"
_ONCE = "Gupshup and Meta document no idempotency key for messages, read Nov 2026"
_CODES = "Meta, Error codes, Dec 12 2025: build on code, not on the HTTP status"
ASK = ("actions.request_permission",)
CALL = ("actions.call",)
COOL_DOWN = 1.0  # seconds


@claim("behaviour.error.throttled", level="must", rule="E5", source=_RATES, mistakes=(13,), needs=ASK)
def test_who_is_told_to_wait_waits(scene: Scene, user: User, app: AppClient) -> None:
    """After a 429 nothing is asked again within a second."""
    app.faults.add("status", route=MESSAGES, status=429)
    done = scene.integrator.request_permission(user)
    requests = _requests(scene, user)
    _some(requests, sent=done.what)
    _spaced(requests, sent=f"{done.what}; the first request gets 429")


@claim("behaviour.error.throttled-by-code", level="should", rule="E1", source=_CODES, mistakes=(13, 17), needs=ASK)
def test_who_is_told_so_with_a_400_waits_too(scene: Scene, user: User, app: AppClient) -> None:
    """After 130429, which comes with HTTP 400, nothing is asked again within a second."""
    app.faults.add("error", route=MESSAGES, code=130429)
    done = scene.integrator.request_permission(user)
    requests = _requests(scene, user)
    _some(requests, sent=done.what)
    _spaced(requests, sent=f"{done.what}; the first request gets error.code 130429 with HTTP 400")


@claim("behaviour.error.throttled-call", level="must", rule="E5", source=_RATES, mistakes=(13,), needs=CALL)
def test_who_is_told_to_wait_with_calls_waits(scene: Scene, user: User, app: AppClient) -> None:
    """After a 429 no call is tried again within a second."""
    user.allow_always()
    app.faults.add("status", route="/calls", status=429)
    done, _ = scene.must_call_here(user, after="the user allowed calls")
    scene.wire.nothing_within(user)
    _spaced(scene.wire.calls(user), sent=f"the user allowed calls; then {done.what}; the first call gets 429")


@claim("behaviour.error.token", level="must", rule="E2", source=_TOKENS, needs=ASK)
def test_a_token_is_renewed_once(scene: Scene, user: User, app: AppClient) -> None:
    """A 401 is answered with a new token once; while it stays, the request is not sent again and again."""
    app.faults.add("status", route=MESSAGES, status=401, times=None)
    done = scene.integrator.request_permission(user)
    requests = _requests(scene, user)
    _some(requests, sent=done.what)
    sent = f"{done.what}; every request gets 401"
    require(len(requests) <= 2, sent=sent, received=shown(requests), expected="one try, and one with a new token")


@claim("behaviour.error.token-renewed", level="should", rule="E2", source=_TOKENS, needs=ASK)
def test_with_a_new_token_it_goes_on(scene: Scene, user: User, app: AppClient) -> None:
    """A token that is refused once is renewed, and the request goes through."""
    app.faults.add("status", route=MESSAGES, status=401)
    done = scene.integrator.request_permission(user)
    requests = scene.wire.wait_for(lambda seen: seen.is_permission_request and seen.status == 200, user)
    sent = f"{done.what}; the first request gets 401"
    received = shown(scene.wire.requests(user))
    require(requests, sent=sent, received=received, expected="the same request with a new token")


@claim("behaviour.request.server-error", level="must", rule="R2", source=_ONCE, mistakes=(26,), needs=ASK)
def test_nothing_is_sent_twice_after_a_5xx(scene: Scene, user: User, app: AppClient) -> None:
    """After a 5xx the request may have been taken: it is not sent again, which would use up the one of the day."""
    app.faults.add("status", route=MESSAGES, status=500, processed=True)
    _sent_once(scene, user, trouble="the request is taken, and answered with 500")


@claim("behaviour.request.time-out", level="must", rule="R2", source=_ONCE, mistakes=(26,), needs=ASK)
def test_nothing_is_sent_twice_after_a_time_out(scene: Scene, user: User, app: AppClient) -> None:
    """When the answer does not come in time, the request may have been taken: it is not sent again."""
    app.faults.add("delay", route=MESSAGES, seconds=3)
    _sent_once(scene, user, trouble="the request is taken, and answered 3 s late")


@claim("behaviour.request.connection-lost", level="must", rule="R2", source=_ONCE, mistakes=(26,), needs=ASK)
def test_nothing_is_sent_twice_after_a_lost_connection(scene: Scene, user: User, app: AppClient) -> None:
    """When the connection breaks before the answer, the request may have been taken: it is not sent again."""
    app.faults.add("close", route=MESSAGES, when="before")
    _sent_once(scene, user, trouble="the request is taken, and the connection closed without an answer")


@pytest.mark.parametrize("status", ["401", "400"])
@claim("behaviour.error.code-not-status", level="must", rule="E1", source=_CODES, mistakes=(17, 12), needs=CALL)
def test_a_refused_call_is_told_by_its_code(scene: Scene, user: User, app: AppClient, status: str) -> None:
    """138006 says that the permission is gone, whatever HTTP status it has: no new token, and no further call."""
    app.set(variants={"no_permission_status": status})
    user.allow_always()
    app.faults.add("drop", webhook="call_permission_reply")
    user.revoke()
    done, _ = scene.must_call_here(user, after="the user allowed calls, and took it back, of which no webhook came")
    again = scene.integrator.call(user)
    scene.wire.nothing_within(user)
    calls = scene.wire.calls(user)
    require(
        len(calls) == 1,
        sent=f"a permission that is gone, and no webhook said so; {done.what}, and again {again.what}",
        received=shown(calls),
        expected=f"one call, which is refused with 138006 and HTTP {status}; no other",
    )


def _requests(scene: Scene, user: User) -> list[Seen]:
    """Its permission requests, when there are no more to come."""
    return [seen for seen in scene.wire.nothing_within(user) if seen.is_permission_request]


def _some(requests: Sequence[Seen], *, sent: str) -> None:
    require(
        requests, sent=sent, received="nothing was sent to the provider", expected="a permission request", mistakes=()
    )


def _spaced(requests: Sequence[Seen], *, sent: str) -> None:
    """Behind a refusal that says to wait there is a second before the next."""
    for one, next_one in pairwise(requests):
        require(
            one.status == 200 or seconds_between(one, next_one) >= COOL_DOWN,
            sent=sent,
            received=shown(requests),
            expected=f"nothing again within {COOL_DOWN:g} s",
        )


def _sent_once(scene: Scene, user: User, *, trouble: str) -> None:
    done = scene.integrator.request_permission(user)
    requests = _requests(scene, user)
    _some(requests, sent=done.what)
    expected = "one request: there is no way to know, and no key that would keep it from being taken twice"
    require(len(requests) == 1, sent=f"{done.what}; {trouble}", received=shown(requests), expected=expected)
