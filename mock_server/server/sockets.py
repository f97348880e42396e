"""The listening sockets, made before the server so that the port is known and a taken one is one clear line."""

from __future__ import annotations

import errno
import os
import socket
from typing import Any

from mock_server.errors import SandboxError

BACKLOG = 1024
# What a name like localhost has although this machine does not: IPv6, in many containers.
_NOT_HERE = {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}


class CannotListen(SandboxError):
    """The server cannot be reached at this host and port; another host or port may do."""


class PortInUse(CannotListen):
    """Somebody else listens there."""


def listen(host: str, port: int) -> list[socket.socket]:
    """Return listening sockets, one for each address of `host`, all on the same port (0: any free one).

    Clients that come before the server is ready wait instead of being refused.
    """
    sockets: list[socket.socket] = []
    try:
        for family, address in _addresses(host, port):
            free = (address[0], port_of(sockets) if sockets else port, *address[2:])
            _add_listening(sockets, family, free)
        return sockets or [_listening(family, address)]  # Not one of them: the last one says why.
    except OSError as error:
        close(sockets)
        raise _explained(error, host, port) from error


def port_of(sockets: list[socket.socket]) -> int:
    """Return the port that `listen` took."""
    port: int = sockets[0].getsockname()[1]
    return port


def close(sockets: list[socket.socket]) -> None:
    """Close them all; once more does no harm."""
    for sock in sockets:
        sock.close()


def url_of(host: str, port: int) -> str:
    """Return the base URL by which a client on this machine reaches the server."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104  # no address to bind, but one to replace
    return f"http://[{reachable}]:{port}" if ":" in reachable else f"http://{reachable}:{port}"


def _addresses(host: str, port: int) -> list[tuple[socket.AddressFamily, tuple[Any, ...]]]:
    found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    return list(dict.fromkeys((family, address) for family, _, _, _, address in found))


def _add_listening(sockets: list[socket.socket], family: socket.AddressFamily, address: tuple[Any, ...]) -> None:
    try:
        sockets.append(_listening(family, address))
    except OSError as error:
        if error.errno not in _NOT_HERE:
            raise


def _listening(family: socket.AddressFamily, address: tuple[Any, ...]) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        if os.name == "posix":  # On Windows this would let two servers share the port.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:  # An address of its own for each family, or the second is "in use".
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.bind(address)
        sock.listen(BACKLOG)  # At once: with SO_REUSEADDR two servers can bind the same port, only one can listen.
    except OSError:
        sock.close()
        raise
    return sock


def _explained(error: OSError, host: str, port: int) -> CannotListen:
    if error.errno == errno.EADDRINUSE:
        advice = "Stop what listens there, or take another with --port (0 picks a free one)."
        return PortInUse("port_in_use", f"Port {port} on {host} is in use. {advice}")
    return CannotListen("cannot_listen", f"Cannot listen on {host} port {port}: {error.strerror or error}.")
