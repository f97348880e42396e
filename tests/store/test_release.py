"""Freeing what a reset leaves behind."""

from __future__ import annotations

from collections import deque

import pytest

from mock_server.store.release import Releaser

pytestmark = pytest.mark.anyio


async def test_old_rows_are_freed_in_slices() -> None:
    """Rows of an old generation are freed in slices of 200, and all of them in the end (S1)."""
    rows = {number: str(number) for number in range(5_000)}
    entries = deque(range(3))
    releaser = Releaser()
    releaser.release([rows, entries])
    assert len(rows) == 5_000
    await releaser.done()
    assert (len(rows), len(entries)) == (0, 0)
