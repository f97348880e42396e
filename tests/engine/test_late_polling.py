"""Whoever looks, and whenever: a conversation's future is the same (T7), kept as JSON in between or not (S2)."""

from __future__ import annotations

from typing import Any, TypeAlias

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from mock_server.engine.commands import (
    Allow,
    CallBusiness,
    Command,
    Decline,
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
from mock_server.engine.events import AnyEvent
from mock_server.engine.state import Conversation, Form, Reachability
from tests.stage.conversation import ASK, Actor

Steps: TypeAlias = list[tuple[Command, int]]

COMMANDS: list[Command] = [
    SendMessage(), SendMessage(request=Form.INTERACTIVE), SendMessage(request=Form.TEMPLATE, free_form=False),
    SendMessage(window_error="both"), PlaceCall(opaque="order-1", sdp="v=0"), Allow(always=True),
    Allow(always=False, seconds=30), Allow(always=True, from_profile=True), Decline(), Revoke(), Read(),
    Write(text="hello"), CallBusiness(), PickUp(), RejectCall(), HangUp(), SetUser(username="asha"),
    *(SetUser(reachability=reachability) for reachability in Reachability), Wake(),
]  # fmt: skip
STEPS: st.SearchStrategy[Steps] = st.lists(
    st.tuples(st.sampled_from(COMMANDS), st.sampled_from([0, 1, 2_000, 5_000, 59_999, 60_000, 86_400_000])),
    max_size=25,
)
TEST_NUMBERS = st.sampled_from([f"91999900{n:04d}" for n in range(1, 16)])
APPS = st.fixed_dictionaries(
    {},
    optional={
        "status_delay": st.sampled_from([0.5, 5, 60]),
        "callback_permission_status": st.just("ENABLED"),
        "enforce_service_window": st.just(True),
        "reply_opens_window": st.just(True),
        "overrides": st.just({"requests_per_24h": 9, "requests_per_7d": 9, "temporary_permission_seconds": 60}),
    },
)


@given(TEST_NUMBERS, APPS, STEPS, st.integers(1, 7))
def test_looking_often_or_never(wa_id: str, app: dict[str, Any], steps: Steps, looks: int) -> None:
    """A conversation that is woken all the time is in the end, and in every event, as one woken by nothing (T7)."""
    watched, left_alone = Actor(wa_id, **app), Actor(wa_id, **app)
    for command, wait in steps:
        for _ in range(looks):
            watched.now += wait // looks
            watched.run(Wake())
        left_alone.now += wait
        watched.now = left_alone.now
        assert watched.run(command).refusal.__class__ is left_alone.run(command).refusal.__class__
    for actor in (watched, left_alone):
        actor.wait(86_400)
    assert watched.events == left_alone.events
    assert watched.conversation == left_alone.conversation
    assert watched.number == left_alone.number


@given(TEST_NUMBERS, APPS, STEPS)
def test_kept_as_json_in_between(wa_id: str, app: dict[str, Any], steps: Steps) -> None:
    """A conversation written as JSON and read again before each command has the same future (S2)."""
    kept, stayed = Actor(wa_id, **app), Actor(wa_id, **app)
    for command, wait in [(ASK, 0), *steps]:
        kept.conversation = msgspec.json.decode(msgspec.json.encode(kept.conversation), type=Conversation)
        for actor in (kept, stayed):
            actor.now += wait
            actor.run(command)
    assert kept.conversation == stayed.conversation
    assert kept.events == stayed.events


@given(TEST_NUMBERS, APPS, STEPS)
def test_events_are_kept_as_json(wa_id: str, app: dict[str, Any], steps: Steps) -> None:
    """Every event written as JSON reads as itself, so that a webhook can be rendered after a restart (S2)."""
    actor = Actor(wa_id, **app)
    for command, wait in [(ASK, 0), *steps]:
        actor.now += wait
        actor.run(command)
    written = msgspec.json.encode(actor.events)
    assert msgspec.json.decode(written, type=list[AnyEvent]) == actor.events


@given(TEST_NUMBERS, STEPS)
def test_events_are_in_order(wa_id: str, steps: Steps) -> None:
    """The instants of a conversation's events never go back, and their numbers always rise (T7)."""
    actor = Actor(wa_id, status_delay=5)
    for command, wait in steps:
        actor.now += wait
        actor.run(command)
    order = [(event.at, event.number) for event in actor.events]
    assert order == sorted(order)
    assert len({event.number for event in actor.events}) == len(actor.events)
