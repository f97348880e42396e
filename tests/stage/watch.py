"""Every webhook that a sandbox says in any test is held against its schema, in one place.

Tests make their sandboxes with `a_sandbox` (a test of its own sees to that) and their stores with `watched`. What is
wrong goes into the ledger, which a fixture of every test reads. Bodies that are sent on purpose have no event behind
them and may be what they like.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

import httpx

from mock_server import schemas
from mock_server.errors import SchemaError
from mock_server.http.app import Sandbox
from mock_server.settings import ServerSettings
from mock_server.store.protocol import Claim, Route, Store, Stride
from mock_server.store.rows import Delivery
from tests.stage.stores import store_in_its_place

S = TypeVar("S", bound=Store)


class Ledger:
    """What was said wrongly, and how much was looked at."""

    def __init__(self) -> None:
        self.wrong: list[str] = []
        self.looked_at = 0

    def read(self) -> list[str]:
        """What was wrong since it was last read."""
        found, self.wrong = self.wrong, []
        return found

    def look_at(self, delivery: Delivery) -> None:
        if delivery.event is None or delivery.body is None:
            return
        kinds = [event.kind for event in (delivery.event, *delivery.batched)]
        self.look_at_body(json.loads(delivery.body), dialect=delivery.dialect.value, kinds=kinds)

    def look_at_body(self, body: Any, *, dialect: str, kinds: Sequence[str]) -> None:
        """A body that says events of these kinds, one a change."""
        self.looked_at += 1
        try:
            for kind, alone in zip(kinds, _changes(body), strict=True):
                schemas.validate(f"webhook-{dialect}-{kind}", alone)
        except (SchemaError, ValueError) as error:
            self.wrong.append(f"{dialect} {', '.join(kinds)}: {error}: {json.dumps(body)[:2000]}")


LEDGER = Ledger()


class _Watched:
    """A store that shows every webhook to the ledger when its bytes were made."""

    def __init__(self, store: Store, ledger: Ledger) -> None:
        self._store = store
        self._ledger = ledger

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def claim(self, app_id: str, **how: Any) -> list[Claim]:
        claims = await self._store.claim(app_id, **how)
        self._look_at_new(claims)
        return claims

    async def stride(self, app_id: str, route: Route, **how: Any) -> Stride:
        stride = await self._store.stride(app_id, route, **how)
        self._look_at_new(stride.claims)
        return stride

    async def add_deliveries(self, app_id: str, deliveries: Sequence[Delivery]) -> None:
        """Those that were tried before they were kept (set-callback) are rendered already."""
        for delivery in deliveries:
            self._ledger.look_at(delivery)
        await self._store.add_deliveries(app_id, deliveries)

    def _look_at_new(self, claims: Sequence[Claim]) -> None:
        for claim in claims:
            if claim.delivery.attempted == 0:
                self._ledger.look_at(claim.delivery)


def watched(store: S, ledger: Ledger = LEDGER) -> S:
    """The same store; its webhooks are looked at."""
    return cast(S, _Watched(store, ledger))


def a_sandbox(
    settings: ServerSettings,
    *,
    ledger: Ledger = LEDGER,
    open_store: Callable[..., Store] = store_in_its_place,
    **rooms: Any,
) -> Sandbox:
    """A `Sandbox` for a test; `rooms` as it takes them."""

    def opened(settings: ServerSettings, **given: Any) -> Store:
        return watched(open_store(settings, **given), ledger)

    return Sandbox(settings, open_store=opened, **rooms)


def look_at_served(url: str, control_token: str | None = None, ledger: Ledger = LEDGER) -> None:
    """The webhooks of a sandbox in a process of its own, as far as its control API still shows them."""
    headers = {"Authorization": f"Bearer {control_token}"} if control_token else {}
    with httpx.Client(base_url=f"{url}/_sandbox", headers=headers, trust_env=False) as http:
        for app in http.get("/apps?limit=1000").raise_for_status().json()["apps"]:
            dialects = {row["id"]: row["dialect"] for row in app["subscriptions"]}
            rows = http.get(f"/apps/{app['id']}/deliveries?limit=1000").raise_for_status().json()["deliveries"]
            for row in rows:
                if row["subscription_id"] in dialects and row["attempts"]:  # else it was sent on purpose, or not yet
                    body = http.get(f"/apps/{app['id']}/deliveries/{row['id']}").raise_for_status().json()["body"]
                    ledger.look_at_body(
                        body, dialect=dialects[row["subscription_id"]], kinds=[row["kind"].partition(":")[0]]
                    )


def _changes(body: Any) -> list[Any]:
    """Each change in a body of its own, as it would be were it not batched."""
    entry = body["entry"][0]
    return [body | {"entry": [entry | {"changes": [change]}]} for change in entry["changes"]]
