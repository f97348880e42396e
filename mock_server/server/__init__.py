"""The HTTP server: uvicorn, bounded, in the foreground or in a thread. Knows nothing of the application it serves."""

from mock_server.server.background import RunningServer
from mock_server.server.foreground import run
from mock_server.server.limits import Limits
from mock_server.server.protocol import CLOSE
from mock_server.server.sockets import CannotListen, PortInUse, url_of

__all__ = ["CLOSE", "CannotListen", "Limits", "PortInUse", "RunningServer", "run", "url_of"]
