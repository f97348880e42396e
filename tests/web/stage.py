"""A sandbox that is really served, a receiver that really listens, and pages of a real browser on it."""

from __future__ import annotations

import json
import os
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Final, NoReturn
from urllib.parse import urlsplit

import httpx
import pytest

from mock_server.client import SandboxClient
from mock_server.client.user import UserClient
from mock_server.http.app import Sandbox
from mock_server.server import RunningServer
from mock_server.settings import ServerSettings
from tests.stage.play import APP, REQUEST, TOKEN, USER
from tests.stage.watch import a_sandbox

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Locator, Page
    from playwright.sync_api._generated import LocatorAssertions

NEEDED: Final = "GUPSHUP_MOCK_TESTS_NEED_BROWSER"  # set: without a browser these tests fail instead of being skipped
CHROMIUM: Final = "GUPSHUP_MOCK_TESTS_CHROMIUM"  # where it is, when it is not on the path
# The first one has no windows to draw, and takes a third of the others' processor time.
NAMES: Final = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENCE: Final = 20_000  # ms; what is the case is found at once, so this costs only what fails
QUIETLY: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def without(what: str) -> NoReturn:
    """Skip, or fail where a browser is needed."""
    reason = f"{what}: the tests of the page did not run"
    if os.environ.get(NEEDED):
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def a_browser() -> Iterator[Browser]:
    """A headless Chromium of this machine's; none is ever downloaded."""
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415  the dev dependency may be missing
    except ImportError:
        without("Playwright is not installed")
    found = os.environ.get(CHROMIUM) or next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        without("There is no Chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(QUIETLY))
        yield browser
        browser.close()


class Receiver:
    """The integrator's application: keeps what it gets and answers with `status`."""

    def __init__(self) -> None:
        self.bodies: list[Any] = []
        self.status = 200
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.bodies.append(json.loads(body))
                self.send_response(receiver.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/webhooks"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def replies(self) -> list[Any]:
        """The permission replies that came."""
        values = [body["entry"][0]["changes"][0]["value"] for body in self.bodies if "entry" in body]
        messages = [message for value in values for message in value.get("messages", [])]
        return [each["interactive"]["call_permission_reply"] for each in messages if each["type"] == "interactive"]


class Cable:
    """Connections to a sandbox that can be cut and mended while it goes on. Use as a context manager."""

    def __init__(self, url: str) -> None:
        self._to = urlsplit(url).port
        self._open: list[socket.socket] = []
        self._whole = True
        self._listening = socket.create_server(("127.0.0.1", 0))

    def __enter__(self) -> Cable:
        threading.Thread(target=self._take, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.cut()
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def cut(self) -> None:
        """All connections end, and new ones end at once."""
        self._whole = False
        for end in self._open:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        self._open.clear()

    def mend(self) -> None:
        self._whole = True

    def _take(self) -> None:
        with suppress(OSError):
            while True:
                near = self._listening.accept()[0]
                if not self._whole:
                    near.close()
                    continue
                threading.Thread(target=self._join, args=(near,), daemon=True).start()

    def _join(self, near: socket.socket) -> None:
        with near, suppress(OSError), socket.create_connection(("127.0.0.1", self._to)) as far:
            self._open += [near, far]
            back = threading.Thread(target=self._carry, args=(far, near), daemon=True)
            back.start()
            self._carry(near, far)
            back.join()

    def _carry(self, giving: socket.socket, taking: socket.socket) -> None:
        with suppress(OSError):
            while data := giving.recv(65536):
                taking.sendall(data)
        for end in (giving, taking):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


class Desk:
    """A sandbox with a receiver, its control API, and the pages that are opened on it."""

    def __init__(self, browser: Browser | None, settings: ServerSettings | None = None) -> None:
        self.receiver = Receiver()
        self.settings = settings or ServerSettings(webhook=self.receiver.url)
        self.errors: list[str] = []
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self._server = self._started(0)
        self.client = SandboxClient(self.url, self.settings.control_token)
        plain = httpx.HTTPTransport(verify=False)  # to read certificates that nobody uses would take 50 ms a test
        self.business = httpx.Client(headers={"Authorization": TOKEN}, transport=plain)
        self.app = self.client.app(APP)

    @property
    def url(self) -> str:
        return self._server.url

    def close(self) -> None:
        for context in self._contexts:
            context.close()
        self.client.close()
        self.business.close()
        self._server.stop()
        self.receiver.close()

    # The sandbox goes and comes back

    def stop(self) -> None:
        self._server.stop()

    def start_again(self) -> None:
        """On the same port, with nothing of before: the memory store forgets."""
        self._server = self._started(self._server.port)

    def _started(self, port: int) -> RunningServer:
        sandbox: Sandbox = a_sandbox(self.settings)
        server = RunningServer(lambda: sandbox, port=port, on_stop=sandbox.stop)
        server.start()
        return server

    # The page

    def page(
        self,
        path: str = "/_sandbox/phone",
        *,
        width: int = 1400,
        height: int = 900,
        through: str | None = None,
        **context: Any,
    ) -> Page:
        """A page in a browser window of its own; what nobody there caught is kept in `errors`."""
        assert self._browser is not None
        opened = self._browser.new_context(viewport={"width": width, "height": height}, **context)
        opened.set_default_timeout(PATIENCE)
        opened.grant_permissions(["clipboard-read", "clipboard-write"])
        self._contexts.append(opened)
        page = opened.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.goto((through or self.url) + path)
        return page

    # The business

    def ask(self, to: str = USER, **body: Any) -> httpx.Response:
        """Send a request for permission, or, given parts of a body, another message."""
        return self._send(REQUEST | {"to": to} | body)

    def text(self, text: str, to: str = USER) -> httpx.Response:
        return self._send({"messaging_product": "whatsapp", "to": to, "type": "text", "text": {"body": text}})

    def _send(self, body: Any) -> httpx.Response:
        return self.business.post(f"{self.url}/partner/app/{APP}/v3/message", json=body)

    # What is the case, over HTTP

    @property
    def user(self) -> UserClient:
        return self.app.user(USER)

    @property
    def permission(self) -> str:
        return str(self.user.show()["permission"]["status"])


def expect(locator: Locator) -> LocatorAssertions:
    """Playwright's, which waits until what is claimed is the case. Imported late: it may be missing."""
    from playwright.sync_api import expect as expected  # noqa: PLC0415

    expected.set_options(timeout=PATIENCE)
    return expected(locator)


def lines(page: Page, tone: str = "") -> Locator:
    """The lines of the wire that are drawn, of one kind."""
    return page.locator(f'.line-row[data-tone="{tone}"]' if tone else ".line-row")
