"""Fixtures of the receiver's tests."""

from __future__ import annotations

from typing import Any, Final

import pytest

from contract_tests.failure import require
from contract_tests.integrator import Integrator
from contract_tests.numbers import Number, People, User
from contract_tests.patience import until
from contract_tests.posting import Post, PostHere
from contract_tests.receiver.direct import Direct
from contract_tests.receiver.events import Said, StillRight, reply
from contract_tests.target.model import Target

BELIEVED_SECONDS: Final = 5.0


@pytest.fixture(scope="session")
def _direct(target: Target, numbers: tuple[Number, Number, Number], integrator: Integrator, _post: Post) -> Direct:
    return Direct(target, numbers[0], patience=_post.patience, check=integrator.application.check)


@pytest.fixture
def direct(number: Number, _direct: Direct) -> Direct:
    """Posts bodies that no sandbox would send: see Direct."""
    return _direct


@pytest.fixture
def said(post: PostHere, number: Number) -> Said:
    """`said({"kind": ...}, variants={...})`: an event in the dialect's words, as JSON, once it has been sent."""

    def body(event: dict[str, Any], variants: dict[str, str] | None = None) -> Any:
        answer = post(event=event, variants=variants)
        return number.app.deliveries.show(answer.delivery_id)["body"]

    return body


@pytest.fixture(scope="session")
def _believes(integrator: Integrator, numbers: tuple[Number, Number, Number], people: People, _post: Post) -> bool:
    """Whether the application shows the permission that a reply gave, before it has been sent anything hostile."""
    if not integrator.has("permission"):
        return False
    user = people.new(numbers[0])
    _post.send(numbers[0], event=reply(user.wa_id))
    return _is_temporary(integrator, user)


@pytest.fixture
def still_right(*, _believes: bool, post: PostHere, user: User, integrator: Integrator) -> StillRight:
    """Call it after something hostile: raises ContractFailure unless the application takes a right reply as before.

    Where the target says what the application believes, the reply must have been understood, too: a worker behind the
    webhook may have died while the webhook goes on saying 200.
    """

    def check() -> None:
        answer = post(event=reply(user.wa_id))
        answer.must_be_accepted(because="what the test sent before it must not get in the way")
        require(
            not _believes or _is_temporary(integrator, user),
            sent=f"{answer.sent}\n(after what the test had sent)",
            received=f"{answer}, and its permission is not temporary",
            expected="that it goes on as before: the reply taken and understood",
        )

    return check


def _is_temporary(integrator: Integrator, user: User) -> bool:
    """Waits: an application may answer first and apply afterwards."""
    return until(lambda: integrator.permission(user) == "temporary", BELIEVED_SECONDS)
