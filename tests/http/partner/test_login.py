"""Login and the app token: the legacy way to a credential (A4, facts/gupshup 1.1)."""

from __future__ import annotations

import httpx
import pytest

from tests.http.shapes import good, gupshup_error
from tests.stage.play import APP, TOKEN, Play

pytestmark = pytest.mark.anyio

LOGIN = "/partner/account/login"
RIGHT = {"email": "partner@example.com", "password": "sandbox-secret"}


async def partner_token(play: Play) -> str:
    return str(good(await play.http.post(LOGIN, data=RIGHT), "answer-login")["token"])


async def app_token(play: Play, token: str, app: str = APP) -> httpx.Response:
    return await play.http.get(f"/partner/app/{app}/token", headers={"Authorization": token})


@pytest.mark.parametrize(
    "fields",
    [
        RIGHT,
        {"email": "partner@example.com", "secret": "sandbox-secret"},
        RIGHT | {"secret": "sandbox-secret"},
    ],
    ids=["password", "secret", "both"],
)
async def test_login_takes_password_or_secret(play: Play, fields: dict[str, str]) -> None:
    """The client secret may be called `password`, `secret`, or both (A4)."""
    said = good(await play.http.post(LOGIN, data=fields), "answer-login")
    assert (said["id"], said["email"]) == (1, "partner@example.com")
    assert said["token"].count(".") == 2


@pytest.mark.parametrize(
    "fields",
    [
        {"email": "partner@example.com", "password": "wrong"},
        {"email": "somebody@example.com", "password": "sandbox-secret"},
        {"email": "partner@example.com", "password": "wrong", "secret": "sandbox-secret"},
    ],
    ids=["secret", "email", "password beside the right secret"],
)
async def test_a_wrong_login_is_refused(play: Play, fields: dict[str, str]) -> None:
    """A wrong e-mail or secret is 401 in Gupshup's shape (A4)."""
    assert gupshup_error(await play.http.post(LOGIN, data=fields), 401) == "Authentication Failed"


async def test_login_names_what_is_missing(play: Play) -> None:
    """Without a secret the answer names `password`, the field of the documentation (E3)."""
    answer = await play.http.post(LOGIN, data={"email": "partner@example.com"})
    assert gupshup_error(answer, 400) == "password: is required, or else secret"


async def test_every_login_gives_a_token_of_its_own(play: Play) -> None:
    """Two logins give two partner tokens, and the first one stays good (T4)."""
    first, second = await partner_token(play), await partner_token(play)
    assert first != second
    good(await app_token(play, first), "answer-app-token")


async def test_the_app_token_is_the_same_every_time(play: Play) -> None:
    """The app's token comes for a partner token, raw, as often as one asks, and does not expire (facts/gupshup 1.1)."""
    token = await partner_token(play)
    for _ in range(2):
        said = good(await app_token(play, token), "answer-app-token")["token"]
        assert (said["token"], said["expiresOn"], said["active"]) == (TOKEN, 0, True)


async def test_a_partner_token_lives_a_day_of_machine_time(play: Play) -> None:
    """A partner token counts for 24 h of the machine's time and not an instant longer; the app's clock does not matter
    (T3, T6).
    """
    token = await partner_token(play)
    await play.advance(10 * 86_400)
    play.machine.move(seconds=86_399.999)
    good(await app_token(play, token), "answer-app-token")
    play.machine.move(seconds=0.001)
    assert gupshup_error(await app_token(play, token), 401) == "Authentication Failed"


async def test_the_app_token_wants_a_partner_token(play: Play) -> None:
    """The app's own token is no credential for getting it, nor is none (A4)."""
    assert gupshup_error(await play.partner("GET", "token"), 401) == "Authentication Failed"
    assert gupshup_error(await play.http.get(f"/partner/app/{APP}/token"), 401) == "Authentication Failed"


async def test_the_token_of_an_app_that_is_not_there(play: Play) -> None:
    """A good partner token with an unknown app: 400 `Invalid App Details` (A4)."""
    answer = await app_token(play, await partner_token(play), "no-such-app")
    assert gupshup_error(answer, 400) == "Invalid App Details"


async def test_trailing_slashes_are_tolerated(play: Play) -> None:
    """Samples of the documentation end in a slash here and there; it is the same route without (INTERFACE)."""
    token = good(await play.http.post(LOGIN + "/", data=RIGHT), "answer-login")["token"]
    answer = await play.http.get(f"/partner/app/{APP}/token/", headers={"Authorization": token})
    assert good(answer, "answer-app-token")["token"]["token"] == TOKEN
