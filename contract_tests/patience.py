"""Waiting for something to come true: the only place of the kit where time passes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final, TypeVar

from mock_server.clock import MachineTime

_T = TypeVar("_T")
_PAUSES: Final = (0.002, 0.005, 0.01, 0.02)  # seconds; the last one again and again
_MACHINE: Final = MachineTime()


def until(look: Callable[[], _T], seconds: float) -> _T:
    """What `look` says as soon as that is true, or at the latest what it says after so many seconds."""
    end, place = _MACHINE.elapsed() + seconds, 0
    while not (found := look()) and (left := end - _MACHINE.elapsed()) > 0:
        wait(min(_PAUSES[min(place, len(_PAUSES) - 1)], left))
        place += 1
    return found


def wait(seconds: float) -> None:
    """Let real time pass."""
    threading.Event().wait(seconds)


class Stopwatch:
    """Seconds since it was made."""

    def __init__(self) -> None:
        self._began = _MACHINE.elapsed()

    @property
    def seconds(self) -> float:
        return _MACHINE.elapsed() - self._began
