"""The application under test: started, told what to do, asked what it believes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from contract_tests.failure import ContractFailure
from contract_tests.numbers import Number, People, User
from contract_tests.patience import until
from contract_tests.repeating import exception_in
from contract_tests.target.actions import Actions, Done
from contract_tests.target.process import Application
from contract_tests.telling import shown
from contract_tests.wire import ACTION, Journal, Seen
from mock_server.clock import MachineTime, iso

_NOTHING_THERE: Final = (404, 405, 501)
_LAST_BREATH: Final = 0.1  # seconds: an exception may be printed, and a process end, behind the answer


class Integrator:
    """What the fixture `integrator` gives. An action that the target does not have raises NotCovered: a skip.

    Actions take a User, and are done with that user's business number. They raise ContractFailure where nothing
    answers, with what the application asked of the sandbox meanwhile, and CannotGoOn when it has ended. So they do
    where the URL of `call` or `request_permission` seems to be wrong: to do nothing there would prove nothing.
    """

    def __init__(
        self, application: Application, actions: Actions, journal: Journal, *, numbers: tuple[Number, Number]
    ) -> None:
        self.application = application
        self.journal = journal
        self._actions = actions
        self._first, self._second = numbers
        self._test_began = 0
        self._there: dict[str, bool] = {}
        self._known: set[str] = set()

    def has(self, key: str) -> bool:
        """Whether the target gives an action (`permission`), or part of one (`call.allowed`, `last_call.reason`)."""
        return self._actions.has(key)

    def request_permission(self, user: User) -> Done:
        """Have it ask this user for permission to call. Whether it did is seen on the wire."""
        return self._do_there("request_permission", user)

    def call(self, user: User) -> Done:
        """Have it try to call. Whether it did is what `wire.calls(user)` says, also with `[actions.call] allowed`."""
        done = self._do_there("call", user)
        if done.allowed:
            at = iso(MachineTime().now())
            who = user.wa_id if user.has_number else user.bsuid
            self.journal.say(Seen(user.number.id, who, ACTION, done.what, done.status, None, done.json, at))
        return done

    def end_call(self, user: User) -> Done:
        return self._do("end_call", user)

    def permission(self, user: User) -> str | None:
        """`no_permission`, `temporary` or `permanent`; None where it knows nothing of this user."""
        return self._look("permission", user)[0]

    def request_state(self, user: User) -> str | None:
        """`pending` or `closed`; None where it knows nothing of this user."""
        return self._look("request_state", user)[0]

    def last_call(self, user: User) -> tuple[str | None, Any]:
        """`connected`, `unanswered`, `failed` or None, and the reason it gives where the target has `reason`."""
        return self._look("last_call", user)

    def break_store(self) -> Done:
        """Make its permission store fail. Mend it again, whatever happens."""
        return self._do("break_store", None)

    def mend_store(self) -> Done:
        return self._do("mend_store", None)

    def doubt(self, name: str) -> str:
        """What to look at where it has never known anything of anybody, behind "your application"; else empty."""
        return "" if name in self._known else f"knows nothing of anybody: is actions.{name}.url right?"

    def explained(self, failure: ContractFailure) -> ContractFailure:
        """A failure with why the application crashed: it has ended, or the exception is in its output."""
        if not failure.crash:
            return failure
        found = until(lambda: self.application.ended or exception_in(self.output_of_test()), _LAST_BREATH)
        if ended := self.application.ended:
            return failure.but(crash="", instead=f"has ended, {ended}")
        return failure.but(thrown=found) if found else failure

    def begin_test(self) -> None:
        """What the application says from now on belongs to the next test."""
        self._test_began = self.application.output_lines

    def output_of_test(self) -> str:
        """What it said during the test, where the kit started it."""
        return self.application.output(self._test_began)

    def _values(self, number: Number) -> dict[str, str]:
        return values_of(number, self._second)

    def _do_there(self, name: str, user: User) -> Done:
        """Do it, and make sure that there is anything at its URL: one may say no to a user with a 404, not to all."""
        if self._there.get(name):
            return self._do(name, user)
        before = len(self.journal.read())
        done = self._do(name, user)
        if done.status not in _NOTHING_THERE or len(self.journal.read()) > before:
            self._there[name] = True
        elif not self._is_there(name):
            raise ContractFailure(
                sent=done.what,
                received=str(done),
                expected=f"that it does what actions.{name} says, or another answer where it does not want to",
                instead=f"answers actions.{name} with {done.status}: is actions.{name}.url right?",
            )
        return done

    def _is_there(self, name: str) -> bool:
        """Whether an action has come to anything in this run; if need be, with a user whom nothing is against."""
        if name not in self._there:
            somebody, before = People().new(self._first), len(self.journal.read())
            if name == "call":
                somebody.allow_always()
            status = self._do(name, somebody).status
            self._there[name] = status not in _NOTHING_THERE or len(self.journal.read()) > before
        return self._there[name]

    def _do(self, name: str, user: User | None) -> Done:
        number = user.number if user else self._first
        with self._watched():
            return self._actions.do(name, user.known if user else None, self._values(number))

    def _look(self, name: str, user: User) -> tuple[str | None, Any]:
        with self._watched():
            word, reason = self._actions.look(name, user.known, self._values(user.number))
        if word is not None:
            self._known.add(name)
        return word, reason

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """What fails is told with what the application asked of the sandbox meanwhile."""
        before = len(self.journal.read())
        try:
            yield
        except ContractFailure as failure:
            self.application.check(failure.sent)
            asked = shown(self.journal.read()[before:])
            received = f"{failure.received}\nmeanwhile, at the sandbox:\n{asked}"
            raise failure.but(received=received) from None
        except AssertionError:
            self.application.check()
            raise


def values_of(number: Number, second: Number) -> dict[str, str]:
    """What stands for `{braces}`: the run's values, with this number as the one to use."""
    row, other, url = number.settings, second.settings, number.connection.url
    names = ("app_secret", "verify_token", "phone_number_id", "waba_id", "meta_app_id", "business_number")
    return {name: str(row[name]) for name in names} | {
        "base_url": url,
        "graph_url": url,
        "app_id": row["id"],
        "app_token": row["token"],
        "second_app_id": other["id"],
        "second_app_token": other["token"],
        "second_phone_number_id": other["phone_number_id"],
        "partner_email": row["partner"]["email"],
        "partner_secret": row["partner"]["secret"],
        "python": sys.executable,
    }
