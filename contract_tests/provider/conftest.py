"""What the tests of the provider's side share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from contract_tests.provider.surface import Surface
from contract_tests.target.model import Target


@pytest.fixture(scope="session")
def surface(target: Target, request: pytest.FixtureRequest) -> Iterator[Surface]:
    """A provider's API with an app of the tests' own, so that nobody gets its webhooks.

    Where `[sandbox]` gives url, app_id, app_token and phone_number_id, it is whatever answers there, which needs no
    control API: any stand-in of the provider can be tested so.
    """
    given = target.sandbox
    if given.url and given.app_id and given.app_token and given.phone_number_id:
        known = {"id": given.app_id, "token": given.app_token, "phone_number_id": given.phone_number_id}
        there = Surface(given.url, target.dialect, known, control_api=False)
        yield there
        there.close()
        return
    sandbox = request.getfixturevalue("sandbox")
    made = sandbox.create_app(name="contract tests: provider", dialect=target.dialect)
    own = Surface(sandbox.url, target.dialect, made, control_api=True)
    yield own
    own.close()
    sandbox.app(made["id"]).delete()
