"""What every route works with, put together once in `app`."""

from __future__ import annotations

import asyncio

import msgspec

from mock_server.clock import Machine
from mock_server.delivery.courier import Courier
from mock_server.delivery.targets import Targets
from mock_server.delivery.timeline import Timeline
from mock_server.http.rates import Rates
from mock_server.settings import ServerSettings
from mock_server.store.protocol import Store


class Services(msgspec.Struct, frozen=True):
    """The rooms behind the routes."""

    settings: ServerSettings
    store: Store
    courier: Courier
    timeline: Timeline
    machine: Machine
    rates: Rates
    targets: Targets
    stopping: asyncio.Event  # set when the sandbox is about to stop
    routes: tuple[str, ...]  # "METHOD /path/{template}" of both providers' surfaces
