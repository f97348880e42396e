"""The business: what an integrator's application does, as plain HTTP on Gupshup's partner path."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

import httpx

MODES = "MESSAGE,ENQUEUED,SENT,DELIVERED,READ,FAILED"


class Business:
    """An application with an app id and its token. Use as a context manager."""

    def __init__(self, base_url: str, *, app_id: str, token: str) -> None:
        self.path = f"/partner/app/{app_id}"
        self._http = httpx.Client(base_url=base_url, headers={"Authorization": token}, timeout=5, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def subscribe(self, url: str) -> httpx.Response:
        """Register a callback URL for messages and their statuses."""
        form = {"url": url, "modes": MODES, "tag": "demo", "version": "3"}
        return self._http.post(f"{self.path}/subscription", data=form)

    def ask_permission(self, wa_id: str) -> httpx.Response:
        """Send a call permission request."""
        request: dict[str, Any] = {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": wa_id,
            "type": "interactive",
            "interactive": {
                "type": "call_permission_request",
                "action": {"name": "call_permission_request"},
                "body": {"text": "May we call you about your order?"},
            },
        }
        return self._http.post(f"{self.path}/v3/message", json=request)
