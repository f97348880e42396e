"""One app: its settings, users, clock, calls, webhooks and journal."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any, Final, Literal

from mock_server.client.clock import ClockClient
from mock_server.client.connection import Connection, Refused, segment
from mock_server.client.deliveries import DeliveriesClient
from mock_server.client.faults import FaultsClient
from mock_server.client.stream import EventStream
from mock_server.client.user import UserClient

Signature = Literal["right", "wrong", "missing", "reserialised"]
FINDINGS: Final = frozenset({"violation", "advice"})
_CALL_ID: Final = "wacid."


class AppClient:
    """A handle on one app of a sandbox.

    Methods raise `Refused` and `Unreachable`; answers are the control API's JSON.
    """

    def __init__(self, connection: Connection, app_id: str) -> None:
        self.id = app_id
        self._connection = connection
        self._path = f"/_sandbox/apps/{segment(app_id)}"
        self.clock = ClockClient(connection, self._path)
        self.deliveries = DeliveriesClient(connection, self._path)
        self.faults = FaultsClient(connection, self._path)

    # The app

    def show(self) -> Any:
        """All settings, secrets included, with subscriptions, clock and the partner account."""
        return self._connection.ask("GET", self._path)

    def set(self, **settings: Any) -> Any:
        """Change settings; they hold for what happens from now on. Answers like `show`."""
        return self._connection.ask("PATCH", self._path, body=settings)

    def reset(self) -> Any:
        """Drop conversations, calls, deliveries, journal, faults; settings, subscriptions stay. Answers like `show`."""
        return self._connection.ask("POST", f"{self._path}/reset")

    def delete(self) -> None:
        self._connection.ask("DELETE", self._path)

    # Users and calls

    def user(self, wa_id: str) -> UserClient:
        """A handle on a user, by number or BSUID. Any number of 7 to 15 digits is one."""
        return UserClient(self._connection, self._path, wa_id)

    def users(self) -> Iterator[Any]:
        """Every user that the app has had anything to do with."""
        return self._connection.pages(f"{self._path}/users", "users")

    def place_call(self, to: str) -> Any:
        """The business calls a user: `call` and `user`. Raises Refused with WhatsApp's code (138006: no permission)."""
        return self._connection.ask("POST", f"{self._path}/calls", body={"to": to})

    def accept_call(self, call: str) -> Any:
        """The business takes a user's call. `call` is its id, or the user who calls; answers like `place_call`."""
        return self._connection.ask("POST", f"{self._call(call)}/accept")

    def reject_call(self, call: str) -> Any:
        """The business rejects a user's call. `call` is its id, or the user who calls; answers like `place_call`."""
        return self._connection.ask("POST", f"{self._call(call)}/reject")

    def hang_up(self, call: str, *, code: int | None = None) -> Any:
        """The business hangs up, or cancels while it rings; with a `code` (138019 to 138023) the call fails with it.

        `call` is its id, or the user with whom it is going on.
        """
        body = None if code is None else {"code": code}
        return self._connection.ask("POST", f"{self._call(call)}/hang-up", body=body)

    # Webhooks and the journal

    def send_webhook(
        self,
        *,
        event: dict[str, Any] | None = None,
        body: dict[str, Any] | None = None,
        raw: bytes | None = None,
        to: str | None = None,
        variants: dict[str, str] | None = None,
        signature: Signature | None = None,
        repeat: int | None = None,
    ) -> list[str]:
        """Send any webhook on purpose; the ids of its deliveries.

        Give one of `event` (a named one: `{"kind": "message", "wa_id": ..., "text": ...}`), `body` (any JSON object)
        and `raw` (any bytes). `to` is a URL or a subscription's id; without it, every subscription that wants such an
        event gets it.
        """
        given = {
            "event": event,
            "body": body,
            "raw_base64": None if raw is None else base64.b64encode(raw).decode(),
            "to": to,
            "variants": variants,
            "signature": signature,
            "repeat": repeat,
        }
        said = {name: value for name, value in given.items() if value is not None}
        ids: list[str] = self._connection.ask("POST", f"{self._path}/webhooks", body=said)["deliveries"]
        return ids

    def journal(
        self, *, kind: str | None = None, wa_id: str | None = None, after: int | None = None, follow: bool = False
    ) -> Iterator[Any]:
        """Requests, events, deliveries, findings and clock moves in order, behind an entry's id if one is given.

        `follow` goes on with what happens, without end.
        """
        if not follow:
            return self._connection.pages(f"{self._path}/journal", "entries", kind=kind, wa_id=wa_id, after=after)
        return self._followed(frozenset({kind}) if kind else None, wa_id, after)

    def violations(self, *, advices: bool = True, follow: bool = False) -> Iterator[Any]:
        """What a well-behaved integrator would not have done; with `advices` the smaller things too."""
        if not follow:
            shown = None if advices else "false"
            return self._connection.pages(f"{self._path}/violations", "entries", advices=shown)
        return self._followed(FINDINGS if advices else frozenset({"violation"}), None, None)

    def events(self, *, last_event_id: int | None = None) -> EventStream:
        """Everything that happens from now on in this app, or from behind the id of a journal entry."""
        return EventStream(self._connection, self.id, last_event_id)

    def _followed(self, kinds: frozenset[str] | None, wa_id: str | None, after: int | None) -> Iterator[Any]:
        # The ids of an app's stream are those of its journal: from 0 on, it begins with everything that is kept.
        for event in self.events(last_event_id=after or 0):
            entry = event.data
            wanted = (kinds is None or event.kind in kinds) and (wa_id is None or entry.get("wa_id") == wa_id)
            if event.id is not None and wanted:
                yield entry

    def _call(self, call: str) -> str:
        """The path of a call, named by its id or by the user."""
        call_id = call if call.startswith(_CALL_ID) else self._going_on(call)
        return f"{self._path}/calls/{segment(call_id)}"

    def _going_on(self, wa_id: str) -> str:
        calls = [call["id"] for call in self.user(wa_id).show()["calls"] if call["state"] != "ended"]
        if not calls:
            raise Refused(status=409, code="no_call", sentence=f"No call with {wa_id} is going on.")
        return str(calls[-1])
