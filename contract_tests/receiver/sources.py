"""The pages that the receiver's claims come from, as failures cite them."""

from __future__ import annotations

from typing import Final

CALL_PERMISSIONS: Final = "Meta, Obtain user call permissions, Jun 26 2026"
PERMANENT: Final = "Gupshup, Permanent Call Permissions for WhatsApp Voice"
CALLS: Final = "Meta, Business-initiated calls, Jun 26 2026"
USER_CALLS: Final = "Meta, User-initiated calls, Jun 24 2026"
STATUSES: Final = "Meta, Message status webhooks, Nov 20 2025; Gupshup, Events"
MESSAGES: Final = "Meta, Messages webhook reference, Oct 22 2025"
IDENTITY: Final = "Meta, Business-scoped user ids, Jun 29 2026"
ACCOUNT: Final = "Meta, account_update webhook reference, Dec 5 2025"
SETTINGS: Final = "Meta, Configure call settings, Jun 26 2026"
ENDPOINT: Final = "Meta, Create a webhook endpoint, Nov 7 2025"
OVERVIEW: Final = "Meta, Webhooks overview, Dec 2 2025"
THROUGHPUT: Final = "Meta, Throughput, Nov 21 2025; Gupshup, Webhook key points"
KEY_POINTS: Final = "Gupshup, Webhook key points"
SUBSCRIBE: Final = "Gupshup, Set subscription API v3"
SET_CALLBACK: Final = "Gupshup, Passthrough v3 incoming events"
PROVIDERS: Final = f"{ENDPOINT}; {KEY_POINTS}: whatever is not answered with 2xx is sent again"
