"""Generated bodies are about the business number of the run."""

from __future__ import annotations

from typing import Final

import pytest

from contract_tests.receiver.generated import at_number

OURS: Final = {"id": "app-1", "waba_id": "200000000000001", "phone_number_id": "100000000000001"}


def test_a_generated_body_is_about_the_number_of_the_run() -> None:
    """Whoever passes over what is about other numbers still reads what was generated (CONTRACT, What is checked)."""
    made = b'{"gs_app_id":"x","entry":[{"id":"7","changes":[{"value":{"metadata":{"phone_number_id":"3","a":1}}}]}]}'
    assert at_number(made, OURS) == (
        b'{"gs_app_id":"app-1","entry":[{"id":"200000000000001",'
        b'"changes":[{"value":{"metadata":{"phone_number_id":"100000000000001","a":1}}}]}]}'
    )


@pytest.mark.parametrize(
    "made",
    [
        b"\x00",
        b"[1]",
        b'{"entry":null}',
        b'{"entry":[null,{"id":1,"changes":[null,{"value":[]},{"value":{"metadata":null}}]}]}',
        b'{"entry":[{"changes":{"value":1}}],"gs_app_id":null}',
    ],
)
def test_what_is_broken_stays_as_it_was_made(made: bytes) -> None:
    """An id that is missing or no string, and whatever is not of the shape of a webhook, is not mended (CONTRACT)."""
    assert at_number(made, OURS) == made
