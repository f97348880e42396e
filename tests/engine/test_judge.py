"""Which refusals are violations: those whose reason the integrator knew (section 11)."""

from __future__ import annotations

import pytest

from mock_server.engine.commands import Allow, Decline, EndCall, PickUp, Revoke, WebhookAnswered
from mock_server.engine.judge import Finding
from mock_server.engine.state import Response
from tests.stage.conversation import ALWAYS, ASK, CALL, DAY, TEMPORARILY, WEEK, Actor


def delivered(actor: Actor) -> None:
    """The webhook of the last reply was answered 2xx."""
    actor.do(WebhookAnswered(wamid=actor.reply.wamid))


def call_is_judged(actor: Actor) -> Finding | None:
    outcome = actor.run(CALL)
    assert outcome.refusal is not None
    assert outcome.refusal.code == 138006
    return outcome.finding


def seen(finding: Finding | None) -> str:
    assert finding is not None
    assert finding.kind == "violation"
    return finding.seen


def test_calling_whom_nobody_asked() -> None:
    """138006 for a user who never allowed calls is a violation of C2, with its source (section 11)."""
    assert call_is_judged(Actor()) == Finding(
        "violation",
        "C2",
        "a call was tried though the user never allowed calls",
        "call only while the last permission reply is an accept that has not expired",
        "Meta, Business-initiated calls, Jun 26 2026",
    )


def test_calling_after_a_decline() -> None:
    """138006 after a decline, delivered or not, is a violation: there never was an accept (section 11)."""
    actor = Actor()
    actor.ask()
    actor.do(Decline())
    assert seen(call_is_judged(actor)) == "a call was tried though the user never allowed calls"


def test_calling_after_expires_at() -> None:
    """138006 after `expires_at` is a violation, though no webhook tells the end (section 11, P3)."""
    actor = Actor()
    actor.do(TEMPORARILY)
    delivered(actor)
    actor.wait(WEEK)
    assert seen(call_is_judged(actor)) == "a call was tried after the temporary permission had expired"


@pytest.mark.parametrize(
    ("accept", "end", "violation"), [(True, False, False), (True, True, True), (False, False, True)]
)
def test_calling_after_a_revoke(*, accept: bool, end: bool, violation: bool) -> None:
    """138006 is excused when the accept was delivered and the revoke was not, and only then (section 11)."""
    actor = Actor()
    actor.do(ALWAYS)
    if accept:
        delivered(actor)
    actor.do(Revoke())
    if end:
        delivered(actor)
    finding = call_is_judged(actor)
    if violation:
        assert seen(finding) == "a call was tried though the permission ended at 2025-12-31T08:00:00.000Z"
    else:
        assert finding is None


def test_a_later_decline_excuses_nothing() -> None:
    """After a delivered revoke a further decline, not yet delivered, is no excuse for a call (section 11)."""
    actor = Actor()
    actor.ask()
    actor.do(ALWAYS)
    delivered(actor)
    actor.do(Revoke())
    delivered(actor)
    actor.do(Decline())
    assert actor.reply.response is Response.REJECT
    assert call_is_judged(actor) is not None


def test_a_decline_after_expiry_excuses_nothing() -> None:
    """A decline that is not delivered does not excuse a call after `expires_at` (section 11)."""
    actor = Actor()
    actor.ask()
    actor.do(Allow(always=False, seconds=5))
    delivered(actor)
    actor.wait(5)
    actor.do(Decline())
    assert seen(call_is_judged(actor)) == "a call was tried after the temporary permission had expired"


def test_a_revocation_that_is_on_its_way() -> None:
    """The call right after the revocation for unanswered calls is excused until that is delivered (section 11, C5)."""
    actor = Actor()
    actor.do(ALWAYS)
    delivered(actor)
    for _ in range(4):
        actor.call()
        actor.wait(60)
    assert call_is_judged(actor) is None
    delivered(actor)
    assert seen(call_is_judged(actor)) == "a call was tried though the permission ended at 2025-12-31T08:04:00.000Z"


def test_a_new_accept_starts_afresh() -> None:
    """What ended an earlier permission says nothing about the next (section 11)."""
    actor = Actor()
    actor.do(ALWAYS)
    actor.do(Revoke())
    delivered(actor)
    actor.do(TEMPORARILY)
    delivered(actor)
    actor.do(Revoke())
    assert call_is_judged(actor) is None


def test_asking_too_often() -> None:
    """138009 is a violation of R2: its own requests it knew from their answers (section 11)."""
    actor = Actor()
    actor.ask()
    actor.wait(60)
    assert actor.run(ASK).finding == Finding(
        "violation",
        "R2",
        "a permission request beyond the limit; the last one was accepted at 2025-12-31T08:00:00.000Z",
        "at most 1 in 24 hours and 2 in 7 days",
        "Meta, Obtain user call permissions, Jun 26 2026",
    )


def test_a_limit_nobody_could_know() -> None:
    """138009 and 138012 under a limit of 0 are no violations: there was nothing of its own to know (section 11)."""
    actor = Actor(overrides={"requests_per_24h": 0, "connected_calls_per_24h": 0})
    actor.do(TEMPORARILY)
    assert actor.run(ASK).finding is None
    assert actor.run(CALL).finding is None


def test_calling_too_often() -> None:
    """138012 is a violation of C4: it tells how many calls connected in the last 24 hours (section 11)."""
    actor = Actor(overrides={"connected_calls_per_24h": 3})
    actor.do(ALWAYS)
    actor.connected_call()
    actor.wait(DAY - 60)
    for _ in range(2):
        call = actor.call()
        actor.do(PickUp())
        actor.do(EndCall(call_id=call.call_id))
    assert seen(actor.run(CALL).finding) == "a call was tried after 3 connected ones in 24 hours"


@pytest.mark.parametrize("known", [True, False])
def test_asking_though_permanent(*, known: bool) -> None:
    """138017 is a violation of R3 once the accept was delivered, and not before (section 11)."""
    actor = Actor()
    actor.do(ALWAYS)
    if known:
        delivered(actor)
    outcome = actor.run(ASK)
    assert outcome.refusal is not None
    assert outcome.refusal.code == 138017
    assert (outcome.finding.rule if outcome.finding else None) == ("R3" if known else None)


@pytest.mark.parametrize("command", [PickUp(), Revoke(), EndCall(call_id="wacid.x")])
def test_what_the_script_does_is_no_violation(command: PickUp | Revoke | EndCall) -> None:
    """An action of the script that cannot be done is nobody's violation (section 11)."""
    assert Actor().run(command).finding is None


def test_what_is_accepted_is_no_violation() -> None:
    """What goes through has no finding (section 11)."""
    actor = Actor()
    assert actor.run(ASK).finding is None
    actor.do(ALWAYS)
    assert actor.run(CALL).finding is None
