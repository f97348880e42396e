"""Why no whole answer came, in words."""

from __future__ import annotations

from typing import Final

import httpx

CLOSED: Final = "closed the connection without an answer"


def why_lost(error: Exception) -> str:
    """For what httpx raises, or the socket below it: `no connection: Connection refused`."""
    said = str(error).rpartition("] ")[2]
    if isinstance(error, httpx.ConnectError):
        return f"no connection: {said}"
    if isinstance(error, httpx.RemoteProtocolError) and "without sending a response" in said:
        return f"it {CLOSED}"
    if isinstance(error, httpx.RemoteProtocolError):
        return f"what it answered is no whole answer of HTTP: {said}"
    if isinstance(error, httpx.NetworkError | OSError):
        return "it closed the connection before the answer was whole"
    return said or type(error).__name__
