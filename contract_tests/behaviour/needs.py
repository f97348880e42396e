"""What some tests need beside an action: without it they are left out, and say what to add."""

from __future__ import annotations

from typing import Final

from contract_tests.failure import NotCovered
from contract_tests.target.braces import names_in
from contract_tests.target.model import Target

_OF_A_NUMBER: Final = frozenset({"app_id", "app_token", "phone_number_id", "business_number"})


def needs_number_in(target: Target, name: str) -> None:
    """Raise NotCovered where an action does not say which business number it is about."""
    action = target.actions.get(name)
    if action is None or not _OF_A_NUMBER & set(names_in(action.texts)):
        raise NotCovered(f"{{phone_number_id}} in [actions.{name}]")
