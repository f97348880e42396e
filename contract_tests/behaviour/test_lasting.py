"""What has no end: the one test that moves the clock, behind all others."""

from __future__ import annotations

from contract_tests.behaviour.scene import Scene
from contract_tests.claims import claim
from contract_tests.numbers import User
from mock_server.client import AppClient


@claim(
    "behaviour.permission.thirty-days",
    level="must",
    rule="P1",
    source="Meta, Obtain user call permissions, Jun 26 2026",
    mistakes=(2,),
    needs=("actions.call",),
    last=True,
)
def test_a_permanent_grant_lasts(scene: Scene, user: User, app: AppClient) -> None:
    """Who allowed calls for good can be called thirty days later."""
    user.allow_always()
    app.clock.advance(days=30)
    after = "the user allowed calls for good, thirty days ago on the sandbox's clock"
    scene.must_call(user, after=after, believing="permanent")
