"""Every switch of an app. Names and values are those of the configuration file and of `PATCH /_sandbox/apps/{app}`."""

from __future__ import annotations

from enum import StrEnum
from ipaddress import ip_address
from typing import Final, Literal

import msgspec

from mock_server.rules import RULES, Overrides, Rules, RulesName

# Countries of the business number without business-initiated calls, code 138013 (Meta, overview page, Jun 26 2026).
WITHOUT_BUSINESS_CALLS: Final = frozenset({"US", "CA", "EG", "VN", "NG"})


class Dialect(StrEnum):
    """In whose words events are put on the wire."""

    GUPSHUP = "gupshup"
    META = "meta"


class Variants(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """Shapes that providers' pages print side by side, chosen by name (W4). The first of each is the default."""

    expiration: Literal["int", "string"] | None = None  # None: int in dialect gupshup, string in dialect meta
    reply: Literal["current", "2025", "permanent-guide", "outbound-guide"] = "current"
    context_from: Literal["user", "business", "phone_number_id"] = "user"
    status_id: Literal["wamid", "uuid"] = "wamid"
    failed: Literal["errors", "flat"] = "errors"
    contacts: Literal["full", "trimmed", "absent"] = "full"
    terminate_case: Literal["upper", "title", "list"] = "upper"
    enqueued_timestamp: Literal["string", "ms"] = "string"
    no_permission_status: Literal["401", "400"] = "401"
    retry_window: Literal["7d", "36h"] = "7d"


class AppSettings(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """One app: its ids, its secrets, its rules and every option. Numbers of seconds unless a name says otherwise."""

    id: str
    token: str
    phone_number_id: str
    waba_id: str
    meta_app_id: str
    business_number: str
    app_secret: str
    verify_token: str
    graph_token: str | None = None
    name: str = "sandbox"
    country: str = "IN"
    rules: RulesName = RulesName.GUPSHUP
    overrides: Overrides = Overrides()
    dialect: Dialect = Dialect.GUPSHUP
    calling: Literal["ENABLED", "DISABLED"] = "ENABLED"
    callback_permission_status: Literal["ENABLED", "DISABLED"] = "DISABLED"
    messaging_limit: int = 2000  # users in 24 h; below 2000 calling cannot be enabled (138015)
    callback_billing: bool = True
    bsuid: Literal["on", "off"] = "on"
    restriction: Literal["calling", "blocked"] | None = None
    restriction_warning: bool = False
    strict_bearer: bool = False
    partner_errors: Literal["meta", "reason", "status"] = "meta"
    unknown_templates: Literal["refuse", "accept"] = "refuse"
    enforce_service_window: bool = False
    window_error: Literal["sync", "async", "both"] | None = None  # None: sync on Graph, async on the partner path (R5)
    reply_opens_window: bool = False
    status_delay: float = 0
    ring_timeout: float = 60
    test_numbers: Literal["prefix", "any", "off"] = "prefix"
    allowed_recipients: tuple[str, ...] | None = None
    deliveries: Literal["on", "paused"] = "on"
    variants: Variants = Variants()

    @property
    def limits(self) -> Rules:
        """The app's own figures: its rules with its overrides."""
        return RULES[self.rules].with_overrides(self.overrides)


CREATE_ONLY: Final = frozenset({"id", "phone_number_id", "waba_id", "meta_app_id"})
SECRETS: Final = frozenset({"token", "graph_token", "app_secret", "verify_token"})


class ServerSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The switches of the whole sandbox; the same names as the options of `serve`."""

    host: str = "127.0.0.1"
    port: int = 8400
    webhook: str | None = None
    dialect: Dialect | None = None
    rules: RulesName | None = None
    app_id: str | None = None
    app_token: str | None = None
    store: str = "memory"
    control_token: str | None = None
    seed: str | None = None
    freeze_at: str | None = None
    rate_limits: bool = False
    allow_host: tuple[str, ...] = ()
    allow_webhook_to: tuple[str, ...] = ()
    published_secrets: bool = False
    log: Literal["pretty", "json", "quiet"] = "pretty"

    @property
    def on_loopback(self) -> bool:
        """Whether only this machine can reach the sandbox."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:  # a name: who knows what it leads to
            return self.host == "localhost"
