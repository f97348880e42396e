"""The client and one user."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mock_server.client import AppClient, Refused, UserClient
from mock_server.demo.business import Business

ASHA = "919812345678"


@pytest.mark.parametrize(
    ("act", "status"),
    [
        (lambda user: user.allow_always(), "permanent"),
        (lambda user: user.allow_temporarily(), "temporary"),
        (lambda user: (user.allow_always(), user.decline())[1], "no_permission"),
        (lambda user: (user.allow_always(), user.revoke())[1], "no_permission"),
    ],
)
def test_permission(app: AppClient, act: Callable[[UserClient], Any], status: str) -> None:
    """What a user does about permission answers the new state and the reply that the business got (P2)."""
    answer = act(app.user(ASHA))
    assert answer["user"]["permission"]["status"] == status
    assert [event["kind"] for event in answer["events"]] == ["call_permission_reply"]
    assert [row["state"] for row in answer["deliveries"]] == ["delivered"]


def test_a_permission_of_some_seconds(app: AppClient) -> None:
    """`allow_temporarily(5)` lives five seconds (P2)."""
    shown = app.user(ASHA).allow_temporarily(5)["user"]["permission"]
    assert shown["expires_at"] == "2026-12-24T18:00:05.000Z"


def test_it_does_not_wait_when_told(app: AppClient) -> None:
    """`wait=False` answers before the webhook has been tried."""
    assert app.user(ASHA).allow_always(wait=False)["deliveries"][0]["attempts"] == 0


def test_an_older_request_is_answered(app: AppClient, sandbox: Any) -> None:
    """`request_id` answers a request other than the newest; `from_profile` none of them (P2, P6)."""
    app.set(overrides={"requests_per_24h": 2})
    with Business(sandbox.url, app_id=app.id, token=app.show()["token"]) as business:
        business.ask_permission(ASHA)
        business.ask_permission(ASHA)
    app.set(overrides={"requests_per_24h": None})
    older = app.user(ASHA).show()["requests"][0]["id"]
    replies = [
        app.user(ASHA).allow_temporarily(request_id=older)["events"][-1],
        app.user(ASHA).decline(from_profile=True)["events"][-1],
    ]
    assert [reply.get("context_id") for reply in replies] == [older, None]


def test_messages(app: AppClient) -> None:
    """`text` brings a message, `read` nothing when there is nothing to read."""
    assert app.user(ASHA).text("Where is it?")["events"][0]["text"] == "Where is it?"
    assert app.user(ASHA).read()["events"] == []


def test_calls(app: AppClient) -> None:
    """`pick_up`, `hang_up` and `reject_call` answer the business's call; `call` calls the business (C3, C6)."""
    user = app.user(ASHA)
    user.allow_always()
    app.place_call(ASHA)
    assert user.pick_up()["user"]["calls"][-1]["state"] == "connected"
    assert user.hang_up()["user"]["calls"][-1]["state"] == "ended"
    app.place_call(ASHA)
    assert user.reject_call()["user"]["calls"][-1]["state"] == "ended"
    assert user.call()["user"]["calls"][-1]["direction"] == "USER_INITIATED"


def test_a_user_is_changed(app: AppClient) -> None:
    """`set` changes what the user is, and None takes a username away."""
    assert app.user(ASHA).set(name="Asha", username="asha")["username"] == "asha"
    assert app.user(ASHA).set(username=None)["username"] is None


def test_a_user_is_found_by_number_or_bsuid(app: AppClient) -> None:
    """A number with decoration and the user's BSUID lead to the same user (A2, A3)."""
    app.user("+91 98123-45678").allow_always()
    bsuid = app.user(ASHA).show()["bsuid"]
    assert app.user(bsuid).show()["permission"]["status"] == "permanent"


def test_what_cannot_be_is_refused(app: AppClient) -> None:
    """Revoking without permission raises Refused with status, code and a sentence (P2, E4)."""
    with pytest.raises(Refused) as refused:
        app.user(ASHA).revoke()
    error = refused.value
    assert (error.status, error.code, error.field) == (409, "nothing_to_take_back", None)
    assert error.sentence == "There is no permission to revoke."
