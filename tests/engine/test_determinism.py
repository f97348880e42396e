"""Ids and events come from the seed and the conversation alone (T4)."""

from __future__ import annotations

import pytest

from mock_server.engine.commands import Allow, Command, PickUp, Revoke, SetUser
from mock_server.engine.events import AnyEvent, MessageStatus
from tests.stage.conversation import ALWAYS, ASK, CALL, TEXT, Actor


def play(actor: Actor) -> Actor:
    """A conversation in which ids of each kind are made."""
    for command in (ASK, ALWAYS, CALL, PickUp(), SetUser(name="Asha"), TEXT):
        actor.do(command)
    return actor


def ids_of(events: list[AnyEvent]) -> set[str]:
    names = ("wamid", "gs_id", "call_id")
    return {getattr(event, name) for event in events for name in names if hasattr(event, name)}


def test_the_same_seed_tells_the_same_story() -> None:
    """With one seed, two runs of the same commands at the same instants are equal in every id and event (T4)."""
    one, other = play(Actor(seed="one")), play(Actor(seed="one"))
    assert one.events == other.events
    assert one.conversation == other.conversation


@pytest.mark.parametrize(
    "other",
    [
        Actor(seed="two"),
        Actor(seed="one", generation=1),
        Actor(seed="one", id="other"),
        Actor("14155550100", seed="one"),
    ],
    ids=["seed", "generation", "app", "conversation"],
)
def test_other_stories_share_no_id(other: Actor) -> None:
    """Another seed, another generation (after a reset), another app and another conversation make other ids (T4)."""
    ids, others = ids_of(play(Actor(seed="one")).events), ids_of(play(other).events)
    assert len(ids) == len(others) == 6
    assert not ids & others


def test_no_id_comes_twice() -> None:
    """A thousand messages of a conversation have a thousand wamids and as many gs_ids (T4)."""
    actor = Actor()
    for _ in range(1000):
        actor.do(TEXT)
    statuses = [event for event in actor.events if isinstance(event, MessageStatus)]
    assert len({status.wamid for status in statuses}) == 1000
    assert len({status.gs_id for status in statuses}) == 1000


@pytest.mark.parametrize("command", [CALL, PickUp(), Revoke(), Allow(always=True, request_id="wamid.x")])
def test_a_refused_command_uses_no_id(command: Command) -> None:
    """The ids of all that comes later are the same with a refused command in between and without (T4, R3)."""
    one, other = Actor(), Actor()
    assert one.refused(command)
    assert play(one).events == play(other).events
