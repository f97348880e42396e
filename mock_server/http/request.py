"""A request as the routes see it.

Starlette's brings e-mail, cookies, forms and temporary files along, a tenth of the sandbox's start.
"""

from __future__ import annotations

from urllib.parse import parse_qsl

from starlette.types import Receive, Scope


class Request:
    """An ASGI scope, and the way to the body."""

    __slots__ = ("receive", "scope")

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self.scope = scope
        self.receive = receive

    @property
    def method(self) -> str:
        return str(self.scope["method"])

    @property
    def path(self) -> str:
        return str(self.scope["path"])

    @property
    def path_params(self) -> dict[str, str]:
        params: dict[str, str] = self.scope["path_params"]
        return params

    @property
    def query(self) -> bytes:
        """As it came."""
        return bytes(self.scope["query_string"])

    @property
    def query_params(self) -> dict[str, str]:
        """Of a name that is given twice the last."""
        return dict(parse_qsl(self.query.decode("latin-1"), keep_blank_values=True))

    def header(self, name: bytes) -> str | None:
        """The first header of this name, which is in lower case; None where there is none."""
        for key, value in self.scope["headers"]:
            if key == name:
                return str(value, "latin-1")
        return None
