"""`gupshup-mock user`."""

from __future__ import annotations

import pytest

from mock_server.client import AppClient
from tests.cli.command_line import CommandLine

ASHA = "919812345678"


def test_a_user_allows_for_good(gupshup_mock: CommandLine) -> None:
    """`user allow-always` ends when the webhook has been answered, and says what became of it (P2)."""
    assert gupshup_mock.done("user", "allow-always", ASHA) == (
        "919812345678: permanent  (from the profile, answering no request)\n"
        "  call_permission_reply -> RECEIVER: answered 200\n"
    )  # fmt: skip


def test_a_user_allows_for_some_seconds(gupshup_mock: CommandLine) -> None:
    """`user allow-temporarily --for 5s` gives a permission that ends in five seconds (P2)."""
    assert gupshup_mock.done("user", "allow-temporarily", ASHA, "--for", "5s") == (
        "919812345678: temporary until 2026-12-24T18:00:05.000Z  (from the profile, answering no request)\n"
        "  call_permission_reply -> RECEIVER: answered 200\n"
    )  # fmt: skip


def test_a_user_allows_for_a_week(gupshup_mock: CommandLine) -> None:
    """Without --for a temporary permission lives seven days (P2)."""
    answer = gupshup_mock.json("user", "allow-temporarily", ASHA)
    assert answer["user"]["permission"] == {
        "status": "temporary",
        "expires_at": "2026-12-31T18:00:00.000Z",
        "expiration_timestamp": 1798740000,
    }


def test_it_need_not_wait(gupshup_mock: CommandLine) -> None:
    """With --no-wait the command ends before the webhook has been tried (INTERFACE, actions)."""
    assert gupshup_mock.done("user", "allow-always", ASHA, "--no-wait") == (
        "919812345678: permanent  (from the profile, answering no request)\n"
        "  call_permission_reply -> RECEIVER: not tried yet\n"
    )  # fmt: skip


def test_a_user_declines_and_there_is_nothing_more_to_decline(gupshup_mock: CommandLine) -> None:
    """`user decline` takes a permission back; with neither request nor permission the answer is no (P2)."""
    gupshup_mock.done("user", "allow-always", ASHA)
    assert gupshup_mock.done("user", "decline", ASHA).startswith("919812345678: no_permission\n")
    assert gupshup_mock.refused("user", "decline", ASHA) == (
        "Error: There is no request to decline and no permission to take back.\n"
    )


def test_revoking_without_permission_is_refused(gupshup_mock: CommandLine) -> None:
    """`user revoke` without permission ends with 1 and says why (P2)."""
    assert gupshup_mock.refused("user", "revoke", ASHA) == "Error: There is no permission to revoke.\n"


def test_a_refusal_as_json(gupshup_mock: CommandLine) -> None:
    """With --json a refusal is JSON too, on stderr, with its code and HTTP status (E4)."""
    assert gupshup_mock.refused("user", "revoke", ASHA, "--json") == (
        '{"error": {"status": 409, "code": "nothing_to_take_back", "sentence": "There is no permission to revoke."}}\n'
    )


def test_a_user_writes(gupshup_mock: CommandLine) -> None:
    """`user text` brings a message to the business."""
    assert gupshup_mock.done("user", "text", ASHA, "Where is it?") == (
        "919812345678: no_permission\n"
        "  message -> RECEIVER: answered 200\n"
    )  # fmt: skip


def test_a_user_reads(gupshup_mock: CommandLine) -> None:
    """`user read` with nothing to read says that no webhook came of it."""
    assert gupshup_mock.done("user", "read", ASHA) == "919812345678: no_permission\n  no webhook\n"


def test_a_user_calls_and_hangs_up(gupshup_mock: CommandLine) -> None:
    """`user call` and `user hang-up`: a call by the user (C6)."""
    assert gupshup_mock.done("user", "call", ASHA).splitlines()[1:] == ["  call_connect -> RECEIVER: answered 200"]
    assert gupshup_mock.done("user", "hang-up", ASHA).splitlines()[1:] == ["  call_terminate -> RECEIVER: answered 200"]


@pytest.mark.parametrize(
    ("action", "came"),
    [("pick-up", ["call_connect", "call_status"]), ("reject-call", ["call_status", "call_terminate"])],
)
def test_a_user_answers_a_call(gupshup_mock: CommandLine, app: AppClient, action: str, came: list[str]) -> None:
    """`user pick-up` and `user reject-call` answer the business's call (C3)."""
    app.user(ASHA).allow_always()
    app.place_call(ASHA)
    assert [row["kind"] for row in gupshup_mock.json("user", action, ASHA)["events"]] == came


def test_a_user_is_shown(gupshup_mock: CommandLine, app: AppClient) -> None:
    """`user show` tells permission, window, limits and calls at a glance."""
    app.user(ASHA).text("Hello")
    app.user(ASHA).allow_temporarily()
    assert gupshup_mock.done("user", "show", ASHA) == (
        "919812345678  Sandbox User  IN.37279139073376405991\n"
        "  permission      temporary until 2026-12-31T18:00:00.000Z\n"
        "  reachability    reachable\n"
        "  service window  open until 2026-12-25T18:00:00.000Z\n"
        "  unanswered      0 calls in a row; nudged at 2, revoked at 4\n"
        "  limit           requests_per_24h: 0 of 1\n"
        "  limit           requests_per_7d: 0 of 2\n"
        "  limit           connected_calls_per_24h: 0 of 5\n"
    )


def test_a_user_is_changed(gupshup_mock: CommandLine) -> None:
    """`user set` changes name, username and reachability; null takes the username away."""
    shown = gupshup_mock.done("user", "set", ASHA, "name=Asha Rao", "username=asha", "reachability=switched_off")
    assert shown.splitlines()[0] == "919812345678  Asha Rao  @asha  IN.37279139073376405991"
    assert "  reachability    switched_off\n" in shown
    assert gupshup_mock.json("user", "set", ASHA, "username=null")["username"] is None


def test_a_test_number_says_what_it_does(gupshup_mock: CommandLine) -> None:
    """`user show` of a test number tells that it acts by itself (section 10)."""
    assert "  test number     declines\n" in gupshup_mock.done("user", "show", "919999000003")


def test_users_are_listed(gupshup_mock: CommandLine, app: AppClient) -> None:
    """`user list` has a line for each user that the app has met."""
    assert gupshup_mock.done("user", "list") == "No users yet: the app has had to do with nobody.\n"
    app.user(ASHA).allow_always()
    assert gupshup_mock.done("user", "list") == (
        "WA_ID         NAME          PERMISSION  REQUESTS  CALLS  REACHABILITY\n"
        "919812345678  Sandbox User  permanent   0         0      reachable\n"
    )


def test_an_unknown_user_is_refused(gupshup_mock: CommandLine) -> None:
    """What is neither a number nor a BSUID is no user (A2)."""
    assert gupshup_mock.refused("user", "show", "12") == (
        "Error: '12' is no user: give 7 to 15 digits or a BSUID of this sandbox.\n"
    )
