"""One connection to a sandbox: a request and its answer, the pages of a list, and what can go wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote, urlsplit

import httpx

from mock_server.errors import SandboxError

# An action waits at most 10 s for its webhooks, a flush at most 60 s: an answer is never later than this.
ANSWER_SECONDS: Final = 90.0
CONNECT_SECONDS: Final = 5.0
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class Unreachable(SandboxError):
    """No sandbox answers there. The caller starts one, or gives another URL."""

    def __init__(self, url: str, why: str) -> None:
        super().__init__(
            "unreachable",
            f"No sandbox answers at {url} ({why}). Start one with `gupshup-mock serve`, "
            "or say where it is with --url or GUPSHUP_MOCK_URL.",
        )


class Refused(SandboxError):
    """The sandbox says no. `status` is HTTP's; `field` is the wrong field, if it is one that is wrong.

    `code` is WhatsApp's number (138006) where WhatsApp would refuse, else a short word (`unknown_app`).
    """

    def __init__(self, *, status: int, code: int | str, sentence: str, field: str | None = None) -> None:
        super().__init__(code, sentence)
        self.status = status
        self.field = field

    @classmethod
    def from_problem(cls, problem: dict[str, Any]) -> Refused:
        """The error behind a problem document (RFC 9457) of the control API."""
        word = str(problem["type"]).rpartition(":")[2]
        return cls(
            status=problem["status"],
            code=problem.get("code", word),
            sentence=problem["detail"],
            field=problem.get("field"),
        )


class Connection:
    """Speaks to the sandbox at `url`. Connections are kept and shared between threads; made at the first request."""

    def __init__(self, url: str, control_token: str | None = None) -> None:
        self.url = url.rstrip("/")
        # Proxies of the environment are for the world outside; loading certificates would cost a plain URL 50 ms.
        self.http = httpx.Client(
            headers={"Authorization": f"Bearer {control_token}"} if control_token else {},
            timeout=httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS),
            trust_env=not _on_loopback(self.url),
            verify=self.url.startswith("https:"),
        )

    def ask(self, method: str, path: str, *, body: Any = None, query: dict[str, Any] | None = None) -> Any:
        """The JSON of the answer, None for an empty one. Raises Refused or Unreachable."""
        answer = self._send(method, path, json=body, params=query)
        try:
            return answer.json() if answer.content else None
        except ValueError:
            raise self._somebody_else(answer) from None

    def ask_bytes(self, method: str, path: str, *, body: bytes | None = None) -> bytes:
        """The same for JSON that is passed on as it is. Raises Refused or Unreachable."""
        headers = {"Content-Type": "application/json"} if body is not None else None
        return self._send(method, path, content=body, headers=headers).content

    def pages(self, path: str, name: str, **query: Any) -> Iterator[Any]:
        """Every row of a list, page by page as one goes on. Raises Refused or Unreachable."""
        chosen = {key: value for key, value in query.items() if value is not None}
        while True:
            page = self.ask("GET", path, query=chosen)
            yield from page[name]
            if page["next"] is None:
                return
            chosen["after"] = page["next"]

    def close(self) -> None:
        self.http.close()

    def checked(self, answer: httpx.Response) -> httpx.Response:
        """The answer, when it is a good one of a sandbox. Raises Refused, or Unreachable for somebody else's."""
        if answer.is_success:
            return answer
        if answer.headers.get("content-type") != "application/problem+json":
            raise self._somebody_else(answer)
        raise Refused.from_problem(answer.json())

    def _send(self, method: str, path: str, **more: Any) -> httpx.Response:
        try:
            answer = self.http.request(method, self.url + path, **more)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unreachable(self.url, why(error)) from error
        return self.checked(answer)

    def _somebody_else(self, answer: httpx.Response) -> Unreachable:
        kind = answer.headers.get("content-type", "no content type")
        return Unreachable(self.url, f"what is there answers {answer.status_code} with {kind[:40]}")


def _on_loopback(url: str) -> bool:
    try:
        return urlsplit(url).hostname in _LOOPBACK
    except ValueError:  # no URL at all, which the first request will find
        return False


def why(error: Exception) -> str:
    """A few words for what went wrong on the way."""
    if isinstance(error, httpx.TimeoutException):
        return "no answer in time"
    return str(error).rpartition("] ")[2].rstrip(".") or type(error).__name__  # without "[Errno 111] "


def segment(text: str) -> str:
    """Text as one segment of a path, whatever characters it has."""
    return quote(text, safe="")
