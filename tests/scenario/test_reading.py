"""Reading scenario files: every mistake is one line that names the file, the step and the key (INTERFACE)."""

from __future__ import annotations

from pathlib import Path

import pytest

from mock_server.errors import NotFound
from mock_server.scenario import reading
from mock_server.scenario.reading import WrongFile
from mock_server.scenario.steps import Number

ASK = 'business = "request"\nto = "919812345678"\n'


def wrong(tmp_path: Path, toml: str) -> str:
    """What is said about a file, without its name."""
    file = tmp_path / "story.toml"
    file.write_text(toml, encoding="utf-8")
    with pytest.raises(WrongFile) as refused:
        reading.read(file)
    assert str(refused.value).startswith(f"{file}: ")
    assert "\n" not in str(refused.value)
    return refused.value.sentence.removeprefix(f"{file}: ")


def step(toml: str) -> str:
    """A file whose second step is this."""
    return f'name = "x"\n[[step]]\nclock = "1s"\n[[step]]\n{toml}'


MISTAKES = {
    "no name": ('[[step]]\nclock = "1s"', "name is required."),
    "no steps": ('name = "x"', "step is required."),
    "unknown key of the file": (
        'name = "x"\nrule = "meta"\n[[step]]\nclock = "1s"',
        "rule is not a known field; known are: name, description, rules, dialect, settings, number, step.",
    ),
    "unknown setting": (
        'name = "x"\nsettings = { ring_timeout = "long" }\n[[step]]\nclock = "1s"',
        'settings.ring_timeout must be a number, not "long".',
    ),
    "unknown business action": (
        step('business = "ask"\nto = "919812345678"'),
        'step 2: business must be one of "request", "request_template", "call", "hang_up", "accept", "reject", '
        '"text", not "ask".',
    ),
    "nobody to do it to": (step('business = "request"'), "step 2: to is required."),
    "nobody who does it": (step('user = "read"'), "step 2: wa_id is required."),
    "two things in one step": (
        step(ASK + 'expect_webhook = { kind = "message" }'),
        "step 2: expect_webhook cannot stand beside business: a step is one thing, make it two.",
    ),
    "a key of another kind of step": (
        step('clock = "1s"\nto = "919812345678"'),
        "step 2: to is not a known field; known are: clock, from.",
    ),
    "no duration": (
        step('clock = "a week"'),
        'step 2: clock must be a duration such as 7d, or freeze or resume, not "a week".',
    ),
    "a wrong value in an expectation": (
        step('expect_state = { wa_id = "919812345678", permission = "granted" }'),
        'step 2: expect_state.permission must be one of "no_permission", "temporary", "permanent", not "granted".',
    ),
    "a step in a repetition": (
        step('repeat = 3\n[[step.step]]\nclock = "1s"\n[[step.step]]\nclock = "soon"'),
        'step 2.2: clock must be a duration such as 7d, or freeze or resume, not "soon".',
    ),
    "a number that is none": (
        'name = "x"\n[[number]]\nname = "sales"\n[[step]]\nclock = "1s"\nfrom = "support"',
        "step 1: from 'support' is no number of this scenario; its numbers: sales.",
    ),
    "a number where there are none": (
        step('clock = "1s"\nfrom = "sales"'),
        "step 2: from 'sales' is no number of this scenario; its numbers: none.",
    ),
    "two numbers of one name": (
        'name = "x"\n[[number]]\nname = "a"\n[[number]]\nname = "a"\n[[step]]\nclock = "1s"',
        "number[1].name 'a' is taken.",
    ),
    "an id that nobody keeps": (
        step('expect_webhook = { kind = "message_status", context = { gs_id = "{asked}" } }'),
        "step 2: expect_webhook uses {asked}, which no business step before it keeps with `as`.",
    ),
    "an id that is kept too late": (
        step('expect_webhooks = [{ kind = "call_status", id = "{call}" }]')
        + '\n[[step]]\nbusiness = "call"\nto = "919812345678"\nas = "call"',
        "step 2: expect_webhooks uses {call}, which no business step before it keeps with `as`.",
    ),
    "a life for what lives for ever": (
        step('user = "allow_always"\nwa_id = "919812345678"\nfor_seconds = 5'),
        "step 2: for_seconds belongs to allow_temporarily.",
    ),
    "a request for who answers none": (
        step('user = "revoke"\nwa_id = "919812345678"\nfrom_profile = true'),
        "step 2: from_profile belongs to allow_always, allow_temporarily, decline.",
    ),
    "a date": (
        step("clock = 2026-01-01"),
        'step 2: clock must be a duration such as 7d, or freeze or resume, not "2026-01-01".',
    ),
    "no number": (
        step('user = "allow_temporarily"\nwa_id = "919812345678"\nfor_seconds = inf'),
        "step 2: for_seconds must be a number, not Infinity.",
    ),
}


