"""Lengths of time as one types them: `500ms`, `90s`, `5m`, `24h`, `7d`."""

from __future__ import annotations

import re
from typing import Final

import click

_FORM: Final = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,6})?)(ms|s|m|h|d)")
_SECONDS: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}


def duration(text: str) -> float:
    """Seconds. The type of every click parameter that is a length of time; raises BadParameter."""
    found = _FORM.fullmatch(text)
    if found is None:
        raise click.BadParameter(f"{text!r} is no length of time; write it like 90s, 5m, 24h or 7d.")
    number, unit = found.groups()
    return float(number) * _SECONDS[unit]
