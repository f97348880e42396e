"""`gupshup-mock serve` with a lease that nobody has to wait 45 s for."""

from __future__ import annotations

import argparse
from typing import Any

from mock_server.http.app import Sandbox
from mock_server.server import run
from mock_server.settings import ServerSettings
from mock_server.store.protocol import Store
from mock_server.store.sql.opening import sql_store


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--store", required=True)
    parser.add_argument("--lease", type=float, required=True)
    parser.add_argument("--webhook")
    given = parser.parse_args()

    def open_store(settings: ServerSettings, **rooms: Any) -> Store:
        return sql_store(settings.store, lease=round(given.lease * 1000), **rooms)

    settings = ServerSettings(port=given.port, store=given.store, webhook=given.webhook, log="quiet")
    sandbox: Any = Sandbox(settings, open_store=open_store)  # uvicorn's types for an application are not Starlette's
    run(sandbox, host=settings.host, port=settings.port, on_stop=sandbox.stop)


if __name__ == "__main__":
    main()
