"""Where webhooks may go: a rule over addresses, checked when connecting (DESIGN, Security)."""

from __future__ import annotations

import fnmatch
import ipaddress
from typing import Final, TypeAlias
from urllib.parse import urlsplit

from mock_server.errors import Forbidden, Malformed

URL_BOUND = 2048
Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

# Where clouds give a machine its own credentials, beside the link-local 169.254.0.0/16 and fe80::/10: Alibaba, Azure's
# agent, and over IPv6 Scaleway, Oracle, AWS (containers, instances) and Google, in this order.
_METADATA: Final = frozenset(
    ipaddress.ip_address(text)
    for text in (
        "100.100.100.200",
        "168.63.129.16",
        "fd00:42::42",
        "fd00:c1::a9fe:a9fe",
        "fd00:ec2::23",
        "fd00:ec2::254",
        "fd20:ce::254",
    )
)
_TRANSLATED: Final = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: the last four bytes are an IPv4 address
_COMPATIBLE: Final = ipaddress.ip_network("::/96")  # RFC 4291, 2.5.5.1: so are these


def check_url(url: str) -> str:
    """An http or https URL with a host, unchanged. Raises Malformed, with as much of the URL as holds no secret."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    clean = url.isascii() and url.isprintable() and " " not in url
    if not usable or not clean or len(url) > URL_BOUND:
        raise Malformed(
            "url", f"{_sayable(url)!r} is no URL that a webhook can go to; give http:// or https:// with a host."
        )
    return url


class Targets:
    """Which hosts and addresses webhooks may go to.

    `patterns` None: any but link-local and metadata (the sandbox listens on loopback only). Else only hosts or
    addresses that match one of them (`*.example.com`, `10.0.0.0/8`, `receiver`). A name opens this machine's own
    addresses only if it is a name of them: else whoever answers for `hooks.example.com` could say 127.0.0.1.
    """

    def __init__(self, patterns: tuple[str, ...] | None) -> None:
        self._patterns = patterns

    def check(self, host: str, address: str) -> None:
        """Raises Forbidden when a webhook must not go to this resolved address under this host name."""
        ip = _connected(ipaddress.ip_address(address.partition("%")[0]))
        reached = (ip, *_within(ip))
        if any(one.is_link_local for one in reached):
            raise Forbidden("target", f"{host} is the link-local address {address}; webhooks never go there.")
        if not _METADATA.isdisjoint(reached):
            raise Forbidden("target", f"{host} is a cloud's metadata address {address}; webhooks never go there.")
        if self._patterns is None:
            return
        named = _names_own(host) or not any(one.is_loopback for one in reached)
        if any((named and _names(pattern, host)) or _contains(pattern, ip) for pattern in self._patterns):
            return
        raise Forbidden(
            "target",
            f"{host} ({address}) is not allowed; start the sandbox with --allow-webhook-to {host if named else ip}.",
        )


def _connected(ip: Address) -> Address:
    """What connecting to an address comes to: the mapped IPv4 one, and oneself for the one that is none."""
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    return ipaddress.ip_address("127.0.0.1" if ip.version == 4 else "::1") if ip.is_unspecified else ip


def _within(ip: Address) -> tuple[ipaddress.IPv4Address, ...]:
    """The IPv4 address that some network may make of an IPv6 one: translated, compatible, 6to4, Teredo."""
    if isinstance(ip, ipaddress.IPv4Address) or ip.is_loopback:
        return ()
    if ip in _TRANSLATED or ip in _COMPATIBLE:
        return (ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF),)
    found = ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
    return (found,) if found else ()


def _names_own(host: str) -> bool:
    """Whether a host is a name of this machine by definition, or an address, for which nobody else answers."""
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return f".{host.lower().rstrip('.')}".endswith(".localhost")  # RFC 6761, 6.3
    return True


def _names(pattern: str, host: str) -> bool:
    return fnmatch.fnmatchcase(host.lower(), pattern.lower())


def _contains(pattern: str, ip: Address) -> bool:
    try:
        return ip in ipaddress.ip_network(pattern, strict=False)
    except ValueError:
        return False


def _sayable(url: str) -> str:
    """The beginning of what was given for a URL, without the login and without the query."""
    return url.partition("?")[0].partition("#")[0].rpartition("@")[2][:80]
