"""One conversation in the engine: commands at a chosen instant, and all that happened kept in order."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from mock_server.clock import SECOND
from mock_server.engine.calls import CallStarted
from mock_server.engine.commands import Allow, Command, EndCall, PickUp, PlaceCall, SendMessage, SetUser, Wake
from mock_server.engine.engine import Outcome, handle
from mock_server.engine.events import (
    AnyEvent,
    CallConnect,
    CallStatus,
    CallTerminate,
    MessageStatus,
    Note,
    PermissionReply,
)
from mock_server.engine.requests import Accepted
from mock_server.engine.state import Conversation, Form, Reachability
from mock_server.engine.test_numbers import new_conversation
from mock_server.engine.turn import NumberUsage, World
from mock_server.settings import AppSettings
from tests.stage.machine import START

USER: Final = "919812345678"
HOUR: Final = 3_600
DAY: Final = 86_400
WEEK: Final = 604_800

ASK: Final = SendMessage(request=Form.INTERACTIVE)
ASK_BY_TEMPLATE: Final = SendMessage(request=Form.TEMPLATE, free_form=False)
TEXT: Final = SendMessage()
CALL: Final = PlaceCall()
ALWAYS: Final = Allow(always=True)
TEMPORARILY: Final = Allow(always=False)
SWITCH_OFF: Final = SetUser(reachability=Reachability.SWITCHED_OFF)
SWITCH_ON: Final = SetUser(reachability=Reachability.REACHABLE)


def an_app(**settings: Any) -> AppSettings:
    """An app with made-up ids; settings by their names in the configuration."""
    ids = {
        "id": "app", "token": "sk_token", "phone_number_id": "106540352242922", "waba_id": "102290129340398",
        "meta_app_id": "634974688087057", "business_number": "917834811114", "app_secret": "secret",
        "verify_token": "verify",
    }  # fmt: skip
    return msgspec.convert(ids | settings, AppSettings)


def told(event: AnyEvent) -> str:
    """What an event says, in a word or two: `sent`, `accept b`, `RINGING`, `terminate 5 s`, `user_nudged` ..."""
    match event:
        case MessageStatus():
            return f"{event.status} {event.failure.value}" if event.failure else event.status
        case PermissionReply():
            return f"{event.response.value} {event.row}"
        case CallStatus():
            return event.status
        case CallConnect():
            return "connect"
        case CallTerminate():
            if event.picked_up_at is None or event.ended_at is None:
                return "terminate"
            return f"terminate {(event.ended_at - event.picked_up_at) / SECOND:g} s"
        case Note():
            return event.what
        case _:
            return event.kind


class Actor:
    """The business and one user, played by a test. Time stands unless it is moved (`wait`, `now`)."""

    def __init__(self, wa_id: str = USER, *, seed: str = "seed", generation: int = 0, **settings: Any) -> None:
        self.settings = an_app(**settings)
        self.conversation: Conversation = new_conversation(wa_id, self.settings)
        self.number = NumberUsage()
        self.restriction: str | None = None
        self.now = START
        self.events: list[AnyEvent] = []
        self._seed = seed
        self._generation = generation

    @property
    def world(self) -> World:
        return World(
            self.settings, self.settings.limits, self._seed, self._generation, self.now, self.restriction, self.number
        )

    def set(self, **settings: Any) -> None:
        """Change settings of the app."""
        self.settings = msgspec.convert(msgspec.to_builtins(self.settings) | settings, AppSettings)

    def run(self, command: Command) -> Outcome:
        """The command, refused or not."""
        outcome = handle(command, self.conversation, self.world)
        self.conversation, self.number = outcome.conversation, outcome.number
        self.events += outcome.happened
        return outcome

    def do(self, command: Command) -> Any:
        """The answer of a command that must not be refused."""
        outcome = self.run(command)
        if outcome.refusal is not None:
            raise outcome.refusal
        return outcome.answer

    def refused(self, command: Command) -> int | str:
        """The code of a command that must be refused."""
        outcome = self.run(command)
        assert outcome.refusal is not None, f"{command} was not refused"
        return outcome.refusal.code

    def ask(self) -> Accepted:
        """A call permission request that is accepted."""
        accepted = self.do(ASK)
        assert isinstance(accepted, Accepted)
        return accepted

    def call(self) -> CallStarted:
        """A call of the business that is let through."""
        started = self.do(CALL)
        assert isinstance(started, CallStarted)
        return started

    def connected_call(self) -> None:
        """A whole call of the business: placed, picked up, hung up, all at this instant."""
        started = self.call()
        self.do(PickUp())
        self.do(EndCall(call_id=started.call_id))

    def wait(self, seconds: float) -> list[str]:
        """Let time pass; tells what fell due meanwhile."""
        self.now += round(seconds * SECOND)
        return [told(event) for event in self.run(Wake()).happened]

    @property
    def last(self) -> AnyEvent:
        return self.events[-1]

    @property
    def reply(self) -> PermissionReply:
        """The last permission reply."""
        return next(event for event in reversed(self.events) if isinstance(event, PermissionReply))

    @property
    def story(self) -> list[str]:
        """All that happened."""
        return [told(event) for event in self.events]

    @property
    def timeline(self) -> list[tuple[float, str]]:
        """All that happened, each with its seconds since the start."""
        return [((event.at - START) / SECOND, told(event)) for event in self.events]

    @property
    def permission(self) -> str:
        return self.conversation.permission.status.value
