"""`app.faults`: what goes wrong on purpose (BEHAVIOUR section 9)."""

from __future__ import annotations

import pytest

from mock_server.client import AppClient, Refused

ASHA = "919812345678"


def test_faults_are_set_listed_and_cleared(app: AppClient) -> None:
    """`add` answers the fault as `list` shows it; `clear` takes one away, or all."""
    first = app.faults.add("error", route="v3/message", code=131056, times=3)
    second = app.faults.add("delay", webhook="*", seconds=60, times=None, probability=0.5, seed=7)
    assert (first["code"], first["left"], second["left"], second["seed"]) == (131056, 3, None, 7)
    assert app.faults.list() == [first, second]
    app.faults.clear(first["id"])
    assert app.faults.list() == [second]
    app.faults.clear()
    assert app.faults.list() == []


def test_a_fault_strikes_once_unless_told_otherwise(app: AppClient) -> None:
    """Without `times` a fault strikes once; the journal has it (section 9)."""
    app.faults.add("drop", webhook="call_permission_reply")
    assert [row["state"] for row in app.user(ASHA).allow_always()["deliveries"]] == ["dead"]
    assert [row["state"] for row in app.user(ASHA).revoke()["deliveries"]] == ["delivered"]
    assert [entry["fault"] for entry in app.journal(kind="fault")] == ["drop"]


def test_a_wrong_fault_is_refused_by_field(app: AppClient) -> None:
    """A field that a fault does not have is named."""
    with pytest.raises(Refused) as refused:
        app.faults.add("close", route="*", status=500)
    assert (refused.value.status, refused.value.field) == (400, "status")


def test_a_fault_that_is_not_there_is_refused(app: AppClient) -> None:
    """Clearing a fault that is not there says so."""
    with pytest.raises(Refused, match="There is no fault 99"):
        app.faults.clear(99)
