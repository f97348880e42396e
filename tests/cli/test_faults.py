"""`gupshup-mock faults`."""

from __future__ import annotations

from pathlib import Path

import pytest

from mock_server.client import AppClient
from tests.cli.command_line import CommandLine

ASHA = "919812345678"
REPLIES = ("--webhook", "call_permission_reply")


def test_faults_are_listed(gupshup_mock: CommandLine, app: AppClient) -> None:
    """`faults list` has a line for each: what goes wrong, on what, how often it has fired and still can."""
    assert gupshup_mock.done("faults", "list") == "No faults.\n"
    first = app.faults.add("drop", webhook="call_permission_reply", times=2)["id"]
    app.faults.add("status", route="v3/message", status=503, processed=True)
    app.faults.add("delay", route="*", seconds=30, times=None, probability=0.5, seed=7)
    app.faults.add("close", route="*", when="middle")
    app.user(ASHA).allow_always()
    lines = gupshup_mock.done("faults", "list").splitlines()
    assert [line.split(maxsplit=1)[1] for line in lines] == [
        "FAULT   ON                             FIRED  LEFT           CHANCE        HOW",
        "drop    webhook call_permission_reply  1      1              always        -",
        "status  v3/message                     0      1              always        status 503, processed",
        "delay   *                              0      until cleared  0.5 (seed 7)  30 s",
        "close   *                              0      1              always        middle of the answer",
    ]
    assert lines[1].startswith(f"{first} ")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("delay", "--route", "*"), "--for: is required"),
        (("error", "--route", "*"), "--code: is required"),
        (("duplicate", "--route", "*"), "duplicate strikes webhooks: say which with --webhook KIND"),
        (("close", *REPLIES), "close strikes requests: say which with --route TEXT"),
        (("delay",), "delay strikes requests or webhooks: give one of --route TEXT and --webhook KIND"),
        (("delay", "--route", "*", *REPLIES), "delay strikes requests or webhooks"),
    ],
)
def test_what_is_missing_is_said_in_its_own_words(
    gupshup_mock: CommandLine, app: AppClient, words: tuple[str, ...], said: str
) -> None:
    """What is wrong is told by the name of the option, not of the field behind it."""
    assert said in gupshup_mock.misused("faults", "add", *words)


@pytest.mark.parametrize(
    ("words", "fields"),
    [
        (("error", "--route", "*", "--code", "131056", "--times", "3"), {"code": 131056, "left": 3}),
        (("delay", "--route", "*", "--for", "5m"), {"seconds": 300}),
        (("close", "--route", "*", "--when", "middle"), {"when": "middle"}),
        (("status", "--route", "*", "--status", "500", "--processed"), {"status": 500, "processed": True}),
        (("reorder", *REPLIES), {"seconds": 2, "webhook": "call_permission_reply"}),
        (("drop", *REPLIES, "--until-cleared", "--probability", "0.1", "--seed", "7"),
         {"left": None, "probability": 0.1, "seed": 7}),
    ],
)  # fmt: skip
def test_a_fault_is_set(gupshup_mock: CommandLine, words: tuple[str, ...], fields: dict[str, object]) -> None:
    """`faults add` has an option for each field (section 9)."""
    (made,) = [gupshup_mock.json("faults", "add", *words)]
    assert made | fields == made
    assert gupshup_mock.json("faults", "list") == [made]


def test_an_answer_out_of_a_file(gupshup_mock: CommandLine, tmp_path: Path) -> None:
    """`faults add status --body` answers with a file: JSON, or any other text as it is."""
    page = tmp_path / "page.html"
    page.write_text("<html>Bad Gateway</html>")
    words = ("faults", "add", "status", "--route", "*", "--status", "502", "--body")
    assert gupshup_mock.json(*words, str(page))["body"] == "<html>Bad Gateway</html>"
    assert gupshup_mock.json(*words, "-", stdin='{"a": [1]}')["body"] == {"a": [1]}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("explode",), "Error: Invalid value for 'FAULT': 'explode' is not one of 'status', 'error', 'delay', "
         "'close', 'duplicate', 'reorder', 'batch', 'drop', 'break_signature', 'stale'."),
        (("drop",), "Error: drop strikes webhooks: say which with --webhook KIND."),
        (("delay", "--for", "1s"), "Error: delay strikes requests or webhooks: give one of --route TEXT and --webhook "
         "KIND."),
        (("delay", "--for", "2h", "--route", "*"), "Error: Invalid value: --for: must be at most 3600."),
        (("drop", *REPLIES, "--code", "1"), "Error: Invalid value: --code: is not a known field; known are: fault, "
         "webhook, times, probability, seed."),
        (("drop", *REPLIES, "--times", "2", "--until-cleared"), "Error: Give one of --times and --until-cleared."),
    ],
)  # fmt: skip
def test_what_cannot_be_is_wrong_usage(gupshup_mock: CommandLine, words: tuple[str, ...], said: str) -> None:
    """`faults add` says what is missing or does not belong there: exit code 2."""
    assert gupshup_mock.misused("faults", "add", *words) == said


def test_faults_are_cleared(gupshup_mock: CommandLine, app: AppClient) -> None:
    """`faults clear ID` takes one away, `faults clear` all; both print what is left."""
    first = app.faults.add("close", route="*")["id"]
    second = app.faults.add("close", route="*")["id"]
    assert [row["id"] for row in gupshup_mock.json("faults", "clear", str(first))] == [second]
    assert gupshup_mock.done("faults", "clear") == "No faults.\n"
    assert gupshup_mock.refused("faults", "clear", "9") == (
        "Error: There is no fault 9; list them to see which there are.\n"
    )


def test_the_journal_has_a_line_for_a_fault(gupshup_mock: CommandLine, app: AppClient) -> None:
    """`journal --kind fault` says which fault fired on what (section 11)."""
    fault = app.faults.add("drop", webhook="call_permission_reply")["id"]
    app.user(ASHA).allow_always()
    line = gupshup_mock.done("journal", "--kind", "fault")
    assert line.startswith(
        f"2026-12-24 18:00:00  fault      drop (fault {fault}) {ASHA}: call_permission_reply to subscription "
    )
    assert line.endswith(": dropped, never sent\n")
