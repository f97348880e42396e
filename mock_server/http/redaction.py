"""Secrets never reach the journal, the log or the page (DESIGN, Security)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import msgspec

HIDDEN: Final = "[redacted]"
HEADERS_BOUND: Final = 4096  # bytes of a request's headers that are kept
HEADERS_KEPT: Final = 100
NAMES_KNOWN: Final = 1000  # of headers
UNREADABLE: Final = b"[neither JSON nor a form: not kept]"

# What comes under these names is hidden, whatever it is; compared in lower case and without hyphens and underscores.
_NAMES: Final = frozenset(
    {"password", "secret", "clientsecret", "token", "accesstoken", "verifytoken", "hub.verifytoken", "appsecret"}
    | {"sipuserpassword"}
    | {"authorization", "meta", "metadata"}  # subscription headers; the SIP login of /voice
)
# A header's value is hidden when one of these is in its name; of an address in a header, what is hidden of a URL.
_SECRET_HEADERS: Final = (
    *("auth", "cookie", "token", "secret", "password", "passwd", "credential", "session", "jwt", "signature"),
    *("api-key", "apikey", "access-key", "private-key"),
)
_ADDRESS_HEADERS: Final = ("referer", "url", "uri", "location")
_SCHEMES: Final = frozenset({b"bearer", b"basic", b"digest", b"token"})
_URL: Final = re.compile(r"\s*(?:https?:|(?:[a-z][a-z0-9+.\-]*:)?//)", re.IGNORECASE)
_PLAIN_NAME: Final = re.compile(r"[A-Za-z0-9_.\-]{1,64}")


def redacted(body: bytes, *, message: bool) -> bytes:
    """A body without its secrets. A `message` holds none and passes as it is, unless it looks as if it did."""
    if not body or (message and not _suspicious(body)):
        return body
    try:
        return msgspec.json.encode(hidden(msgspec.json.decode(body)))
    except (ValueError, RecursionError):
        return UNREADABLE if message else _form(body)


def _suspicious(body: bytes) -> bool:
    lower = body.lower()  # and four searches: a tenth of what a regular expression without regard to case costs
    return b"token" in lower or b"secret" in lower or b"password" in lower or b"authorization" in lower


def hidden(value: Any) -> Any:
    """A JSON value without its secrets: what has a secret's name, and what URLs hold of them, under whatever name."""
    if isinstance(value, dict):
        return {name: HIDDEN if _is_secret(name) else hidden(below) for name, below in value.items()}
    if isinstance(value, str):
        return redacted_url(value) if _URL.match(value) else value
    return [hidden(below) for below in value] if isinstance(value, list | tuple) else value


def redacted_headers(headers: Sequence[tuple[bytes, bytes]]) -> bytes:
    """A request's headers as they came, a line each (`name: value`), without secrets; the first 4 KiB of them.

    Every request pays for it, so what to do with a header is found out once for a name.
    """
    some = headers if len(headers) <= HEADERS_KEPT else headers[:HEADERS_KEPT]
    lines = [begun + value if (begun := _BEGUN[name]) else _without_secret(name, value) for name, value in some]
    return b"\n".join(lines)[:HEADERS_BOUND]


class _Begun(dict[bytes, bytes]):
    """The beginning of a header's line, by the header's name; empty where its value cannot stand behind it as it is."""

    def __missing__(self, name: bytes) -> bytes:
        if len(self) >= NAMES_KNOWN:
            self.clear()
        touched = _has_one_of(_SECRET_HEADERS, name) or _has_one_of(_ADDRESS_HEADERS, name)
        self[name] = begun = b"" if touched else name + b": "
        return begun


_BEGUN: Final = _Begun()


@lru_cache(maxsize=NAMES_KNOWN)
def _has_one_of(parts: tuple[str, ...], name: bytes) -> bool:
    words = name.decode("latin-1").lower().replace("_", "-")
    return any(part in words for part in parts)


def _without_secret(name: bytes, value: bytes) -> bytes:
    """How somebody authorises himself is no secret: it may be wrong (A4)."""
    if not _has_one_of(_SECRET_HEADERS, name):
        return name + b": " + redacted_url(value.decode("latin-1")).encode("latin-1", "replace")
    scheme, space, _ = value.partition(b" ")
    shown = scheme + space if space and scheme.lower() in _SCHEMES else b""
    return name + b": " + shown + HIDDEN.encode()


def redacted_path(path: str, query: str) -> str:
    """A path with its query, secrets taken out of it."""
    return f"{path}?{_query(query)}"[:500] if query else path[:500]


def redacted_url(url: str) -> str:
    """A webhook's URL without login and without the values of its query: some receivers know their senders by those."""
    try:
        parts = urlsplit(url)
        fields = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        return HIDDEN
    if not parts.netloc:
        return HIDDEN
    named = all(text for _, text in fields)  # else a name may be what is secret: `?c2VjcmV0`, `?c2VjcmV0=`
    asked = urlencode([(name, HIDDEN) for name, _ in fields], safe="[]") if named else HIDDEN
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, asked, ""))


def _form(body: bytes) -> bytes:
    fields = parse_qsl(body.decode(errors="replace"), keep_blank_values=True)
    if not fields or not all(_PLAIN_NAME.fullmatch(name) for name, _ in fields):
        return UNREADABLE
    return urlencode(list(hidden(dict(fields)).items()), safe="[]").encode()


def _query(query: str) -> str:
    asked = parse_qsl(query, keep_blank_values=True)
    return urlencode([(name, hidden({name: text})[name]) for name, text in asked], safe="[]")


def _is_secret(name: str) -> bool:
    return name.lower().replace("_", "").replace("-", "") in _NAMES
