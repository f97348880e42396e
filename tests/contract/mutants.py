"""The example with one mistake each, at least one for each of the 26 known ones: what the kit is tested with."""

from __future__ import annotations

from typing import Final

from tests.contract import (
    mutants_of_calls,
    mutants_of_delivery,
    mutants_of_replies,
    mutants_of_requests,
    mutants_of_types,
)
from tests.contract.mutants_making import Mutant, put_target

__all__ = ["MUTANTS", "Mutant", "put_target"]

MUTANTS: Final[tuple[Mutant, ...]] = (
    *mutants_of_replies.MUTANTS,
    *mutants_of_delivery.MUTANTS,
    *mutants_of_calls.MUTANTS,
    *mutants_of_requests.MUTANTS,
    *mutants_of_types.MUTANTS,
)
