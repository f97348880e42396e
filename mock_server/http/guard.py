"""Who may speak to the sandbox at all (E6): no foreign web page, no rebound host name, no control without its token."""

from __future__ import annotations

import ipaddress
from typing import Final
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server.errors import Forbidden, SandboxError, Unauthorised
from mock_server.http.saying import answer_for
from mock_server.ids import same_secret

HEALTH: Final = "/_sandbox/health"
CONTROL: Final = "/_sandbox"
UNSPECIFIED: Final = ("0.0.0.0", "::")  # noqa: S104  every interface: not a name to answer to
PAGE: Final = "/_sandbox/phone"  # its files hold nothing; what they ask for afterwards needs the token
_CONTROL_REFUSED: Final = (
    "The control token is missing or wrong: give it with --control-token or GUPSHUP_MOCK_CONTROL_TOKEN "
    "(over HTTP: 'Authorization: Bearer TOKEN')."
)


class Guard:
    """Stands before every route."""

    def __init__(self, app: ASGIApp, *, hosts: frozenset[str], control_token: str | None) -> None:
        self._app = app
        self._hosts = hosts
        self._token = control_token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].rstrip("/") == HEALTH:
            await self._app(scope, receive, send)
            return
        try:
            self._check(scope)
        except SandboxError as refused:
            await answer_for(refused, scope["path"])(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _check(self, scope: Scope) -> None:
        host, token = b"", b""
        for name, value in scope["headers"]:
            if name == b"host":
                if host:
                    raise Forbidden("host", "There are two Host headers.")
                host = value
            elif name == b"origin":
                self._check_origin(value.decode("latin-1"))
            elif name == b"sec-fetch-site" and value == b"cross-site":
                raise Forbidden("origin", "A page of another site may not drive the sandbox.")
            elif name == b"authorization":
                token = value
        self._check_host(host.decode("latin-1"))
        if self._token is not None and scope["path"].startswith(CONTROL) and not _of_page(scope["path"]):
            self._check_token(token.decode("latin-1"))

    def _check_origin(self, origin: str) -> None:
        if not self._known(_host_of(origin)):
            raise Forbidden("origin", f"A page of {origin[:100]} may not drive the sandbox.")

    def _check_host(self, host: str) -> None:
        name, _, port = host.partition(":")
        if name in self._hosts and (port.isdecimal() or not port):  # as nearly all: nothing needs a closer look
            return
        if not self._known(asked := _host_of("//" + host)):
            shown = (asked or host)[:100]
            sentence = f"The host name {shown!r} is not known here; start with --allow-host NAME to allow it."
            raise Forbidden("host", sentence)

    def _check_token(self, authorization: str) -> None:
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not same_secret(token.strip(), self._token or ""):
            raise Unauthorised("control_token", _CONTROL_REFUSED)

    def _known(self, name: str) -> bool:
        if name in self._hosts:
            return True
        try:
            return ipaddress.ip_address(name).is_loopback
        except ValueError:
            return False


def _of_page(path: str) -> bool:
    return path == PAGE or path.startswith(PAGE + "/")


def _host_of(address: str) -> str:
    """The host name of `scheme://host:port` or `//host:port`; empty where the text is anything else."""
    try:
        parts = urlsplit(address)
        extra = parts.path or parts.query or parts.fragment or "@" in parts.netloc
        return "" if extra else parts.hostname or ""
    except ValueError:  # brackets that do not match, or around what is no address
        return ""


def known_hosts(bound: str, allowed: tuple[str, ...]) -> frozenset[str]:
    """Host names under which the sandbox answers: loopback's, the bound address, what --allow-host names."""
    own = set() if bound in UNSPECIFIED else {bound.lower()}
    return frozenset({"localhost", *own, *(name.lower() for name in allowed)})
