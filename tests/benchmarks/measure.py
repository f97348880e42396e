"""Speed, measured: `python tests/benchmarks/measure.py` prints a table. Needs `wrk`; loopback only; about 90 s.

Machines are noisy: the sandbox and the yardstick (`bare.py`) run in turn; what is quoted is the median of the ratios.
"""

from __future__ import annotations

import contextlib
import http.client
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx

HERE = Path(__file__).parent
APP = "00000000-0000-4000-8000-000000000001"
TOKEN = "sk_sandbox_0000000000000001"
BARE, SANDBOX, RECEIVER = 18401, 18402, 18403
ROUNDS, SECONDS = 5, 3
CLIENT = httpx.Client(timeout=120, trust_env=False)  # made once: making one costs 50 ms


class Load(NamedTuple):
    """Requests a second, and the 99th percentile in milliseconds."""

    rate: float
    p99: float


@contextlib.contextmanager
def started(*command: str, port: int) -> Iterator[float]:
    """A process that answers on the port; yields the milliseconds from its start to its first answer."""
    begin = time.perf_counter()
    process = subprocess.Popen([sys.executable, *command], stdout=subprocess.DEVNULL)
    try:
        yield _until_answered(port, begin)
    finally:
        process.terminate()
        process.wait(10)


def _until_answered(port: int, begin: float) -> float:
    while time.perf_counter() - begin < 20:
        with contextlib.suppress(OSError):
            asked = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            asked.request("GET", "/_sandbox/health")
            asked.getresponse().read()
            return (time.perf_counter() - begin) * 1000
        time.sleep(0.002)
    sys.exit(f"nothing answered on port {port}")


@contextlib.contextmanager
def sandbox(*options: str) -> Iterator[float]:
    command = ("-m", "mock_server", "serve", "--port", str(SANDBOX), "--log", "quiet", "--seed", "bench", *options)
    with started(*command, port=SANDBOX) as milliseconds:
        yield milliseconds


def load(port: int, seconds: int = SECONDS) -> Load:
    """32 connections for some seconds."""
    wrk = ["wrk", "-t1", "-c32", f"-d{seconds}s", "--latency", "-s", str(HERE / "requests.lua")]
    said = subprocess.run([*wrk, f"http://127.0.0.1:{port}"], capture_output=True, text=True, check=True).stdout
    amount, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)\s", said).groups()  # type: ignore[union-attr]  # wrk prints it
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])  # type: ignore[index]  # wrk prints it
    return Load(rate, float(amount) * {"us": 0.001, "ms": 1, "s": 1000}[unit])


def control(method: str, path: str, **body: object) -> httpx.Response:
    url = f"http://127.0.0.1:{SANDBOX}/_sandbox/apps/{APP}{path}"
    answer = CLIENT.request(method, url, json=body or None)
    answer.raise_for_status()
    return answer


