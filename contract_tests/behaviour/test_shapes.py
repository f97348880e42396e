"""What has to be waited for, side by side in every shape: permissions that end, and permissions that are taken back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from contract_tests.behaviour.scene import Scene, a_second_later
from contract_tests.claims import claim
from contract_tests.failure import ContractFailure
from contract_tests.integrator import Integrator
from contract_tests.numbers import Number, People, User
from contract_tests.patience import wait
from contract_tests.target.model import Target
from contract_tests.variants import shapes, shown, variants_of
from contract_tests.wire import Wire

_PAGE = "Meta, Obtain user call permissions, Jun 26 2026"
_OF_AN_END = ("reply", "expiration")
_OF_A_REFUSAL = ("reply", "contacts")
_LIFE = 2.0  # seconds
CALL = ("actions.call",)

Wrong = dict[str, ContractFailure | None]
"""What was wrong in each shape, by its name."""


@shapes(*_OF_AN_END)
@claim("behaviour.permission.expired", level="must", rule="P3", source=_PAGE, mistakes=(8, 2, 23), needs=CALL)
def test_nobody_is_called_after_the_end(ended: Wrong, variant: dict[str, str]) -> None:
    """Whose permission has expired is not called: no webhook says so, the expiry in the reply did."""
    of_an_end = [ended[name] for name in ended if name == "default" or name.startswith("expiration=")]
    # Who calls after an end in number and in text alike has not looked at it; any other has not understood it.
    _judge(ended, variant, mistakes=(8,) if all(of_an_end) else (2, 23))


@shapes(*_OF_A_REFUSAL)
@claim("behaviour.permission.declined", level="must", rule="P4", source=_PAGE, mistakes=(1, 3), needs=CALL)
def test_who_declines_is_not_called(declined: Wrong, variant: dict[str, str]) -> None:
    """Who allowed calls once, and then declined, is not called any more."""
    _judge(declined, variant)


@pytest.fixture(scope="module")
def early(integrator: Integrator, numbers: tuple[Number, Number, Number], people: People, target: Target) -> Scene:
    """The application among users, before the first test of this module."""
    if not integrator.has("call"):
        integrator.call(people.new(numbers[0]))  # which says that it is not covered, before anybody waits
    return Scene(integrator, Wire(integrator.journal, target.settle), numbers[0], target)


@pytest.fixture(scope="module")
def ended(early: Scene, people: People, target: Target) -> Wrong:
    """Permissions of two seconds, one in each shape, and what came of them after their end."""

    def allow(user: User) -> None:
        user.allow_temporarily(_LIFE)

    users = _in_every_shape(early, people, variants_of(target.dialect, _OF_AN_END), allow)
    wait(_LIFE + 0.2)
    return _none_called(early, users, after="the user allowed calls for 2 s, which are over")


@pytest.fixture(scope="module")
def declined(early: Scene, people: People, target: Target) -> Wrong:
    """Users who allowed calls and then declined, one in each shape, and what came of it."""
    rows = variants_of(target.dialect, _OF_A_REFUSAL)
    users = _in_every_shape(early, people, rows, lambda user: user.allow_always())
    a_second_later()
    for variant in rows:
        _speak(early.number, variant)
        users[shown(variant)].decline()
    return _none_called(early, users, after="the user allowed calls, and then declined")


def _in_every_shape(
    scene: Scene, people: People, variants: list[dict[str, str]], act: Callable[[User], object]
) -> dict[str, User]:
    """A user for each shape, who acts while the app speaks so."""
    users: dict[str, User] = {}
    for variant in variants:
        user = users[shown(variant)] = people.new(scene.number)
        _speak(scene.number, variant)
        act(user)
    return users


def _speak(number: Number, variant: dict[str, str]) -> None:
    number.app.set(variants=number.settings["variants"] | variant)


def _none_called(scene: Scene, users: dict[str, User], *, after: str) -> Wrong:
    """Have it call them all, which it must not."""
    wrong = scene.called_among(list(users.values()), after=after)
    scene.number.app.set(variants=scene.number.settings["variants"])
    return dict(zip(users, wrong, strict=True))


def _judge(wrong: Wrong, variant: dict[str, str], *, mistakes: tuple[int, ...] | None = None) -> None:
    failure = wrong[shown(variant)]
    if failure is not None:
        raise failure.but(mistakes=mistakes if failure.mistakes is None else failure.mistakes)
