"""The named limits (BEHAVIOUR section 5), figure by figure, and what an app puts in their place."""

from __future__ import annotations

import msgspec
import pytest

from mock_server.rules import RULES, Overrides, Rules, RulesName

FIGURES: dict[str, tuple[int, int, int, int, int, int, int, int]] = {
    "gupshup": (1, 2, 5, 604_800, 2, 4, 1000, 10_000),
    "wolkvox": (1, 2, 10, 604_800, 2, 4, 1000, 10_000),
    "meta": (1, 2, 100, 604_800, 2, 4, 1000, 10_000),
    "meta-test-number": (25, 100, 100, 604_800, 5, 10, 1000, 10_000),
}


def figures(rules: Rules) -> tuple[int, ...]:
    return (
        rules.requests_per_24h,
        rules.requests_per_7d,
        rules.connected_calls_per_24h,
        rules.temporary_permission_seconds,
        rules.nudge_after,
        rules.revoke_after,
        rules.calls_going_on,
        rules.call_starts_per_24h,
    )


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure(name: str) -> None:
    """Each set of rules has the figures of its providers' pages (section 5)."""
    assert figures(RULES[RulesName(name)]) == FIGURES[name]


def test_there_are_four_sets() -> None:
    """The rules are gupshup, wolkvox, meta and meta-test-number (section 5)."""
    assert [name.value for name in RULES] == list(FIGURES)


def test_only_a_test_number_has_a_list_of_recipients() -> None:
    """Recipients must be listed under meta-test-number only (section 5, 131030)."""
    assert [name.value for name, rules in RULES.items() if rules.recipients_must_be_listed] == ["meta-test-number"]


@pytest.mark.parametrize("field", Overrides.__struct_fields__)
def test_every_figure_can_be_overridden(field: str) -> None:
    """An override replaces its own figure and no other, in every set of rules; 0 is a figure too (section 5)."""
    for rules in RULES.values():
        changed = rules.with_overrides(Overrides(**{field: 0}))
        assert getattr(changed, field) == 0
        assert changed == msgspec.structs.replace(rules, **{field: 0})


def test_there_is_an_override_for_every_figure() -> None:
    """No figure of the rules is without its override (section 5)."""
    assert [*Overrides.__struct_fields__, "recipients_must_be_listed"] == list(Rules.__struct_fields__)


def test_no_override_no_change() -> None:
    """Without overrides an app lives under its rules as they are (section 5)."""
    assert Rules().with_overrides(Overrides()) == Rules()
