"""Any sequence of what two businesses, two users and the clock do, against a model.

(P1-P7, R2-R6, C2-C9, T6, T7, S2.) `HYPOTHESIS_PROFILE=long HYPOTHESIS_EXAMPLES=3000` searches longer, elsewhere each
time.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Final

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule, run_state_machine_as_test

from mock_server.engine.commands import (
    AcceptCall,
    Allow,
    CallBusiness,
    Command,
    Decline,
    EndCall,
    HangUp,
    PickUp,
    PlaceCall,
    PreAcceptCall,
    Read,
    RejectCall,
    RejectUserCall,
    Revoke,
    SendMessage,
    SetUser,
    Wake,
    Write,
)
from mock_server.engine.events import CallTerminate
from mock_server.engine.state import Form, Reachability
from tests.engine.limits_model import OFF, ON, OUTDATED, WEEK, Figures
from tests.engine.limits_stage import CONVERSATIONS, LINES, Four, Under
from tests.engine.limits_view import ended, expected, seen, ways

TIGHT: Final = {
    "requests_per_24h": 2, "requests_per_7d": 3, "connected_calls_per_24h": 2, "temporary_permission_seconds": 90,
    "nudge_after": 1, "revoke_after": 2, "calls_going_on": 1, "call_starts_per_24h": 4,
}  # fmt: skip
FEW: Final = {"calls_going_on": 1, "call_starts_per_24h": 4}
UNDER: Final[list[Under]] = [
    ({}, Figures()),
    ({"callback_permission_status": "ENABLED", "status_delay": 30}, Figures(callback=True, status_delay=30_000)),
    (
        {"overrides": TIGHT, "callback_permission_status": "ENABLED"},
        Figures(2, 3, 2, 90_000, 1, 2, 1, 4, callback=True),
    ),
    ({"overrides": TIGHT, "status_delay": 0.5}, Figures(2, 3, 2, 90_000, 1, 2, 1, 4, status_delay=500)),
    ({"overrides": FEW}, Figures(calls_going_on=1, call_starts_per_24h=4)),
    ({"rules": "meta-test-number"}, Figures(25, 100, 100, WEEK, 5, 10)),
]
PATHS: Final = {"enqueued", "enqueued sent", "enqueued failed", "enqueued sent delivered", "enqueued sent failed",
                "enqueued sent delivered read"}  # fmt: skip
ENDS: Final = {"enqueued failed", "enqueued sent delivered", "enqueued sent failed", "enqueued sent delivered read"}
WHO: Final = st.sampled_from((0, 0, 0, *CONVERSATIONS))  # one of them comes far
STEPS: Final = st.sampled_from([
    "place", "place_without_sdp", "pick_up", "reject", "end", "fail", "call", "accept", "prepare", "turn_away",
    "hang_up",
])  # fmt: skip
BUSINESS_CALLS: Final = st.sampled_from([
    "pick_up", "pick_up hang_up", "pick_up end", "pick_up fail", "reject", "ring", "end", "fail", "ring place reject",
    "pick_up end place pick_up end", "pick_up end place reject", "ring place ring place reject place ring",
])  # fmt: skip
USER_CALLS: Final = st.sampled_from([
    "accept", "prepare accept hang_up", "accept end", "turn_away", "end", "hang_up", "ring", "place",
])  # fmt: skip
LEAST_STEPS: Final = 10_000


class Limits(Four):
    """What may be done, what the model says to it, and what holds at any time."""

    @initialize(one=st.sampled_from(UNDER), other=st.sampled_from(UNDER))
    def begin(self, one: Under, other: Under) -> None:
        self.set_up((one, other))

    # The business

    @rule(who=WHO, form=st.sampled_from(Form))
    def ask(self, who: int, form: Form) -> None:
        command = SendMessage(request=form, free_form=form is Form.INTERACTIVE)
        accepted = self.do(who, command, self.models[who].ask()).answer
        if accepted is not None:
            self.asked[who].append(accepted.wamid)

    @rule(who=WHO)
    def send(self, who: int) -> None:
        self.do(who, SendMessage(), self.lines[who // 2].may_send())

    @rule(which=st.sampled_from(LINES), state=st.sampled_from(["well"] * 4 + ["paused", "blocked", "disabled"]))
    def put_the_number(self, which: int, state: str) -> None:
        """Into a state: restriction and calling, for both its users (C8)."""
        restriction = {"paused": "calling", "blocked": "blocked"}.get(state)
        self.lines[which].restriction, self.lines[which].calling = restriction, state != "disabled"
        for actor in self.of_line(which):
            actor.restriction = restriction
            actor.set(calling="DISABLED" if state == "disabled" else "ENABLED")

    # Both, on the phone

    @rule(who=WHO, first=st.sampled_from(["place", "allow place", "allow place"]), then=BUSINESS_CALLS)
    def business_calls(self, who: int, first: str, then: str) -> None:
        """A whole call, or several; each step is done whether or not the one before was refused."""
        self._phone(who, *first.split(), *then.split())

    @rule(who=WHO, first=st.sampled_from(["call", "call", "allow_long call", "revoke call"]), then=USER_CALLS)
    def user_calls(self, who: int, first: str, then: str) -> None:
        self._phone(who, *first.split(), *then.split())

    @rule(who=WHO, step=STEPS)
    def on_the_phone(self, who: int, step: str) -> None:
        """One thing, possible or not."""
        self._phone(who, step)

    # The user

    @rule(
        who=WHO,
        given=st.sampled_from(["always", "temporarily", "temporarily", "decline"]),
        seconds=st.sampled_from([None, 1, 60, 61, 3_600, 604_800, 5_000_000]),
        named=st.none() | st.integers(0, 200),
        from_profile=st.booleans(),
    )
    def answer(self, who: int, given: str, seconds: int | None, named: int | None, *, from_profile: bool) -> None:
        model, asked = self.models[who], self.asked[who]
        which = named % len(asked) if named is not None and asked else None
        request_id = None if which is None else asked[which]
        command: Command = (
            Decline(request_id=request_id, from_profile=from_profile)
            if given == "decline"
            else Allow(always=given == "always", seconds=seconds, request_id=request_id, from_profile=from_profile)
        )
        life = None if seconds is None else seconds * 1000
        self.do(who, command, model.answer(given=given, life=life, named=which, from_profile=from_profile))

    @rule(who=WHO)
    def revoke(self, who: int) -> None:
        self.do(who, Revoke(), self.models[who].revoke())

    @rule(who=WHO, command=st.sampled_from([Read(), Write(text="hello")]))
    def look(self, who: int, command: Command) -> None:
        self.do(who, command, self.models[who].look())

    @rule(who=WHO, phone=st.sampled_from([ON, ON, ON, ON, OFF, OUTDATED]))
    def switch(self, who: int, phone: str) -> None:
        self.do(who, SetUser(reachability=Reachability(phone)), self.models[who].switch(phone))

    # The clock

    @rule(by=st.sampled_from([1, 999, 1_000, 30_000, 60_000, 3_600_000, 86_400_000, 604_800_000]))
    def jump(self, by: int) -> None:
        self.pass_time(self.now + by)

    @precondition(lambda self: any(model.boundaries() for model in self.models))
    @rule(which=st.integers(0, 50), short_by=st.sampled_from([0, 0, 1]), pauses=st.integers(1, 5))
    def jump_to_a_boundary(self, which: int, short_by: int, pauses: int) -> None:
        boundaries = sorted({at for model in self.models for at in model.boundaries()})
        self.pass_time(boundaries[which % len(boundaries)] - short_by, pauses)

    # What holds at any time

    @invariant()
    def agrees_with_the_model(self) -> None:
        Limits.steps += 1
        for actor, model in zip(self.actors, self.models, strict=True):
            assert seen(actor) == expected(model)

    @invariant()
    def the_numbers_know_their_calls(self) -> None:
        assert [usage.going_on for usage in self.usage] == [line.going_on for line in self.lines]

    @invariant()
    def every_message_goes_its_way(self) -> None:
        for actor in self.actors:
            assert set(ways(actor).values()) <= PATHS

    def teardown(self) -> None:
        """Switched on for good and left alone, every request comes to an end, and nothing is left to fall due."""
        if not hasattr(self, "now"):
            return
        for who in CONVERSATIONS:
            self.do(who, SetUser(reachability=Reachability.REACHABLE), self.models[who].switch(ON))
        self.pass_time(self.now + 60 * 86_400_000, 3)
        for who, actor in enumerate(self.actors):
            assert set(ways(actor).values()) <= ENDS
            assert self.models[who].answerable() == []
            assert actor.conversation.timers == ()
            self.twins[who].run(Wake())
            self.same(who)
        ids = [id_ for actor in self.actors for id_ in (*ways(actor), *ended(actor))]
        assert len(ids) == len(set(ids))  # of all numbers

    def _phone(self, who: int, *steps: str) -> None:
        for step in steps:
            if step == "ring":
                self.pass_time(self.now + 60_000)
            else:
                self._step(who, step)

    def _step(self, who: int, step: str) -> None:
        model, call = self.models[who], self.last_call(who)
        steps: dict[str, Callable[[], tuple[int | str | None, Command]]] = {
            "allow": lambda: (model.allow_from_profile(), Allow(always=True, from_profile=True)),
            "allow_long": lambda: (
                model.allow_from_profile(700_000_000),
                Allow(always=False, seconds=700_000, from_profile=True),
            ),
            "revoke": lambda: (model.revoke(), Revoke()),
            "place": lambda: (model.place(sdp_problem=False), PlaceCall()),
            "place_without_sdp": lambda: (model.place(sdp_problem=True), PlaceCall(sdp_problem="no SDP")),
            "pick_up": lambda: (model.pick_up(), PickUp()),
            "reject": lambda: (model.reject(), RejectCall()),
            "end": lambda: (model.cancel(), EndCall(call_id=call)),
            "fail": lambda: (model.cancel(), EndCall(call_id=call, code=138021)),
            "call": lambda: (model.call_business(), CallBusiness()),
            "prepare": lambda: (model.take(for_good=False), PreAcceptCall(call_id=call)),
            "accept": lambda: (model.take(for_good=True), AcceptCall(call_id=call)),
            "turn_away": lambda: (model.turn_away(), RejectUserCall(call_id=call)),
            "hang_up": lambda: (model.hang_up(), HangUp()),
        }
        refused, command = steps[step]()
        outcome = self.do(who, command, refused)
        codes = {end.code for end in outcome.events if isinstance(end, CallTerminate)}
        assert codes <= {138021 if step == "fail" else None}


def test_limits() -> None:
    """In 10 000 steps and more of any kind the engine does what BEHAVIOUR says, and nothing else (sections 2 to 4)."""
    Limits.steps = 0
    long = os.environ.get("HYPOTHESIS_PROFILE") == "long"
    search = settings() if long else settings(max_examples=112, stateful_step_count=120)
    run_state_machine_as_test(Limits, settings=search)
    assert Limits.steps >= LEAST_STEPS
