"""The command line, the settings and the schemas have the same names."""

from __future__ import annotations

import click

from mock_server import schemas
from mock_server.cli import assignments
from mock_server.cli.serve import command as serve
from mock_server.settings import CREATE_ONLY, AppSettings, ServerSettings

OPTIONS = {option.name: option for option in serve.params if isinstance(option, click.Option)}


def choices(option: str) -> list[str]:
    kind = OPTIONS[option].type
    assert isinstance(kind, click.Choice)
    return list(kind.choices)


def allowed(setting: str) -> list[str]:
    properties = schemas.schema("config")["properties"]["server"]["properties"]
    values: list[str] = properties[setting]["enum"]
    return values


def test_every_option_of_serve_is_a_setting() -> None:
    """The options of `serve` are the settings of the server, by the same names, beside --config and --demo."""
    assert OPTIONS.keys() - {"config", "demo"} == set(ServerSettings.__struct_fields__)


def test_every_setting_of_the_server_can_be_in_the_file() -> None:
    """`[server]` of the configuration file has the same names as the options of `serve`."""
    properties = schemas.schema("config")["properties"]["server"]["properties"]
    assert properties.keys() == set(ServerSettings.__struct_fields__)


def test_the_choices_are_the_same() -> None:
    """The words that an option of `serve` takes are those of the configuration file."""
    assert choices("dialect") == allowed("dialect")
    assert choices("rules") == allowed("rules")
    assert choices("log") == allowed("log")


def test_the_defaults_that_help_shows_are_true() -> None:
    """What `serve --help` says is the default is the default."""
    defaults = ServerSettings()
    for name in ("host", "port", "store", "log"):
        assert OPTIONS[name].show_default == str(getattr(defaults, name))
    for name in ("rate_limits", "published_secrets"):
        assert (OPTIONS[name].show_default, getattr(defaults, name)) == ("no", False)


def test_app_set_takes_what_can_be_changed() -> None:
    """`app set` offers the settings of an app that can be changed, and nothing else."""
    offered = {pair.removesuffix("=") for pair in assignments.completed("app-update", "")}
    assert offered == set(AppSettings.__struct_fields__) - CREATE_ONLY


def test_app_create_takes_every_setting() -> None:
    """`app create` offers every setting of an app, and a URL for its webhooks."""
    offered = {pair.removesuffix("=") for pair in assignments.completed("app-create", "")}
    assert offered == {*AppSettings.__struct_fields__, "webhook_url"}


def test_the_file_takes_every_setting_of_an_app() -> None:
    """`[[app]]` of the configuration file takes what `app create` takes, and subscriptions."""
    properties = schemas.schema("config")["properties"]["app"]["items"]["properties"]
    assert properties.keys() == {*AppSettings.__struct_fields__, "webhook_url", "subscription"}
