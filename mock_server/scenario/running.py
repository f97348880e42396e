"""Running a scenario in a sandbox: an app for each number, then step by step, up to the first that does not hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, NamedTuple

import httpx

from mock_server.client import SandboxClient
from mock_server.scenario.business import AtGupshup, AtMeta
from mock_server.scenario.describing import describe
from mock_server.scenario.inbox import Inbox
from mock_server.scenario.playing import Line, Play
from mock_server.scenario.steps import Number, Scenario

ANSWER_SECONDS: Final = 30.0  # of a provider's surface; a fault may delay an answer


class Outcome(NamedTuple):
    """A step that was done. It held when nothing was otherwise than expected."""

    place: str
    what: str
    differences: tuple[str, ...] = ()

    @property
    def held(self) -> bool:
        return not self.differences


class Result(NamedTuple):
    """A scenario that was run. `apps`: those that were made for it, by the numbers' names."""

    scenario: Scenario
    outcomes: tuple[Outcome, ...]
    apps: dict[str, str]

    @property
    def passed(self) -> bool:
        return all(outcome.held for outcome in self.outcomes)


class Stage:
    """Where scenarios are run: a sandbox, and the URL to which webhooks go. `keep` leaves the apps there."""

    def __init__(self, sandbox: SandboxClient, webhook_url: str, *, keep: bool = False) -> None:
        self._sandbox, self._webhook_url, self.keeps = sandbox, webhook_url, keep

    def run(self, scenario: Scenario, tell: Callable[[Outcome], None] | None = None) -> Result:
        """Every step, up to the first that does not hold; `tell` hears of each as it is done.

        Raises Unreachable, and Refused where the sandbox will not have the scenario's apps.
        """
        outcomes: list[Outcome] = []
        with self._lines(scenario) as lines:
            play = Play(lines)
            for step in scenario.steps:
                outcomes.append(Outcome(step.place, describe(step), tuple(play.perform(step))))
                if tell is not None:
                    tell(outcomes[-1])
                if not outcomes[-1].held:
                    break
            apps = {name: line.app.id for name, line in lines.items()}
        return Result(scenario, tuple(outcomes), apps)

    @contextmanager
    def _lines(self, scenario: Scenario) -> Iterator[dict[str, Line]]:
        # Proxies of the environment are for the world outside; loading certificates costs a plain URL 50 ms.
        url = self._sandbox.url
        lines: dict[str, Line] = {}
        with httpx.Client(
            base_url=url, timeout=ANSWER_SECONDS, trust_env=False, verify=url.startswith("https:")
        ) as http:
            try:
                for number in scenario.numbers:
                    lines[number.name] = self._line(number, scenario.name, http)
                yield lines
            finally:
                for line in lines.values() if not self.keeps else ():
                    line.app.delete()

    def _line(self, number: Number, name: str, http: httpx.Client) -> Line:
        settings = self._sandbox.create_app(**({"name": name} | number.settings), webhook_url=self._webhook_url)
        app = self._sandbox.app(settings["id"])
        app.clock.freeze()
        place = AtMeta if settings["dialect"] == "meta" else AtGupshup
        return Line(app, place(http, app, settings), Inbox(app))
