"""What most tests of this part do: have the application ask or call, and say it well when it does otherwise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from contract_tests.failure import ContractFailure, NotCovered, preparing
from contract_tests.integrator import Integrator
from contract_tests.numbers import Number, User
from contract_tests.patience import until, wait
from contract_tests.target.actions import Done
from contract_tests.target.model import Target
from contract_tests.telling import shown, story, stumbled
from contract_tests.wire import CALL_SECONDS, Seen, Wire
from mock_server.clock import SECOND, MachineTime

# The route of permission requests on both surfaces, as a fault names it.
MESSAGES: Final = "/message"
_CALLS_HERE: Final = "calls through the sandbox, so [actions.call] without allowed"


class Scene:
    """The application among users. `after` says in words what the user or the test did before.

    `believing` is what it should then say of the user's permission, where the target has a way to ask. What is seen on
    the wire is judged first.
    """

    def __init__(self, integrator: Integrator, wire: Wire, number: Number, target: Target) -> None:
        self.integrator = integrator
        self.wire = wire
        self.number = number
        self._target = target
        self._settle = target.settle

    # What the application is made to do

    def ask(self, user: User) -> Seen:
        """Have it ask this user before something else happens; its request, which the provider accepted."""
        with preparing():
            return self.must_ask(user)

    def must_ask(self, user: User) -> Seen:
        """The same where it is what the test is about."""
        self.wire.begin()
        done = self.integrator.request_permission(user)
        accepted = self.wire.wait_for(
            lambda seen: seen.is_permission_request and seen.status == 200, user, seconds=self._soon(done)
        )
        if accepted:
            return accepted[0]
        raise ContractFailure(
            sent=str(done),
            received=shown(self.wire.requests()),
            expected="one permission request to this user, of type call_permission_request, which the provider accepts",
            crash=done.crash,
        )

    def ask_if_possible(self, user: User) -> None:
        """Have it ask, where the target says how: else the user allows calls from the business profile."""
        if self.integrator.has("request_permission"):
            self.ask(user)

    def call(self, user: User) -> tuple[Done, Seen | None]:
        """Have it call; what it said, and its try, if there is one."""
        self.wire.begin()
        done = self.integrator.call(user)
        return done, self.wire.wait_for_call(user, seconds=self._soon(done))

    def ring(self, user: User) -> str:
        """Have it call; the call's id. Where its calls go past the sandbox, the call is there all the same (C1)."""
        try:
            return self.ring_here(user)
        except NotCovered:
            return str(user.number.app.place_call(user.wa_id)["call"]["id"])

    def ring_here(self, user: User) -> str:
        """Have it call through the sandbox; the call's id. Raises NotCovered where its calls do not go there."""
        _, seen = self.must_call_here(user, after="the user allowed calls")
        calls = seen.answer.get("calls") if isinstance(seen.answer, dict) else None
        if not calls:
            sent, expected = story(user), "a call that is accepted"
            raise ContractFailure(sent=sent, received=shown([seen]), expected=expected, prepares=True)
        return str(calls[0]["id"])

    def settle(self) -> None:
        """Give it time to handle what it was told, in case it does so behind its answer."""
        wait(self._settle)

    # What must come of it then

    def must_call(self, user: User, *, after: str, believing: str | None = None) -> tuple[Done, Seen]:
        """Have it call, which it must try. One that handles webhooks behind its answer gets a second chance."""
        believed = self._believed_soon(user, believing)
        done, seen = self.call(user)
        if seen is None:
            self.settle()
            done, seen = self.call(user)
        if seen is None:
            received, expected = f"no call was tried; {done}", "a call: the user allows it"
            sent = _sent(after, done, user)
            crash = done.crash or stumbled(user)
            raise ContractFailure(sent=sent, received=received, expected=expected, crash=crash)
        self._judge(believed, believing, _sent(after, done, user))
        return done, seen

    def must_call_here(self, user: User, *, after: str) -> tuple[Done, Seen]:
        """The same through the sandbox, where the call can be looked at; NotCovered where its calls do not go there.

        Such a test is about how a call is made: where there is none, it could not be checked.
        """
        if self.integrator.has("call.allowed"):
            raise NotCovered(_CALLS_HERE)
        with preparing():
            done, seen = self.must_call(user, after=after)
        if seen.is_action:
            raise NotCovered(_CALLS_HERE)
        return done, seen

    def must_not_call(self, user: User, *, after: str, believing: str | None = "no_permission") -> None:
        """Have it call, which it must not try."""
        (failure,) = self.called_among([user], after=after, believing=believing)
        if failure is not None:
            raise failure

    def called_among(
        self, users: Sequence[User], *, after: str, believing: str | None = "no_permission"
    ) -> list[ContractFailure | None]:
        """Have it call several users who do not allow it, with one wait for all; for each what was wrong, or None."""
        believed = [self._believed_soon(user, believing) for user in users]
        if None in believed:
            self.settle()
        self.wire.begin()
        done = [self.integrator.call(user) for user in users]
        wait(self._settle)
        return [self._wrong(*row, after=after) for row in zip(users, believed, done, strict=True)]

    def must_say(self, look: Callable[[], Any], wanted: Any, *, after: str, user: User) -> None:
        """What it says of a request or a call, soon if not at once."""
        until(lambda: _said(look) == wanted, max(1.0, self._settle))
        said = look()
        if said != wanted:
            sent, received = f"{after}\n{story(user)}", f"it says {said}"
            raise ContractFailure(sent=sent, received=received, expected=str(wanted), crash=stumbled(user))

    def _wrong(self, user: User, believed: str | None, done: Done, *, after: str) -> ContractFailure | None:
        sent = _sent(after, done, user)
        if calls := self.wire.calls(user):
            expected = "no call: the user does not allow it"
            return ContractFailure(sent=sent, received=shown(calls), expected=expected, crash=stumbled(user))
        try:
            self._judge(believed, "no_permission", sent)
        except ContractFailure as failure:
            return failure
        return None

    def _judge(self, believed: str | None, wanted: str | None, sent: str) -> None:
        if wanted and believed not in {None, wanted}:
            outlives = (2, 8) if (believed, wanted) == ("permanent", "temporary") else None
            received = f"it believes that the permission is {believed}"
            doubt = self.integrator.doubt("permission")
            raise ContractFailure(sent=sent, received=received, expected=wanted, mistakes=outlives, instead=doubt)

    def _believed_soon(self, user: User, wanted: str | None) -> str | None:
        """What it says of the user's permission, when it says so or after `settle`; None where nobody can ask."""
        if wanted is None or not self.integrator.has("permission"):
            return None
        try:
            until(lambda: self._believed(user) == wanted, self._settle)
            return self._believed(user)
        except NotCovered:  # of this user nobody can ask
            return None

    def _believed(self, user: User) -> str:
        """To know nothing of somebody is to have no permission."""
        return self.integrator.permission(user) or "no_permission"

    def _soon(self, done: Done) -> float:
        """How long to wait for what an action should bring about: it may go on behind its answer."""
        return CALL_SECONDS if done.ok else self._settle


def a_second_later() -> None:
    """Wait until the `timestamp` of a webhook is a later one."""
    wait(1.02 - MachineTime().now() % SECOND / SECOND)


def _said(look: Callable[[], Any]) -> Any:
    """What it says; None while it is a word that the target file does not list, as `ringing`."""
    try:
        return look()
    except ContractFailure:
        return None


def _sent(after: str, done: Done, user: User) -> str:
    return f"{after}; then {done.what}\n{story(user)}"
