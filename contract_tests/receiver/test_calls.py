"""The events of a call, each also where nothing of the call is known yet: their order is not promised."""

from __future__ import annotations

import pytest

from contract_tests.claims import claim
from contract_tests.numbers import User
from contract_tests.posting import PostHere
from contract_tests.receiver import sources
from contract_tests.receiver.events import call_id, call_status, connect, terminate, without_number
from contract_tests.variants import shapes

BY_USER = {"direction": "USER_INITIATED"}


@claim("receiver.call.connect", level="must", rule="C3", source=f"{sources.CALLS}: connect", mistakes=(20,))
@shapes("contacts")
def test_connect_is_taken(post: PostHere, user: User, variant: dict[str, str]) -> None:
    """The connect of a call that the business placed, with an SDP answer, is answered with 2xx."""
    post(event=connect(user.wa_id)).must_be_accepted()


@claim(
    "receiver.call.connect-by-user", level="must", rule="C6", source=f"{sources.USER_CALLS}: connect", mistakes=(20,)
)
@shapes("contacts")
def test_connect_of_a_users_call_is_taken(post: PostHere, user: User, variant: dict[str, str]) -> None:
    """The connect of a user's call, with an SDP offer, is answered with 2xx."""
    post(event=connect(user.wa_id, **BY_USER)).must_be_accepted()


@claim("receiver.call.status", level="must", rule="C3", source=f"{sources.CALLS}: status", mistakes=(20,))
@pytest.mark.parametrize("word", ["RINGING", "ACCEPTED", "REJECTED"])
@shapes("contacts")
def test_a_call_status_is_taken(*, post: PostHere, user: User, variant: dict[str, str], word: str) -> None:
    """RINGING, ACCEPTED and REJECTED, statuses of a call and not of a message, are answered with 2xx."""
    post(event=call_status(user.wa_id, word)).must_be_accepted()


@claim(
    "receiver.call.terminate",
    level="must",
    rule="C3, W4",
    source=f"{sources.CALLS}: terminate",
    mistakes=(22,),
)
@shapes("contacts", "terminate_case")
def test_terminate_is_taken(post: PostHere, user: User, variant: dict[str, str]) -> None:
    """The end of a connected call is answered with 2xx: COMPLETED, Completed or ["Completed"]."""
    post(event=terminate(user.wa_id, duration=18)).must_be_accepted()


@claim(
    "receiver.call.unanswered",
    level="must",
    rule="C3",
    source=f"{sources.CALLS}: start_time, end_time and duration only where the user picked up",
    mistakes=(22,),
)
@shapes("contacts", "terminate_case")
def test_the_end_of_an_unanswered_call_is_taken(post: PostHere, user: User, variant: dict[str, str]) -> None:
    """The end of a call that nobody picked up, without start_time, end_time and duration, is answered with 2xx."""
    post(event=terminate(user.wa_id)).must_be_accepted()


@claim(
    "receiver.call.failed",
    level="must",
    rule="C3, W4",
    source=f"{sources.CALLS}: errors stand beside calls",
    mistakes=(18,),
)
@pytest.mark.parametrize("code", [138019, 138021, 138023])
@shapes("contacts", "terminate_case")
def test_the_end_of_a_failed_call_is_taken(*, post: PostHere, user: User, variant: dict[str, str], code: int) -> None:
    """The end of a failed call, with `errors` beside `calls`, is answered with 2xx."""
    post(event=terminate(user.wa_id, code=code)).must_be_accepted()


@claim(
    "receiver.call.terminate-by-user", level="must", rule="C6", source=f"{sources.USER_CALLS}: terminate", mistakes=()
)
@pytest.mark.parametrize("talk", [{"duration": 18}, {}], ids=["connected", "unanswered"])
@shapes("contacts", "terminate_case")
def test_the_end_of_a_users_call_is_taken(
    *, post: PostHere, user: User, variant: dict[str, str], talk: dict[str, int]
) -> None:
    """The end of a user's call, connected or not, is answered with 2xx."""
    post(event=terminate(user.wa_id, **BY_USER, **talk)).must_be_accepted()


@claim("receiver.call.without-number", level="must", rule="A3", source=sources.IDENTITY, mistakes=(6,))
@pytest.mark.parametrize("direction", ["BUSINESS_INITIATED", "USER_INITIATED"])
@shapes("contacts")
def test_calls_with_a_user_without_a_number_are_taken(
    *, post: PostHere, user: User, variant: dict[str, str], direction: str
) -> None:
    """Events of a call with a username user, with the BSUID only, are answered with 2xx."""
    who = without_number(user)
    for event in connect(who, direction=direction), call_status(who, "RINGING"), terminate(who, direction=direction):
        post(event=event).must_be_accepted()


@claim(
    "receiver.call.order",
    level="must",
    rule="W5",
    source="Meta, Calling FAQ, Nov 13 2025: terminate may come before connect",
)
def test_a_call_that_is_told_backwards_is_taken(post: PostHere, user: User) -> None:
    """The events of one call are answered with 2xx also where its end comes before its beginning."""
    call = {"call_id": call_id(user)}
    post(event=terminate(user.wa_id, duration=3, **call)).must_be_accepted()
    post(event=connect(user.wa_id, **call)).must_be_accepted()
    post(event=call_status(user.wa_id, "RINGING", **call)).must_be_accepted()
