"""Webhooks that no sandbox would send: posted by the kit itself, signed with the target's values, answered in time."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import Callable, Coroutine, Iterable, Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any, Final, NamedTuple

import httpx

from contract_tests.answer import Answer
from contract_tests.failure import shortened
from contract_tests.lost import why_lost
from contract_tests.numbers import Number
from contract_tests.patience import Stopwatch, wait
from contract_tests.target.model import Target
from contract_tests.target.trust import trusted

SIGNATURE: Final = "X-Hub-Signature-256"
_READ_BYTES: Final = 65_536  # of an answer, as the sandbox does
_SHOWN: Final = 500
_SENT_SHOWN: Final = 1200
_WAITED_IN_FULL: Final = 2
_SECONDS_LEFT: Final = 2.0
_LAST_BREATH: Final = 0.3  # seconds from closing a connection to the end of a process that dies
_IN_A_POOL: Final = 25  # connections: httpx looks through all of a pool for each request


class Sent(NamedTuple):
    """One POST: its bytes, what is special about them, and headers beside or instead of the usual ones.

    A header that is None is left out.
    """

    raw: bytes
    about: str
    headers: Mapping[str, str | bytes | None] = {}


class Direct:
    """`direct(raw)`, `direct.each([...])` one behind another, `direct.at_once([...])`; `direct.get({...})`.

    The first two that are not answered are waited for as long as the provider would wait, the others two seconds: an
    application that hangs again and again has shown it, and the run goes on. Raises CannotGoOn when it has ended.
    """

    def __init__(self, target: Target, number: Number, *, patience: float, check: Callable[[str], None]) -> None:
        self._target, self._secret = target, str(number.settings["app_secret"])
        self._whole_patience = patience
        self._check = check
        self._silent = 0

    def __call__(self, raw: bytes, about: str, headers: Mapping[str, str | bytes | None] | None = None) -> Answer:
        return self.each([Sent(raw, about, headers or {})])[0]

    def each(self, rows: Iterable[Sent]) -> list[Answer]:
        """Post one behind another, as long as they are answered."""

        async def post(http: httpx.AsyncClient) -> list[Answer]:
            answers: list[Answer] = []
            for row in rows:
                answers.append(await self._post(http, row))
                if answers[-1].status is None:
                    break
            return answers

        return self._judged(self._run(post))

    def at_once(self, rows: Iterable[Sent]) -> list[Answer]:
        """Post all of them at the same time, over as many connections."""

        async def post() -> list[Answer]:
            async with AsyncExitStack() as opened:
                waiting = []
                for place, row in enumerate(rows):
                    if place % _IN_A_POOL == 0:
                        http = await opened.enter_async_context(self._open())
                    waiting.append(self._post(http, row))
                return await asyncio.gather(*waiting)

        return self._judged(asyncio.run(post()))

    def get(self, parameters: Mapping[str, str]) -> Answer:
        """Ask the webhook URL, as Meta's handshake does. The whole answer up to 500 characters is in `text`."""

        async def ask(http: httpx.AsyncClient) -> list[Answer]:
            url = httpx.URL(self._target.webhook_url).copy_merge_params(dict(parameters))
            return [await self._answer(http, http.build_request("GET", url), f"GET {url}")]

        return self._judged(self._run(ask))[0]

    def right_headers(self, raw: bytes) -> dict[str, str]:
        """What the provider would send with these bytes."""
        common = {"Content-Type": "application/json", "User-Agent": "gupshup-mock"}
        if self._target.dialect == "meta":
            return {**common, SIGNATURE: self.signature(raw)}
        return {**common, **self._target.webhook_secret_header}

    def signature(self, raw: bytes) -> str:
        """Meta's, over these bytes."""
        return "sha256=" + hmac.new(self._secret.encode(), raw, hashlib.sha256).hexdigest()

    @property
    def patience(self) -> float:
        """Seconds within which the next one must be answered."""
        hung = self._silent >= _WAITED_IN_FULL
        return min(self._whole_patience, _SECONDS_LEFT) if hung else self._whole_patience

    def _run(self, what: Callable[[httpx.AsyncClient], Coroutine[Any, Any, list[Answer]]]) -> list[Answer]:
        async def run() -> list[Answer]:
            async with self._open() as http:
                return await what(http)

        return asyncio.run(run())

    def _open(self) -> httpx.AsyncClient:
        """A client without a time-out for each step: `_answer` has one for the whole."""
        url = self._target.webhook_url
        return httpx.AsyncClient(trust_env=False, timeout=httpx.Timeout(None), verify=trusted(url))

    async def _post(self, http: httpx.AsyncClient, row: Sent) -> Answer:
        url = self._target.webhook_url
        said = f"{row.about}\nPOST {url}, {len(row.raw)} bytes\n{_shown(row.raw)}"
        headers = {**self.right_headers(row.raw), **row.headers}
        given = [(name.encode(), _bytes(value)) for name, value in headers.items() if value is not None]
        answer = await self._answer(http, http.build_request("POST", url, content=row.raw, headers=given), said)
        forged = row.headers.keys() & {SIGNATURE, *self._target.webhook_secret_header}
        return answer if forged else replace(answer, proof=self._target.proof)

    async def _answer(self, http: httpx.AsyncClient, request: httpx.Request, said: str) -> Answer:
        watch, patience = Stopwatch(), self.patience
        outcome, sentence = "answered", ""
        status: int | None
        try:
            async with asyncio.timeout(patience):
                status, text = await _exchange(http, request)
        except Exception as error:
            outcome, sentence = _explain(error, patience)
            status, text = None, ""
        return Answer(
            sent=said,
            outcome=outcome,
            status=status,
            seconds=watch.seconds,
            patience=patience,
            text=text,
            sentence=sentence,
        )

    def _judged(self, answers: list[Answer]) -> list[Answer]:
        silent = [answer.outcome for answer in answers if answer.status is None]
        if silent:
            self._silent += 1
            if "timed_out" not in silent:  # it may be on its way out
                wait(_LAST_BREATH)
            self._check(next(answer.sent for answer in answers if answer.status is None))
        return answers


def as_bytes(body: Any) -> bytes:
    """JSON as both providers send it: escaped, without spaces."""
    return json.dumps(body, separators=(",", ":"), ensure_ascii=True).encode()


def _shown(raw: bytes) -> str:
    return shortened(raw[: _SENT_SHOWN * 4].decode(errors="backslashreplace"), _SENT_SHOWN)


def _bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode()


async def _exchange(http: httpx.AsyncClient, request: httpx.Request) -> tuple[int, str]:
    answer, read = await http.send(request, stream=True), bytearray()
    try:
        async for piece in answer.aiter_raw():
            read += piece
            if len(read) >= _READ_BYTES:
                break
    finally:
        await answer.aclose()
    return answer.status_code, read.decode(errors="replace")[:_SHOWN]


def _explain(error: Exception, patience: float) -> tuple[str, str]:
    if isinstance(error, TimeoutError):
        return "timed_out", f"no answer within {patience:g} s"
    if isinstance(error, httpx.ConnectError):
        return "refused", why_lost(error)
    if isinstance(error, httpx.HTTPError | OSError):
        return "closed", why_lost(error)
    raise error
