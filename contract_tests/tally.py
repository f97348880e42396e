"""The figures of a run: what was checked, failed and not covered, and what would cover more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import pytest

from contract_tests.claims import AREAS
from contract_tests.likenesses import Likenesses

_COLUMNS: Final = ("checked", "failed", "warned", "noted", "not covered")


@dataclass
class Tally:
    """The tests of one run, counted by area: each is checked (passed, failed, warned or noted) or not covered."""

    areas: dict[str, Counter[str]] = field(default_factory=lambda: {area: Counter() for area in AREAS})
    missing: Counter[str] = field(default_factory=Counter)
    """By what the target would have to give."""
    likenesses: Likenesses = field(default_factory=Likenesses)
    """Of the application's failures; the provider's are the sandbox's."""
    contract: int = 0
    """Tests in all, in this dialect."""
    selected: int = 0
    ended: str = ""
    """Why the run could not begin, or not go on before its first test."""

    @property
    def checked(self) -> int:
        return self._sum("checked")

    @property
    def not_covered(self) -> int:
        return self._sum("not covered")

    def take(self, report: pytest.TestReport) -> None:
        """Count a report, if it is of a test of the kit and says what came of it."""
        said = dict(report.user_properties)
        if "claim" not in said:
            return
        area = str(said["claim"]).partition(".")[0]
        counts = self.areas[area]
        if report.skipped:
            counts["not covered"] += 1
            self.missing[str(said.get("not_covered") or _reason(report))] += 1
        elif report.when == "call" or report.failed:
            ended = str(said.get("ended", ""))
            self.ended = self.ended or ended
            counts["checked"] += report.when == "call" and not ended
            outcome = getattr(report, "of_level", report.outcome)
            counts[outcome] += outcome != "passed"
            if outcome == "failed" and not ended and area != "provider":
                self.likenesses.take(_name(report), said)

    def lines(self) -> Iterator[str]:
        """A table by area, the share, and what would cover more."""
        yield f"{'':<12}" + "".join(f"{column:>13}" for column in _COLUMNS)
        for area, counts in self.areas.items():
            yield f"{area:<12}" + "".join(f"{counts[column]:>13}" for column in _COLUMNS)
        seen = self.checked + self.not_covered
        selected = max(seen, self.selected)
        whole = max(selected, self.contract)
        share = f"{100 * self.checked // whole} % of the contract" if whole else "nothing"
        yield f"Checked: {share}, {self.checked} of {whole} tests; {self._sum('failed')} failed."
        if whole > selected:
            yield f"Selected: {selected} of the contract's {whole} tests."
        if selected > seen:
            yield f"Not run: {selected - seen}."
        if self.missing:
            yield "Not covered; what is missing:"
            for key, times in self.missing.most_common():
                yield f"  {times:>4}  {key}"

    def properties(self) -> Iterator[tuple[str, int]]:
        """The same for programs: `contract.receiver.checked` and so on."""
        for area, counts in self.areas.items():
            for column in _COLUMNS:
                yield f"contract.{area}.{column.replace(' ', '_')}", counts[column]
        yield "contract.tests", self.contract
        yield "contract.selected", self.selected

    def _sum(self, column: str) -> int:
        return sum(counts[column] for counts in self.areas.values())


def _name(report: pytest.TestReport) -> str:
    """What -k takes: without its folder, file and shape."""
    return report.nodeid.rpartition("::")[2].partition("[")[0]


def _reason(report: pytest.TestReport) -> str:
    place = report.longrepr
    return str(place[2] if isinstance(place, tuple) else place).removeprefix("Skipped: ")
