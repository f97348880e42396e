"""Faults of an app: what goes wrong on purpose (BEHAVIOUR section 9)."""

from __future__ import annotations

from typing import Any, Literal

from mock_server.client.connection import Connection, segment

Kind = Literal["status", "error", "delay", "close", "duplicate", "reorder", "batch", "drop", "break_signature", "stale"]


class FaultsClient:
    """Set, list and clear them."""

    def __init__(self, connection: Connection, app_path: str) -> None:
        self._connection = connection
        self._path = f"{app_path}/faults"

    def list(self) -> Any:
        """In the order in which they are asked, with how often each has fired; spent ones too."""
        return self._connection.ask("GET", self._path)["faults"]

    def add(
        self,
        fault: Kind,
        *,
        route: str | None = None,
        webhook: str | None = None,
        times: int | None = 1,
        **fields: Any,
    ) -> Any:
        """Have something go wrong from now on; the fault as it is listed.

        On requests whose "METHOD /path" contains `route`, or on webhooks of the kind `webhook`; "*" is all of them.
        It strikes `times` (None: until it is cleared), each time with `probability` from 0 to 1 (always) and a `seed`.
        Further fields by fault: `status`, `body`, `processed`; `code`; `seconds`; `when` ("before" or "middle").
        """
        wanted = {"fault": fault, "route": route, "webhook": webhook} | fields
        said = {name: value for name, value in wanted.items() if value is not None}
        return self._connection.ask("POST", self._path, body=said | {"times": times})

    def clear(self, fault_id: int | None = None) -> None:
        """Clear one, or all."""
        path = self._path if fault_id is None else f"{self._path}/{segment(str(fault_id))}"
        self._connection.ask("DELETE", path)
