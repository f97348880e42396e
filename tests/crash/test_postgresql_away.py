"""A PostgreSQL that goes away and comes back."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest

from tests.benchmarks.crash.processes import Process
from tests.stage import postgresql
from tests.stage.play import APP, REQUEST, TOKEN

pytestmark = pytest.mark.slow

MESSAGE = f"/partner/app/{APP}/v3/message"


@pytest.fixture
def server() -> Iterator[postgresql.Server]:
    """A server of the test's own, to be stopped by it."""
    postgresql.required()
    server = postgresql.Server()
    server.start()
    yield server
    server.remove()


def ask(http: httpx.Client, to: str) -> httpx.Response:
    return http.post(MESSAGE, json=REQUEST | {"to": to}, headers={"Authorization": TOKEN}, timeout=60)


@pytest.mark.parametrize("how", ["INT", "QUIT"], ids=["stopped", "crashed"])
def test_it_goes_away_and_comes_back(server: postgresql.Server, how: str) -> None:
    """Without its database a sandbox answers 503 and says so; with it again it goes on by itself, and what was
    accepted is there (W6).
    """
    process = Process(server.url())
    process.start()
    try:
        with httpx.Client(base_url=process.url, trust_env=False) as http:
            assert ask(http, "919800000001").status_code == 200
            server.stop(how)
            away = ask(http, "919800000002")
            assert (away.status_code, away.json()["status"]) == (503, "error")
            problem = http.get(f"/_sandbox/apps/{APP}", timeout=60)
            assert problem.status_code == 503
            assert "PostgreSQL" in problem.json()["detail"]
            server.start()
            assert ask(http, "919800000002").status_code == 200
            users = http.get(f"/_sandbox/apps/{APP}/users").json()["users"]
            assert [user["wa_id"] for user in users] == ["919800000001", "919800000002"]
    finally:
        process.kill()


def test_it_is_not_there_at_the_start() -> None:
    """Without a database a sandbox does not begin: one sentence, without the password that it was given."""
    store = "postgresql://me:secret-word@127.0.0.1:1/sandbox"
    command = [sys.executable, "-m", "mock_server", "serve", "--port", "0", "--store", store]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False, env=os.environ)
    assert ended.returncode == 2
    assert "PostgreSQL" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "secret-word" not in ended.stderr + ended.stdout
