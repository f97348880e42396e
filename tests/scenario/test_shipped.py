"""The scenarios that come with the product: each passes, and fails where WhatsApp's rules are otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest

from mock_server import schemas
from mock_server.scenario import reading
from mock_server.scenario.running import Stage
from mock_server.scenario.steps import Number

SHIPPED = reading.shipped()


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_it_passes(stage: Stage, file: Path) -> None:
    """Every shipped scenario holds in the sandbox, as the pages that it names say."""
    result = stage.run(reading.read(file))
    assert [(outcome.what, outcome.differences) for outcome in result.outcomes if not outcome.held] == []
    assert len(result.outcomes) == len(result.scenario.steps)


def test_there_is_one_for_each_story() -> None:
    """These stories come with the product."""
    assert [file.stem for file in SHIPPED] == [
        "callback-grant",
        "callback-grant-meta",
        "calling-restricted",
        "connected-call-resets-requests",
        "declined-then-accepted",
        "duplicate-and-reordered-webhooks",
        "five-connected-calls",
        "four-unanswered-calls",
        "gupshup-consent-flow",
        "hundred-connected-calls",
        "lost-answer",
        "number-blocked",
        "outdated-app",
        "permanent-permission",
        "permanent-permission-meta",
        "profile-grant",
        "revoked-in-the-profile",
        "temporary-permission",
        "ten-connected-calls",
        "two-business-numbers",
        "two-requests-a-week",
        "window-closed",
        "window-closed-meta",
        "wolkvox-outbound-flow",
    ]


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_it_is_written_for_a_reader(file: Path) -> None:
    """It has a name of its own and a description that says what happens, and where that is written."""
    scenario = reading.read(file)
    assert [reading.read(other).name for other in SHIPPED].count(scenario.name) == 1
    assert len(scenario.description.strip()) > 80
    assert scenario.steps[-1].place == str(len(scenario.steps))


BROKEN: list[tuple[str, dict[str, int], str, str]] = [
    (
        "two-requests-a-week",
        {"requests_per_24h": 2},
        "3",
        "error: expected 138009, but it was accepted",
    ),
    (
        "temporary-permission",
        {"temporary_permission_seconds": 86_400},
        "4",
        "expires_in: expected 7d, came 86400 s",
    ),
    (
        "four-unanswered-calls",
        {"revoke_after": 5},
        "15",
        'missing: call_permission_reply response "reject", response_source "automatic", without context',
    ),
    (
        "five-connected-calls",
        {"connected_calls_per_24h": 4},
        "2",
        "time 5, step 2.1 (the business calls 919812345678):",
    ),
    (
        "four-unanswered-calls",
        {"nudge_after": 3},
        "10",
        "nudged: expected true, is false",
    ),
]


@pytest.mark.parametrize(("name", "overrides", "place", "difference"), BROKEN)
def test_another_rule_makes_it_fail(
    stage: Stage, name: str, overrides: dict[str, int], place: str, difference: str
) -> None:
    """With a rule that is not WhatsApp's the scenario fails at the step that shows it, and says what was otherwise."""
    scenario = reading.read(reading.find(name))
    (number,) = scenario.numbers
    numbers = (Number("", number.settings | {"overrides": overrides}),)
    last = stage.run(scenario._replace(numbers=numbers)).outcomes[-1]
    assert (last.place, last.held) == (place, False)
    assert last.differences[0].startswith(difference)


def test_the_kinds_of_a_webhook_are_those_of_the_named_events() -> None:
    """The kinds that a scenario can expect are all that the sandbox sends."""
    kinds = set(schemas.schema("scenario-webhook")["properties"]["kind"]["enum"])
    sent = {name.rpartition("webhook-gupshup-")[2] for name in schemas.names() if name.startswith("webhook-gupshup-")}
    assert kinds == (sent | {"account_settings_update"}) - {"billing"}
