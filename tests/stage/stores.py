"""Where the sandboxes of this test run keep things: `pytest --store memory|sqlite|postgresql`.

Every sandbox and every store of the stage gets a place of its own, with nothing in it, and gives it back when it is
closed. A test that is about one kind of store says so in its settings, or is marked `memory_only`.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any, Final, cast

import msgspec

from mock_server.clock import Machine
from mock_server.http.app import opened_store
from mock_server.settings import ServerSettings
from mock_server.store.protocol import Store
from mock_server.store.rows import Partner
from tests.stage import postgresql

KINDS: Final = ("memory", "sqlite", "postgresql")
PARTNER: Final = Partner(id="1", email="partner@example.com", secret="s3")


class Places:
    """Empty places of one kind."""

    def __init__(self) -> None:
        self.kind = "memory"
        self._folder: Path | None = None
        self._made = 0

    def take(self) -> str:
        """What `--store` would be given."""
        if self.kind == "postgresql":
            return postgresql.databases().take()
        if self.kind == "sqlite":
            self._made += 1
            return f"sqlite:///{self._files() / f'{self._made}.db'}"
        return "memory"

    def give_back(self, place: str) -> None:
        """The store at this place is closed for good."""
        if place.startswith("postgresql:"):
            postgresql.databases().give_back(place)
        elif place.startswith("sqlite:"):
            for file in self._files().glob(Path(place).name + "*"):
                file.unlink()

    def forget(self) -> None:
        """The test run is over."""
        if self._folder is not None:
            shutil.rmtree(self._folder)
            self._folder = None

    def _files(self) -> Path:
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="gupshup-mock-stores-"))
        return self._folder


PLACES: Final = Places()


def examples(count: int) -> int:
    """How many of a property's examples this run has time for: on a database every step is many round trips."""
    return max(2, count // {"memory": 1, "sqlite": 4, "postgresql": 20}[PLACES.kind])


class _Borrowed:
    """A store that gives its place back when it is closed."""

    def __init__(self, store: Store, place: str) -> None:
        self._store = store
        self._place = place

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def close(self) -> None:
        await self._store.close()
        place, self._place = self._place, "memory"  # a sandbox closes its store twice: when it stops, and at the end
        PLACES.give_back(place)


def store_in_its_place(settings: ServerSettings, **given: Any) -> Store:
    """What these settings ask for; where they ask for memory, a store of the kind that this run is about. Not opened.

    Raises LookupError where that kind is not installed.
    """
    if settings.store != "memory" or PLACES.kind == "memory":
        return opened_store(settings, **given)
    place = PLACES.take()
    return cast(Store, _Borrowed(opened_store(msgspec.structs.replace(settings, store=place), **given), place))


def a_store(machine: Machine, *, seed: str = "seed") -> Store:
    """A store with nothing in it, not yet opened."""
    return store_in_its_place(ServerSettings(), seed=seed, machine=machine, partner=PARTNER)
