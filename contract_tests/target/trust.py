"""TLS, where an application is behind https: what the machine trusts, or the file that SSL_CERT_FILE names.

So does the sandbox. httpx would go by a list of its own.
"""

from __future__ import annotations

import socket
import ssl
from functools import cache
from typing import Final
from urllib.parse import urlsplit

_SECONDS: Final = 2.0
_ADVICE: Final = (
    "which the providers would not trust either. Have the application listen on http for the tests, or name the file "
    "with its certificate in the environment variable SSL_CERT_FILE"
)


def trusted(*urls: str) -> ssl.SSLContext | bool:
    """What httpx takes as `verify`. False where none of them is https: reading certificates takes a while."""
    return _context() if any(url.startswith("https:") for url in urls) else False


def objection(url: str) -> str:
    """Why nobody would send a webhook there over TLS; empty for http, for what is fine, and where nothing listens."""
    if not url.startswith("https:"):
        return ""
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        with (
            socket.create_connection((host, parts.port or 443), timeout=_SECONDS) as plain,
            _context().wrap_socket(plain, server_hostname=host),
        ):
            return ""
    except ssl.SSLCertVerificationError as error:
        return f"{error.verify_message}, {_ADVICE}"
    except ssl.SSLError as error:
        return f"what answers there speaks no TLS ({error.reason}); perhaps it is http"
    except OSError:
        return ""


@cache
def _context() -> ssl.SSLContext:
    return ssl.create_default_context()
