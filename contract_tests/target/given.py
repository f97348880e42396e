"""A target that is a Python object, for applications in Python: what the fixture `gupshup_target` gives.

Its attributes are `webhook_url` and, as one likes, the other names of `[integrator]` (`dialect`, `settle`, ...). Its
methods are the actions, called with a user's `wa_id`, or the BSUID of a user without a number: `call(user)` answers
True or False where calls do not go through the sandbox, whether it called, else anything; `permission(user)`,
`request_state(user)` and `last_call(user)` answer one of the words of the target file, or None, and
`last_call_reason(user)` the code with which the last call failed. `start(values)` and `stop()`, where they are there,
frame the run; `values` are what a target file has in braces.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from contract_tests.failure import NotCovered
from contract_tests.patience import Stopwatch
from contract_tests.target.actions import Done, Person
from contract_tests.target.model import Target
from contract_tests.target.reading import target_of

_KEYS: Final = ("webhook_url", "name", "ready_url", "dialect", "webhook_secret_header", "app_secret", "verify_token")


def target_from(given: Any) -> Target:
    """The target that an object describes. Raises SchemaError, whose path is the attribute."""
    integrator = {key: getattr(given, key) for key in _KEYS if getattr(given, key, None)}
    integrator |= {"settle": f"{given.settle:g}s"} if hasattr(given, "settle") else {}
    sandbox = getattr(given, "sandbox", {})
    return target_of({"integrator": integrator} | ({"sandbox": sandbox} if sandbox else {}))


class GivenActions:
    """Actions as methods of an object."""

    def __init__(self, given: Any) -> None:
        self._given = given

    def has(self, key: str) -> bool:
        """`last_call.reason` is the method `last_call_reason`; of `call.allowed` only what `call` answers tells."""
        return callable(getattr(self._given, key.replace(".", "_"), None))

    def do(self, name: str, person: Person | None, values: Mapping[str, str]) -> Done:
        said, seconds = self._said(name, person)
        allowed = said if isinstance(said, bool) else None
        return Done(f"{name}()", 500 if said is False else 200, repr(said), seconds, allowed)

    def look(self, name: str, person: Person, values: Mapping[str, str]) -> tuple[str | None, Any]:
        said, _ = self._said(name, person)
        reason = f"{name}_reason"
        return said, self._said(reason, person)[0] if self.has(reason) else None

    def _said(self, name: str, person: Person | None) -> tuple[Any, float]:
        if not self.has(name):
            raise NotCovered(f"gupshup_target.{name}()")
        watch = Stopwatch()
        said = getattr(self._given, name)(*([person.wa_id or person.bsuid] if person else []))
        return said, watch.seconds
