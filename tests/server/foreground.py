"""A program that serves the tiny application in the foreground, for the tests that send it signals.

Usage: foreground.py [--stuck]. Prints `ready HOST PORT`, and at its end what happened to the application.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from mock_server.server import run
from tests.server.tiny_app import TinyApp


class Stuck(TinyApp):
    """An application that blocks the event loop for ever."""

    async def echo(self, scope: Any, receive: Any, send: Any) -> None:
        threading.Event().wait()


def say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def main() -> None:
    app = Stuck() if "--stuck" in sys.argv else TinyApp()
    run(app, host="127.0.0.1", port=0, on_ready=lambda host, port: say("ready", host, port), on_stop=app.on_stop)
    say(*app.said)


if __name__ == "__main__":
    main()
