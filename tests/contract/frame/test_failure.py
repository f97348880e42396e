"""What a failure says."""

from __future__ import annotations

from contract_tests.failure import ContractFailure


def test_rubbish_is_shown_so_that_a_log_stays_text() -> None:
    """What was sent is shown whatever it holds; characters that cannot be read are named, lines stay lines."""
    failure = ContractFailure(sent="POST\n\x00\x1b[31m", received="500", expected="4xx")
    assert failure.told(None).splitlines() == [
        "  sent        POST",
        "              \\x00\\x1b[31m",
        "  came back   500",
        "  expected    4xx",
    ]
