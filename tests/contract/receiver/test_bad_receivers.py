"""Receivers with flaws: each is found by the claims that are about it, and by no other.

Those that would hide others need a run each: `pytest -n 2 -m whole_kit tests/contract/receiver`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from tests.contract.receiver.judged import bad_target, judge

slow = pytest.mark.slow  # each runs the kit in a process of its own

# Three hundred at once are not taken within 3 s where a machine has much else to do.
FAST: Final = ("--gupshup-patience", "3", "-k", "receiver and not generated and not wrong_types and not three_hundred")
# The claims that find it, without `receiver.`.
GUPSHUP: Final[dict[str, set[str]]] = {
    "anybody": {"authenticity.wrong", "authenticity.missing", "authenticity.garbage"},
    "no-proof-needed": {"authenticity.missing"},
    "proof-of-ascii": {"authenticity.garbage"},
    "needs-an-expiry": {
        "reply.permanent", "reply.profile-permanent", "reply.declined", "reply.revoked-automatically", "reply.revoked",
    },
    "needs-a-number": {"reply.without-number", "message.without-number"},
    "needs-contacts": {
        "call.connect", "call.connect-by-user", "call.terminate", "call.unanswered", "call.failed",
        "call.terminate-by-user", "call.without-number",
    },
    "status-must-be-text": {
        "call.terminate", "call.unanswered", "call.failed", "call.terminate-by-user",
    },
    "statuses-need-an-id": {"setup.set-callback"},
    "enqueued-is-unknown": {"status.enqueued"},
    "response-must-be-known": {"unknown.response"},
    "keys-must-be-known": {"unknown.key"},
    "call-events-must-be-known": {"unknown.call"},
    "one-message-only": {"batch.items", "batch.all-kinds"},
    "one-entry-only": {"batch.entries"},
    "same-bytes-refused": {"again.same-delivery", "setup.set-callback"},  # which always has the same
    "few-at-once": {"load.many-at-once"},
    "deep-crashes": {"rubbish.deep"},
    "not-json-crashes": {
        "rubbish.not-json", "rubbish.other-json", "rubbish.truncated", "rubbish.broken-text",
    },
}  # fmt: skip
META: Final[dict[str, set[str]]] = {
    "anybody": {
        "authenticity.wrong", "authenticity.missing", "authenticity.garbage", "authenticity.reserialised",
    },
    "signature-over-json-anew": {"authenticity.bytes"},
    "any-verify-token": {"setup.handshake-refused"},
    "challenge-in-quotes": {"setup.handshake"},
}  # fmt: skip
ONLY_ADVICE: Final = {
    "late-for-ringing": ("gupshup", "warned", {"answer.soon"}),
    "thanks": ("gupshup", "warned", {"answer.empty"}),
    "small-bodies-only": ("meta", "warned", {"load.large-accepted"}),
    "created": ("meta", "noted", {"answer.exactly-200"}),
}
# Flaws that have nothing to do with each other, found in one run.
TOGETHER: Final = {
    "gupshup": (
        "no-proof-needed", "statuses-need-an-id", "enqueued-is-unknown", "response-must-be-known", "keys-must-be-known",
        "call-events-must-be-known", "one-message-only", "one-entry-only", "same-bytes-refused", "deep-crashes",
    ),
    "meta": tuple(META)[1:],
}  # fmt: skip
FEW: Final = "few-at-once"  # FAST leaves out what finds it
FLAWS: Final = {"gupshup": GUPSHUP, "meta": META}
# And those that would hide others, each in a run of its own.
ALONE: Final = [
    (dialect, name) for dialect, rows in FLAWS.items() for name in rows if name not in (*TOGETHER[dialect], FEW)
]


@slow
@pytest.mark.parametrize("dialect", TOGETHER)
def test_flaws_are_found_by_the_claims_about_them(tmp_path: Path, dialect: str) -> None:
    """A receiver with several flaws is failed by the claims about them, and by no other."""
    names = TOGETHER[dialect]
    judged = judge(bad_target(tmp_path, dialect, *names), *FAST)
    assert judged.code == 1
    assert judged.failed == set().union(*(_claims(FLAWS[dialect][name]) for name in names)), judged.out


@pytest.mark.whole_kit
@pytest.mark.parametrize(("dialect", "name"), ALONE)
def test_a_flaw_is_found_by_the_claims_about_it(tmp_path: Path, dialect: str, name: str) -> None:
    """A receiver with one flaw is failed by the claims about it, and by no other."""
    judged = judge(bad_target(tmp_path, dialect, name), *FAST)
    assert (judged.code, judged.failed) == (1, _claims(FLAWS[dialect][name])), judged.out
    assert (judged.warned, judged.noted) == (set(), set())


@slow
def test_one_that_takes_few_at_once_is_found(tmp_path: Path) -> None:
    """Connections that are refused while others are answered are a failure of the claim about many at once."""
    judged = judge(bad_target(tmp_path, "gupshup", FEW), "-k", "receiver and three_hundred")
    assert (judged.code, judged.failed) == (1, _claims(GUPSHUP[FEW])), judged.out


@slow
@pytest.mark.parametrize("name", ONLY_ADVICE)
def test_what_is_only_advice_does_not_fail_the_run(tmp_path: Path, name: str) -> None:
    """A receiver that is slow, talkative, takes small bodies only or answers 201 is told so, and passes."""
    dialect, outcome, claims = ONLY_ADVICE[name]
    judged = judge(bad_target(tmp_path, dialect, name), "-k", "receiver and (setup or megabytes)")
    assert (judged.code, judged.failed) == (0, set()), judged.out
    assert {"warned": judged.warned, "noted": judged.noted}[outcome] == _claims(claims)


@slow
def test_a_worker_that_dies_behind_the_webhook_is_found(tmp_path: Path) -> None:
    """Where the target says what the application believes, a right answer is not enough after something hostile."""
    look = '[actions.permission]\nmethod = "GET"\nurl = "{url}/permissions/{{wa_id}}"\nstate = "$.state"\n'
    states = 'states = {{ no_permission = ["none"], temporary = ["temporary"] }}'
    target = bad_target(tmp_path, "gupshup", "not-json-breaks-the-worker", more=look + states)
    judged = judge(target, "-k", "test_what_is_not_json and text")
    assert judged.failed == {"receiver.rubbish.not-json"}
    assert "and its permission is not temporary" in judged.out
    assert "came back   200 in" in judged.out


@slow
def test_one_that_crashes_on_anything_unusual_is_found_by_generated_bodies(tmp_path: Path) -> None:
    """Generated bodies find what no example has: a schema's extremes, and what breaks it."""
    judged = judge(bad_target(tmp_path, "gupshup", "ids-are-digits"), "-k", "generated and account_update")
    assert judged.failed == {"receiver.generated.valid"}, judged.out
    assert "generated from the schema webhook-gupshup-account_update" in judged.out


@slow
def test_without_schemathesis_generated_bodies_are_left_out(tmp_path: Path) -> None:
    """Without schemathesis the generated tests are skipped, with the words that install it; the others go on."""
    absent = "raise ModuleNotFoundError(\"No module named 'schemathesis'\", name='schemathesis')"
    (tmp_path / "schemathesis.py").write_text(absent)
    target = bad_target(tmp_path, "meta")
    judged = judge(target, "-k", "generated or set_callback or handshake", python_path=str(tmp_path))
    assert judged.code == 0, judged.out
    assert "schemathesis is not installed: pip install 'gupshup-mock[contract]'" in judged.out
    assert judged.tests > 11


def _claims(names: set[str]) -> set[str]:
    return {f"receiver.{name}" for name in names}