def memory(port: int) -> float:
    """Resident MiB of the process that listens on the port."""
    pids = subprocess.run(["pgrep", "-f", f"serve --port {port}"], capture_output=True, text=True, check=True).stdout
    status = Path(f"/proc/{pids.split()[0]}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]  # Linux prints it


def requests_against_bare() -> None:
    """Accepted requests with validation, state, journal and queued webhooks, delivery paused."""
    with started(str(HERE / "bare.py"), str(BARE), port=BARE), sandbox("--webhook", f"http://127.0.0.1:{RECEIVER}/"):
        control("PATCH", "", deliveries="paused")
        say("memory, idle", f"{memory(SANDBOX):.0f} MiB", "60 MiB")
        pairs = []
        for _ in range(ROUNDS):
            control("POST", "/reset")
            pairs.append((load(SANDBOX), load(BARE)))
        ratios = [ours.rate / bare.rate for ours, bare in pairs]
        spread = f"{min(ratios):.2f} to {max(ratios):.2f}; {statistics.median(o.rate for o, _ in pairs):.0f}/s"
        say("requests against bare Starlette", f"{statistics.median(ratios):.2f} ({spread})", "0.6")
        say("p99 of requests", f"{statistics.median(o.p99 for o, _ in pairs):.1f} ms", "15 ms")
        began = time.perf_counter()
        control("POST", "/reset")
        say("reset (with its HTTP request)", f"{(time.perf_counter() - began) * 1000:.1f} ms", "5 ms")


def webhooks() -> None:
    """A fast receiver, three status webhooks a request."""
    with started(str(HERE / "fast_receiver.py"), str(RECEIVER), port=RECEIVER):
        with sandbox("--webhook", f"http://127.0.0.1:{RECEIVER}/"):
            sustained = load(SANDBOX)
            control("POST", "/deliveries/flush", timeout_seconds=60)
            say("requests with a fast receiver", f"{sustained.rate:.0f}/s, p99 {sustained.p99:.0f} ms", "")
        with sandbox("--webhook", f"http://127.0.0.1:{RECEIVER}/"):
            control("PATCH", "", deliveries="paused")
            load(SANDBOX, 2)
            waiting = control("POST", "/deliveries/flush", timeout_seconds=0).json()["waiting"]
            began = time.perf_counter()
            control("PATCH", "", deliveries="on")
            left = control("POST", "/deliveries/flush", timeout_seconds=60).json()["waiting"]
            say("webhooks delivered", f"{(waiting - left) / (time.perf_counter() - began):.0f}/s", "2500/s")


def advance() -> None:
    """30 days with 1 000 due events: temporary permissions of many users that end on different days."""
    with sandbox():
        control("POST", "/clock", freeze=True)
        with httpx.Client(trust_env=False, timeout=30) as client:
            for number in range(1000):
                url = f"http://127.0.0.1:{SANDBOX}/_sandbox/apps/{APP}/users/9198{number:08d}/actions"
                client.post(
                    url, json={"action": "allow_temporarily", "for_seconds": 2500 * (number + 1)}
                ).raise_for_status()
        began = time.perf_counter()
        fired = control("POST", "/clock", advance_seconds=30 * 86400).json()["fired"]
        say(f"advance of 30 days with {fired} timers", f"{(time.perf_counter() - began) * 1000:.0f} ms", "1000 ms")


def advance_with_webhooks() -> None:
    """30 days with 1 000 webhooks: two late statuses for each of 500 users, to a receiver that answers at once."""
    with (
        started(str(HERE / "fast_receiver.py"), str(RECEIVER), port=RECEIVER),
        sandbox("--webhook", f"http://127.0.0.1:{RECEIVER}/"),
    ):
        control("POST", "/clock", freeze=True)
        text = {"messaging_product": "whatsapp", "recipient_type": "individual", "type": "text", "text": {"body": "hi"}}
        url, token = f"http://127.0.0.1:{SANDBOX}/partner/app/{APP}/v3/message", {"Authorization": TOKEN}
        for number in range(500):
            control("PATCH", "", status_delay=1 + number * 150)
            CLIENT.post(url, json=text | {"to": f"9198{number:08d}"}, headers=token).raise_for_status()
        control("POST", "/deliveries/flush", timeout_seconds=60)
        began = time.perf_counter()
        attempted = control("POST", "/clock", advance_seconds=30 * 86400).json()["attempted"]
        say(f"advance of 30 days, {attempted} webhooks", f"{(time.perf_counter() - began) * 1000:.0f} ms", "")


def cold_start() -> None:
    times = []
    for _ in range(ROUNDS):
        with sandbox() as milliseconds:
            times.append(milliseconds)
    say("first 200 after process start", f"{statistics.median(times):.0f} ms (least {min(times):.0f})", "400 ms")


def say(what: str, figure: str, target: str) -> None:
    print(f"{what:<38} {figure:<44} target {target}" if target else f"{what:<38} {figure}", flush=True)


if __name__ == "__main__":
    if shutil.which("wrk") is None:
        sys.exit("wrk is missing; install it (Debian: apt-get install wrk)")
    cold_start()
    requests_against_bare()
    webhooks()
    advance()
    advance_with_webhooks()
