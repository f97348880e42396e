"""One simulated WhatsApp user, and what the script has that user do (P2)."""

from __future__ import annotations

from typing import Any

from mock_server.client.connection import Connection, segment


class UserClient:
    """A handle on a user of an app.

    What the user does answers `user` (the new state), `events` and `deliveries`, after the first attempt of each
    webhook that it caused, at most 10 s later; with `wait=False` at once. Raises Refused for what cannot be, as
    revoking without permission.
    """

    def __init__(self, connection: Connection, app_path: str, wa_id: str) -> None:
        self.wa_id = wa_id
        self._connection = connection
        self._path = f"{app_path}/users/{segment(wa_id)}"

    def show(self) -> Any:
        """The user and the conversation: permission, requests, limits, calls, service window."""
        return self._connection.ask("GET", self._path)

    def set(self, **changes: Any) -> Any:
        """Change `reachability`, `name` or `username` (None: a user with a number again). Answers like `show`."""
        return self._connection.ask("PATCH", self._path, body=changes)

    # Permission. They answer the newest request that can be answered, or the one of `request_id`; without one, or
    # `from_profile`, it is the business profile where the user says so.

    def allow_always(self, *, request_id: str | None = None, from_profile: bool = False, wait: bool = True) -> Any:
        return self._act("allow_always", request_id=request_id, from_profile=from_profile, wait=wait)

    def allow_temporarily(
        self,
        for_seconds: float | None = None,
        *,
        request_id: str | None = None,
        from_profile: bool = False,
        wait: bool = True,
    ) -> Any:
        """For seven days, or for as many seconds as are given."""
        return self._act(
            "allow_temporarily", for_seconds=for_seconds, request_id=request_id, from_profile=from_profile, wait=wait
        )

    def decline(self, *, request_id: str | None = None, from_profile: bool = False, wait: bool = True) -> Any:
        return self._act("decline", request_id=request_id, from_profile=from_profile, wait=wait)

    def revoke(self, *, wait: bool = True) -> Any:
        """Take the permission back in the business profile."""
        return self._act("revoke", wait=wait)

    # Messages

    def read(self, *, wait: bool = True) -> Any:
        """Look at what came, without an answer."""
        return self._act("read", wait=wait)

    def text(self, text: str = "Hello", *, wait: bool = True) -> Any:
        """Write to the business: opens the customer service window."""
        return self._act("text", text=text, wait=wait)

    # Calls

    def call(self, *, wait: bool = True) -> Any:
        """Call the business."""
        return self._act("call", wait=wait)

    def pick_up(self, *, wait: bool = True) -> Any:
        return self._act("pick_up", wait=wait)

    def reject_call(self, *, wait: bool = True) -> Any:
        return self._act("reject_call", wait=wait)

    def hang_up(self, *, wait: bool = True) -> Any:
        return self._act("hang_up", wait=wait)

    def _act(self, action: str, *, from_profile: bool = False, wait: bool, **given: Any) -> Any:
        body = {"action": action} | {name: value for name, value in given.items() if value is not None}
        if from_profile:
            body["from_profile"] = True
        if not wait:
            body["wait"] = False
        return self._connection.ask("POST", f"{self._path}/actions", body=body)
