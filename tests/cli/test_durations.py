"""Lengths of time on the command line."""

from __future__ import annotations

import click
import pytest

from mock_server import schemas
from mock_server.cli.durations import duration
from mock_server.errors import SchemaError


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("500ms", 0.5), ("90s", 90.0), ("1.5s", 1.5), ("5m", 300.0), ("24h", 86_400.0), ("7d", 604_800.0), ("0s", 0.0)],
)
def test_a_length_of_time_is_a_number_of_seconds(text: str, seconds: float) -> None:
    """Durations are written 90s, 5m, 24h, 7d (INTERFACE), and satisfy the schema `duration`."""
    schemas.validate("duration", text)
    assert duration(text) == seconds


@pytest.mark.parametrize("text", ["", "7", "d", "-1s", "1 s", "1w", "1s2", "1e3s", "٣s", "1234567890s"])
def test_anything_else_is_none(text: str) -> None:
    """What is not a number and a unit is refused, by the schema `duration` as well."""
    with pytest.raises(SchemaError):
        schemas.validate("duration", text)
    with pytest.raises(click.BadParameter, match="is no length of time; write it like 90s, 5m, 24h or 7d"):
        duration(text)
