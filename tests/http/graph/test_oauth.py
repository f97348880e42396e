"""`GET /oauth/access_token`: what clients begin their registration of webhooks with (A4, facts/integrators 3.3)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.http.graph.surface import META_APP, NUMBER, refused
from tests.http.shapes import good
from tests.stage.play import Play

pytestmark = pytest.mark.anyio

SECRET = "sandbox-app-secret"
RIGHT = {"grant_type": "client_credentials", "client_id": META_APP, "client_secret": SECRET}


async def ask(play: Play, **changes: str) -> Any:
    return await play.http.get("/v24.0/oauth/access_token", params=RIGHT | changes)


async def token(play: Play) -> str:
    return str(good(await ask(play), "answer-oauth")["access_token"])


async def asked_with(play: Play, token: str) -> Any:
    return await play.http.get(f"/{NUMBER}/settings", headers={"Authorization": f"Bearer {token}"})


async def test_an_app_access_token(play: Play) -> None:
    """The app's id and secret give a token that opens the app's paths, the same one every time (A4)."""
    given = await token(play)
    assert given.startswith(f"{META_APP}|")
    assert SECRET not in given
    assert await token(play) == given
    good(await asked_with(play, given), "answer-settings")


async def test_id_and_secret_are_a_token_by_themselves(play: Play) -> None:
    """`{app id}|{app secret}` is taken as it is, as at Meta (A4)."""
    good(await asked_with(play, f"{META_APP}|{SECRET}"), "answer-settings")
    for wrong in (f"{META_APP}|wrong", f"|{SECRET}", f"300000000000009|{SECRET}", f"{META_APP}|", "|"):
        refused(await asked_with(play, wrong), 190, 401)


async def test_a_new_secret_ends_the_token(play: Play) -> None:
    """With another app secret the token of the old one is good no more (A4)."""
    given = await token(play)
    await play.set(app_secret="another-secret")
    refused(await asked_with(play, given), 190, 401)
    refused(await ask(play), 1, 400)


@pytest.mark.parametrize("changes", [{"client_secret": "wrong"}, {"client_id": "300000000000009"}], ids=str)
async def test_a_wrong_secret(play: Play, changes: dict[str, str]) -> None:
    """A wrong secret, or one of another app, is 400 with code 1 (facts/meta 7.2)."""
    assert refused(await ask(play, **changes), 1, 400).startswith("Error validating client secret")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"client_id": ""}, "client_id: is required"),
        ({"client_secret": ""}, "client_secret: is required"),
        ({"grant_type": ""}, "grant_type: is required"),
        ({"grant_type": "password"}, 'grant_type: must be "client_credentials", not "password"'),
    ],
)
async def test_what_is_missing_is_named(play: Play, changes: dict[str, str], says: str) -> None:
    """A parameter that is missing or wrong is 100 and named (row 100, E3)."""
    assert refused(await ask(play, **changes), 100, 400) == says


async def test_secrets_stay_out_of_the_journal(play: Play) -> None:
    """Neither the secret nor the token is in the journal of the app (section 11)."""
    given = await token(play)
    journal = (await play.http.get(f"/_sandbox/apps/{play.app}/journal")).text
    assert "oauth/access_token" in journal
    assert SECRET not in journal
    assert given not in journal


async def test_an_app_token_with_an_unknown_id(play: Play) -> None:
    """The app access token is a good token: an unknown id is 100/33 with it (row 33)."""
    headers = {"Authorization": f"Bearer {await token(play)}"}
    answer = await play.http.get("/999000000000009/settings", headers=headers)
    refused(answer, 100, 400)
    assert answer.json()["error"]["error_subcode"] == 33
