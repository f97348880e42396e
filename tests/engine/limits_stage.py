"""Two users and two business numbers: four conversations, in the engine and in the model at once."""

from __future__ import annotations

from typing import Any, ClassVar, Final

import msgspec
from hypothesis.stateful import RuleBasedStateMachine

from mock_server.engine.commands import Command, Wake
from mock_server.engine.engine import Outcome, settled
from mock_server.engine.state import Conversation
from mock_server.engine.turn import NumberUsage
from tests.engine.limits_model import Figures, Line, Model
from tests.engine.limits_view import going_on, refusal_of
from tests.stage.conversation import Actor
from tests.stage.machine import START

USERS: Final = ("919812345678", "14155550100")
LINES: Final = (0, 1)
CONVERSATIONS: Final = (0, 1, 2, 3)  # those of line 0, then those of line 1
Under = tuple[dict[str, Any], Figures]  # an app's settings, and what the model knows of them


class Four(RuleBasedStateMachine):
    """Each conversation is played twice: `actors` are woken all the time and kept as JSON in between, `twins` are
    woken by nothing but commands.
    """

    steps: ClassVar[int] = 0

    def set_up(self, under: tuple[Under, Under]) -> None:
        self.now = START
        self.lines = [Line(figures) for _, figures in under]
        self.actors = [_actor(line, user, under[line][0]) for line in LINES for user in USERS]
        self.twins = [_actor(line, user, under[line][0]) for line in LINES for user in USERS]
        self.models = [Model(line, START) for line in self.lines for _ in USERS]
        self.asked: list[list[str]] = [[] for _ in CONVERSATIONS]
        self.usage = [NumberUsage() for _ in LINES]

    def do(self, who: int, command: Command, expected_refusal: int | str | None) -> Outcome:
        """Run it in the engine, which must answer as the model did; a refusal changes nothing (R3)."""
        actor, twin, line = self.actors[who], self.twins[who], who // 2
        before = settled(actor.conversation, actor.world)
        known, actor.number, twin.number = self.usage[line], self.usage[line], self._as_twin_sees(who)
        outcome = actor.run(command)
        assert refusal_of(outcome) == expected_refusal, (command, outcome.refusal)
        if outcome.refusal is not None:
            assert outcome.conversation == before
            assert outcome.number == known
        self.usage[line] = actor.number
        assert refusal_of(twin.run(command)) == expected_refusal
        assert twin.number == actor.number
        self.same(who)
        return outcome

    def pass_time(self, to: int, pauses: int = 1) -> None:
        """For all, with so many wakings on the way."""
        start, self.now = self.now, to
        for n in range(1, pauses + 1):
            for who, actor in enumerate(self.actors):
                actor.number, actor.now = self.usage[who // 2], start + (to - start) * n // pauses
                actor.run(Wake())
                self.usage[who // 2] = actor.number
        for model, twin in zip(self.models, self.twins, strict=True):
            model.pass_time(to)
            twin.now = to

    def same(self, who: int) -> None:
        """However often it was woken, the conversation and its events are the same (T7); and kept as JSON too (S2)."""
        actor, twin = self.actors[who], self.twins[who]
        assert actor.conversation == twin.conversation
        assert actor.events == twin.events
        actor.conversation = msgspec.json.decode(msgspec.json.encode(actor.conversation), type=Conversation)

    def of_line(self, line: int) -> list[Actor]:
        """All who play conversations of this number."""
        return [players[who] for players in (self.actors, self.twins) for who in CONVERSATIONS if who // 2 == line]

    def last_call(self, who: int) -> str:
        """Its id, be it over or not."""
        calls = self.actors[who].conversation.calls
        return calls[-1].id if calls else "wacid.x"

    def _as_twin_sees(self, who: int) -> NumberUsage:
        """What the number has going on, for a twin that does not know yet that its call rang in vain."""
        usage = self.usage[who // 2]
        late = len(going_on(self.twins[who])) - len(going_on(self.actors[who]))
        return NumberUsage(usage.going_on + late, usage.starts)


def _actor(line: int, user: str, settings: dict[str, Any]) -> Actor:
    return Actor(user, id=f"app-{line}", **settings)
