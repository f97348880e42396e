"""Time that moves when the test says so."""

from __future__ import annotations

START = 1_767_168_000_000  # 2025-12-31T08:00:00Z, in milliseconds


class ManualMachine:
    """A `Machine`: stands until it is moved."""

    def __init__(self, now: int = START) -> None:
        self.at = now

    def now(self) -> int:
        return self.at

    def elapsed(self) -> float:
        return self.at / 1000

    def move(self, *, seconds: float) -> None:
        self.at += round(seconds * 1000)
