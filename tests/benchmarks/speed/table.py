"""The table: a line for each figure as soon as it is there."""

from __future__ import annotations

import statistics
from collections.abc import Sequence


def head() -> None:
    print("| what | figure | target |\n|---|---|---|", flush=True)


def say(what: str, figure: str, target: str = "") -> None:
    print(f"| {what} | {figure} | {target} |", flush=True)


def spread(figures: Sequence[float], form: str) -> str:
    """The median, the least and the most."""
    middle, least, most = statistics.median(figures), min(figures), max(figures)
    return f"{middle:{form}} ({least:{form}} to {most:{form}})"
