"""All operations of Gupshup's partner surface, the busiest first: the router tries them in this order."""

from __future__ import annotations

from mock_server.http.endpoint import Operation
from mock_server.http.partner import app_config, message, subscriptions, tokens


def operations() -> list[Operation]:
    return [*message.OPERATIONS, *subscriptions.OPERATIONS, *tokens.OPERATIONS, *app_config.OPERATIONS]
