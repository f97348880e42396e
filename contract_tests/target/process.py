"""The application as a process of the kit: started, waited for, listened to, and stopped with all its children."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from typing import Final
from urllib.parse import urlsplit

import httpx

from contract_tests.failure import CannotGoOn
from contract_tests.patience import until
from contract_tests.target.trust import objection, trusted

START_SECONDS: Final = 30.0
THERE_SECONDS: Final = 3.0  # for an application that is said to run already
STOP_SECONDS: Final = 5.0
_LINES_KEPT: Final = 500
_LINE_CHARACTERS: Final = 500
_SHOWN_LINES: Final = 20


class Application:
    """What `integrator.start` starts; without it, the one that runs already, which is then only looked at.

    Every method raises CannotGoOn, with the end of the output, when the application is not there.
    """

    def __init__(
        self,
        *,
        webhook_url: str,
        start: tuple[str, ...] = (),
        ready_url: str = "",
        env: Mapping[str, str] | None = None,
        patience: float = START_SECONDS,
    ) -> None:
        self._webhook_url = webhook_url
        self._start = start
        self._ready_url = ready_url
        self._env = dict(env or {})
        self._patience = patience
        self._process: subprocess.Popen[bytes] | None = None
        self._lines: deque[str] = deque(maxlen=_LINES_KEPT)
        self._reader: threading.Thread | None = None
        self._read = 0

    def start(self) -> None:
        """Return when it is ready: `ready_url` answers 2xx, or else something listens at the webhook's URL."""
        if not self._start:
            self._wait_until_ready(self._patience if self._ready_url else min(self._patience, THERE_SECONDS))
            return
        if _listens(self._webhook_url):
            raise CannotGoOn(
                f"Something listens at {self._webhook_url} already. Stop it, or leave out integrator.start, "
                "and the kit takes it for the application."
            )
        self._spawn()
        self._wait_until_ready(self._patience)

    def stop(self) -> None:
        """End it and every process that it started; nothing where it was not started here."""
        process = self._process
        if process is None:
            return
        self._signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
        if sys.platform != "win32":
            self._signal(signal.SIGKILL)  # children that outlived it, too
        else:
            process.kill()
        process.wait(STOP_SECONDS)
        if self._reader is not None:
            self._reader.join(1)

    def check(self, sent: str = "") -> None:
        """Return while it runs. `sent` is what it was sent last."""
        if ended := self.ended:
            self._listen_to_the_end()
            raise CannotGoOn(f"The application has ended, {ended}.", output=self.last_words(), sent=sent)

    @property
    def ended(self) -> str:
        """How it has ended (`with exit code 3`); empty while it runs, and where it was not started here."""
        code = self._process.poll() if self._process is not None else None
        if code is None:
            return ""
        return f"killed by signal {-code}" if code < 0 else f"with exit code {code}"

    @property
    def output_lines(self) -> int:
        """How many lines it has said so far, to ask for `output` from there on."""
        return self._read

    def output(self, since: int = 0) -> str:
        """What it has said behind that line, as far as it is kept: the last 500 lines."""
        lines = list(self._lines)
        return "\n".join(lines[max(0, len(lines) - (self._read - since)) :])

    def last_words(self) -> str:
        """The end of its output, with a heading; empty where it was not started here."""
        if self._process is None:
            return ""
        lines = [f"  | {line}" for line in list(self._lines)[-_SHOWN_LINES:]]
        return "\n".join(["The end of its output:", *lines]) if lines else "It said nothing."

    def _spawn(self) -> None:
        try:
            self._process = subprocess.Popen(
                self._start,
                env={**os.environ, **self._env},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or error
            advice = " Each word is an item of its own." if " " in self._start[0] else ""
            raise CannotGoOn(f"The application cannot be started with {list(self._start)}: {why}.{advice}") from None
        self._reader = threading.Thread(target=self._listen, args=(self._process,), daemon=True)
        self._reader.start()

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        with process.stdout as stream:
            while line := stream.readline(_LINE_CHARACTERS * 4):
                self._lines.append(line.decode(errors="replace").rstrip()[:_LINE_CHARACTERS])
                self._read += 1

    def _listen_to_the_end(self) -> None:
        if self._reader is not None:
            self._reader.join(0.5)  # a child of it may hold the pipe open

    def _wait_until_ready(self, seconds: float) -> None:
        asked = self._ready_url or self._webhook_url

        def settled() -> bool:
            self.check()
            if why := objection(asked):
                raise CannotGoOn(f"No webhook can be sent to {asked}: {why}.")
            return _answers(self._ready_url) if self._ready_url else _listens(self._webhook_url)

        if until(settled, seconds):
            self.check()
            return
        where = (
            f"{self._ready_url} did not answer 2xx" if self._ready_url else f"nothing listens at {self._webhook_url}"
        )
        advice = "" if self._process else " Start it, or let the kit start it: integrator.start."
        sentence = f"The application is not there: {where} within {seconds:g} s.{advice}"
        raise CannotGoOn(sentence, output=self.last_words())

    def _signal(self, number: int) -> None:
        assert self._process is not None
        with suppress(ProcessLookupError, PermissionError):  # it is gone
            if sys.platform != "win32":
                os.killpg(self._process.pid, number)
            else:
                self._process.terminate()


def _listens(url: str) -> bool:
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        with socket.create_connection((parts.hostname or "", port), timeout=1):
            return True
    except OSError:
        return False


def _answers(url: str) -> bool:
    try:
        with httpx.Client(trust_env=False, timeout=2, verify=trusted(url)) as http, http.stream("GET", url) as answer:
            return answer.is_success  # only the head is read: whatever comes behind it cannot hold anybody up
    except (httpx.HTTPError, httpx.InvalidURL):
        return False
