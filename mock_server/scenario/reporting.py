"""What came of scenarios, for people (lines), programs (JSON) and CI (JUnit)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree as ET

from mock_server.scenario.running import Outcome, Result

Json = dict[str, Any]


def line(outcome: Outcome, *, tick: str, cross: str) -> str:
    """A step, and beneath it what is otherwise than expected."""
    mark = tick if outcome.held else cross
    beneath = [f"\n        {difference}" for difference in outcome.differences]
    return f"  {mark} {outcome.place:>3}  {outcome.what}{''.join(beneath)}"


def total(results: Sequence[Result]) -> str:
    """The last line."""
    failed = [result.scenario.name for result in results if not result.passed]
    passed = f"{len(results) - len(failed)} of {_counted(len(results), 'scenario')} passed"
    return f"{passed}; failed: {'; '.join(failed)}" if failed else passed


def as_json(results: Sequence[Result]) -> Json:
    """Everything, with what was not reached left out."""
    failed = sum(not result.passed for result in results)
    return {
        "passed": len(results) - failed,
        "failed": failed,
        "scenarios": [_as_json(result) for result in results],
    }


def junit(results: Sequence[Result]) -> bytes:
    """JUnit XML: a scenario is a test case, and its failure says which step and what was otherwise."""
    failures = str(sum(not result.passed for result in results))
    counted = {"tests": str(len(results)), "failures": failures, "errors": "0", "skipped": "0"}
    root = ET.Element("testsuites", {"name": "gupshup-mock scenario", **counted})
    suite = ET.SubElement(root, "testsuite", {"name": "scenarios", **counted})
    for result in results:
        names = {"classname": _clean(result.scenario.file), "name": _clean(result.scenario.name)}
        case = ET.SubElement(suite, "testcase", names)
        if not result.passed:
            last = result.outcomes[-1]
            message = _clean(f"step {last.place}: {last.what}")
            failure = ET.SubElement(case, "failure", {"message": message, "type": "difference"})
            failure.text = _clean("\n".join(last.differences))
        lines = [line(outcome, tick="ok", cross="no") for outcome in result.outcomes]
        ET.SubElement(case, "system-out").text = _clean("\n".join(lines))
    ET.indent(root)
    report: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return report + b"\n"


def _as_json(result: Result) -> Json:
    steps = [
        {"step": outcome.place, "what": outcome.what, "held": outcome.held, "differences": list(outcome.differences)}
        for outcome in result.outcomes
    ]
    scenario = result.scenario
    return {
        "file": scenario.file,
        "name": scenario.name,
        "passed": result.passed,
        "steps": steps,
        "apps": result.apps,
    }


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _clean(text: str) -> str:
    """Without what XML cannot say (control characters, lone surrogates)."""
    return "".join(char if char.isprintable() or char in "\n\t" else "\ufffd" for char in text)
