"""`gupshup-mock journal` and `gupshup-mock events`."""

from __future__ import annotations

import json
import re

from mock_server.client import AppClient
from tests.cli.command_line import CommandLine

ASHA = "919812345678"
VIOLATION = (
    "2026-12-24 18:00:00  violation  C2 919812345678: a call was tried though the user never allowed calls. "
    "Expected: call only while the last permission reply is an accept that has not expired "
    "(Meta, Business-initiated calls, Jun 26 2026)\n"
)


def test_the_journal_has_a_line_for_each_thing(gupshup_mock: CommandLine, app: AppClient) -> None:
    """`journal` prints events and delivery attempts with the app's time, in order (section 11)."""
    app.user(ASHA).allow_temporarily()
    lines = gupshup_mock.done("journal", "--wa-id", ASHA).splitlines()
    assert lines[0] == (
        "2026-12-24 18:00:00  event      call_permission_reply 919812345678 accept until 2026-12-31T18:00:00.000Z"
    )
    assert re.sub(r"\d+ ms", "N ms", lines[1]) == (
        "2026-12-24 18:00:00  delivery   call_permission_reply accept temporary 919812345678"
        " -> RECEIVER answered 200 in N ms"
    )


def test_the_journal_says_what_whatsapp_tells_nobody(gupshup_mock: CommandLine, app: AppClient) -> None:
    """A permission that ends is silent on the wire, and a line in the journal (P3)."""
    app.user(ASHA).allow_temporarily(5)
    app.clock.advance(seconds=5)
    assert (
        "2026-12-24 18:00:05  event      919812345678: The temporary permission ended at 2026-12-24T18:00:05.000Z.\n"
    ) in gupshup_mock.done("journal", "--kind", "event")


def test_violations_fail_a_build(gupshup_mock: CommandLine, app: AppClient) -> None:
    """`journal --violations --fail` ends with 0 when there are none, and prints them and ends with 1 when there are."""
    assert gupshup_mock.done("journal", "--violations", "--fail") == ""
    gupshup_mock.refused("call", "place", ASHA)
    result = gupshup_mock.run("journal", "--violations", "--fail")
    assert (result.exit_code, result.stdout, result.stderr) == (1, VIOLATION, "")
    assert gupshup_mock.done("journal", "--violations") == VIOLATION


def test_following_fails_at_the_first_violation(gupshup_mock: CommandLine, app: AppClient) -> None:
    """`journal --follow --fail` ends with 1 as soon as there is a violation."""
    gupshup_mock.refused("call", "place", ASHA)
    result = gupshup_mock.run("journal", "--follow", "--violations", "--fail")
    assert (result.exit_code, result.stdout) == (1, VIOLATION)


def test_violations_are_chosen_by_themselves(gupshup_mock: CommandLine) -> None:
    """`journal --violations` cannot be narrowed further."""
    assert gupshup_mock.misused("journal", "--violations", "--wa-id", ASHA) == (
        "Error: --violations chooses by itself: leave --kind and --wa-id out."
    )


def test_the_journal_as_json_is_an_object_a_line(gupshup_mock: CommandLine, app: AppClient) -> None:
    """`journal --json` prints the entries of the control API, one a line."""
    app.user(ASHA).allow_always()
    printed = [json.loads(line) for line in gupshup_mock.done("journal", "--json").splitlines()]
    assert json.dumps(printed).replace("RECEIVER", gupshup_mock.receiver) == json.dumps(list(app.journal()))


def test_events_so_far(gupshup_mock: CommandLine, app: AppClient) -> None:
    """`events` prints what has happened, and with --after only what came behind an entry."""
    app.user(ASHA).text("one")
    last = max(entry["id"] for entry in app.journal())
    app.user(ASHA).text("two")
    assert " one\n" in gupshup_mock.done("events")
    assert gupshup_mock.done("events", "--after", str(last)).startswith(
        "2026-12-24 18:00:00  event      message 919812345678 two\n"
    )


def test_events_of_all_apps_are_followed(gupshup_mock: CommandLine) -> None:
    """`events --all-apps` is for following."""
    assert gupshup_mock.misused("events", "--all-apps") == "Error: --all-apps goes with --follow and without --app."
