"""Error codes: Meta's (facts of Jun 24 2026 and Dec 12 2025) and Gupshup's own."""

from __future__ import annotations

from typing import Final, NamedTuple

from mock_server.engine.state import Failure
from mock_server.settings import Dialect

HREF: Final = "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/"


class Code(NamedTuple):
    """How a code is said: HTTP status on Graph, and its message."""

    status: int
    message: str


CODES: Final[dict[int, Code]] = {
    0: Code(401, "AuthException"),
    4: Code(400, "Application request limit reached"),
    33: Code(400, "Unsupported get or post request"),
    100: Code(400, "Invalid parameter"),
    190: Code(401, "Invalid OAuth access token"),
    613: Code(429, "Calls to this api have exceeded the rate limit"),
    2500: Code(404, "Unknown path components"),
    130429: Code(400, "Rate limit hit"),
    131009: Code(400, "Parameter value is not valid"),
    131026: Code(400, "Message undeliverable"),
    131030: Code(400, "Recipient phone number not in allowed list"),
    131031: Code(403, "Business Account locked"),
    131044: Code(400, "No valid payment method"),
    131047: Code(400, "Re-engagement message"),
    131051: Code(400, "Unsupported message type"),
    131055: Code(400, "Method not allowed"),
    131056: Code(400, "(Business Account, Consumer Account) pair rate limit hit"),
    132001: Code(404, "Template name does not exist in the translation"),
    138000: Code(401, "Calling not enabled"),
    138001: Code(400, "Receiver uncallable"),
    138002: Code(429, "Concurrent calls limit hit"),
    138003: Code(400, "Duplicate call"),
    138004: Code(500, "Connection error"),
    138005: Code(429, "Call rate limit exceeded"),
    138006: Code(401, "No approved call permission from the recipient"),
    138007: Code(500, "Connection timeout"),
    138009: Code(400, "Call Permission Request Limit Hit"),
    138012: Code(400, "Business Initiated Calls Limit Hit"),
    138013: Code(400, "Business initiated calling is not available"),
    138014: Code(400, "Calling temporarily disabled due to low quality"),
    138015: Code(400, "Calling cannot be enabled"),
    138017: Code(400, "Permanent call permission already granted"),
    138018: Code(400, "Calling cannot be enabled, prerequisites are missing"),
}

UNKNOWN: Final = Code(400, "Something went wrong")


class Failed(NamedTuple):
    """What a failed status says."""

    code: int
    title: str
    details: str


_FAILED: Final[dict[Failure, Failed]] = {
    Failure.NOT_ON_WHATSAPP: Failed(131026, "Message undeliverable", "The recipient is not on WhatsApp."),
    Failure.UNKNOWN_USER_ID: Failed(131026, "Message undeliverable", "No user has this business-scoped user id."),
    Failure.OUTDATED_APP: Failed(
        131026, "Message undeliverable", "The recipient's app is too old for call permission requests."
    ),
    Failure.WINDOW_CLOSED: Failed(
        131047, "Re-engagement message", "More than 24 hours have passed since the recipient last wrote or called."
    ),
}
_GUPSHUP_FAILED: Final = {
    Failure.NOT_ON_WHATSAPP: Failed(1002, "Number Does Not Exist On WhatsApp", "The recipient is not on WhatsApp."),
}


def failed(failure: Failure, dialect: Dialect) -> Failed:
    """The code of an asynchronous failure in this dialect's words (R6, facts/gupshup 2.5)."""
    if dialect is Dialect.GUPSHUP and failure in _GUPSHUP_FAILED:
        return _GUPSHUP_FAILED[failure]
    return _FAILED[failure]


def failed_with(code: int) -> Failed:
    """A failed status of any code, for webhooks sent on purpose."""
    known = CODES.get(code, UNKNOWN)
    return Failed(code, known.message, known.message)
