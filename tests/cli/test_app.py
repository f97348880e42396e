"""`gupshup-mock app`."""

from __future__ import annotations

import pytest

from mock_server.client import AppClient, SandboxClient
from mock_server.settings import CREATE_ONLY, AppSettings
from tests.cli.command_line import CommandLine


def test_an_app_is_shown_as_it_is_set(gupshup_mock: CommandLine) -> None:
    """`app show` prints settings as `app set` takes them, secrets included, and what else the app has."""
    lines = gupshup_mock.done("app", "show").splitlines()
    assert lines[:3] == [
        "id=00000000-0000-4000-8000-000000000001",
        "token=sk_sandbox_0000000000000001",
        "phone_number_id=100000000000001",
    ]
    assert lines[-3:] == [
        "# clock: 2026-12-24T18:00:00.000Z  (frozen)",
        "# partner: partner@example.com / sandbox-secret",
        "# subscription configured-1 (gupshup v3): RECEIVER MESSAGE,SENT,DELIVERED,READ,FAILED,ENQUEUED,ACCOUNT,VOICE",
    ]


def test_what_is_shown_can_be_set(gupshup_mock: CommandLine, app: AppClient) -> None:
    """Every line that `app show` prints of what can be changed is taken back by `app set`."""
    before = {**app.show(), "clock": None}
    lines = gupshup_mock.done("app", "show").splitlines()
    pairs = [line for line in lines if not line.startswith("#") and line.partition("=")[0] not in CREATE_ONLY]
    assert len(pairs) > 25
    gupshup_mock.done("app", "set", *pairs)
    assert {**app.show(), "clock": None} == before


def test_every_setting_can_be_shown(gupshup_mock: CommandLine) -> None:
    """`app show` has a line for each setting that an app has, but for overrides where there are none."""
    shown = {line.partition("=")[0].partition(".")[0] for line in gupshup_mock.done("app", "show").splitlines()}
    assert set(AppSettings.__struct_fields__) - shown == {"overrides"}


def test_settings_get_the_type_that_the_schema_says(gupshup_mock: CommandLine, sandbox: SandboxClient) -> None:
    """`app create` makes numbers, booleans, lists, null and texts out of KEY=VALUE, as the schema has them."""
    made = gupshup_mock.json(
        "app", "create", "id=typed", "token=12345678", "status_delay=1.5", "callback_billing=false", "graph_token=null",
        "allowed_recipients=919812345678,919812345679", "variants.reply=2025", "overrides.requests_per_24h=5",
    )  # fmt: skip
    sandbox.app("typed").delete()
    assert {name: made[name] for name in ("token", "status_delay", "callback_billing", "graph_token", "overrides")} == {
        "token": "12345678",
        "status_delay": 1.5,
        "callback_billing": False,
        "graph_token": None,
        "overrides": {"requests_per_24h": 5},
    }
    assert made["allowed_recipients"] == ["919812345678", "919812345679"]
    assert made["variants"]["reply"] == "2025"


@pytest.mark.parametrize(
    ("pair", "said"),
    [
        ("rules=metta", 'rules: must be one of "gupshup", "wolkvox", "meta", "meta-test-number", not "metta".'),
        ("status_delay=soon", 'status_delay: must be a number, not "soon".'),
        ("callback_billing=yes", 'callback_billing: must be true or false, not "yes".'),
        ("id=other", "id: cannot be changed: it is given when the app is created."),
        ("variants.reply=2026", 'variants.reply: must be one of "current", "2025", "permanent-guide", '
         '"outbound-guide", not "2026".'),
        ("rules", "'rules' is not of the form KEY=VALUE."),
        ("=x", "'=x' is not of the form KEY=VALUE."),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_wrong_usage(gupshup_mock: CommandLine, pair: str, said: str) -> None:
    """`app set` names the key that is wrong and what it should be, before anything is asked: exit code 2."""
    assert gupshup_mock.misused("app", "set", pair) == f"Error: Invalid value: {said}"


def test_an_unknown_setting_is_refused_by_name(gupshup_mock: CommandLine) -> None:
    """`app set` with an unknown key names it, and those that are known."""
    said = gupshup_mock.misused("app", "set", "rulez=meta")
    assert said.startswith(
        "Error: Invalid value: rulez: is not a known field; known are: name, token, business_number,"
    )


def test_a_setting_has_one_value(gupshup_mock: CommandLine) -> None:
    """A key that has a value cannot have keys of its own as well."""
    assert gupshup_mock.misused("app", "set", "overrides=5", "overrides.requests_per_24h=5") == (
        "Error: Invalid value: 'overrides.requests_per_24h': overrides has a value already."
    )


def test_an_app_is_created_listed_and_deleted(gupshup_mock: CommandLine) -> None:
    """`app create`, `app list`, `app delete --app`: another app beside the ready-made one (A1)."""
    gupshup_mock.done("app", "create", "id=orders", "business_number=919000000002", "rules=wolkvox")
    assert gupshup_mock.done("app", "list") == (
        "ID                                    NAME     BUSINESS_NUMBER  RULES    DIALECT  SUBSCRIPTIONS\n"
        "00000000-0000-4000-8000-000000000001  sandbox  919000000001     gupshup  gupshup  1\n"
        "orders                                sandbox  919000000002     wolkvox  gupshup  0\n"
    )
    assert gupshup_mock.done("app", "delete", "--app", "orders") == "Deleted orders.\n"
    assert gupshup_mock.refused("app", "show", "--app", "orders") == (
        "Error: There is no app 'orders'; GET /_sandbox/apps lists them.\n"
    )


def test_deleting_needs_a_name(gupshup_mock: CommandLine) -> None:
    """`app delete` never takes the ready-made app because nothing was said."""
    assert gupshup_mock.misused("app", "delete") == "Error: Say which app to delete with --app."


def test_an_app_is_reset(gupshup_mock: CommandLine, app: AppClient) -> None:
    """`app reset` drops users and deliveries and keeps the settings (S1)."""
    app.user("919812345678").allow_always()
    assert "token=sk_sandbox_0000000000000001\n" in gupshup_mock.done("app", "reset")
    assert list(app.users()) == []
