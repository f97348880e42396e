"""`gupshup-mock call`."""

from __future__ import annotations

import re

from mock_server.client import AppClient
from tests.cli.command_line import CommandLine

ASHA = "919812345678"


def test_a_call_without_permission_is_refused(gupshup_mock: CommandLine) -> None:
    """`call place` makes WhatsApp's checks: without permission it ends with 1 and names 138006 (C2)."""
    assert gupshup_mock.refused("call", "place", ASHA) == (
        "Error: 138006: The user has given no permission for calls, or it has ended; send a request first.\n"
    )


def test_a_call_rings(gupshup_mock: CommandLine, app: AppClient) -> None:
    """`call place` prints the call's id first, and that it rings (C3)."""
    app.user(ASHA).allow_always()
    said = gupshup_mock.done("call", "place", ASHA)
    assert re.fullmatch(r"wacid\.\S+ by the business at 2026-12-24T18:00:00\.000Z: ringing\n", said)


def test_a_call_is_hung_up_by_its_id(gupshup_mock: CommandLine, app: AppClient) -> None:
    """`call hang-up` takes the id that `call place` printed."""
    app.user(ASHA).allow_always()
    call = gupshup_mock.json("call", "place", ASHA)["call"]
    assert gupshup_mock.json("call", "hang-up", call["id"])["call"] == {
        **call,
        "state": "ended",
        "ended_at": "2026-12-24T18:00:00.000Z",
    }


def test_a_call_is_hung_up_by_the_users_number(gupshup_mock: CommandLine, app: AppClient) -> None:
    """`call hang-up` takes the number of the user as well; without a call the answer is no."""
    app.user(ASHA).allow_always()
    gupshup_mock.done("call", "place", ASHA)
    assert gupshup_mock.done("call", "hang-up", ASHA).endswith(": ended\n")
    assert gupshup_mock.refused("call", "hang-up", ASHA) == "Error: No call with 919812345678 is going on.\n"


def test_a_users_call_is_taken(gupshup_mock: CommandLine, app: AppClient) -> None:
    """`call accept` takes the call of a user, named by number or by the call's id (C6)."""
    for by_number in (True, False):
        call_id = app.user(ASHA).call()["user"]["calls"][-1]["id"]
        said = gupshup_mock.done("call", "accept", ASHA if by_number else call_id)
        when = "2026-12-24T18:00:00.000Z"
        assert said == f"{call_id} by the user at {when}, picked up at {when}: connected\n"
        gupshup_mock.done("call", "hang-up", ASHA)


def test_a_users_call_is_rejected(gupshup_mock: CommandLine, app: AppClient) -> None:
    """`call reject` ends the call of a user; without one the answer is no (C6)."""
    app.user(ASHA).call()
    assert gupshup_mock.done("call", "reject", ASHA).endswith(": ended\n")
    assert gupshup_mock.refused("call", "reject", ASHA) == "Error: No call with 919812345678 is going on.\n"


def test_a_call_of_the_business_is_not_accepted(gupshup_mock: CommandLine, app: AppClient) -> None:
    """`call accept` of a call that the business placed is refused, saying why (C6)."""
    app.user(ASHA).allow_always()
    gupshup_mock.done("call", "place", ASHA)
    assert gupshup_mock.refused("call", "accept", ASHA) == (
        "Error: This call was started by the business; only a user's call can be answered.\n"
    )


def test_a_call_fails(gupshup_mock: CommandLine, app: AppClient) -> None:
    """`call hang-up --code` has the call fail; a code that no call ends with is wrong usage (meta 5.4)."""
    app.user(ASHA).allow_always()
    app.place_call(ASHA)
    assert gupshup_mock.done("call", "hang-up", ASHA, "--code", "138021").endswith(": ended, failed with 138021\n")
    event = next(entry["event"] for entry in app.journal(kind="event") if "code" in entry["event"])
    assert (event["kind"], event["code"]) == ("call_terminate", 138021)
    assert "'138006' is not one of '138019'" in gupshup_mock.misused("call", "hang-up", ASHA, "--code", "138006")
