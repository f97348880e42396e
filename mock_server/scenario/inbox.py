"""What a number's receiver got, in the journal's order, and what of it no step has matched yet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from mock_server.client import AppClient, Refused
from mock_server.scenario import judging
from mock_server.scenario.describing import webhook as describe_webhook
from mock_server.scenario.steps import Json
from mock_server.scenario.webhooks import Webhook, brief, webhooks_in

FLUSH_SECONDS: Final = 10.0
_NO_EVENT: Final = frozenset({"handshake", "set_callback"})  # tried outside every lane: no delivery is kept of them
_NOT_FOUND: Final = 404


class Inbox:
    """The webhooks of one app. `unmatched` is what it had when it was last looked at."""

    def __init__(self, app: AppClient) -> None:
        self.unmatched: list[Webhook] = []
        self._app = app
        self._seen: int | None = None

    def look(self) -> None:
        """Wait until nothing is due, then take in what was sent since the last time."""
        self._app.deliveries.flush(timeout_seconds=FLUSH_SECONDS)
        for entry in self._app.journal(after=self._seen):
            self._seen = entry["id"]
            if entry["kind"] == "delivery" and entry["what"] not in _NO_EVENT:
                self.unmatched += self._in(entry)

    def take(self, expected: Sequence[Json]) -> list[str]:
        """Match the first webhooks that are these, in this order; else say why there are none such, and match none."""
        taken: list[int] = []
        for wanted in expected:
            behind = taken[-1] + 1 if taken else 0
            places = range(behind, len(self.unmatched))
            place = next((n for n in places if not judging.differences(wanted, self.unmatched[n])), None)
            if place is None:
                missing = [f"missing: {describe_webhook(wanted)}"] if len(expected) > 1 else []
                return [*missing, *self._not_come(wanted, behind)]
            taken.append(place)
        self.unmatched = [webhook for place, webhook in enumerate(self.unmatched) if place not in taken]
        return []

    def _not_come(self, wanted: Json, behind: int) -> list[str]:
        early = [webhook for webhook in self.unmatched[:behind] if not judging.differences(wanted, webhook)]
        if early:
            return [f"it came too early: {brief(early[0])}, before what stands before it here"]
        return judging.not_come(wanted, self.unmatched[behind:])

    def _in(self, entry: Any) -> list[Webhook]:
        attempt = entry["attempt"]
        try:
            body = self._app.deliveries.show(entry["delivery_id"])["body"]
        except Refused as refused:
            if refused.status == _NOT_FOUND:
                return []
            raise
        answered = attempt["outcome"] == "answered"
        return webhooks_in(body, at=attempt["at"], answered=answered, outcome=attempt["sentence"])
