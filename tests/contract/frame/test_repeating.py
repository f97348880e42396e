"""What an application says again and again."""

from __future__ import annotations

import pytest

from contract_tests.repeating import Repeating, exception_in

TRACEBACK = """Traceback (most recent call last):
  File "shop.py", line 7, in take
    until = reply["expiration_timestamp"]
KeyError: 'expiration_timestamp'"""


def test_what_is_new_is_shown_and_the_rest_is_named() -> None:
    """Lines that differ in times, ports and ids are the same; a few known ones are quicker to read than to look up."""
    repeating = Repeating()
    first = f"took wamid.AAA1 at 10:00:01\n{TRACEBACK}"
    assert repeating.shown(first, "test_a") == first
    assert repeating.shown(f"took wamid.BBB2 at 10:00:02\n{TRACEBACK}", "test_b") == "the same output as in test_a"
    assert repeating.shown(f"{TRACEBACK}\nno memory", "test_c") == "[4 lines as in test_a]\nno memory"
    assert repeating.shown("no memory", "test_d") == "no memory"
    assert repeating.shown("", "test_e") == ""


def test_what_is_repeated_within_a_test_is_shown_once() -> None:
    """Twenty webhooks, twenty tracebacks: one is read."""
    assert Repeating().shown("\n".join([TRACEBACK] * 20), "test_a") == f"{TRACEBACK}\n[76 lines as above]"


@pytest.mark.parametrize(
    ("output", "told"),
    [
        (
            "took /\n  File x\nKeyError: 'a'\nINFO: KeyError: no\n  json.JSONDecodeError: b\nthen",
            "json.JSONDecodeError: b",
        ),
        ("Uncaught TypeError: Cannot read properties\n    at x.mjs:3", "TypeError: Cannot read properties"),
        ("RuntimeError", "RuntimeError"),
        ("INFO: an Error: of ours\nErrors: 3", ""),
        (f"ValueError: {'x' * 200}", f"ValueError: {'x' * 88}"),
    ],
)
def test_the_last_exception_is_found(output: str, told: str) -> None:
    """In Python and in JavaScript, on a line of its own, cut short."""
    assert exception_in(output) == told
