"""Error codes: Meta's (facts of Jun 24 2026 and Dec 12 2025) and Gupshup's own."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from mock_server.engine.state import Failure
from mock_server.settings import Dialect

HREF: Final = "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/"


class Code(NamedTuple):
    """How a code is said: HTTP status on Graph, and its message."""

    status: int
    message: str


# Calling: Meta, troubleshooting, Jun 24 2026 (facts/meta 7.1). The rest: Meta, error codes, Dec 12 2025 (7.2), where
# throttling is 400 and not 429; 2200 and 2500 are the Graph API's own.
CODES: Final[dict[int, Code]] = {
    0: Code(401, "AuthException"),
    1: Code(400, "API Unknown"),
    2: Code(503, "API Service"),
    3: Code(500, "API Method"),
    4: Code(400, "Application request limit reached"),
    10: Code(403, "Permission Denied"),
    33: Code(400, "Unsupported get or post request"),
    100: Code(400, "Invalid parameter"),
    190: Code(401, "Invalid OAuth access token"),
    200: Code(403, "API Permission"),
    368: Code(403, "Temporarily blocked for policies violations"),
    613: Code(429, "Calls to this api have exceeded the rate limit"),
    2200: Code(400, "Callback verification failed"),
    2500: Code(404, "Unknown path components"),
    80007: Code(400, "Rate limit issues"),
    130429: Code(400, "Rate limit hit"),
    130472: Code(400, "User's number is part of an experiment"),
    130497: Code(403, "Business account is restricted from messaging users in this country"),
    131000: Code(500, "Something went wrong"),
    131005: Code(403, "Access denied"),
    131008: Code(400, "Required parameter is missing"),
    131009: Code(400, "Parameter value is not valid"),
    131016: Code(500, "Service unavailable"),
    131021: Code(400, "Recipient cannot be sender"),
    131026: Code(400, "Message undeliverable"),
    131030: Code(400, "Recipient phone number not in allowed list"),
    131031: Code(403, "Business Account locked"),
    131042: Code(400, "Business eligibility payment issue"),
    131044: Code(400, "No valid payment method"),
    131045: Code(500, "Incorrect certificate"),
    131047: Code(400, "Re-engagement message"),
    131048: Code(400, "Spam rate limit hit"),
    131049: Code(400, "This message was not delivered to maintain healthy ecosystem engagement"),
    131050: Code(400, "User has stopped marketing messages"),
    131051: Code(400, "Unsupported message type"),
    131055: Code(400, "Method not allowed"),
    131056: Code(400, "(Business Account, Consumer Account) pair rate limit hit"),
    131057: Code(500, "Account in maintenance mode"),
    131062: Code(400, "Business-scoped user id recipients are not supported for this message"),
    131064: Code(400, "Template category limit hit"),
    132000: Code(400, "Number of parameters does not match the expected number of params"),
    132001: Code(404, "Template name does not exist in the translation"),
    132005: Code(400, "Template hydrated text too long"),
    132007: Code(400, "Template format character policy violated"),
    132012: Code(400, "Template parameter format mismatch"),
    132015: Code(400, "Template is paused"),
    132016: Code(400, "Template is disabled"),
    133004: Code(503, "Server temporarily unavailable"),
    133010: Code(400, "Phone number not registered"),
    133016: Code(400, "Account register deregister rate limit exceeded"),
    135000: Code(400, "Generic user error"),
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
    138019: Code(400, "Call set-up failed"),
    138020: Code(400, "Call relay failed"),
    138021: Code(400, "Media receive timeout"),
    138022: Code(400, "Media transmit timeout"),
    138023: Code(400, "Call accepted without media signals"),
}

UNKNOWN: Final = Code(400, "Something went wrong")


class Failed(NamedTuple):
    """What a failed status, or the end of a failed call, says."""

    code: int
    title: str
    details: str

    def as_error(self) -> dict[str, Any]:
        """As one of the `errors` of a webhook (facts/meta 7.4): the title is said twice."""
        said: dict[str, Any] = {"code": self.code, "title": self.title, "message": self.title}
        return said | {"error_data": {"details": self.details}, "href": HREF}


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
    """A failure of any code: of a call, or sent on purpose."""
    known = CODES.get(code, UNKNOWN)
    return Failed(code, known.message, known.message)
