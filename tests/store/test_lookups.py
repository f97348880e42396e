"""Finding apps by Graph's ids."""

from __future__ import annotations

import msgspec
import pytest

from mock_server.store.protocol import Store
from mock_server.store.rows import App
from tests.stage.conversation import an_app
from tests.store.conftest import NewStore

pytestmark = pytest.mark.anyio


def another(name: str, number: str, **settings: str) -> App:
    """An app of the same business and Meta app, unless told otherwise."""
    own = {"id": name, "token": f"sk_{name}_token", "phone_number_id": number, "business_number": number} | settings
    return App(msgspec.structs.replace(an_app(), **own))


async def found(store: Store, **wanted: str) -> list[str]:
    return [app.id for app in await store.apps_of(**wanted)]


async def test_a_phone_number_id_is_one_apps(store: Store) -> None:
    """A phone-number-id names one app, and as it is now (A1)."""
    await store.add_app(another("second", "100000000000002"))
    first = an_app().phone_number_id
    assert await found(store, phone_number_id=first) == ["app"]
    assert await found(store, phone_number_id="100000000000002") == ["second"]
    assert await found(store, phone_number_id="1") == []


async def test_the_business_and_the_meta_app_may_be_shared(store: Store) -> None:
    """Several numbers of one business have its WABA id and its Meta app id together (A1)."""
    await store.add_app(another("second", "100000000000002"))
    await store.add_app(another("third", "100000000000003", waba_id="299999999999999"))
    settings = an_app()
    assert await found(store, waba_id=settings.waba_id) == ["app", "second"]
    assert await found(store, waba_id="299999999999999") == ["third"]
    assert await found(store, meta_app_id=settings.meta_app_id) == ["app", "second", "third"]
    assert await found(store, meta_app_id="1") == []


async def test_a_removed_app_is_found_no_more(store: Store) -> None:
    """After an app is deleted its phone-number-id is nobody's, and free for another (A1)."""
    number = an_app().phone_number_id
    await store.remove_app("app")
    assert await found(store, phone_number_id=number) == []
    await store.add_app(another("heir", number))
    assert await found(store, phone_number_id=number) == ["heir"]


async def test_apps_of_a_snapshot_are_found(store: Store, new_store: NewStore) -> None:
    """A loaded store finds the apps of the snapshot and none of those before it (S2)."""
    saved = await store.save()
    fresh = await new_store()
    await fresh.add_app(another("before", "100000000000002"))
    await fresh.load(saved)
    assert await found(fresh, phone_number_id=an_app().phone_number_id) == ["app"]
    assert await found(fresh, phone_number_id="100000000000002") == []
