"""What one client, and all of them together, may take from the server."""

from __future__ import annotations

import sys

import msgspec

if sys.platform != "win32":  # which has no such limit
    import resource

# Kept free of connections: webhooks going out, the store's files, the listening sockets, standard streams.
RESERVED_FILES = 200
# Enough for every connection and webhook; macOS refuses the unlimited hard limit that it reports.
WANTED_FILES = 65_536
FEWEST_CONNECTIONS = 16


class Limits(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """Bounds on connections and on what is read before the application is asked. Bytes, seconds, counts."""

    head_bytes: int = 64 * 1024
    """Request line and headers together; also what may lie between two pieces of a chunked body, trailers included."""
    head_seconds: float = 10.0
    """From the opening of a connection, or from the first byte of a later request, to the end of the head."""
    url_bytes: int = 8 * 1024
    pipelined: int = 64
    """Requests waiting on one connection behind the one that is being answered."""
    connections: int = 1000
    unread_seconds: float = 60.0
    """How long nothing may leave our buffer of an answer that the system's buffers (some MiB) cannot hold."""
    linger_seconds: float = 1.0
    """How long a refused client may go on sending, so that it gets to read the refusal."""


def raise_open_files() -> None:
    """Raise this process's limit of open files to its hard limit, as far as the server can have use of it."""
    if sys.platform == "win32":
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = WANTED_FILES if hard == resource.RLIM_INFINITY else min(hard, WANTED_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def fit_connections(wanted: int) -> int:
    """Return how many of `wanted` connections the limit of open files leaves room for."""
    if sys.platform == "win32":
        return wanted
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return wanted
    return min(wanted, max(FEWEST_CONNECTIONS, soft - RESERVED_FILES))
