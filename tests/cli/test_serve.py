"""`gupshup-mock serve` while it serves."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from mock_server.client import SandboxClient
from mock_server.demo.business import Business
from mock_server.demo.receiver import Receiver
from tests.cli.serving import ROOT, serving

APP = "00000000-0000-4000-8000-000000000001"
TOKEN = "sk_sandbox_0000000000000001"
VALUES = """\
# For a .env file or a shell:
GUPSHUP_BASE_URL=URL
GUPSHUP_APP_ID=00000000-0000-4000-8000-000000000001
GUPSHUP_APP_TOKEN=sk_sandbox_0000000000000001
PARTNER_EMAIL=partner@example.com
PARTNER_SECRET=sandbox-secret
GRAPH_BASE_URL=URL
PHONE_NUMBER_ID=100000000000001
WABA_ID=200000000000001
META_APP_ID=300000000000001
BUSINESS_NUMBER=919000000001
APP_SECRET=sandbox-app-secret
VERIFY_TOKEN=sandbox-verify-token
GUPSHUP_MOCK_URL=URL
GUPSHUP_MOCK_APP=00000000-0000-4000-8000-000000000001
# The phone and the wire, for a browser: URL/_sandbox/phone
"""


def test_it_prints_what_to_copy_and_says_when_it_is_ready() -> None:
    """`serve` prints the ready-made values (A1), and when it says `ready` it answers at the URL beside it."""
    with serving() as process:
        url, before = process.ready()
        assert "\n".join(before).replace(url, "URL") == VALUES
        assert httpx.get(f"{url}/_sandbox/health").json()["status"] == "ok"


def test_it_says_what_other_machines_have_to_wait_for() -> None:
    """Off loopback `serve` says which names it answers to and that it sends nowhere, until it is told (E6)."""
    with serving("--host", "0.0.0.0", "--control-token", "a-long-token") as process:
        _, before = process.ready()
    assert before[-3:-1] == [
        "# It answers under localhost only: add --allow-host NAME for each name or address that others use.",
        "# It sends webhooks nowhere: add --allow-webhook-to HOST for the receivers that it may send to.",
    ]
    told = ("--allow-host", "sandbox.example", "--allow-webhook-to", "127.0.0.1")
    with serving("--host", "0.0.0.0", "--control-token", "a-long-token", *told) as process:
        _, before = process.ready()
    assert before[-2].startswith("# The phone and the wire")


def test_it_prints_a_line_for_whatever_happens() -> None:
    """`serve` prints one readable line for each request, event and delivery attempt, without colours in a pipe."""
    with Receiver() as receiver, serving("--webhook", receiver.url, "--freeze-at", "2026-12-24T18:00:00Z") as process:
        url, _ = process.ready()
        with Business(url, app_id=APP, token=TOKEN) as business:
            business.ask_permission("919812345678")
        printed = process.lines_until("2026-12-24 18:00:00  delivery   message_status delivered")
    assert printed[:4] == [
        f"2026-12-24 18:00:00  request    POST /partner/app/{APP}/v3/message 919812345678 -> 200",
        "2026-12-24 18:00:00  event      message_status 919812345678 enqueued",
        "2026-12-24 18:00:00  event      message_status 919812345678 sent",
        "2026-12-24 18:00:00  event      message_status 919812345678 delivered",
    ]
    assert re.sub(r"\d+ ms", "N ms", printed[-1]) == (
        f"2026-12-24 18:00:00  delivery   message_status delivered 919812345678 -> {receiver.url} answered 200 in N ms"
    )


def test_it_prints_json_for_programs() -> None:
    """With --log json every line is an object, from the first, which says where it is ready, with the values."""
    with serving("--log", "json") as process:
        said = json.loads(process.lines_until("{")[0])
        with SandboxClient(said["url"]) as sandbox:
            sandbox.app().user("919812345678").allow_always()
        entry = json.loads(process.lines_until("{")[0])
    assert (said["kind"], said["values"]["GUPSHUP_APP_TOKEN"]) == ("ready", TOKEN)
    assert (entry["kind"], entry["event"]["kind"]) == ("event", "call_permission_reply")


def test_it_is_quiet_when_told_to_be() -> None:
    """With --log quiet it prints the values and `ready`, and nothing after that."""
    with serving("--log", "quiet") as process:
        url, before = process.ready()
        with SandboxClient(url) as sandbox:
            sandbox.app().user("919812345678").allow_always()
        assert before[0] == "# For a .env file or a shell:"
        assert process.stopped_by(signal.SIGTERM) == (0, "", "")


def test_a_terminal_without_a_character_gets_its_number() -> None:
    """What a terminal cannot show is printed escaped, and the log goes on."""
    with serving(encoding="latin-1") as process:
        url, _ = process.ready()
        with SandboxClient(url) as sandbox:
            sandbox.app().user("919812345678").text("नमस्ते")
            sandbox.app().user("919812345678").text("Hello")
        first, second = process.lines_until("2")[-1], process.lines_until("2")[-1]
    assert first.endswith("message 919812345678 \\u0928\\u092e\\u0938\\u094d\\u0924\\u0947")
    assert second.endswith("message 919812345678 Hello")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_although_somebody_listens(number: signal.Signals) -> None:
    """SIGTERM or Ctrl-C with an open event stream: gone within five seconds, exit code 0, nothing on stderr."""
    with serving() as process:
        url, _ = process.ready()
        with SandboxClient(url) as sandbox, sandbox.events():
            assert process.stopped_by(number) == (0, "", "")


def test_off_loopback_the_secrets_are_its_own() -> None:
    """Where other machines can reach it, published secrets are replaced by random ones, which it prints (A1)."""
    options = ("--host", "0.0.0.0", "--control-token", "only-for-us")
    with serving(*options) as process:
        url, before = process.ready()
        assert any(line.endswith("/_sandbox/phone#token=only-for-us") for line in before)
        values = dict(line.split("=", 1) for line in before if not line.startswith("#") and line)
        assert url.startswith("http://127.0.0.1:")
        assert values["GUPSHUP_MOCK_CONTROL_TOKEN"] == "only-for-us"
        published = {TOKEN, "sandbox-secret", "sandbox-app-secret", "sandbox-verify-token"}
        assert published.isdisjoint(values.values())
        with SandboxClient(url, "only-for-us") as sandbox:
            assert sandbox.app().show()["token"] == values["GUPSHUP_APP_TOKEN"]


def test_the_configuration_makes_apps(tmp_path: Path) -> None:
    """`serve --config` makes the apps of the file, and an option wins over what the file says."""
    file = tmp_path / "sandbox.toml"
    file.write_text(
        '[server]\nport = 1\nlog = "quiet"\nfreeze_at = 2026-12-24T18:00:00Z\n'
        '[[app]]\nid = "orders"\nrules = "wolkvox"\n'
        '[[app.subscription]]\nurl = "http://127.0.0.1:9000/webhooks"\nmodes = ["MESSAGE"]\n'
    )
    with serving("--config", str(file)) as process, SandboxClient(process.ready()[0]) as sandbox:
        shown = sandbox.app("orders").show()
    assert (shown["rules"], shown["clock"]["now"]) == ("wolkvox", "2026-12-24T18:00:00.000Z")
    assert [row["url"] for row in shown["subscriptions"]] == ["http://127.0.0.1:9000/webhooks"]


def test_it_starts_without_either_http_client() -> None:
    """`serve` imports neither HTTP client before it serves: each would cost as much as half the start (DESIGN)."""
    program = (
        "import sys, mock_server.cli.serving as s, mock_server.cli.serve, mock_server.configuration as c; "
        "s.Sandbox(c.server_settings({}, {'port': 0}), on_entry=s.ServerLog('pretty').entry); "
        "print(sorted({'aiohttp', 'httpx', 'jsonschema', 'jsonschema_rs', 'tomllib'} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert found.stdout == "[]\n"
