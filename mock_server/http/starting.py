"""The start on a store that may have been there before: what is kept goes on, what is missing is made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from mock_server.clock import parse_iso
from mock_server.errors import Conflict
from mock_server.http import new_app
from mock_server.http.services import Services
from mock_server.store.rows import App, Remark
from mock_server.store.work import Kept
from mock_server.subscriptions import Subscription

PAGE: Final = 100
PRINTED: Final = ("token", "app_secret", "verify_token")  # of the ready-made app: what a store may know otherwise


async def start_apps(given: Sequence[dict[str, Any]], services: Services) -> dict[str, Any]:
    """Make the apps that are not there yet; the others go on as they are kept. The first is the ready-made one.

    Answers what is another value there than was given for it. Raises Conflict for two that share what they may not.
    """
    freeze_at = parse_iso(services.settings.freeze_at) if services.settings.freeze_at else None
    begun, went_on = list[str](), False
    for number, values in enumerate(given):
        app = new_app.new_app(
            values, seed=services.store.seed, machine=services.machine, freeze_at=freeze_at, number=-number
        )
        went_on |= await _add_or_go_on(app, begun, services, webhook="webhook_url" in values)
        begun.append(app.id)
    if went_on:
        await _wake_all(services)
    settings = (await services.store.app(begun[0])).settings
    return {name: getattr(settings, name) for name in PRINTED if given[0].get(name) != getattr(settings, name)}


async def _add_or_go_on(app: App, begun: Sequence[str], services: Services, *, webhook: bool) -> bool:
    """Whether it was there."""
    store = services.store
    try:
        await store.add_app(app)
    except Conflict:
        kept = await store.apps_of(phone_number_id=app.settings.phone_number_id)
        if app.id in begun or [row.id for row in kept] != [app.id]:
            raise
        wanted = app.subscriptions[0] if webhook else None
        await store.change_app(app.id, lambda row, _: _going_on(row, wanted))
        return True
    return False


def _going_on(app: App, wanted: Subscription | None) -> Kept:
    """A kept app at a start. A webhook URL that is given takes the place of the one that was configured before."""
    said = "The sandbox was started on what was kept: this app goes on."
    if wanted is None or any(row.url == wanted.url for row in app.subscriptions):
        return Kept(records=(Remark(said),))
    others = tuple(row for row in app.subscriptions if row.id != wanted.id)
    said += f" Its webhooks go to {wanted.url} now."
    return Kept(app=msgspec.structs.replace(app, subscriptions=(wanted, *others)), records=(Remark(said),))


async def _wake_all(services: Services) -> None:
    """Whatever was due, or will be, has somebody who waits for it."""
    after = ""
    while page := await services.store.apps(after=after, limit=PAGE):
        for app in page:
            services.courier.wake(app.id)
        after = page[-1].id
