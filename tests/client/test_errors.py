"""What can go wrong between the client and a sandbox."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from mock_server.client import AppClient, Refused, SandboxClient, Unreachable
from mock_server.errors import SandboxError
from mock_server.server import RunningServer
from mock_server.settings import ServerSettings
from tests.stage.watch import a_sandbox


class SomebodyElse(BaseHTTPRequestHandler):
    """A web server that is no sandbox: 200 with HTML for one path, 404 for the others."""

    def do_GET(self) -> None:
        body = b"<h1>Hello</h1>"
        self.send_response(200 if self.path == "/_sandbox/health" else 404)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None: ...


@pytest.fixture(scope="module")
def somebody_else() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), SomebodyElse) as other:
        threading.Thread(target=other.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield f"http://127.0.0.1:{other.server_port}"
        other.shutdown()


def test_nobody_is_there() -> None:
    """Where nothing listens it raises Unreachable, whose sentence says how to start a sandbox."""
    with pytest.raises(Unreachable) as unreachable, SandboxClient("http://127.0.0.1:1") as sandbox:
        sandbox.health()
    assert unreachable.value.sentence == (
        "No sandbox answers at http://127.0.0.1:1 (Connection refused). Start one with `gupshup-mock serve`, "
        "or say where it is with --url or GUPSHUP_MOCK_URL."
    )


def test_somebody_else_is_there(somebody_else: str) -> None:
    """Another web server at the URL is no sandbox, whatever it answers."""
    with SandboxClient(somebody_else) as sandbox:
        with pytest.raises(Unreachable, match=r"\(what is there answers 200 with text/html\)"):
            sandbox.health()
        with pytest.raises(Unreachable, match=r"\(what is there answers 404 with text/html\)"):
            sandbox.app().show()
        with pytest.raises(Unreachable, match=r"\(what is there answers 404 with text/html\)"):
            sandbox.events()


@pytest.mark.parametrize("url", ["127.0.0.1:8400", "http://[::1", "ftp://127.0.0.1"])
def test_what_is_no_url(url: str) -> None:
    """What is no URL raises Unreachable too, not an error of some library."""
    with pytest.raises(Unreachable), SandboxClient(url) as sandbox:
        sandbox.health()


def test_a_wrong_setting_names_its_field(app: AppClient) -> None:
    """A refused setting has the field's name and HTTP's status (E4)."""
    with pytest.raises(Refused) as refused:
        app.set(rulez="meta")
    assert (refused.value.status, refused.value.code, refused.value.field) == (400, "schema", "rulez")


def test_whatsapps_own_no_has_its_number(app: AppClient) -> None:
    """Where WhatsApp would refuse, the code is its number: 138006 for a call without permission (C2)."""
    with pytest.raises(Refused) as refused:
        app.place_call("919812345678")
    assert (refused.value.status, refused.value.code) == (409, 138006)


def test_an_unknown_app(sandbox: SandboxClient) -> None:
    """An app that there is not is refused by what one does with it, whatever characters its id has."""
    for app_id in ("nope", "a?b", "a#b", "a%20b", "é"):
        with pytest.raises(Refused) as refused:
            sandbox.app(app_id).show()
        assert refused.value.status == 404
        assert refused.value.sentence == f"There is no app '{app_id}'; GET /_sandbox/apps lists them."


def test_the_control_token() -> None:
    """A sandbox with a control token refuses those who do not have it, but for its health (DESIGN, Security)."""
    guarded: Any = a_sandbox(ServerSettings(control_token="only-for-us"))
    with RunningServer(lambda: guarded, on_stop=guarded.stop) as server:
        with SandboxClient(server.url) as stranger:
            assert stranger.health()["status"] == "ok"
            with pytest.raises(Refused) as refused:
                stranger.app().show()
        with SandboxClient(server.url, "only-for-us") as friend:
            assert friend.app().show()["name"] == "sandbox"
    assert (refused.value.status, refused.value.code) == (401, "control_token")


def test_one_error_to_catch() -> None:
    """Both errors are SandboxErrors: a caller can catch one class."""
    assert issubclass(Refused, SandboxError)
    assert issubclass(Unreachable, SandboxError)
