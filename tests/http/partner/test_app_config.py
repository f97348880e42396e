"""Voice and BSUIDs: what a partner switches for an app (facts/gupshup 3.3, 4.1)."""

from __future__ import annotations

import pytest

from tests.http.shapes import good, gupshup_error, meta_error
from tests.stage.play import Play

pytestmark = pytest.mark.anyio


async def test_voice_switches_calling(play: Play) -> None:
    """`POST /voice` switches calling on and off, with the documented sentence (138000, facts/gupshup 4.1)."""
    said = good(await play.partner("POST", "voice", data={"enable": "false"}), "answer-voice")
    assert said == {"message": "Whatsapp voice status updated to false", "status": "success"}
    meta_error(await play.request(), 138000)
    said = good(await play.partner("POST", "voice", data={"enable": "true"}), "answer-voice")
    assert said["message"] == "Whatsapp voice status updated to true"
    good(await play.request(), "answer-message-gupshup")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "enable: is required"),
        ({"enable": "maybe"}, 'enable: must be one of "true", "false", not "maybe"'),
        ({"enable": "true", "iconVisibility": "NONE"}, 'iconVisibility: must be "DEFAULT", not "NONE"'),
        ({"enable": "true", "mode": "FAX"}, 'mode: must be one of "GS_SIP", "PASSTHROUGH", not "FAX"'),
        ({"enable": "true", "mode": "GS_SIP"}, "metaData: is required"),
    ],
)
async def test_wrong_voice_settings_name_the_field(play: Play, fields: dict[str, str], message: str) -> None:
    """A wrong field of `/voice` is named, and calling stays as it was (E3)."""
    said = gupshup_error(await play.partner("POST", "voice", data=fields), 400)
    assert sorted(said.split()) == sorted(message.split())
    assert (await play.set())["calling"] == "ENABLED"


async def test_bsuid_fields_are_switched_for_v3(play: Play) -> None:
    """`enableBSUIDV3` switches the BSUID fields of v3 webhooks (facts/gupshup 3.3)."""
    answer = await play.partner("PUT", "config/bsuid", json={"enableBSUIDV3": False})
    good(answer, "answer-config-bsuid")
    assert (await play.set())["bsuid"] == "off"
    good(await play.partner("PUT", "config/bsuid", json={"enableBSUID": True}), "answer-config-bsuid")
    assert (await play.set())["bsuid"] == "off"
    good(await play.partner("PUT", "config/bsuid", json={"enableBSUIDV3": True}), "answer-config-bsuid")
    assert (await play.set())["bsuid"] == "on"


async def test_bsuid_wants_one_of_its_fields(play: Play) -> None:
    """Neither field given: Gupshup's own sentence (facts/gupshup 3.3)."""
    message = gupshup_error(await play.partner("PUT", "config/bsuid", json={}), 400)
    assert message == "At least one of enableBSUID or enableBSUIDV3 must be provided"


async def test_bsuid_wants_booleans(play: Play) -> None:
    """A text in the place of a boolean is refused by name, and nothing changes (E3)."""
    message = gupshup_error(await play.partner("PUT", "config/bsuid", json={"enableBSUIDV3": "false"}), 400)
    assert message == 'enableBSUIDV3: must be true or false, not "false"'
    assert (await play.set())["bsuid"] == "on"
