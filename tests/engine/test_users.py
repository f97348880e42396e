"""The simulated person: reachable unless said otherwise, with a name and perhaps a username (A2, A3)."""

from __future__ import annotations

from mock_server.engine.commands import Allow, SetUser
from mock_server.engine.events import Contact
from mock_server.engine.state import Reachability, User
from mock_server.engine.test_numbers import new_conversation
from tests.stage.conversation import ALWAYS, TEXT, Actor, an_app


def test_any_number_is_on_whatsapp() -> None:
    """Any number that is no test number is a reachable user who waits to be scripted (A2)."""
    conversation = new_conversation("919812345678", an_app())
    assert conversation.user == User("Sandbox User", None, Reachability.REACHABLE)
    assert conversation.timers == ()


def test_whoever_is_no_number_is_nobody() -> None:
    """A key that is no number is a BSUID that belongs to nobody, and is not on WhatsApp (A3)."""
    conversation = new_conversation("IN.00000000000000000001", an_app(test_numbers="any"))
    assert conversation.user.reachability is Reachability.NOT_ON_WHATSAPP


def test_events_name_the_user() -> None:
    """Each event names the user as known at that time, name and username included (A3)."""
    actor = Actor()
    actor.do(SetUser(name="Asha", username="asha.k"))
    actor.do(ALWAYS)
    actor.do(SetUser(name="Ravi", without_username=True))
    actor.do(TEXT)
    assert actor.events[0].contact == Contact("919812345678", "Asha", "asha.k")
    assert actor.events[1].contact == Contact("919812345678", "Ravi", None)


def test_a_change_of_one_thing_leaves_the_rest() -> None:
    """Changing one thing about a user leaves the others as they were (A2)."""
    actor = Actor()
    actor.do(SetUser(name="Asha", username="asha.k", reachability=Reachability.SWITCHED_OFF))
    actor.do(SetUser())
    assert actor.conversation.user == User("Asha", "asha.k", Reachability.SWITCHED_OFF)
    actor.do(SetUser(reachability=Reachability.REACHABLE))
    assert actor.conversation.user == User("Asha", "asha.k", Reachability.REACHABLE)
    actor.do(SetUser(username="asha"))
    assert actor.conversation.user == User("Asha", "asha", Reachability.REACHABLE)


def test_an_event_within_a_change_names_the_user_as_changed() -> None:
    """What a change of the user brings (a waiting message arrives) already has the new name (A3, R6)."""
    actor = Actor()
    actor.do(SetUser(reachability=Reachability.SWITCHED_OFF))
    actor.do(TEXT)
    actor.do(SetUser(reachability=Reachability.REACHABLE, name="Asha"))
    assert actor.story[-1] == "delivered"
    assert actor.last.contact.name == "Asha"


def test_what_was_due_before_a_change_names_the_user_as_before() -> None:
    """What fell due before the user was changed has the old name, what the change brings has the new one (A3, T7)."""
    actor = Actor()
    actor.do(Allow(always=False, seconds=5))
    actor.do(SetUser(reachability=Reachability.SWITCHED_OFF))
    actor.do(TEXT)
    actor.now += 5_000
    actor.do(SetUser(reachability=Reachability.REACHABLE, name="Asha"))
    assert actor.story[-2:] == ["permission_expired", "delivered"]
    assert [event.contact.name for event in actor.events[-2:]] == ["Sandbox User", "Asha"]
