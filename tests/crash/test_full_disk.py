"""A disk that is full: refused with a sentence, nothing half-written, and all right again when there is room."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.benchmarks.crash.processes import Process
from tests.stage.play import APP, REQUEST, TOKEN

pytestmark = pytest.mark.slow

ROOM = 3_000_000  # bytes
MESSAGE = f"/partner/app/{APP}/v3/message"
TEXT = {"messaging_product": "whatsapp", "recipient_type": "individual", "type": "text"}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system with room for little; only root can make one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={ROOM}", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("only root can mount a small disk")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


def fill(http: httpx.Client) -> tuple[list[str], httpx.Response]:
    """Messages to user after user until one is refused: the users whose message was accepted, and the refusal."""
    accepted: list[str] = []
    for n in range(5_000):
        user = f"91980{n:07d}"
        answer = http.post(MESSAGE, json=REQUEST | {"to": user})
        if answer.status_code != 200:
            return accepted, answer
        accepted.append(user)
    raise AssertionError("the disk does not fill")


def check_that_all_is_there(http: httpx.Client, accepted: list[str]) -> None:
    """Everybody whose request was accepted has exactly that one; nobody else is there."""
    kept: list[str] = []
    after = ""
    while True:
        page = http.get(f"/_sandbox/apps/{APP}/users", params={"limit": 1000, "after": after}).json()
        kept += [user["wa_id"] for user in page["users"]]
        assert all(len(user["requests"]) == 1 for user in page["users"])
        if page["next"] is None:
            break
        after = page["next"]
    assert kept == accepted


def test_a_full_disk(small_disk: Path) -> None:
    """On a full disk a request gets 503 and a sentence, in the provider's shape, the sandbox goes on serving, and after
    a restart with room exactly what was accepted is there (W6, E3).
    """
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"x" * 500_000)
    process = Process(f"sqlite:///{small_disk}/sandbox.db", options=("--app-token", TOKEN))
    process.start()
    try:
        with httpx.Client(base_url=process.url, headers={"Authorization": TOKEN}, trust_env=False) as http:
            accepted, refusal = fill(http)
            assert refusal.status_code == 503
            assert refusal.json()["status"] == "error"
            told = http.get(f"/_sandbox/apps/{APP}/users/{accepted[0]}")
            assert told.status_code == 200
            problem = http.post(f"/_sandbox/apps/{APP}/users/919900000001/actions", json={"action": "allow_always"})
            assert problem.status_code == 503
            assert "the disk is full" in problem.json()["detail"]
            ballast.unlink()
            assert http.post(MESSAGE, json=REQUEST | {"to": "919999999999"}).status_code == 200
            process.kill()
        process.start()
        with httpx.Client(base_url=process.url, trust_env=False) as http:
            check_that_all_is_there(http, [*accepted, "919999999999"])
    finally:
        process.kill()
