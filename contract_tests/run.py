"""The fixtures of a run. `target` to `integrator` last as long as the run; the others are made for each test.

A test asks for what it needs and says what it claims:

    @claim("receiver.reply.permanent", level="must", rule="P4", source="Meta, ...", mistakes=(1,))
    def test_a_permanent_grant_is_taken(post: PostHere, user: User) -> None:
        '''A permanent grant, which has no expiration_timestamp, is answered with 2xx.'''
        reply = {"kind": "call_permission_reply", "wa_id": user.wa_id, "response": "accept", "is_permanent": True}
        post(event=reply).must_be_accepted()
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Final

import pytest

from contract_tests.apps import Role, afresh, have_app
from contract_tests.claims import claim_of
from contract_tests.collecting import SETTINGS
from contract_tests.failure import CannotGoOn, NotCovered
from contract_tests.integrator import Integrator, values_of
from contract_tests.numbers import Number, People, User
from contract_tests.posting import Post, PostHere
from contract_tests.reaching import must_answer
from contract_tests.sandboxes import sandbox_of
from contract_tests.subscribing import subscribe, unsubscribe
from contract_tests.target.actions import Actions, FileActions
from contract_tests.target.braces import filled
from contract_tests.target.given import GivenActions, target_from
from contract_tests.target.model import Target
from contract_tests.target.process import Application
from contract_tests.wire import Journal, Wire
from mock_server.client import AppClient, SandboxClient
from mock_server.client.connection import Connection
from mock_server.errors import SchemaError

_NO_TARGET: Final = (
    "There is no target. Name a file with --gupshup-target, gupshup_target (pytest's configuration) or "
    "GUPSHUP_MOCK_TARGET, or override the fixture gupshup_target."
)


@pytest.fixture(scope="session")
def target(pytestconfig: pytest.Config, gupshup_target: Any) -> Target:
    """What the target file says, or the object that the fixture `gupshup_target` gives."""
    settings = pytestconfig.stash[SETTINGS]
    if gupshup_target is None:
        if settings.target is None:
            raise CannotGoOn(_NO_TARGET)
        return settings.target
    try:
        found = target_from(gupshup_target)
    except SchemaError as error:
        raise CannotGoOn(f"gupshup_target: {error.path.rpartition('.')[2]} {error.sentence}.") from None
    if found.dialect != settings.dialect:
        advice = f"Give --gupshup-dialect {found.dialect}: the shapes are chosen before the object is there"
        raise CannotGoOn(f"gupshup_target speaks {found.dialect}, the run {settings.dialect}. {advice}.")
    return found


@pytest.fixture(scope="session")
def sandbox(target: Target) -> Iterator[SandboxClient]:
    """The sandbox of the run: the kit's own in this process, or the one that `[sandbox]` names."""
    if os.environ.get("PYTEST_XDIST_WORKER") and (target.start or target.sandbox.is_known_outside):
        raise CannotGoOn("One application, started or bound to one app, cannot be tested in parallel: leave out -n.")
    with sandbox_of(target.sandbox, target.webhook_url) as client:
        yield client


@pytest.fixture(scope="session")
def numbers(sandbox: SandboxClient, target: Target) -> Iterator[tuple[Number, Number, Number]]:
    """The run's business number, the second one, and one that only sends bodies (`post(body=...)`, `post(raw=...)`).

    What the application refuses is sent again by the sandbox, again and again; the third is emptied of it after every
    test.
    """
    given = target.sandbox
    with ExitStack() as opened:
        connection = Connection(sandbox.url, given.control_token or None)
        opened.callback(connection.close)

        def have(role: Role, first: Number | None = None) -> Number:
            lent = have_app(connection, target, role, first=first)
            opened.callback(lent.leave)
            return lent.number

        first = have("first")
        yield first, have("second", first), have("bodies", first)


@pytest.fixture(scope="session")
def integrator(
    target: Target,
    numbers: tuple[Number, Number, Number],
    gupshup_target: Any,
    pytestconfig: pytest.Config,
) -> Iterator[Integrator]:
    """The application, ready, subscribed and answering: its actions (`request_permission`, `call`, `permission`, ...).

    Where it never becomes ready or answers no webhook, the run ends here with one failure.
    """
    settings = pytestconfig.stash[SETTINGS]
    first, second, _ = numbers
    values = values_of(first, second)
    application = Application(
        webhook_url=target.webhook_url,
        start=tuple(filled(list(target.start), values)),
        ready_url=target.ready_url,
        env=filled(target.env, values),
        patience=settings.start_patience,
    )
    with ExitStack() as opened:
        actions: Actions
        if gupshup_target is None:
            actions = file_actions = FileActions(target, patience=settings.start_patience)
            opened.callback(file_actions.close)
        else:
            actions = GivenActions(gupshup_target)
            opened.enter_context(_framed(gupshup_target, values))
        opened.callback(application.stop)
        application.start()
        with _telling_what_it_said(application):
            for number in numbers:
                if subscribe(number, target):
                    opened.callback(unsubscribe, number)
            must_answer(target, first, Post(target, patience=settings.patience, check=application.check))
        yield Integrator(application, actions, Journal([first, second]), numbers=(first, second))


