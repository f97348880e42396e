"""The Python client of the control API, synchronous: for scripts, the command line, scenarios and the pytest fixtures.

`SandboxClient("http://127.0.0.1:8400").app(APP_ID).user("919812345678").allow_always()`
"""

from mock_server.client.app import AppClient
from mock_server.client.connection import Refused, Unreachable
from mock_server.client.sandbox import DEFAULT_URL, READY_MADE_APP, SandboxClient
from mock_server.client.stream import Event, EventStream
from mock_server.client.user import UserClient

__all__ = [
    "DEFAULT_URL",
    "READY_MADE_APP",
    "AppClient",
    "Event",
    "EventStream",
    "Refused",
    "SandboxClient",
    "Unreachable",
    "UserClient",
]
