"""A webhook ready to be sent: bytes and headers, rendered once (W6)."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any, Final, NamedTuple

from mock_server.engine.events import AnyEvent
from mock_server.settings import AppSettings, Dialect, Variants
from mock_server.wire.envelope import Envelope

USER_AGENT: Final = "gupshup-mock"
Headers = tuple[tuple[str, str], ...]


class Webhook(NamedTuple):
    """The bytes to POST and the headers to send with them."""

    body: bytes
    headers: Headers


def render(
    event: AnyEvent,
    settings: AppSettings,
    *,
    dialect: Dialect,
    registered: Headers = (),
    variants: Variants | None = None,
) -> Webhook:
    """An event as this dialect says it. `registered` are the headers that a subscription's `meta` asked for (W1)."""
    body = as_bytes(Envelope(settings, dialect, variants).body(event))
    return Webhook(body, headers(body, settings, dialect=dialect, registered=registered))


def as_bytes(body: Any) -> bytes:
    """JSON in the escaped-unicode form that Meta signs (W2), without spaces."""
    return json.dumps(body, separators=(",", ":"), ensure_ascii=True).encode()


def headers(body: bytes, settings: AppSettings, *, dialect: Dialect, registered: Headers = ()) -> Headers:
    """What is sent with these bytes: Gupshup adds the registered headers, Meta signs."""
    common: Headers = (("Content-Type", "application/json"), ("User-Agent", USER_AGENT))
    if dialect is Dialect.META:
        return (*common, ("X-Hub-Signature-256", signature(body, settings.app_secret)))
    return (*common, *registered)


def signature(body: bytes, app_secret: str) -> str:
    """Meta's signature over the bytes as they are sent."""
    return "sha256=" + hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()
