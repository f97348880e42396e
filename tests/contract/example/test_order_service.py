"""The naive order service among the examples: it has the mistakes that it says it has."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import contract_tests.example
from tests.contract.frame.kit import ALONE, a_port, verify

EXAMPLE = Path(contract_tests.example.__file__).parent
CLAIMS = (
    "receiver.reply.permanent", "receiver.reply.without-number", "receiver.setup.sandbox-start",
    "receiver.authenticity.missing", "behaviour.permission.expired", "behaviour.batch.messages",
    "behaviour.call.digits",
)  # fmt: skip


def test_the_kit_names_exactly_its_mistakes(tmp_path: Path) -> None:
    """Exit code 1, and the mistakes of its docstring (CONTRACT, Known mistakes)."""
    shutil.copy(EXAMPLE / "order_service.py", tmp_path)
    target = tmp_path / "target.toml"
    target.write_text((EXAMPLE / "target-order-service.toml").read_text().replace("9050", str(a_port())))
    run = verify(target, "-m", " or ".join(f"claim(id='{claim}')" for claim in CLAIMS), variables=ALONE)
    assert run.code == 1, run.out
    named = {int(found) for found in re.findall(r"looks like mistake (\d+) \(", run.out)}
    (docstring,) = re.findall(
        r"has mistakes (.+?) of \.\./RULES\.md", (EXAMPLE / "order_service.py").read_text(), re.DOTALL
    )
    assert named == {int(found) for found in re.findall(r"\b(\d+)\s\(", docstring)}, run.out
    assert named == {1, 6, 8, 9, 10, 20}
    # No call comes, since the grant is lost: that says nothing about how it writes numbers.
    assert run.tests["test_a_call_is_addressed_in_digits"]["failure"].count("could not be checked") == 1
    crashed = "your application closed the connection without an answer (KeyError: 'expiration_timestamp')"
    assert f"{crashed}. Fix this first; begin with test_a_permanent_grant_is_taken\n" in run.out
