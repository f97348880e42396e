"""All operations of the control API."""

from __future__ import annotations

from mock_server.http.control import apps, calls, clock, deliveries, faults, journal, users, webhooks, whole
from mock_server.http.endpoint import Operation


def operations() -> list[Operation]:
    modules = (whole, users, calls, clock, webhooks, deliveries, faults, journal, apps)
    return [operation for module in modules for operation in module.OPERATIONS]
