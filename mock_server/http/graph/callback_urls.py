"""The callback URLs that an app has through Graph, one a level: accepted after a handshake, kept, dropped (W2)."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from mock_server.delivery.targets import check_url
from mock_server.errors import Malformed, Refusal, SchemaError
from mock_server.http.endpoint import Call
from mock_server.settings import Dialect
from mock_server.store.rows import App, DeliveryState
from mock_server.store.work import Kept, Now
from mock_server.subscriptions import Level, Subscription


async def shake_hands(call: Call, app: App, url: str, verify_token: str, *, parameter: str) -> None:
    """Ask the URL for the challenge, each time it or its token is set (facts/meta 8).

    Raises Refusal 2200 where it does not come back, SchemaError naming the parameter for what is no URL.
    """
    try:
        check_url(url)
    except Malformed as wrong:
        raise SchemaError(schema="subscription-meta", path=parameter, sentence=wrong.sentence) from None
    at = app.clock.now(call.services.machine.now())
    tried = await call.services.courier.shake_hands(app, url, verify_token=verify_token, at=at)
    call.noted.append(tried)
    if tried.state is not DeliveryState.DELIVERED:
        raise Refusal(2200, f"{parameter}: {tried.attempt.sentence}.")


async def keep(call: Call, apps: Iterable[App], level: Level, url: str, *, fields: tuple[str, ...] = ()) -> None:
    """Each app has this URL on this level from now on, in place of the one before."""

    def work(app: App, now: Now) -> Kept:
        old = at_level(app, level)
        row = Subscription(
            id=f"graph-{level}",
            url=url,
            modes=(),
            tag=f"graph-{level}",
            dialect=Dialect.META,
            fields=fields,
            level=level,
            created_at=old.created_at if old else now.app,
            modified_at=now.app,
        )
        return Kept(app=msgspec.structs.replace(app, subscriptions=(*_others(app, level), row)))

    for app in apps:
        await call.services.store.change_app(app.id, work)


async def drop(call: Call, apps: Iterable[App], level: Level) -> None:
    """No app of these has a URL on this level any more."""

    def work(app: App, now: Now) -> Kept:
        return Kept(app=msgspec.structs.replace(app, subscriptions=_others(app, level)))

    for app in apps:
        await call.services.store.change_app(app.id, work)


def at_level(app: App, level: Level) -> Subscription | None:
    """What the app has on this level."""
    return next((row for row in app.subscriptions if row.level is level), None)


def _others(app: App, level: Level) -> tuple[Subscription, ...]:
    return tuple(row for row in app.subscriptions if row.level is not level)
