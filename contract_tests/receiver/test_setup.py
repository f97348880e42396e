"""What a provider asks of a URL before it trusts it, and how soon and with what it wants to be answered."""

from __future__ import annotations

import pytest

from contract_tests.claims import claim
from contract_tests.failure import require
from contract_tests.numbers import User
from contract_tests.posting import PostHere
from contract_tests.receiver import sources
from contract_tests.receiver.direct import Direct, as_bytes
from contract_tests.receiver.events import call_status, reply, status, terminate
from contract_tests.target.model import Target

CHALLENGE = "1158201444"
FAST = 1.0  # seconds


@claim(
    "receiver.setup.set-callback",
    level="must",
    rule="W1",
    source=sources.SET_CALLBACK,
    mistakes=(20,),
    dialects=("gupshup",),
)
def test_the_event_of_setting_the_callback_is_taken(post: PostHere) -> None:
    """`set-callback`, which comes when the URL is set and has neither id, status nor metadata, is answered with 2xx."""
    post(event={"kind": "set_callback"}).must_be_accepted()


@claim(
    "receiver.setup.sandbox-start",
    level="must",
    rule="W1",
    source=f"{sources.KEY_POINTS}: the user event sandbox-start must be accepted",
    mistakes=(20,),
    dialects=("gupshup",),
)
def test_the_event_of_version_2_is_taken(direct: Direct) -> None:
    """`sandbox-start`, which comes in the form of version 2, is answered with 2xx."""
    payload = {"phone": "callbackSetPhone", "type": "sandbox-start"}
    event = {"app": "DemoApp", "timestamp": 1767168000000, "version": 2, "type": "user-event", "payload": payload}
    direct(as_bytes(event), "sandbox-start, version 2").must_be_accepted()


@claim(
    "receiver.setup.handshake",
    level="must",
    rule="W2",
    source=f"{sources.ENDPOINT}: verification requests",
    dialects=("meta",),
    needs=("integrator.verify_token",),
)
@pytest.mark.parametrize("challenge", [CHALLENGE, "7", "9007199254740993"])
def test_the_handshake_is_answered(direct: Direct, target: Target, challenge: str) -> None:
    """The right verify token is answered with 200 and the challenge, and nothing else, as body."""
    answer = direct.get(_asked(target.verify_token, challenge))
    require(
        answer.status == 200 and answer.text == challenge,
        sent=answer.sent,
        received=str(answer),
        expected=f"200 with the body {challenge}, as it is",
    )


@claim(
    "receiver.setup.handshake-refused",
    level="must",
    rule="W2",
    source=f"{sources.ENDPOINT}: verification requests",
    mistakes=(9,),
    dialects=("meta",),
    needs=("integrator.verify_token",),
)
@pytest.mark.parametrize("token", ["wrong", "", None, "übel"], ids=["wrong", "empty", "missing", "not-ascii"])
def test_a_handshake_with_another_token_is_refused(direct: Direct, token: str | None) -> None:
    """Another verify token, or none, is answered with 4xx, without the challenge."""
    answer = direct.get(_asked(token, CHALLENGE))
    answer.must_be_refused()
    require(CHALLENGE not in answer.text, sent=answer.sent, received=str(answer), expected="4xx without the challenge")


@claim("receiver.answer.soon", level="should", rule="W5", source=sources.THROUGHPUT)
def test_answers_come_within_a_second(post: PostHere, user: User) -> None:
    """A webhook is answered within a second: what takes longer is better done after the answer."""
    wa_id = user.wa_id
    for event in reply(wa_id), status(wa_id, "delivered"), call_status(wa_id, "RINGING"), terminate(wa_id, duration=1):
        answer = post(event=event)
        late = answer.status is None or answer.seconds > FAST
        require(not late, sent=answer.sent, received=str(answer), expected=f"an answer within {FAST:g} s")


@claim(
    "receiver.answer.empty",
    level="should",
    rule="W5",
    source=f"{sources.KEY_POINTS}: 2xx with an empty body",
    dialects=("gupshup",),
)
def test_the_answer_is_empty(post: PostHere, user: User) -> None:
    """A webhook is answered with 2xx and an empty body."""
    answer = post(event=reply(user.wa_id))
    require(
        not answer.accepted or not answer.text,
        sent=answer.sent,
        received=str(answer),
        expected="2xx with an empty body",
    )


@claim(
    "receiver.answer.exactly-200",
    level="may",
    rule="W5",
    source=f"{sources.ENDPOINT}: answer 200, anything else is a failure",
    dialects=("meta",),
)
def test_the_answer_is_exactly_200(post: PostHere, user: User) -> None:
    """A webhook is answered with 200 itself: Meta's page names no other status that is good."""
    answer = post(event=reply(user.wa_id))
    require(
        not answer.accepted or answer.status == 200,
        sent=answer.sent,
        received=str(answer),
        expected="200, not another 2xx",
    )


def _asked(token: str | None, challenge: str) -> dict[str, str]:
    asked = {"hub.mode": "subscribe", "hub.challenge": challenge}
    return asked if token is None else {**asked, "hub.verify_token": token}
