"""A right application passes every test of the receiver, in both dialects and every shape."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contract.receiver.judged import bad_target, example_target, judge

RECEIVER = ("-k", "receiver")
NOT_GENERATED = ("-k", "receiver and not generated")


@pytest.mark.slow
@pytest.mark.parametrize("dialect", ["gupshup", "meta"])
def test_the_example_passes_everything(tmp_path: Path, dialect: str) -> None:
    """The example passes every claim about receivers, and leaves none uncovered (CONTRACT, the kit is tested)."""
    judged = judge(example_target(tmp_path, dialect), *RECEIVER, generator=True)
    assert judged.code == 0, judged.out
    assert judged.tests > 200
    assert (judged.failed, judged.warned, judged.noted, judged.not_covered) == (set(), set(), set(), set())


@pytest.mark.whole_kit
@pytest.mark.parametrize("dialect", ["gupshup", "meta"])
def test_another_right_receiver_passes_everything(tmp_path: Path, dialect: str) -> None:
    """A receiver of the standard library that does nothing wrong passes: only what it believes cannot be covered."""
    judged = judge(bad_target(tmp_path, dialect), *NOT_GENERATED)
    assert judged.code == 0, judged.out
    assert (judged.failed, judged.warned, judged.noted) == (set(), set(), set())
    assert judged.not_covered == {"receiver.authenticity.not-applied"}
