"""Where webhooks may go: a rule over addresses, checked when connecting (DESIGN, Security)."""

from __future__ import annotations

import fnmatch
import ipaddress
from urllib.parse import urlsplit

from mock_server.errors import Forbidden, Malformed

URL_BOUND = 2048


def check_url(url: str) -> str:
    """An http or https URL with a host, unchanged. Raises Malformed."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    clean = url.isascii() and url.isprintable() and " " not in url
    if not usable or not clean or len(url) > URL_BOUND:
        raise Malformed(
            "url", f"{url[:80]!r} is no URL that a webhook can go to; give http:// or https:// with a host."
        )
    return url


class Targets:
    """Which hosts and addresses webhooks may go to.

    `patterns` None: any but link-local (the sandbox listens on loopback only). Else only hosts or addresses that match
    one of them (`*.example.com`, `10.0.0.0/8`, `receiver`).
    """

    def __init__(self, patterns: tuple[str, ...] | None) -> None:
        self._patterns = patterns

    def check(self, host: str, address: str) -> None:
        """Raises Forbidden when a webhook must not go to this resolved address under this host name."""
        ip = ipaddress.ip_address(address.partition("%")[0])
        mapped = getattr(ip, "ipv4_mapped", None) or ip
        if mapped.is_link_local:
            raise Forbidden("target", f"{host} is the link-local address {address}; webhooks never go there.")
        if self._patterns is None or any(_matches(pattern, host, mapped) for pattern in self._patterns):
            return
        raise Forbidden(
            "target", f"{host} ({address}) is not allowed; start the sandbox with --allow-webhook-to {host}."
        )


def _matches(pattern: str, host: str, ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    if fnmatch.fnmatchcase(host.lower(), pattern.lower()):
        return True
    try:
        return ip in ipaddress.ip_network(pattern, strict=False)
    except ValueError:
        return False
