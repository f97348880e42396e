"""Which fault strikes, and how often (BEHAVIOUR section 9)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.errors import Conflict, NotFound
from mock_server.store.faults import added, asked, cleared, may_strike, strike_request
from mock_server.store.rows import App, Fault
from tests.stage.conversation import an_app

MESSAGES = ("POST /partner/app/{app_id}/v3/message", "POST /partner/app/a/v3/message")
TEMPLATES = ("GET /partner/app/{app_id}/templates", "GET /partner/app/a/templates")


def with_faults(*faults: dict[str, Any]) -> App:
    """An app with these faults, on every request unless they say otherwise."""
    app = App(an_app())
    for fields in faults:
        app, _ = added(app, Fault(id=0, **{"route": "*", "fault": "status"} | fields), seed="store")
    return app


def struck(app: App, times: int = 1, names: tuple[str, ...] = MESSAGES) -> tuple[App, list[list[int]]]:
    """The ids of the faults that strike each of so many requests."""
    found = []
    for _ in range(times):
        app, faults = strike_request(app, names)
        found.append([fault.id for fault in faults])
    return app, found


def answers(fault: Fault, questions: int) -> list[bool]:
    said = []
    for _ in range(questions):
        strikes, fault = asked(fault)
        said.append(strikes)
    return said


def test_a_fault_strikes_once_unless_told_otherwise() -> None:
    """A fault fires for the next request, and for no other (section 9)."""
    app, found = struck(with_faults({}), 3)
    assert found == [[1], [], []]
    assert (app.faults[0].fired, app.faults[0].spent) == (1, True)


def test_until_cleared() -> None:
    """With `times` null a fault fires until it is cleared (section 9)."""
    app, found = struck(with_faults({"times": None}), 100)
    assert found == [[1]] * 100
    assert cleared(app, 1).faults == ()


def test_faults_queue_up() -> None:
    """Of several faults for one request the oldest strikes; the next ones keep their turn (section 9)."""
    app = with_faults({"status": 500}, {"status": 429}, {"fault": "error", "code": 131000})
    assert struck(app, 4)[1] == [[1], [2], [3], []]


def test_a_delay_goes_beside_another_fault() -> None:
    """A request can be struck by a delay and one other fault, not by two of either (section 9)."""
    app = with_faults({"fault": "delay"}, {"fault": "close"}, {"fault": "delay"})
    assert struck(app, 3)[1] == [[1, 2], [3], []]


@pytest.mark.parametrize(
    ("route", "strikes"),
    [
        ("*", True),
        ("v3/message", True),
        ("POST", True),
        ("POST /partner/app/{app_id}/v3/message", True),
        ("POST /partner/app/a/v3/message", True),
        ("GET", False),
        ("/messages", False),
        ("V3/MESSAGE", False),
    ],
)
def test_a_route_is_a_part_of_method_and_path(route: str, *, strikes: bool) -> None:
    """`route` is any part of "METHOD /path", of the route as it is listed or as it was asked (section 9)."""
    app = with_faults({"route": route})
    assert may_strike(app, MESSAGES) is strikes
    assert bool(strike_request(app, MESSAGES)[1]) is strikes


def test_other_routes_are_left_alone() -> None:
    """A request that a fault is not for neither fires it nor counts for its chance (section 9)."""
    app, found = struck(with_faults({"route": "v3/message"}), 3, TEMPLATES)
    assert found == [[], [], []]
    assert (app.faults[0].considered, app.faults[0].fired) == (0, 0)
    assert not may_strike(app, TEMPLATES)


def test_webhook_faults_do_not_strike_requests() -> None:
    """A fault is for requests or for webhooks (section 9)."""
    assert struck(with_faults({"fault": "drop", "route": None, "webhook": "*"}))[1] == [[]]


@settings(max_examples=100, deadline=None, derandomize=True)
@given(times=st.integers(1, 20), probability=st.floats(0, 1), seed=st.integers(0, 2**31 - 1))
def test_never_more_often_than_times(times: int, probability: float, seed: int) -> None:
    """Whatever the chance, a fault never fires more than `times`, and both counts are exact (section 9)."""
    fault = Fault(id=1, fault="drop", webhook="*", times=times, probability=probability, seed=seed)
    said = []
    for _ in range(60):
        strikes, fault = asked(fault)
        said.append(strikes)
        assert fault.fired == sum(said) <= times
        assert fault.considered <= len(said)


@settings(max_examples=50, deadline=None, derandomize=True)
@given(seed=st.integers(0, 2**31 - 1))
def test_certain_and_impossible(seed: int) -> None:
    """With probability 1 a fault always strikes, with 0 never (section 9)."""
    assert answers(Fault(id=1, fault="drop", times=None, probability=1, seed=seed), 50) == [True] * 50
    assert answers(Fault(id=1, fault="drop", times=None, probability=0, seed=seed), 50) == [False] * 50


def test_the_same_seed_decides_the_same() -> None:
    """The seed alone decides, whichever app and fault has it; another seed decides otherwise (section 9, T4)."""
    one = Fault(id=1, fault="drop", times=None, probability=0.3, seed=7)
    other = Fault(id=9, fault="status", route="*", times=None, probability=0.3, seed=7)
    assert answers(one, 200) == answers(other, 200)
    assert answers(one, 200) != answers(Fault(id=1, fault="drop", times=None, probability=0.3, seed=8), 200)
    assert 40 <= sum(answers(one, 200)) <= 80


def test_a_seed_is_made_up_from_the_stores() -> None:
    """A fault without a seed gets one, from the store's seed and its own id, so that it can be had again (T4)."""
    first, second = with_faults({}, {}).faults
    assert first.seed != second.seed
    assert with_faults({}).faults[0].seed == first.seed
    assert with_faults({"seed": 0}).faults[0].seed == 0


def test_spent_ones_make_room() -> None:
    """Of 100 faults the oldest spent one is forgotten for a new one; where none is spent, it is refused."""
    app, _ = struck(with_faults({"route": "templates"}, *({} for _ in range(99))), 2)
    for _ in range(2):
        app, made = added(app, Fault(id=0, fault="status", route="*"), seed="store")
    assert (made.id, len(app.faults), [fault.id for fault in app.faults[:2]]) == (102, 100, [1, 4])
    with pytest.raises(Conflict, match="100 faults"):
        added(app, Fault(id=0, fault="status", route="*"), seed="store")


def test_clearing() -> None:
    """One fault is cleared or all are; ids never come again."""
    app = with_faults({}, {}, {})
    assert [fault.id for fault in cleared(app, 2).faults] == [1, 3]
    assert cleared(app).faults == ()
    assert added(cleared(app), Fault(id=0, fault="close", route="*"), seed="store")[1].id == 4
    with pytest.raises(NotFound):
        cleared(app, 4)
