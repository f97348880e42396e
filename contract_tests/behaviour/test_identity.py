"""Who is who: users, business numbers, and users whose number one does not see."""

from __future__ import annotations

from collections.abc import Callable

from contract_tests.behaviour.needs import needs_number_in
from contract_tests.behaviour.scene import Scene, a_second_later
from contract_tests.claims import claim
from contract_tests.numbers import Number, User
from contract_tests.target.model import Target

_PERMISSIONS = "Meta, Obtain user call permissions, Jun 26 2026"
_IDS = "Meta, Business-scoped user ids, Jun 29 2026"
CALL = ("actions.call",)


@claim("behaviour.user.apart", level="must", rule="P1", source=_PERMISSIONS, mistakes=(6,), needs=CALL)
def test_permission_of_one_user_is_not_that_of_another(
    scene: Scene, user: User, another_user: Callable[[], User]
) -> None:
    """Who allows calls is called; who has not done so is not, whatever another user allows."""
    other = another_user()
    user.allow_always()
    scene.must_not_call(other, after=f"another user, {user.wa_id}, allowed calls; this one did not")
    scene.must_call(user, after="the user allowed calls; another one did not")


@claim("behaviour.number.apart", level="must", rule="P1", source=_PERMISSIONS, needs=CALL)
def test_permission_for_one_number_is_not_for_another(scene: Scene, user: User, second_number: Number) -> None:
    """What a user allows to one business number is not allowed to another one of the same business."""
    second_number.user(user.wa_id).allow_always()
    scene.must_not_call(
        user, after=f"the user allowed calls to the business number {_shown(second_number)}, not to this"
    )


@claim("behaviour.number.each", level="must", rule="P1", source=_PERMISSIONS, needs=CALL)
def test_each_number_calls_by_its_own_permission(
    scene: Scene, user: User, second_number: Number, target: Target
) -> None:
    """What a user takes back from one business number still holds for the other one, which calls from itself."""
    needs_number_in(target, "call")
    there = second_number.user(user.wa_id)
    there.allow_always()
    user.allow_always()
    a_second_later()
    user.revoke()
    after = f"the user allowed calls to both numbers and took it back from {_shown(scene.number)}"
    scene.must_call(there, after=after)
    scene.must_not_call(user, after=after)


@claim("behaviour.user.bsuid-only", level="must", rule="A3", source=_IDS, mistakes=(6,), needs=CALL)
def test_who_has_no_number_can_be_called(scene: Scene, user: User) -> None:
    """Who allows calls in a webhook that names no number, only the BSUID, can be called by that."""
    user.hide_number("asha.rao")
    user.allow_always()
    scene.must_call(user, after=f"a user without a number, {user.bsuid}, allowed calls")


@claim("behaviour.user.bsuid-only-apart", level="must", rule="A3", source=_IDS, mistakes=(6,), needs=CALL)
def test_who_have_no_number_are_told_apart(scene: Scene, user: User, another_user: Callable[[], User]) -> None:
    """Of two users whose webhooks name no number, the one who allows calls is called, the other one is not."""
    other = another_user()
    user.hide_number("asha.rao")
    other.hide_number("ravi.iyer")
    other.text()
    user.allow_always()
    after = f"users without a number: {user.bsuid} allowed calls; {other.bsuid} wrote and allowed nothing"
    scene.must_not_call(other, after=after)
    scene.must_call(user, after=after)


@claim("behaviour.user.joined", level="should", rule="A3", source=_IDS, needs=CALL)
def test_a_user_who_hides_the_number_is_the_same(scene: Scene, user: User) -> None:
    """Who was known by number and BSUID, and then by BSUID alone, is the same user: what they take back is gone."""
    user.allow_always()
    a_second_later()
    user.set(username="asha.rao")
    user.revoke()
    scene.must_not_call(user, after="the user allowed calls, hid the number, and took the permission back")


def _shown(number: Number) -> str:
    return str(number.settings["business_number"])
