"""Bodies that a generator makes from the webhook schemas: everything that may stand in a webhook, and what may not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest

from contract_tests.answer import Answer
from contract_tests.claims import claim
from contract_tests.numbers import Number
from contract_tests.receiver import sources
from contract_tests.receiver.direct import Direct, Sent
from contract_tests.receiver.events import StillRight
from contract_tests.receiver.generated import at_number, bodies
from contract_tests.target.model import Target

EXAMPLES: Final = 12
KINDS: Final = ("call_permission_reply", "message_status", "message", "call_connect", "call_status", "call_terminate")
SOURCE: Final = f"The webhook schemas, made from the providers' pages. {sources.PROVIDERS}"


@claim("receiver.generated.valid", level="must", rule="W4", source=SOURCE, mistakes=(20,))
@pytest.mark.parametrize("kind", KINDS)
def test_generated_webhooks_are_taken(direct: Direct, target: Target, number: Number, kind: str) -> None:
    """Whatever the schema of a webhook allows is answered with 2xx."""
    _taken(direct, number, f"webhook-{target.dialect}-{kind}")


@claim("receiver.generated.valid", level="must", rule="W4", source=SOURCE, mistakes=(20,), dialects=("gupshup",))
@pytest.mark.parametrize("kind", ["account_update", "billing", "set_callback"])
def test_generated_webhooks_of_gupshup_are_taken(direct: Direct, number: Number, kind: str) -> None:
    """Whatever the schema of another webhook of Gupshup's allows is answered with 2xx."""
    _taken(direct, number, f"webhook-gupshup-{kind}")


@claim("receiver.generated.valid", level="must", rule="W4", source=SOURCE, mistakes=(20,), dialects=("meta",))
@pytest.mark.parametrize("kind", ["account_update", "account_settings_update"])
def test_generated_webhooks_of_meta_are_taken(direct: Direct, number: Number, kind: str) -> None:
    """Whatever the schema of another webhook of Meta's allows is answered with 2xx."""
    _taken(direct, number, f"webhook-meta-{kind}")


@claim("receiver.generated.invalid", level="must", rule="W5", source=SOURCE)
@pytest.mark.parametrize("kind", ["call_permission_reply", "message_status", "call_terminate"])
def test_generated_rubbish_does_no_harm(
    *, direct: Direct, target: Target, number: Number, still_right: StillRight, kind: str
) -> None:
    """Whatever breaks the schema of a webhook is answered with 2xx or 4xx in time, and the application goes on."""
    made = bodies(f"webhook-{target.dialect}-{kind}", mode="invalid", examples=EXAMPLES)
    answers = direct.each(_both(made, number, "generated against the schema"))
    for answer in _shortest_first(answers):
        answer.must_not_crash()
    still_right()


def _taken(direct: Direct, number: Number, name: str) -> None:
    made = bodies(name, mode="valid", examples=EXAMPLES)
    answers = direct.each(_both(made, number, f"generated from the schema {name}"))
    for answer in _shortest_first(answers):
        answer.must_be_accepted()


def _both(made: list[bytes], number: Number, about: str) -> Iterator[Sent]:
    """Each as it was made, with ids of all kinds, and as one about a number that the application has."""
    for raw in made:
        yield Sent(raw, about)
        yield Sent(at_number(raw, number.settings), f"{about}, about the run's business number")


def _shortest_first(answers: list[Answer]) -> list[Answer]:
    """A short body shows best what is the matter."""
    return sorted(answers, key=lambda answer: len(answer.sent))
