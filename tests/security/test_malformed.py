"""10 000 requests that no client should send, to a sandbox that is served (E3)."""

from __future__ import annotations

import httpx
import pytest

from tests.benchmarks.malformed import APP, MESSAGE, TOKEN, attack, sandbox

FLAT = 32.0  # MiB: the journal and the feed of events grow by what they keep of 9 000 requests, up to their bounds


@pytest.mark.slow
def test_ten_thousand_malformed_requests() -> None:
    """After 10 000 malformed requests over all routes, a third of them no HTTP, not one was answered with a 5xx, the
    process is as large as before, and the next request is served (E3, DESIGN Security).
    """
    with sandbox() as (port, pid):
        figures = attack(port, pid, 10_000)
        answer = httpx.post(
            f"http://127.0.0.1:{port}/partner/app/{APP}/v3/message",
            json=MESSAGE | {"to": "919800000099"},
            headers={"Authorization": TOKEN},
            trust_env=False,
        )
    assert sum(figures.statuses.values()) + figures.closed >= 10_000
    assert figures.server_errors == 0, str(figures)
    assert figures.after - figures.before < FLAT, str(figures)
    assert answer.status_code == 200, answer.text
