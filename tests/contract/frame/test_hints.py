"""What a failure advises to look at."""

from __future__ import annotations

import pytest

from contract_tests.answer import Answer
from contract_tests.receiver.test_batches import hint_at


@pytest.mark.parametrize(
    ("outcome", "status", "hinted"),
    [("refused", None, True), ("closed", None, True), ("answered", 503, False), ("timed_out", None, False)],
)
def test_refused_and_reset_connections_hint_at_the_backlog(outcome: str, status: int | None, *, hinted: bool) -> None:
    """Of 300 at once: whoever answers 503, or late, has accepted the connection."""
    answer = Answer(sent="", outcome=outcome, status=status, seconds=1, patience=10)
    assert ("the listen backlog (Python's http.server has 5)" in hint_at([answer])) is hinted
    assert hint_at([]) == ""
