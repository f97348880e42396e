"""The application's startup and shutdown, in place of uvicorn's.

uvicorn's prints a traceback and exits the process when the application cannot start, and waits for ever when it cannot
stop. Here what the application raised reaches the caller, and stopping has a deadline.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from uvicorn import Config

# An application that says "failed" ends at once; this is for one that does not.
_LAST_WORDS_SECONDS = 1.0


class Lifespan:
    """One run of an application's lifespan. uvicorn reads `state` and `should_exit`."""

    should_exit = False

    def __init__(self, config: Config) -> None:
        self.state: dict[str, Any] = {}
        self.deadline: float | None = None
        """Until when, on the event loop's clock, the shutdown may take. None: as long as it likes."""
        self._app = config.loaded_app
        self._to_app: asyncio.Queue[dict[str, str]] = asyncio.Queue()
        self._from_app: asyncio.Queue[dict[str, str]] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    async def startup(self) -> None:
        """Raise whatever the application raised instead of starting."""
        scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": self.state}
        self._task = asyncio.create_task(self._app(scope, self._to_app.get, self._from_app.put))
        await self._exchange(self._task, "lifespan.startup")

    async def shutdown(self) -> None:
        """Log, and go on, when the application fails to shut down or takes too long."""
        if self._task is None or self._task.done():
            return
        try:
            async with asyncio.timeout_at(self.deadline):
                await self._exchange(self._task, "lifespan.shutdown")
        except Exception:
            logging.getLogger("uvicorn.error").exception("The application did not shut down properly.")

    async def _exchange(self, task: asyncio.Task[None], question: str) -> None:
        await self._to_app.put({"type": question})
        answer = asyncio.ensure_future(self._from_app.get())
        await asyncio.wait({answer, task}, return_when=asyncio.FIRST_COMPLETED)
        if answer.done() and answer.result()["type"] == f"{question}.complete":
            return
        message = answer.result().get("message", "") if answer.done() else ""
        answer.cancel()
        await asyncio.wait({task}, timeout=_LAST_WORDS_SECONDS)
        if task.done():
            task.result()
        raise RuntimeError(f"The application did not complete {question}. {message}")