@pytest.fixture(scope="session")
def people() -> People:
    """Makes up users: `people.new(number)`."""
    return People()


@pytest.fixture
def number(integrator: Integrator, numbers: tuple[Number, Number, Number]) -> Iterator[Number]:
    """The business number of the run, afresh: what a test changes in its app is undone, what it left is dropped."""
    integrator.begin_test()
    yield numbers[0]
    afresh(numbers[0])


@pytest.fixture
def second_number(number: Number, numbers: tuple[Number, Number, Number]) -> Iterator[Number]:
    """A second business number of the same business: `second_number.user(user.wa_id)` is the same person there."""
    yield numbers[1]
    afresh(numbers[1])


@pytest.fixture
def app(number: Number) -> AppClient:
    """The app of the business number, as the Python client has it: settings, faults, calls, clock, journal."""
    return number.app


@pytest.fixture
def user(number: Number, people: People) -> User:
    """A user nobody has heard of, at the business number: `user.wa_id`, `user.bsuid`, `user.allow_always()`, ..."""
    return people.new(number)


@pytest.fixture
def another_user(number: Number, people: People) -> Callable[[], User]:
    """One more such user each time it is called."""
    return lambda: people.new(number)


@pytest.fixture
def wire(number: Number, integrator: Integrator, target: Target) -> Wire:
    """What the application does from now on: `wire.calls(user)`, `wire.wait_for_call(user)`, ...: see Wire."""
    return Wire(integrator.journal, target.settle)


@pytest.fixture
def post(
    number: Number, numbers: tuple[Number, Number, Number], integrator: Integrator, _post: Post
) -> Iterator[PostHere]:
    """Send any webhook to the application: see PostHere."""
    here = PostHere(_post, number, numbers[2])
    yield here
    if here.sent_bodies:
        numbers[2].app.reset()


@pytest.fixture(scope="session")
def _post(target: Target, integrator: Integrator, pytestconfig: pytest.Config) -> Post:
    patience = pytestconfig.stash[SETTINGS].patience
    return Post(target, patience=patience, check=integrator.application.check)


@pytest.fixture
def variant(request: pytest.FixtureRequest, number: Number) -> dict[str, str]:
    """A shape of the dialect: the test runs once for each, one at a time, and the app speaks so while it lasts.

    `{}` is the default shape; else one name and value, as `{"expiration": "string"}`.
    """
    chosen: dict[str, str] = request.param
    if chosen:
        number.app.set(variants=chosen)
    return chosen


@pytest.fixture(autouse=True)
def _covered(request: pytest.FixtureRequest) -> None:
    """A test whose claim needs what the target does not give is left out before anything is done."""
    claim = claim_of(request.node)
    if claim is None or not claim.needs:
        return
    given, target = request.getfixturevalue("gupshup_target"), request.getfixturevalue("target")
    for key in claim.needs:
        if lacking := _lacking(key, target, given):
            raise NotCovered(lacking)


def _lacking(key: str, target: Target, given: Any) -> str:
    """What to add to a target that does not have this key; empty where it has."""
    table, _, name = key.partition(".")
    if table != "actions":
        return "" if target.gives(key) else key
    if given is not None:
        return "" if GivenActions(given).has(name) else f"gupshup_target.{name.replace('.', '_')}()"
    action, _, part = name.partition(".")
    wanted = f"{part} in [actions.{action}]" if part else f"[actions.{action}]"
    return "" if target.gives(key) else wanted


@contextmanager
def _telling_what_it_said(application: Application) -> Iterator[None]:
    try:
        yield
    except CannotGoOn as error:
        output = error.output or application.last_words()
        raise CannotGoOn(error.sentence, output=output, sent=error.sent) from None


@contextmanager
def _framed(given: Any, values: dict[str, str]) -> Iterator[None]:
    """A given object is started before the run and stopped after it, where it has `start` and `stop`."""
    if callable(getattr(given, "start", None)):
        given.start(values)
    try:
        yield
    finally:
        if callable(getattr(given, "stop", None)):
            given.stop()
