"""An application in another language: the receiver in Node that is among the examples, started by its target file."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import contract_tests.example
from tests.contract.frame.kit import a_port, verify

EXAMPLE = Path(contract_tests.example.__file__).parent
PORTS = {"gupshup": "9030", "meta": "9040"}

pytestmark = [
    pytest.mark.slow,  # each runs the kit in a process of its own
    pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed"),
]


def put(folder: Path, dialect: str) -> Path:
    """A copy of the receiver, with its target file on a port that is free."""
    shutil.copy(EXAMPLE / "receiver.mjs", folder)
    text = (EXAMPLE / f"target-node-{dialect}.toml").read_text()
    target = folder / "target.toml"
    target.write_text(text.replace(PORTS[dialect], str(a_port())))
    return target


@pytest.mark.parametrize("dialect", ["gupshup", "meta"])
def test_it_passes_what_can_be_asked_of_a_receiver(tmp_path: Path, dialect: str) -> None:
    """The whole kit: everything about receivers is checked; for behaviour the missing keys are named."""
    run = verify(put(tmp_path, dialect))
    assert run.code == 0, run.out
    assert int(run.suite["contract.receiver.checked"]) > 200, run.out
    assert {name: run.suite[f"contract.receiver.{name}"] for name in ("failed", "warned", "noted", "not_covered")} == {
        "failed": "0",
        "warned": "0",
        "noted": "0",
        "not_covered": "0",
    }
    missing = {said["not_covered"] for said in run.tests.values() if "not_covered" in said}
    assert missing == {"[actions.call]", "[actions.request_permission]"}


BROKEN = {
    "a signature over the JSON written anew": (
        "meta", "hmac(env.APP_SECRET, raw)", "hmac(env.APP_SECRET, again(raw))", "receiver.authenticity.bytes",
    ),
    "a header that may be missing": (
        "gupshup", '?? "", env.WEBHOOK_SECRET_VALUE', "?? env.WEBHOOK_SECRET_VALUE, env.WEBHOOK_SECRET_VALUE",
        "receiver.authenticity.missing",
    ),
    "a crash of the request": (
        "meta", 'return [400, ""];\n  }\n  if', 'return [500, ""];\n  }\n  if', "receiver.rubbish.not-json",
    ),
    "a crash of the process": ("gupshup", "list(entry?.changes)", "entry.changes", "receiver.rubbish.wrong-type"),
}  # fmt: skip


@pytest.mark.parametrize(("dialect", "right", "wrong", "claim"), BROKEN.values(), ids=BROKEN)
def test_what_is_wrong_with_it_is_found(tmp_path: Path, dialect: str, right: str, wrong: str, claim: str) -> None:
    """One thing broken in it is failed by the test that is about that."""
    target = put(tmp_path, dialect)
    program = tmp_path / "receiver.mjs"
    source = program.read_text()
    assert source.count(right) == 1
    program.write_text(f"const again = (raw) => JSON.stringify(JSON.parse(raw));\n{source.replace(right, wrong)}")
    run = verify(target, "-m", f"claim(id='{claim}')")
    assert run.code == 1, run.out
    assert {said["claim"] for said in run.tests.values() if said["outcome"] == "failed"} == {claim}, run.out
