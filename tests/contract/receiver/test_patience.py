"""A receiver that hangs or dies in the middle costs a failure, not the evening."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contract.receiver.judged import bad_target, judge

pytestmark = pytest.mark.slow  # each runs the kit in a process of its own

PATIENCE = ("--gupshup-patience", "3")


def test_one_that_hangs_on_rubbish_is_waited_for_twice(tmp_path: Path) -> None:
    """Two bodies without an answer are waited for as the provider would, further ones two seconds (CONTRACT)."""
    target = bad_target(tmp_path, "gupshup", "not-json-hangs")
    judged = judge(target, *PATIENCE, "-k", "test_what_is_not_json and (html or form or two)")
    assert (judged.code, judged.failed) == (1, {"receiver.rubbish.not-json"})
    assert "3 failed" in judged.out
    assert judged.out.count("came back   no answer: no answer within 3 s") == 2
    assert judged.out.count("came back   no answer: no answer within 2 s") == 1
    assert "Traceback" not in judged.out


def test_one_that_dies_in_the_middle_ends_the_run(tmp_path: Path) -> None:
    """An application that ends is one failure, with how it ended, whatever tests there would still be."""
    target = bad_target(tmp_path, "gupshup", "not-json-kills")
    judged = judge(target, *PATIENCE, "-k", "rubbish")
    assert (judged.code, judged.failed) == (1, {"receiver.rubbish.not-json"})
    assert "The application has ended, with exit code 3." in judged.out
    assert "1 failed" in judged.out
    assert "Traceback" not in judged.out


def test_300_at_once_are_waited_for_once(tmp_path: Path) -> None:
    """300 webhooks without an answer take as long as one."""
    target = bad_target(tmp_path, "gupshup", "many-hang")
    judged = judge(target, *PATIENCE, "-k", "three_hundred")
    assert (judged.code, judged.failed) == (1, {"receiver.load.many-at-once"})
    assert "no answer: no answer within 3 s" in judged.out
    assert "2xx for " in judged.out
