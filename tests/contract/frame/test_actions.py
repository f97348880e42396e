"""Actions: filled in, done over HTTP or by a program, and read."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from contract_tests.failure import ContractFailure, NotCovered
from contract_tests.numbers import Known
from contract_tests.target.actions import FileActions, at_path
from contract_tests.target.reading import target_of

ASHA = Known("919812345678", "IN.04410000000000000000")
HIDDEN = Known("", "IN.04410000000000000000")
STATES = {"no_permission": ["none", None], "permanent": ["always", True, 1.5]}


class _Handler(BaseHTTPRequestHandler):
    """Answers with the path it was asked for: `/200/TEXT`, `/page`, `/drip`."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self._say(200, f"{self.headers.get('X-Key', '')} {body}")

    def do_GET(self) -> None:
        if self.path == "/drip":
            self._drip()
        elif self.path == "/page":
            self._say(200, "<html>" + "x" * 2_000_000)
        else:
            _, status, text = self.path.split("/", 2)
            self._say(int(status), text.replace("%22", '"').replace("%7B", "{").replace("%7D", "}"))

    def _drip(self) -> None:
        self.send_response(200)
        self.end_headers()
        for _ in range(100):
            self.wfile.write(b"x")
            time.sleep(0.05)

    def _say(self, status: int, text: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: object) -> None: ...


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def actions(**rows: Any) -> FileActions:
    """Those of a target file with these rows; one that names nobody does so in a header, or as its last argument."""
    for row in rows.values():
        if "{wa_id}" not in str(row) and "{bsuid}" not in str(row):
            somebody = (
                {"command": [*row["command"], "{wa_id}"]} if "command" in row else {"headers": {"X-User": "{wa_id}"}}
            )
            row.update(somebody)
    document = {"integrator": {"webhook_url": "http://127.0.0.1:9/"}, "actions": rows}
    return FileActions(target_of(document), patience=1)


def test_braces_are_filled_in_everywhere(url: str) -> None:
    """In the URL, the body, headers and a program's arguments; JSON's own braces stay."""
    row = {"method": "POST", "url": url + "/{wa_id}", "headers": {"X-Key": "{app_token}"}, "json": {"to": ["{bsuid}"]}}
    done = actions(call=row).do("call", ASHA, {"app_token": "sk_1"})
    assert done.text == 'sk_1 {"to":["IN.04410000000000000000"]}'
    assert done.what == f"POST {url}/919812345678"
    program = [sys.executable, "-c", "import sys; print(sys.argv[1])", '{"to": "{wa_id}"}']
    assert actions(call={"command": program}).do("call", ASHA, {}).json == {"to": "919812345678"}


def test_an_action_that_is_not_given_is_not_covered() -> None:
    """The skip names the table to add."""
    with pytest.raises(NotCovered) as left_out:
        actions().do("call", ASHA, {})
    assert left_out.value.key == "[actions.call]"


def test_a_user_without_a_number_needs_the_bsuid(url: str) -> None:
    """An action that can name users by number only does not cover those who have none."""
    by_number = {"method": "POST", "url": url, "json": {"to": "{wa_id}"}}
    with pytest.raises(NotCovered) as left_out:
        actions(call=by_number).do("call", HIDDEN, {})
    assert left_out.value.key == "{bsuid} in [actions.call], for a user without a number"
    both = {"method": "POST", "url": url, "json": {"to": "{wa_id}", "bsuid": "{bsuid}"}}
    assert '{"to":"","bsuid":"IN.04410000000000000000"}' in actions(call=both).do("call", HIDDEN, {}).text


@pytest.mark.parametrize(("status", "allowed", "says"), [(202, "2xx", True), (202, "200", False), (409, "2xx", False)])
def test_where_calls_are_not_seen_the_answer_says_so(url: str, status: int, allowed: str, says: bool) -> None:
    """`[actions.call] allowed` is a status or a hundred of them."""
    row = {"method": "GET", "url": f"{url}/{status}/x", "allowed": allowed}
    assert actions(call=row).do("call", ASHA, {}).allowed is says


