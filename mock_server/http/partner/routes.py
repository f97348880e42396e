"""All operations of Gupshup's partner surface, the busiest first: the router tries them in this order."""

from __future__ import annotations

from mock_server.http.endpoint import Operation
from mock_server.http.partner import app_config, app_tokens, login, message, subscriptions, universal_tokens


def operations() -> list[Operation]:
    modules = (message, subscriptions, login, app_tokens, universal_tokens, app_config)
    return [operation for module in modules for operation in module.OPERATIONS]
