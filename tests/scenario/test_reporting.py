"""What came of scenarios: lines for people, JSON for programs, JUnit for CI."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from mock_server.scenario import reporting
from mock_server.scenario.running import Outcome, Result
from mock_server.scenario.steps import Scenario

GOOD = Outcome("1", "the business asks")
BAD = Outcome("2", 'webhook "accept" & <more>', ("response: expected \x1b[31m", "second"))
PASSED = Result(Scenario("a.toml", "A passes", "", (), ()), (GOOD,), {"": "app-1"})
FAILED = Result(Scenario("b.toml", "B fails", "", (), ()), (GOOD, BAD), {"": "app-2"})


def test_a_step_is_a_line_with_its_differences_beneath() -> None:
    """A step that held is one line with a tick; one that did not has its differences beneath."""
    assert reporting.line(GOOD, tick="+", cross="-") == "  +   1  the business asks"
    assert reporting.line(BAD, tick="+", cross="-").splitlines() == [
        '  -   2  webhook "accept" & <more>',
        "        response: expected \x1b[31m",
        "        second",
    ]


def test_the_last_line_counts_and_names_what_failed() -> None:
    """The last line says how many passed, and which failed."""
    assert reporting.total([PASSED]) == "1 of 1 scenario passed"
    assert reporting.total([PASSED, FAILED]) == "1 of 2 scenarios passed; failed: B fails"


def test_json_holds_every_step_that_was_done() -> None:
    """For programs: counts, and each scenario with its steps and differences."""
    said = reporting.as_json([PASSED, FAILED])
    assert (said["passed"], said["failed"]) == (1, 1)
    assert said["scenarios"][1] == {
        "file": "b.toml",
        "name": "B fails",
        "passed": False,
        "steps": [
            {"step": "1", "what": "the business asks", "held": True, "differences": []},
            {"step": "2", "what": BAD.what, "held": False, "differences": list(BAD.differences)},
        ],
        "apps": {"": "app-2"},
    }


def test_junit_is_xml_with_a_case_a_scenario() -> None:
    """The JUnit report is well-formed whatever a difference holds; counts and failures are where CI looks for them."""
    root = ET.fromstring(reporting.junit([PASSED, FAILED]))  # noqa: S314  our own
    assert (root.tag, root.get("tests"), root.get("failures"), root.get("errors")) == ("testsuites", "2", "1", "0")
    passed, failed = root.iter("testcase")
    assert (passed.get("classname"), passed.get("name"), passed.find("failure")) == ("a.toml", "A passes", None)
    failure = failed.find("failure")
    assert failure is not None
    assert failure.get("message") == 'step 2: webhook "accept" & <more>'
    assert failure.text == "response: expected \ufffd[31m\nsecond"
    assert failed.findtext("system-out", "").splitlines()[0].strip() == "ok   1  the business asks"
