"""Any sequence of what a business, two users and the clock do, against a model (P1-P7, R2-R6, C2-C7, T6, T7, S2)."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from hypothesis import event
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from mock_server.engine.commands import (
    Allow,
    CallBusiness,
    Command,
    Decline,
    EndCall,
    HangUp,
    PickUp,
    PlaceCall,
    Read,
    RejectCall,
    Revoke,
    SendMessage,
    SetUser,
    Wake,
    Write,
)
from mock_server.engine.engine import Outcome, settled
from mock_server.engine.events import MessageStatus
from mock_server.engine.requests import answerable
from mock_server.engine.state import CallState, Conversation, Form, PermissionStatus, Reachability
from mock_server.engine.turn import NumberUsage
from mock_server.engine.windows import call_usage, request_usage
from mock_server.errors import Refusal
from tests.engine.limits_model import OFF, ON, OUTDATED, WEEK, Figures, Model
from tests.stage.conversation import Actor
from tests.stage.machine import START

TIGHT: Final = {
    "requests_per_24h": 2, "requests_per_7d": 3, "connected_calls_per_24h": 2, "temporary_permission_seconds": 90,
    "nudge_after": 1, "revoke_after": 2,
}  # fmt: skip
UNDER: Final[list[tuple[dict[str, Any], Figures]]] = [
    ({}, Figures()),
    ({"callback_permission_status": "ENABLED", "status_delay": 30}, Figures(callback=True, status_delay=30_000)),
    ({"overrides": TIGHT, "callback_permission_status": "ENABLED"}, Figures(2, 3, 2, 90_000, 1, 2, callback=True)),
    ({"overrides": TIGHT, "status_delay": 0.5}, Figures(2, 3, 2, 90_000, 1, 2, status_delay=500)),
    ({"rules": "meta-test-number"}, Figures(25, 100, 100, WEEK, 5, 10)),
]
PATHS: Final = {"enqueued", "enqueued sent", "enqueued failed", "enqueued sent delivered", "enqueued sent failed",
                "enqueued sent delivered read"}  # fmt: skip
ENDS: Final = {"enqueued failed", "enqueued sent delivered", "enqueued sent failed", "enqueued sent delivered read"}
WHO: Final = st.sampled_from([0, 1])
NUMBERS: Final = ("919812345678", "14155550100")


class Limits(RuleBasedStateMachine):
    """Two users of one number. Each is played twice: `actors` are woken all the time and kept as JSON in between,
    `twins` are woken by nothing but commands.
    """

    @initialize(under=st.sampled_from(UNDER))
    def begin(self, under: tuple[dict[str, Any], Figures]) -> None:
        settings, figures = under
        self.now = START
        self.actors = [Actor(number, **settings) for number in NUMBERS]
        self.twins = [Actor(number, **settings) for number in NUMBERS]
        self.models = [Model(figures, START) for _ in NUMBERS]
        self.asked: list[list[str]] = [[], []]
        self.number = NumberUsage()

    # The business

    @rule(who=WHO, form=st.sampled_from(Form))
    def ask(self, who: int, form: Form) -> None:
        command = SendMessage(request=form, free_form=form is Form.INTERACTIVE)
        accepted = self._do(who, command, self.models[who].ask()).answer
        if accepted is not None:
            self.asked[who].append(accepted.wamid)

    @rule(who=WHO)
    def send(self, who: int) -> None:
        self._do(who, SendMessage(), None)

    @rule(who=WHO)
    def place(self, who: int) -> None:
        self._do(who, PlaceCall(), self.models[who].place())

    @rule(who=WHO)
    def cancel(self, who: int) -> None:
        calls = self.actors[who].conversation.calls
        self._do(who, EndCall(call_id=calls[-1].id if calls else "wacid.x"), self.models[who].cancel())

    # The user

    @rule(
        who=WHO,
        given=st.sampled_from(["always", "temporarily", "decline"]),
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
        self._do(who, command, model.answer(given=given, life=life, named=which, from_profile=from_profile))

    @rule(who=WHO)
    def revoke(self, who: int) -> None:
        self._do(who, Revoke(), self.models[who].revoke())

    @rule(who=WHO, command=st.sampled_from([Read(), Write(text="hello")]))
    def look(self, who: int, command: Command) -> None:
        self._do(who, command, self.models[who].look())

    @rule(who=WHO)
    def call_business(self, who: int) -> None:
        self._do(who, CallBusiness(), self.models[who].call_business())

    @rule(who=WHO)
    def pick_up(self, who: int) -> None:
        self._do(who, PickUp(), self.models[who].pick_up())

    @rule(who=WHO)
    def reject(self, who: int) -> None:
        self._do(who, RejectCall(), self.models[who].reject())

    @rule(who=WHO)
    def hang_up(self, who: int) -> None:
        self._do(who, HangUp(), self.models[who].hang_up())

    @rule(who=WHO, phone=st.sampled_from([ON, ON, OFF, OUTDATED]))
    def switch(self, who: int, phone: str) -> None:
        self._do(who, SetUser(reachability=Reachability(phone)), self.models[who].switch(phone))

    # The clock

    @rule(by=st.sampled_from([1, 999, 1_000, 30_000, 60_000, 3_600_000, 86_400_000, 604_800_000]))
    def jump(self, by: int) -> None:
        self._pass(self.now + by)

    @precondition(lambda self: any(model.boundaries() for model in self.models))
    @rule(which=st.integers(0, 50), short_by=st.sampled_from([0, 0, 1]), steps=st.integers(1, 5))
    def jump_to_a_boundary(self, which: int, short_by: int, steps: int) -> None:
        boundaries = sorted({at for model in self.models for at in model.boundaries()})
        self._pass(boundaries[which % len(boundaries)] - short_by, steps)

    # What holds at any time

    @invariant()
    def agrees_with_the_model(self) -> None:
        for actor, model in zip(self.actors, self.models, strict=True):
            assert seen(actor) == expected(model)

    @invariant()
    def the_number_knows_its_calls(self) -> None:
        assert self.number.going_on == sum(model.call is not None for model in self.models)

    @invariant()
    def every_message_goes_its_way(self) -> None:
        for actor in self.actors:
            assert set(ways(actor).values()) <= PATHS

    def teardown(self) -> None:
        """Switched on for good and left alone, every request comes to an end, and nothing is left to fall due."""
        if not hasattr(self, "now"):
            return
        for who in (0, 1):
            self.switch(who, ON)
        self._pass(self.now + 60 * 86_400_000, 3)
        for who, actor in enumerate(self.actors):
            assert set(ways(actor).values()) <= ENDS
            assert self.models[who].answerable() == []
            assert actor.conversation.timers == ()
            self.twins[who].run(Wake())
            self._same(who)

    def _do(self, who: int, command: Command, expected_refusal: int | str | None) -> Outcome:
        actor, twin = self.actors[who], self.twins[who]
        before = settled(actor.conversation, actor.world)
        actor.number = self.number
        outcome = actor.run(command)
        assert refusal_of(outcome) == expected_refusal, (command, outcome.refusal)
        if outcome.refusal is not None:
            assert outcome.conversation == before
            assert outcome.number == self.number
        self.number = actor.number
        assert refusal_of(twin.run(command)) == expected_refusal
        event(f"{type(command).__name__}: {expected_refusal or 'done'}")
        self._same(who)
        return outcome

    def _pass(self, to: int, steps: int = 1) -> None:
        start, self.now = self.now, to
        for n in range(1, steps + 1):
            for actor in self.actors:
                actor.number, actor.now = self.number, start + (to - start) * n // steps
                actor.run(Wake())
                self.number = actor.number
        for who in (0, 1):
            self.models[who].pass_time(to)
            self.twins[who].now = to

    def _same(self, who: int) -> None:
        """However often it was woken, the conversation and its events are the same (T7); and kept as JSON too (S2)."""
        actor, twin = self.actors[who], self.twins[who]
        assert actor.conversation == twin.conversation
        assert actor.events == twin.events
        actor.conversation = msgspec.json.decode(msgspec.json.encode(actor.conversation), type=Conversation)


def refusal_of(outcome: Outcome) -> int | str | None:
    if outcome.refusal is None:
        return None
    return outcome.refusal.code if isinstance(outcome.refusal, Refusal) else "conflict"


def ways(actor: Actor) -> dict[str, str]:
    """The statuses of every message, in order."""
    told: dict[str, list[str]] = {}
    for status in actor.events:
        if isinstance(status, MessageStatus):
            told.setdefault(status.wamid, []).append(status.status)
    return {wamid: " ".join(statuses) for wamid, statuses in told.items()}


def seen(actor: Actor) -> dict[str, Any]:
    """What the engine says of a user."""
    state, rules = actor.conversation, actor.settings.limits
    day, week = request_usage(state, rules, actor.now)
    call = next((call for call in state.calls if call.state is not CallState.ENDED), None)
    return {
        "permanent": state.permission.status is PermissionStatus.PERMANENT,
        "expires_at": state.permission.expires_at,
        "requests": (day.current_usage, week.current_usage),
        "connected": call_usage(state, rules, actor.now).current_usage,
        "answerable": [request.accepted_at for request in state.requests if answerable(request, actor.now)],
        "unanswered": (state.unanswered, state.nudged),
        "call": call and (call.direction.value, call.state.value),
    }


def expected(model: Model) -> dict[str, Any]:
    """What the model says of the same user."""
    call = model.call
    direction = "BUSINESS_INITIATED" if call and call.by_business else "USER_INITIATED"
    return {
        "permanent": model.permanent,
        "expires_at": model.expires_at,
        "requests": (model.used(86_400_000), model.used(604_800_000)),
        "connected": model.connected(),
        "answerable": [model.asked[n].at for n in model.answerable()],
        "unanswered": (model.unanswered, model.nudged),
        "call": call and (direction, "ringing" if call.rings_until is not None else "connected"),
    }


TestLimits = Limits.TestCase
