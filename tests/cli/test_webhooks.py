"""`gupshup-mock webhooks`."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from mock_server.client import AppClient
from tests.cli.command_line import CommandLine

ASHA = "919812345678"
NOBODY = "http://127.0.0.1:1/nobody-listens"
MESSAGE = ("message", f"wa_id={ASHA}", "text=Hi")


def test_deliveries_are_listed(gupshup_mock: CommandLine, app: AppClient) -> None:
    """`webhooks list` has a line for each delivery and how its last attempt ended (W5)."""
    assert gupshup_mock.done("webhooks", "list") == "No deliveries.\n"
    app.user(ASHA).text()
    lines = gupshup_mock.done("webhooks", "list", "--wa-id", ASHA).splitlines()
    assert [line.split() for line in lines] == [
        ["ID", "KIND", "WA_ID", "STATE", "ATTEMPTS", "URL", "LAST"],
        [lines[1].split()[0], "message", ASHA, "delivered", "1", "RECEIVER", "answered", "200"],
    ]


def test_deliveries_are_chosen(gupshup_mock: CommandLine, app: AppClient) -> None:
    """`webhooks list` chooses by state and kind."""
    app.user(ASHA).text()
    assert [row["kind"] for row in gupshup_mock.json("webhooks", "list", "--kind", "message")] == ["message"]
    assert gupshup_mock.json("webhooks", "list", "--state", "dead") == []


def test_a_delivery_is_shown(gupshup_mock: CommandLine, app: AppClient) -> None:
    """`webhooks show` has attempts, headers and the body."""
    delivery = app.user(ASHA).text("Hello")["deliveries"][0]["id"]
    shown = gupshup_mock.done("webhooks", "show", delivery)
    assert shown.startswith(
        f"{delivery}  message -> RECEIVER  delivered\n  attempt 1 at 2026-12-24T18:00:00.000Z: answered 200\n"
    )
    assert '"body": "Hello"' in shown


def test_an_unknown_delivery_is_refused(gupshup_mock: CommandLine) -> None:
    """`webhooks show` of an id that is none says how to find one."""
    assert gupshup_mock.refused("webhooks", "show", "nope") == (
        "Error: There is no delivery nope; list them to see which are kept.\n"
    )


def test_a_named_event_is_sent_on_purpose(gupshup_mock: CommandLine, app: AppClient) -> None:
    """`webhooks send KIND KEY=VALUE` sends a named event, as often as one likes."""
    ids = gupshup_mock.done("webhooks", "send", *MESSAGE, "--repeat", "2").splitlines()
    app.deliveries.flush()
    assert len(ids) == 2
    assert [app.deliveries.show(one)["state"] for one in ids] == ["delivered", "delivered"]


def test_a_file_is_sent_on_purpose(gupshup_mock: CommandLine, app: AppClient, tmp_path: Path) -> None:
    """`webhooks send --body` sends a JSON file, and `--raw` bytes that are none."""
    file = tmp_path / "body.json"
    file.write_text('{"object": "anything"}')
    (sent,) = gupshup_mock.json("webhooks", "send", "--body", str(file), "--to", NOBODY)
    assert app.deliveries.show(sent)["body"] == {"object": "anything"}
    (raw,) = gupshup_mock.json("webhooks", "send", "--raw", "-", "--to", NOBODY, stdin="not JSON")
    assert app.deliveries.show(raw)["raw_base64"] == "bm90IEpTT04="


def test_a_variant_is_sent_on_purpose(gupshup_mock: CommandLine, app: AppClient) -> None:
    """`webhooks send --variant` puts it into another shape (W4)."""
    (sent,) = gupshup_mock.json("webhooks", "send", *MESSAGE, "--to", NOBODY, "--variant", "contacts=absent")
    app.deliveries.flush()
    assert "contacts" not in json.dumps(app.deliveries.show(sent)["body"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "Error: Give one of a kind of event, --body and --raw."),
        (("nothing",), "Error: Invalid value: 'nothing' is no kind of event; known are call_permission_reply, "
         "message_status, message, call_connect, call_status, call_terminate, account_update, "
         "account_settings_update, set_callback."),
        (("message", f"wa_id={ASHA}"), "Error: Invalid value: text: is required."),
        (("set_callback", "--variant", "reply=2026"), 'Error: Invalid value: reply: must be one of "current", "2025", '
         '"permanent-guide", "outbound-guide", not "2026".'),
    ],
)  # fmt: skip
def test_what_cannot_be_sent_is_wrong_usage(gupshup_mock: CommandLine, words: tuple[str, ...], said: str) -> None:
    """`webhooks send` says what is missing or wrong: exit code 2."""
    assert gupshup_mock.misused("webhooks", "send", *words) == said


def test_a_body_that_is_not_json_is_wrong_usage(gupshup_mock: CommandLine) -> None:
    """`webhooks send --body` wants JSON; for anything else there is --raw."""
    result = gupshup_mock.run("webhooks", "send", "--body", "-", stdin="{")
    assert result.exit_code == 2
    assert result.stderr.splitlines()[-1].startswith("Error: Invalid value for '--body': - is not JSON: ")


def test_sending_again(gupshup_mock: CommandLine, app: AppClient) -> None:
    """`webhooks redeliver ID`, `--all` and `--failed` send the same bytes again (W5)."""
    delivery = app.user(ASHA).text()["deliveries"][0]["id"]
    assert gupshup_mock.done("webhooks", "redeliver", delivery) == f"{delivery}\n"
    assert delivery in gupshup_mock.json("webhooks", "redeliver", "--all")
    app.deliveries.flush()
    assert gupshup_mock.done("webhooks", "redeliver", "--failed") == "Nothing to send again.\n"


@pytest.mark.parametrize("words", [(), ("some-id", "--all")])
def test_sending_again_wants_one_choice(gupshup_mock: CommandLine, words: tuple[str, ...]) -> None:
    """`webhooks redeliver` takes an id or one of its options, not none and not both."""
    assert (
        gupshup_mock.misused("webhooks", "redeliver", *words)
        == "Error: Give one of a delivery's id, --failed and --all."
    )


def test_waiting_until_nothing_is_due(gupshup_mock: CommandLine, app: AppClient) -> None:
    """`webhooks flush` ends when nothing is due; what waits for a later moment keeps waiting (T3)."""
    assert gupshup_mock.done("webhooks", "flush") == "Nothing is due; waiting for a later moment: 0.\n"
    app.send_webhook(event={"kind": "set_callback"}, to=NOBODY)
    assert (
        gupshup_mock.done("webhooks", "flush", "--timeout", "5s") == "Nothing is due; waiting for a later moment: 1.\n"
    )


def test_waiting_in_vain_is_no(gupshup_mock: CommandLine, app: AppClient) -> None:
    """`webhooks flush` ends with 1 when something is still due after its time: here nobody answers."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        app.send_webhook(event={"kind": "set_callback"}, to=f"http://127.0.0.1:{silent.getsockname()[1]}/")
        result = gupshup_mock.run("webhooks", "flush", "--timeout", "0s")
    assert (result.exit_code, result.stdout) == (1, "Still sending; waiting: 1.\n")
