"""Every switch of an app and of the server, with the value it has when nobody touches it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from mock_server.settings import CREATE_ONLY, SECRETS, AppSettings, ServerSettings, Variants
from tests.stage.conversation import an_app

DEFAULTS: dict[str, Any] = {
    "graph_token": None,
    "name": "sandbox",
    "country": "IN",
    "rules": "gupshup",
    "overrides": {},
    "dialect": "gupshup",
    "calling": "ENABLED",
    "callback_permission_status": "DISABLED",
    "messaging_limit": 2000,
    "callback_billing": True,
    "bsuid": "on",
    "restriction": None,
    "restriction_warning": False,
    "strict_bearer": False,
    "partner_errors": "meta",
    "unknown_templates": "refuse",
    "enforce_service_window": False,
    "window_error": None,
    "reply_opens_window": False,
    "status_delay": 0,
    "ring_timeout": 60,
    "test_numbers": "prefix",
    "allowed_recipients": None,
    "deliveries": "on",
}


def test_an_app_that_nobody_touched() -> None:
    """A new app has calling, billing and BSUIDs on, callback permission off, no restriction, no window (A1, R5)."""
    shown = msgspec.to_builtins(an_app())
    assert {name: shown[name] for name in DEFAULTS} == DEFAULTS
    assert set(shown) - set(DEFAULTS) == {
        "id", "token", "phone_number_id", "waba_id", "meta_app_id", "business_number", "app_secret", "verify_token",
        "variants",
    }  # fmt: skip


def test_the_first_variant_is_the_default() -> None:
    """Unless an app chooses, webhooks have the shapes that every known parser reads (W4)."""
    assert msgspec.to_builtins(Variants()) == {
        "expiration": None, "reply": "current", "context_from": "user", "status_id": "wamid", "failed": "errors",
        "contacts": "full", "terminate_case": "upper", "enqueued_timestamp": "string", "no_permission_status": "401",
        "retry_window": "7d",
    }  # fmt: skip


@pytest.mark.parametrize(("name", "other"), [
    ("reply", ["2025", "permanent-guide", "outbound-guide"]), ("context_from", ["business", "phone_number_id"]),
    ("expiration", ["int", "string"]), ("status_id", ["uuid"]), ("failed", ["flat"]),
    ("contacts", ["trimmed", "absent"]), ("terminate_case", ["title", "list"]), ("enqueued_timestamp", ["ms"]),
    ("no_permission_status", ["400"]), ("retry_window", ["36h"]),
])  # fmt: skip
def test_every_variant_can_be_chosen(name: str, other: list[str]) -> None:
    """Each alternative that a page prints can be chosen by its name (W4)."""
    for choice in other:
        assert getattr(an_app(variants={name: choice}).variants, name) == choice


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"rules": "bsnl"}, "rules"),
        ({"calling": "on"}, "calling"),
        ({"variants": {"reply": "2024"}}, "variants.reply"),
        ({"overrides": {"requests_per_24h": "1"}}, "overrides.requests_per_24h"),
        ({"ring_timout": 5}, "ring_timout"),
        ({"overrides": {"requests": 1}}, "requests"),
    ],
)
def test_what_is_no_setting(settings: dict[str, Any], field: str) -> None:
    """A wrong value or an unknown name is refused, and the refusal names it (E3)."""
    with pytest.raises(msgspec.ValidationError, match=field):
        an_app(**settings)


def test_limits_are_rules_with_overrides() -> None:
    """An app's limits are those of its rules with its own figures put in (section 5)."""
    limits = an_app(rules="wolkvox", overrides={"requests_per_7d": 9}).limits
    assert (limits.requests_per_24h, limits.requests_per_7d, limits.connected_calls_per_24h) == (1, 9, 10)


def test_what_stays_and_what_is_secret() -> None:
    """An app's ids cannot be changed, and its four secrets are known as such (A1)."""
    assert {"id", "phone_number_id", "waba_id", "meta_app_id"} == CREATE_ONLY
    assert {"token", "graph_token", "app_secret", "verify_token"} == SECRETS
    assert set(AppSettings.__struct_fields__) >= CREATE_ONLY | SECRETS


@pytest.mark.parametrize(
    ("host", "here"),
    [("127.0.0.1", True), ("127.8.8.8", True), ("localhost", True), ("::1", True), ("0.0.0.0", False), ("::", False)],
)
def test_which_addresses_are_this_machine(host: str, *, here: bool) -> None:
    """Only loopback addresses are this machine alone; anywhere else a control token is required."""
    assert ServerSettings(host=host).on_loopback is here