def test_without_allowed_the_answer_says_nothing(url: str) -> None:
    """Then it is what is seen on the wire that counts."""
    assert actions(call={"method": "GET", "url": f"{url}/200/x"}).do("call", ASHA, {}).allowed is None


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        ("200/{%22a%22:{%22b%22:%22always%22}}", "permanent"),
        ("200/{%22a%22:{%22b%22:true}}", "permanent"),
        ("200/{%22a%22:{%22b%22:1.5}}", "permanent"),
        ("200/{%22a%22:{%22b%22:%22none%22}}", "no_permission"),
        ("200/{%22a%22:{%22b%22:null}}", "no_permission"),
        ("200/{%22a%22:{}}", "no_permission"),
        ("404/nobody", None),
    ],
)
def test_a_state_is_said_in_our_words(url: str, answer: str, word: str | None) -> None:
    """By value and type; an unknown user (404) has none."""
    row = {"method": "GET", "url": f"{url}/{answer}", "state": "$.a.b", "states": STATES}
    assert actions(permission=row).look("permission", ASHA, {}) == (word, None)


@pytest.mark.parametrize(
    ("answer", "received"),
    [
        ("200/{%22a%22:{%22b%22:%22perhaps%22}}", '$.a.b is "perhaps"'),
        ("200/{%22a%22:{%22b%22:1}}", "$.a.b is 1"),
        ("200/{%22a%22:{%22c%22:1}}", '$.a.b finds nothing in {"a":{"c":1}}'),
        ("500/down", "-> 500 in "),
        ("200/text", "-> 200 in "),
        ("page", "-> 200 in "),
        ("drip", "no answer within 1 s"),
    ],
)
def test_a_state_that_cannot_be_read_is_a_failure_that_shows_it(url: str, answer: str, received: str) -> None:
    """An unlisted word, a crash, no JSON, a page of 2 MB, an answer that never ends: what came is shown, cut short."""
    row = {"method": "GET", "url": f"{url}/{answer}", "state": "$.a.b", "states": STATES}
    with pytest.raises(ContractFailure) as failed:
        actions(permission=row).look("permission", ASHA, {})
    assert received in failed.value.received
    assert len(failed.value.received) < 1000


def test_a_reason_is_read_beside_the_state(url: str) -> None:
    """As the application has it."""
    row: dict[str, Any] = {
        "method": "GET",
        "url": f"{url}/200/{{%22s%22:%22f%22,%22code%22:138021}}",
        "state": "$.s",
        "reason": "$.code",
    }
    row["states"] = {"failed": ["f"]}
    assert actions(last_call=row).look("last_call", ASHA, {}) == ("failed", 138021)


def test_an_application_that_does_not_answer_an_action_is_a_failure() -> None:
    """Refused connections and programs that do not end or do not exist."""
    rows: list[tuple[dict[str, Any], str]] = [
        ({"method": "GET", "url": "http://127.0.0.1:9/"}, "no connection: Connection refused"),
        ({"command": [sys.executable, "-c", "import time; time.sleep(60)"]}, "it did not end within 1 s"),
        ({"command": ["no-such-program"]}, "it cannot be run: "),
    ]
    for row, received in rows:
        with pytest.raises(ContractFailure) as failed:
            actions(call=row).do("call", ASHA, {})
        assert failed.value.received.startswith(received)


def test_a_program_says_no_by_its_exit_code() -> None:
    """0 counts as 200, anything else as 500; what it printed is the answer."""
    said = actions(call={"command": [sys.executable, "-c", "raise SystemExit('not allowed')"]}).do("call", ASHA, {})
    assert (said.status, said.ok, said.text.strip()) == (500, False, "not allowed")


def test_paths_lead_through_objects_and_lists() -> None:
    """Dotted, with numbers for places in a list; None where they lead nowhere."""
    value = {"data": [{"state": "x"}], "0": {"a": 1}}
    assert at_path(value, "$.data.0.state") == "x"
    assert at_path(value, "$.0.a") == 1
    assert [at_path(value, path) for path in ("$.data.1.state", "$.data.x", "$.nothing.at.all")] == [None, None, None]
