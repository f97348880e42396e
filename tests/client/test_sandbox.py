"""The client and the sandbox as a whole."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from mock_server.client import DEFAULT_URL, READY_MADE_APP, AppClient, SandboxClient
from mock_server.http.new_app import READY_MADE
from mock_server.settings import ServerSettings

ASHA = "919812345678"


def test_its_defaults_are_those_of_the_sandbox() -> None:
    """Without arguments it speaks to the ready-made app where `serve` listens unless told otherwise (A1)."""
    settings = ServerSettings()
    assert f"http://{settings.host}:{settings.port}" == DEFAULT_URL
    assert READY_MADE["id"] == READY_MADE_APP
    assert SandboxClient("http://127.0.0.1:8400/").url == "http://127.0.0.1:8400"


def test_health(sandbox: SandboxClient) -> None:
    """`health` says that it serves."""
    assert sandbox.health()["status"] == "ok"


def test_numbers(sandbox: SandboxClient) -> None:
    """`numbers` are the test numbers (section 10)."""
    assert sandbox.numbers()[0] == {"ends_in": "0001", "number": "919999000001", "does": "allows always, at once"}


def test_openapi(sandbox: SandboxClient) -> None:
    """`openapi` is the document of every surface."""
    assert sandbox.openapi()["openapi"] == "3.1.0"


def test_an_app_is_created_and_deleted(sandbox: SandboxClient) -> None:
    """`create_app` answers all settings, made-up ones included; `delete` takes the app away (A1)."""
    made = sandbox.create_app(id="orders", rules="wolkvox")
    assert (made["rules"], made["token"][:3], made["clock"]["now"]) == ("wolkvox", "sk_", "2026-12-24T18:00:00.000Z")
    sandbox.app("orders").delete()
    assert [row["id"] for row in sandbox.apps()] == [READY_MADE_APP]


def test_a_list_is_fetched_page_by_page(sandbox: SandboxClient, app: AppClient) -> None:
    """A list longer than a page comes whole, in order, and lazily."""
    wa_ids = [str(919812300000 + n) for n in range(205)]
    for wa_id in wa_ids:
        app.user(wa_id).set(name="Somebody")
    assert [user["wa_id"] for user in app.users()] == wa_ids
    users = app.users()
    assert next(users)["wa_id"] == "919812300000"


def test_a_snapshot_brings_everything_back(sandbox: SandboxClient, app: AppClient) -> None:
    """`save` and `load`: everything as it was (S2)."""
    app.user(ASHA).allow_always()
    snapshot = sandbox.save()
    app.reset()
    sandbox.load(snapshot)
    assert app.user(ASHA).show()["permission"]["status"] == "permanent"


def test_it_needs_nothing_of_the_server() -> None:
    """Importing the client brings the errors and nothing else of this package (DESIGN, rooms)."""
    program = (
        "import sys, mock_server.client; "
        "print(sorted({name.split('.')[1] for name in sys.modules if name.startswith('mock_server.')}))"
    )
    root = Path(__file__).parents[2]
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=root)
    assert found.stdout == "['client', 'errors']\n"
