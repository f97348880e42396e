"""An app's clock (T1-T3)."""

from __future__ import annotations

from typing import Any

from mock_server.client.connection import Connection


class ClockClient:
    """Answers are the clock as it stands then: `now` (ISO 8601), `unix` (whole seconds), `frozen`, `offset_seconds`."""

    def __init__(self, connection: Connection, app_path: str) -> None:
        self._connection = connection
        self._path = f"{app_path}/clock"

    def show(self) -> Any:
        return self._connection.ask("GET", self._path)

    def now(self) -> float:
        """Unix time in the app, for an application whose own clock can be injected."""
        return float(self.show()["unix"])

    def advance(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> Any:
        """Move the clock forward; returns when all that fell due on the way has happened (T2).

        The answer also has the numbers `fired` (timers), `attempted` and `failed` (webhooks).
        """
        by = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
        return self._change({"advance_seconds": by})

    def freeze(self, *, at: str | None = None) -> Any:
        """Let it stand, now or at a later instant (ISO 8601)."""
        return self._change({"freeze": True} | ({"at": at} if at else {}))

    def resume(self) -> Any:
        """Let it run again from where it stands."""
        return self._change({"resume": True})

    def _change(self, body: dict[str, Any]) -> Any:
        return self._connection.ask("POST", self._path, body=body)
