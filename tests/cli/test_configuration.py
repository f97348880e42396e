"""The file of `serve --config`."""

from __future__ import annotations

from pathlib import Path

import pytest

from mock_server import configuration
from mock_server.errors import Malformed, SchemaError
from mock_server.settings import ServerSettings


def read(tmp_path: Path, text: str) -> configuration.Configuration:
    file = tmp_path / "sandbox.toml"
    file.write_text(text)
    return configuration.read(file)


def test_a_file_has_server_apps_and_subscriptions(tmp_path: Path) -> None:
    """[server], [[app]] and [[app.subscription]] are read by the names used everywhere (INTERFACE, --config)."""
    found = read(
        tmp_path,
        """
        [server]
        port = 8401
        freeze_at = 2026-12-24T18:00:00Z

        [[app]]
        id = "orders"
        rules = "wolkvox"
        variants = { expiration = "string" }

        [[app.subscription]]
        url = "http://127.0.0.1:9000/webhooks"
        modes = ["MESSAGE"]
        """,
    )
    assert found.server == {"port": 8401, "freeze_at": "2026-12-24T18:00:00+00:00"}
    assert found.apps == (
        {
            "id": "orders",
            "rules": "wolkvox",
            "variants": {"expiration": "string"},
            "subscription": [{"url": "http://127.0.0.1:9000/webhooks", "modes": ["MESSAGE"]}],
        },
    )


def test_an_empty_file_says_nothing(tmp_path: Path) -> None:
    """A file with nothing in it leaves every default."""
    assert read(tmp_path, "") == ({}, ())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[servers]", "servers: is not a known field; known are: server, app"),
        ("[server]\nport = 70000", "server.port: must be at most 65535"),
        ("[server]\nporto = 1", "server.porto: is not a known field; known are: host, port, "),
        ('[[app]]\nrules = "metta"', 'app[0].rules: must be one of "gupshup", "wolkvox", "meta", '),
        ("[[app]]\n[[app.subscription]]\nmodes = []", "app[0].subscription[0]"),
        ("port 8400", "is not TOML: Expected '=' after a key"),
        ("a = 'é'".encode("latin-1").decode("latin-1"), "a: is not a known field"),
    ],
)
def test_a_mistake_is_one_line_that_names_the_key(tmp_path: Path, text: str, said: str) -> None:
    """A wrong file is refused in one line with the file's name and the wrong key."""
    with pytest.raises(Malformed) as refused:
        read(tmp_path, text)
    assert str(refused.value).startswith(f"{tmp_path}/sandbox.toml: {said}")
    assert "\n" not in str(refused.value)


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    """A file that is not UTF-8 is refused like any that is not TOML."""
    file = tmp_path / "sandbox.toml"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(Malformed, match="is not TOML: "):
        configuration.read(file)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """A file that is not there is named, with the reason."""
    with pytest.raises(Malformed) as refused:
        configuration.read(tmp_path / "nope.toml")
    assert str(refused.value) == f"{tmp_path}/nope.toml: No such file or directory"


def test_options_win_over_the_file() -> None:
    """What the command line says wins over the file, and the file over the defaults."""
    file = {"port": 8401, "seed": 7, "allow_host": ["one"]}
    options = {"port": 8402, "host": None, "allow_host": (), "rate_limits": None, "seed": None}
    assert configuration.server_settings(file, options) == ServerSettings(port=8402, seed="7", allow_host=("one",))


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("app_token", "a b", "must be 8 to 200 printable characters without spaces"),
        ("webhook", "nonsense", 'must be an http or https URL, not "nonsense"'),
        ("freeze_at", "today", 'must be an instant such as 2026-11-21T22:10:00.000Z, not "today"'),
        ("control_token", "short", "must have at least 8 characters"),
    ],
)
def test_a_wrong_option_is_named(option: str, value: str, said: str) -> None:
    """An option is checked against the same schema as the file, and named when its value is wrong."""
    with pytest.raises(SchemaError) as refused:
        configuration.server_settings({}, {option: value})
    assert (refused.value.path, refused.value.sentence) == (option, said)
