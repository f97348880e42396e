"""One `advance` of 30 days with 1 000 due events, over HTTP; and `reset`."""

from __future__ import annotations

import time
from typing import Final

from tests.benchmarks.speed.load import load
from tests.benchmarks.speed.processes import APP, CLIENT, SANDBOX, WEBHOOK, receiver, sandbox
from tests.benchmarks.speed.table import say, spread

MONTH: Final = 30 * 86400
RESETS: Final = 5
TOKEN: Final = {"Authorization": "sk_sandbox_0000000000000001"}
TEXT: Final = {"messaging_product": "whatsapp", "recipient_type": "individual", "type": "text", "text": {"body": "hi"}}


def timers() -> None:
    """Temporary permissions of a thousand users that end at different times."""
    with sandbox() as process:
        process.control("POST", "/clock", freeze=True)
        for number in range(1000):
            lasts = 2500 * (number + 1)
            process.control("POST", f"/users/9198{number:08d}/actions", action="allow_temporarily", for_seconds=lasts)
        began = time.perf_counter()
        fired = process.control("POST", "/clock", advance_seconds=MONTH)["fired"]
        say(f"advance of 30 days with {fired} timers", f"{(time.perf_counter() - began) * 1000:.0f} ms", "1000 ms")


def webhooks() -> None:
    """Two late statuses for each of 500 users, to a receiver that answers at once."""
    with receiver(), sandbox("--webhook", WEBHOOK) as process:
        process.control("POST", "/clock", freeze=True)
        url = f"http://127.0.0.1:{SANDBOX}/partner/app/{APP}/v3/message"
        for number in range(500):
            process.control("PATCH", "", status_delay=1 + number * 150)
            CLIENT.post(url, json=TEXT | {"to": f"9198{number:08d}"}, headers=TOKEN).raise_for_status()
        process.control("POST", "/deliveries/flush", timeout_seconds=60)
        began = time.perf_counter()
        attempted = process.control("POST", "/clock", advance_seconds=MONTH)["attempted"]
        took = (time.perf_counter() - began) * 1000
        say(f"advance of 30 days with {attempted} webhooks", f"{took:.0f} ms", "1000 ms")


def reset() -> None:
    """After thousands of requests each time, its HTTP request included."""
    took = []
    with sandbox("--webhook", WEBHOOK) as process:
        process.control("PATCH", "", deliveries="paused")
        for _ in range(RESETS):
            load(process, seconds=1)
            process.control("GET", "/clock")  # what the load left behind is over
            began = time.perf_counter()
            process.control("POST", "/reset")
            took.append((time.perf_counter() - began) * 1000)
    say("reset", f"{spread(took, '.1f')} ms", "5 ms")
