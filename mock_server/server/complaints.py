"""What a server's log says of refused requests: the first at once, then how many there were, once a minute."""

from __future__ import annotations

import logging
from asyncio import AbstractEventLoop
from typing import Final

from mock_server.server.refusals import RefusedError

QUIET_SECONDS: Final = 60.0

_log = logging.getLogger("uvicorn.error")


class Complaints:
    """Those about one server's clients. Whoever can connect makes as many as he likes; the log stays readable."""

    def __init__(self, quiet_seconds: float = QUIET_SECONDS) -> None:
        self._quiet_seconds = quiet_seconds
        self._quiet = False
        self._untold = 0
        self._last: RefusedError | None = None

    def tell(self, refused: RefusedError, loop: AbstractEventLoop) -> None:
        """Say it, or count it."""
        if self._quiet:
            self._untold, self._last = self._untold + 1, refused
            return
        _log.warning("Refused with %d: %s", refused.status, refused.sentence)
        self._be_quiet(loop)

    def _be_quiet(self, loop: AbstractEventLoop) -> None:
        self._quiet = True
        loop.call_later(self._quiet_seconds, self._sum_up, loop)

    def _sum_up(self, loop: AbstractEventLoop) -> None:
        self._quiet = False
        if self._last is not None:
            _log.warning(
                "Refused %d more in the last %g s; the last with %d: %s",
                self._untold,
                self._quiet_seconds,
                self._last.status,
                self._last.sentence,
            )
            self._untold, self._last = 0, None
            self._be_quiet(loop)
