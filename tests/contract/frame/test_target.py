"""Target files: what is read, and one line with the key for what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract_tests.target.model import Target, Where
from contract_tests.target.reading import WrongTarget, read

URL = 'webhook_url = "http://127.0.0.1:9000/webhooks"'
SMALLEST = f"[integrator]\n{URL}\n"
CALL = '[actions.call]\nmethod = "POST"\nurl = "http://127.0.0.1:9000/calls/{wa_id}"\n'
STATE = '[actions.permission]\nmethod = "GET"\nurl = "http://127.0.0.1:9000/p/{wa_id}"\nstate = "$.state"\n'

WRONG = {
    "no table": ("", "integrator is required."),
    "a key in front of its table": (URL, "webhook_url stands outside of its table: it belongs under [integrator]."),
    "the environment by itself": (
        SMALLEST + '[env]\nPORT = "1"\n',
        "env stands outside of its table: it belongs under [integrator.env].",
    ),
    "an action by itself": (SMALLEST + "[call]\n", "call stands outside of its table: write [actions.call]."),
    "no URL": ('[integrator]\nname = "x"\n', "integrator.webhook_url is required."),
    "unknown key": (
        SMALLEST + "webhook = 1\n",
        "integrator.webhook is not a known field; known are: name, webhook_url,",
    ),
    "unknown table": (SMALLEST + "[action]\n", "action is not a known field; known are: integrator, sandbox, actions."),
    "unknown action": (
        SMALLEST + "[actions.hang_up]\n",
        "actions.hang_up is not a known field; known are: request_perm",
    ),
    "unknown dialect": (
        SMALLEST + 'dialect = "twilio"\n',
        'integrator.dialect must be one of "gupshup", "meta", not "tw',
    ),
    "no URL at all": (
        '[integrator]\nwebhook_url = "there"\n',
        "integrator.webhook_url must be an http or https URL, not",
    ),
    "a URL of nowhere": (
        '[integrator]\nwebhook_url = "http:///x"\n',
        "integrator.webhook_url has no host and port that",
    ),
    "a wrong port": (
        '[integrator]\nwebhook_url = "http://a:99999/"\n',
        "integrator.webhook_url has no host and port that",
    ),
    "start as a text": (
        SMALLEST + """start = "run 'my application'"\n""",
        'integrator.start must be a list of words, such as ["run", "my application"].',
    ),
    "start as half a text": (
        SMALLEST + """start = "run 'it"\n""",
        'integrator.start must be a list of words, such as ["run", "\'it"].',
    ),
    "settle of nothing": (SMALLEST + 'settle = "0s"\n', "integrator.settle must be more than nothing and at most 60s"),
    "settle for a day": (
        SMALLEST + 'settle = "1d"\n',
        "integrator.settle must be more than nothing and at most 60s, n",
    ),
    "settle as a number": (SMALLEST + "settle = 1\n", "integrator.settle must be a string, not 1."),
    "unknown braces": (
        SMALLEST + '[integrator.env]\nURL = "{url}"\n',
        "integrator.env.URL uses {url}, which the kit does",
    ),
    "a user in the environment": (
        SMALLEST + '[integrator.env]\nTO = "{wa_id}"\n',
        "integrator.env.TO uses {wa_id}, which",
    ),
    "braces of an action": (
        SMALLEST + CALL + 'json = { to = "{who}" }\n',
        "actions.call uses {who}, which the kit does",
    ),
    "an action about nobody": (
        SMALLEST + CALL.replace("{wa_id}", "919812345678"),
        "actions.call names no user: write {wa_id} where the user's number is to be.",
    ),
    "no way to do it": (
        SMALLEST + '[actions.call]\nallowed = "2xx"\n',
        "actions.call.method is required, or else command.",
    ),
    "half a way": (SMALLEST + '[actions.call]\nmethod = "POST"\n', "actions.call.url is required."),
    "two ways": (
        SMALLEST + CALL + 'command = ["x"]\n',
        "actions.call.method cannot stand beside command: give one way",
    ),
    "a wrong status": (
        SMALLEST + CALL + 'allowed = "ok"\n',
        "actions.call.allowed must be a status such as 2xx or 202",
    ),
    "no states": (SMALLEST + STATE, "actions.permission.states is required."),
    "a word in two states": (
        SMALLEST + STATE + 'states = { temporary = ["yes"], permanent = ["yes"] }\n',
        "actions.permission.states.permanent has 'yes', which is temporary already.",
    ),
    "a store that stays broken": (
        SMALLEST + '[actions.break_store]\ncommand = ["x"]\n',
        "actions.mend_store is required beside actions.break_store.",
    ),
    "two sandboxes": (
        SMALLEST + '[sandbox]\nurl = "http://127.0.0.1:8400"\nport = 8400\n',
        "sandbox.port cannot stand beside url: a sandbox runs there already, or the kit runs one.",
    ),
    "no TOML": ("[integrator\n", "is not TOML: Expected ']' at the end of a table declaration (at line 1, column 12)."),
}


def read_text(folder: Path, text: str) -> Target:
    file = folder / "target.toml"
    file.write_text(text)
    return read(file)


@pytest.mark.parametrize(("text", "sentence"), WRONG.values(), ids=WRONG)
def test_a_wrong_file_is_one_line_with_the_key(tmp_path: Path, text: str, sentence: str) -> None:
    """Whatever is wrong, the sentence begins with the file and the key, and is one line."""
    with pytest.raises(WrongTarget) as refused:
        read_text(tmp_path, text)
    said = refused.value.sentence
    assert said.startswith(f"{tmp_path}/target.toml: {sentence}")
    assert said.endswith(".")
    assert "\n" not in said


def test_a_file_that_is_not_there_or_is_no_text(tmp_path: Path) -> None:
    """The same line for a file that cannot be read."""
    with pytest.raises(WrongTarget, match=r"nowhere\.toml: No such file or directory\.$"):
        read(tmp_path / "nowhere.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(WrongTarget, match=r"bytes\.toml: is not TOML: it is no text in UTF-8"):
        read(tmp_path / "bytes.toml")


def test_a_mark_of_its_encoding_does_no_harm(tmp_path: Path) -> None:
    """As editors on Windows write it."""
    file = tmp_path / "target.toml"
    file.write_bytes(b"\xef\xbb\xbf" + SMALLEST.encode())
    assert read(file).webhook_url == "http://127.0.0.1:9000/webhooks"


def test_its_folder_can_be_named(tmp_path: Path) -> None:
    """So that a program beside it is found wherever the kit is run."""
    target = read_text(tmp_path, f'{SMALLEST}start = ["node", "{{folder}}/receiver.mjs"]\n')
    assert target.start == ("node", f"{tmp_path}/receiver.mjs")


def test_only_the_webhooks_url_must_be_there(tmp_path: Path) -> None:
    """Everything else has a default: dialect gupshup, half a second, a sandbox of the kit's own on a free port."""
    target = read_text(tmp_path, SMALLEST)
    assert (target.webhook_url, target.dialect, target.settle) == ("http://127.0.0.1:9000/webhooks", "gupshup", 0.5)
    assert (target.name, target.start, target.actions) == ("the application", (), {})
    assert target.sandbox == Where(host="127.0.0.1", port=0)


def test_what_a_target_gives_is_asked_by_key(tmp_path: Path) -> None:
    """Tests name what they need by the keys of the file."""
    target = read_text(tmp_path, f'{SMALLEST}app_secret = "s"\n[sandbox]\nport = 8400\n{CALL}allowed = "2xx"\n')
    given = ("integrator.app_secret", "sandbox.port", "actions.call", "actions.call.allowed")
    assert all(target.gives(key) for key in given)
    missing = ("integrator.verify_token", "sandbox.url", "actions.permission", "actions.call.reason")
    assert not any(target.gives(key) for key in missing)


def test_lengths_of_time_have_units(tmp_path: Path) -> None:
    """As everywhere on the command line."""
    said = {"500ms": 0.5, "2s": 2.0, "0.25s": 0.25, "1m": 60.0}
    assert {text: read_text(tmp_path, f'{SMALLEST}settle = "{text}"\n').settle for text in said} == said
