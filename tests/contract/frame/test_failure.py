"""What a failure says."""

from __future__ import annotations

import pytest

from contract_tests.answer import Answer
from contract_tests.claims import Claim
from contract_tests.failure import ContractFailure, preparing
from contract_tests.variants import said, variants_of

CLAIM = Claim("receiver.a.claim", "must", "P4", "a page", mistakes=(1,))


def test_rubbish_is_shown_so_that_a_log_stays_text() -> None:
    """What was sent is shown whatever it holds; characters that cannot be read are named, lines stay lines."""
    failure = ContractFailure(sent="POST\n\x00\x1b[31m", received="500", expected="4xx")
    assert failure.told(None).splitlines() == [
        "  sent        POST",
        "              \\x00\\x1b[31m",
        "  came back   500",
        "  expected    4xx",
    ]


@pytest.mark.parametrize(("status", "proof", "asked"), [(401, "app_secret", True), (403, "", False), (422, "x", False)])
def test_a_right_proof_that_is_refused_is_no_known_mistake(status: int, proof: str, *, asked: bool) -> None:
    """401 and 403 to a webhook that is proved as the target file says ask about that, whatever the test is about."""
    answer = Answer(sent="", outcome="answered", status=status, seconds=0, patience=10, proof=proof)
    with pytest.raises(ContractFailure) as failed:
        answer.must_be_accepted()
    sentence = "refuses what is proved as the target file says: does app_secret match?"
    assert (f"  look first  your application {sentence}" in failed.value.told(CLAIM)) is asked
    assert failed.value.known_of(CLAIM) == (() if asked else (1,))


def test_a_step_before_the_test_is_not_the_test() -> None:
    """What fails there leaves the claim unchecked, and looks like none of its mistakes."""
    with pytest.raises(ContractFailure) as failed, preparing():
        raise ContractFailure(sent="a call", received="nothing; at all", expected="a call")
    assert failed.value.told(CLAIM).startswith("It could not be checked, because a step before it failed:\n  sent ")
    assert failed.value.known_of(CLAIM) == ()
    assert failed.value.otherwise == 'fails otherwise, with "nothing"'


def test_an_exception_is_mended_first_whatever_else_it_looks_like() -> None:
    """Where the exception is known, the mistakes that the claim names are a guess."""
    failure = ContractFailure(sent="", received="500", expected="2xx", crash="answered 500", thrown="KeyError: 'to'")
    told = failure.told(CLAIM)
    assert "\n  thrown      KeyError: 'to': mend this first\n" in told
    assert "\n  may be      mistake 1: it needs an expiration_timestamp" in told
    assert "looks like" not in told


@pytest.mark.parametrize(
    ("dialect", "count", "first"),
    [
        ("gupshup", 13, "expiration=string: expiration_timestamp is a string of digits"),
        ("meta", 8, "expiration=int: expiration_timestamp is a number"),
    ],
)
def test_a_failure_says_what_is_unusual_about_a_shape(dialect: str, count: int, first: str) -> None:
    """Every shape but the default has words for it, and they stand below what was sent (W4)."""
    default, *others = [said(variant) for variant in variants_of(dialect)]
    assert (default, others[0], len(set(others))) == ("", first, count)
    told = ContractFailure(sent="a reply", received="500", expected="2xx").told(None, shape=others[0])
    assert told.splitlines()[1] == f"  shape       {first}"
