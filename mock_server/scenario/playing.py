"""Playing steps on the numbers of a running scenario: each answers what is otherwise than expected."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from mock_server.client import AppClient, Refused
from mock_server.scenario import business, judging, webhooks
from mock_server.scenario.business import Business
from mock_server.scenario.describing import describe
from mock_server.scenario.inbox import Inbox
from mock_server.scenario.steps import Json, Step, remembered, seconds

WITHIN_SECONDS: Final = 2.0  # real time, where the clock runs; where it stands, what has not come will not
_LOOK_SECONDS: Final = 0.05


class Line(NamedTuple):
    """One business number while a scenario runs."""

    app: AppClient
    business: Business
    inbox: Inbox


class Play:
    """One run: the numbers, and the ids that steps have kept."""

    def __init__(self, lines: dict[str, Line]) -> None:
        self._lines = lines
        self._first = next(iter(lines.values()))
        self._kept: dict[str, str] = {}
        self._running = False
        self._pause = threading.Event()

    def perform(self, step: Step) -> list[str]:
        """Do it; what is otherwise than expected, a line each."""
        line = self._lines[step.given["from"]] if "from" in step.given else self._first
        given = self._filled_in(step.given) if step.kind != "repeat" else step.given
        expected = given.get("expect_error")
        try:
            found = _PERFORMERS[step.kind](self, line, step._replace(given=given))
        except Refused as refused:
            return judging.refusal_differences(
                expected, code=refused.code, status=refused.status, sentence=refused.sentence
            )
        return [f"error: expected {expected}, but it was accepted"] if expected is not None else found

    def _business(self, line: Line, step: Step) -> list[str]:
        given, to = step.given, step.given["to"]
        id_ = _DEEDS[given["business"]](line.business, to, given)
        if "as" in given:
            self._kept[given["as"]] = id_
        return []

    def _user(self, line: Line, step: Step) -> list[str]:
        given = {name: value for name, value in step.given.items() if name not in {"from", "expect_error"}}
        user = line.app.user(given.pop("wa_id"))
        getattr(user, given.pop("user"))(**given)
        return []

    def _set_user(self, line: Line, step: Step) -> list[str]:
        line.app.user(step.given["wa_id"]).set(**step.given["set_user"])
        return []

    def _clock(self, line: Line, step: Step) -> list[str]:
        """Of all numbers, unless the step names one."""
        change = step.given["clock"]
        for one in [line] if "from" in step.given else self._lines.values():
            if change == "freeze":
                one.app.clock.freeze()
            elif change == "resume":
                one.app.clock.resume()
            else:
                one.app.clock.advance(seconds=seconds(change))
        if change in {"freeze", "resume"}:
            self._running = change == "resume"
        return []

    def _app(self, line: Line, step: Step) -> list[str]:
        line.app.set(**step.given["app"])
        return []

    def _fault(self, line: Line, step: Step) -> list[str]:
        line.app.faults.add(**step.given["fault"])
        return []

    def _expect_webhook(self, line: Line, step: Step) -> list[str]:
        return self._come(line.inbox, [step.given["expect_webhook"]], step.given.get("within"))

    def _expect_webhooks(self, line: Line, step: Step) -> list[str]:
        return self._come(line.inbox, step.given["expect_webhooks"], step.given.get("within"))

    def _come(self, inbox: Inbox, expected: list[Json], within: str | None) -> list[str]:
        """Whether they come, in this order. A standing clock brings nothing later; a running one is waited for."""
        left = seconds(within) if within else WITHIN_SECONDS
        while True:
            inbox.look()
            found = inbox.take(expected)
            left -= _LOOK_SECONDS
            if not found or left <= 0 or not (self._running or within):
                return found
            self._pause.wait(_LOOK_SECONDS)

    def _expect_no_webhook(self, line: Line, step: Step) -> list[str]:
        line.inbox.look()
        expected = step.given["expect_no_webhook"]
        came = [webhook for webhook in line.inbox.unmatched if not judging.differences(expected, webhook)]
        return [f"it came: {webhooks.brief(webhook)} at {webhook.at}" for webhook in came]

    def _expect_state(self, line: Line, step: Step) -> list[str]:
        expected = step.given["expect_state"]
        user, now = line.app.user(expected["wa_id"]).show(), line.app.clock.show()["unix"]
        return judging.state_differences(expected, user, now)

    def _repeat(self, line: Line, step: Step) -> list[str]:
        for turn in range(1, step.given["repeat"] + 1):
            for one in step.steps:
                if found := self.perform(one):
                    return [f"time {turn}, step {one.place} ({describe(one)}):", *found]
        return []

    def _filled_in(self, part: Any) -> Any:
        """With the id that was kept in the place of each `{name}`."""
        if isinstance(part, dict):
            return {key: below if key == "text" else self._filled_in(below) for key, below in part.items()}
        if isinstance(part, list):
            return [self._filled_in(below) for below in part]
        name = remembered(part)
        return part if name is None else self._kept.get(name, part)


_DEEDS: Final[dict[str, Callable[[Business, str, Json], str]]] = {
    "request": lambda who, to, given: who.send(business.request(to, given.get("text"))),
    "request_template": lambda who, to, given: who.send(
        business.template(to, given.get("template"), given.get("language"))
    ),
    "text": lambda who, to, given: who.send(business.text(to, given.get("text"))),
    "call": lambda who, to, _: who.call(to),
    "accept": lambda who, to, _: who.accept(to),
    "reject": lambda who, to, _: who.reject(to),
    "hang_up": lambda who, to, _: who.hang_up(to),
}
_PERFORMERS: Final[dict[str, Callable[[Play, Line, Step], list[str]]]] = {
    "business": Play._business,
    "user": Play._user,
    "set_user": Play._set_user,
    "clock": Play._clock,
    "app": Play._app,
    "fault": Play._fault,
    "expect_webhook": Play._expect_webhook,
    "expect_webhooks": Play._expect_webhooks,
    "expect_no_webhook": Play._expect_no_webhook,
    "expect_state": Play._expect_state,
    "repeat": Play._repeat,
}
