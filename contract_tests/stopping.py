"""Whoever stops a run stops the application, too: pytest ends by SIGTERM as it does by Ctrl-C, and what it set up goes.

An application that the kit starts has a session of its own, which neither signal reaches.
"""

from __future__ import annotations

import signal
import threading
from typing import Any, Final

import pytest

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)
_BEFORE: Final = pytest.StashKey[dict[signal.Signals, Any]]()


def pytest_configure(config: pytest.Config) -> None:
    ours = threading.current_thread() is threading.main_thread() and not hasattr(config, "workerinput")
    config.stash[_BEFORE] = {number: signal.signal(number, _stop) for number in _SIGNALS} if ours else {}


def pytest_unconfigure(config: pytest.Config) -> None:
    for number, before in config.stash[_BEFORE].items():
        signal.signal(number, before)


def _stop(number: int, frame: object) -> None:
    """A terminal tells both `verify` and pytest, so that it comes twice: the second must not end the stopping."""
    for each in _SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    raise KeyboardInterrupt
