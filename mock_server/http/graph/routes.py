"""All operations of Meta's Graph surface, the busiest first: the router tries them in this order."""

from __future__ import annotations

from types import ModuleType

from mock_server.http.endpoint import Operation
from mock_server.http.graph import (
    call_permissions,
    calls,
    messages,
    oauth,
    overrides,
    settings,
    subscriptions,
    templates,
)


def operations() -> list[Operation]:
    modules: tuple[ModuleType, ...] = (
        messages,
        calls,
        call_permissions,
        settings,
        templates,
        oauth,
        subscriptions,
        overrides,
    )
    return [operation for module in modules for operation in module.OPERATIONS]
