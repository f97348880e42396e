"""Headers: what is sent with a webhook, and what proves where it comes from (W1, W2)."""

from __future__ import annotations

import hashlib
import hmac
import json

import msgspec
import pytest

from mock_server.engine.events import AnyEvent, Contact
from mock_server.settings import Dialect
from mock_server.wire import webhooks
from mock_server.wire.signing import signed_as
from tests.stage.conversation import an_app
from tests.stage.words import EVENTS, TEXT

SECRET = (("X-Shop-Webhook-Secret", "s3cret"), ("Authorization", "Bearer t0ken"))
COMMON = {"Content-Type": "application/json", "User-Agent": "gupshup-mock"}


def of(name: str) -> AnyEvent:
    return msgspec.structs.replace(TEXT, contact=Contact("919812345678", name), text="h\u00e9llo \U0001f44b </script>")


def test_gupshup_signs_nothing() -> None:
    """Gupshup: no signature; what the subscription's `meta` registered is sent instead (W1)."""
    sent = webhooks.render(TEXT, an_app(), dialect=Dialect.GUPSHUP, registered=SECRET)
    assert dict(sent.headers) == COMMON | {"X-Shop-Webhook-Secret": "s3cret", "Authorization": "Bearer t0ken"}


def test_metas_signature() -> None:
    """Meta: HMAC-SHA256 of the bytes that are sent, keyed by the app secret (W2)."""
    sent = webhooks.render(of("Zo\u00eb"), an_app(), dialect=Dialect.META)
    right = hmac.new(b"secret", sent.body, hashlib.sha256).hexdigest()
    assert dict(sent.headers) == COMMON | {"X-Hub-Signature-256": f"sha256={right}"}


def test_a_known_signature() -> None:
    """The signature of known bytes under a known secret is what any other implementation makes of them (W2)."""
    made = webhooks.signature(b'{"object":"whatsapp_business_account"}', "sandbox-app-secret")
    assert made == "sha256=0cf892cc3c3c33aef905b405f15ebe3397bedcbe63a4aa03b256ce4e459c569c"


@pytest.mark.parametrize("dialect", Dialect)
def test_escaped_unicode(dialect: Dialect) -> None:
    """What is sent is the escaped-unicode form in lower case: pure ASCII, surrogate pairs included (W2)."""
    body = webhooks.render(of("Zo\u00eb"), an_app(), dialect=dialect).body
    assert b'"name":"Zo\\u00eb"' in body
    assert b'"body":"h\\u00e9llo \\ud83d\\udc4b </script>"' in body
    assert body.isascii()
    assert json.loads(body)["entry"]


@pytest.mark.parametrize("name", EVENTS)
def test_rendering_is_a_function(name: str) -> None:
    """The same event is rendered to the same bytes each time (W6)."""
    for dialect in Dialect:
        assert webhooks.render(EVENTS[name], an_app(), dialect=dialect) == webhooks.render(
            EVENTS[name], an_app(), dialect=dialect
        )


BODY = b'{"a":"\\u00e9", "b":[1,2]}'


def on_purpose(how: str, dialect: Dialect, body: bytes = BODY) -> dict[str, str]:
    return dict(signed_as(how, body, an_app(), dialect=dialect, registered=SECRET))


def verified(body: bytes, headers: dict[str, str]) -> bool:
    """What a careful Meta receiver does."""
    right = "sha256=" + hmac.new(b"secret", body, hashlib.sha256).hexdigest()
    return headers.get("X-Hub-Signature-256") == right


def test_right_on_purpose() -> None:
    """A webhook that is sent on purpose is signed like any other (INTERFACE, webhooks)."""
    assert verified(BODY, on_purpose("right", Dialect.META))
    assert on_purpose("right", Dialect.GUPSHUP) == COMMON | dict(SECRET)


def test_wrong_on_purpose() -> None:
    """`wrong`: a well-formed signature that is not right; on Gupshup, wrong registered headers (INTERFACE)."""
    headers = on_purpose("wrong", Dialect.META)
    assert len(headers["X-Hub-Signature-256"]) == len("sha256=") + 64
    assert not verified(BODY, headers)
    headers = on_purpose("wrong", Dialect.GUPSHUP)
    assert headers.keys() == (COMMON | dict(SECRET)).keys()
    assert headers["X-Shop-Webhook-Secret"] != "s3cret"
    assert headers["Content-Type"] == "application/json"


def test_missing_on_purpose() -> None:
    """`missing`: neither signature nor registered headers (INTERFACE, webhooks)."""
    assert on_purpose("missing", Dialect.META) == COMMON
    assert on_purpose("missing", Dialect.GUPSHUP) == COMMON


@pytest.mark.parametrize("body", [BODY, b'{"a":1}', b"[]", b"{}", b'"a"', b"not json", b"\xff", b"", b"[" * 10_000])
def test_reserialised_on_purpose(body: bytes) -> None:
    """`reserialised`: right for other bytes of the same JSON, so wrong for those that are sent (W2)."""
    headers = on_purpose("reserialised", Dialect.META, body)
    assert not verified(body, headers)
    assert headers["X-Hub-Signature-256"].startswith("sha256=")


def test_reserialised_verifies_what_was_not_sent() -> None:
    """A receiver that signs its own re-serialisation would be fooled: the signature fits that (W2)."""
    headers = on_purpose("reserialised", Dialect.META)
    assert verified(json.dumps(json.loads(BODY), indent=1, ensure_ascii=False).encode(), headers)
