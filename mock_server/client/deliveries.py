"""Deliveries of an app's webhooks (W5)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from mock_server.client.connection import Connection, segment


class DeliveriesClient:
    """What was sent, is waiting, or died; sending again; waiting for the rest."""

    def __init__(self, connection: Connection, app_path: str) -> None:
        self._connection = connection
        self._path = f"{app_path}/deliveries"

    def list(
        self,
        *,
        state: Literal["waiting", "delivered", "dead"] | None = None,
        kind: str | None = None,
        wa_id: str | None = None,
    ) -> Iterator[Any]:
        """Oldest first, without bodies and headers."""
        return self._connection.pages(self._path, "deliveries", state=state, kind=kind, wa_id=wa_id)

    def show(self, delivery_id: str) -> Any:
        """One with body, headers and every attempt."""
        return self._connection.ask("GET", f"{self._path}/{segment(delivery_id)}")

    def redeliver(self, delivery_id: str) -> Any:
        """Send the same bytes again, now. Answers like `show`."""
        return self._connection.ask("POST", f"{self._path}/{segment(delivery_id)}/redeliver")

    def redeliver_all(self, which: Literal["failed", "all"] = "failed") -> Any:
        """Send again what failed, or everything that is kept, at most 1000; the ids."""
        return self._connection.ask("POST", f"{self._path}/redeliver", body={"which": which})["deliveries"]

    def flush(self, *, timeout_seconds: float = 10) -> Any:
        """Wait until nothing is due: `idle`, and how many are `waiting` for a later moment. Sends nothing early."""
        return self._connection.ask("POST", f"{self._path}/flush", body={"timeout_seconds": timeout_seconds})