@pytest.mark.parametrize(("toml", "sentence"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_one_line(tmp_path: Path, toml: str, sentence: str) -> None:
    """A wrong file is told in one line with file, step and key, and with what could stand there (INTERFACE)."""
    assert wrong(tmp_path, toml) == sentence


def test_what_is_no_toml(tmp_path: Path) -> None:
    """A file that cannot be parsed says where."""
    assert wrong(tmp_path, "name = ").startswith("is not TOML: Invalid value (at ")


def test_what_is_no_text(tmp_path: Path) -> None:
    """A file that is no UTF-8 is a wrong file, too."""
    file = tmp_path / "story.toml"
    file.write_bytes(b"name = '\xff'")
    with pytest.raises(WrongFile, match="is not TOML: 'utf-8' codec"):
        reading.read(file)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """A file that cannot be opened says why."""
    with pytest.raises(WrongFile, match=r"nowhere\.toml: No such file or directory\.$"):
        reading.read(tmp_path / "nowhere.toml")


def test_settings_of_a_number_go_over_those_of_all(tmp_path: Path) -> None:
    """`rules`, `dialect` and `settings` hold for every number; its own `settings` go over them."""
    file = tmp_path / "story.toml"
    file.write_text(
        'name = "x"\nrules = "wolkvox"\ndialect = "meta"\nsettings = { country = "CO", bsuid = "off" }\n'
        '[[number]]\nname = "sales"\n[[number]]\nname = "support"\nsettings = { country = "BR" }\n'
        '[[step]]\nclock = "1s"'
    )
    common = {"rules": "wolkvox", "dialect": "meta", "country": "CO", "bsuid": "off"}
    assert reading.read(file).numbers == (Number("sales", common), Number("support", common | {"country": "BR"}))


def test_steps_have_places(tmp_path: Path) -> None:
    """Steps are counted from 1, those of a repetition behind a dot."""
    file = tmp_path / "story.toml"
    file.write_text(step('repeat = 2\n[[step.step]]\nclock = "1s"\n[[step.step]]\nclock = "2s"'))
    first, second = reading.read(file).steps
    assert (first.place, second.place) == ("1", "2")
    assert [inner.place for inner in second.steps] == ["2.1", "2.2"]


def test_text_that_is_to_be_written_is_no_name_of_an_id(tmp_path: Path) -> None:
    """What the user writes stands as it is, braces and all."""
    file = tmp_path / "story.toml"
    file.write_text(step('user = "text"\nwa_id = "919812345678"\ntext = "{hello}"'))
    assert reading.read(file).steps[1].given["text"] == "{hello}"


def test_a_shipped_scenario_is_found_by_its_name(tmp_path: Path) -> None:
    """A name without a folder is that of a shipped scenario; a path is a path."""
    assert reading.find("permanent-permission") in reading.shipped()
    assert reading.find("permanent-permission.toml") in reading.shipped()
    file = tmp_path / "mine.toml"
    file.write_text("")
    assert reading.find(str(file)) == file


def test_an_unknown_name_says_where_the_names_are() -> None:
    """A name that is none is refused with the command that lists them."""
    with pytest.raises(NotFound, match="no file 'nothing' and no shipped scenario of that name; see `scenario list`"):
        reading.find("nothing")
