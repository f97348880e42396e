"""Universal tokens of the partner and of an app (facts/gupshup 1.2), on the machine's time (T3)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.http.shapes import good, gupshup_error
from tests.stage.machine import START
from tests.stage.play import APP, REQUEST, TOKEN, Play

pytestmark = pytest.mark.anyio

RIGHT = {"email": "partner@example.com", "clientSecret": "sandbox-secret"}
UNAUTHORISED = "Unauthorised access to the resource. Please review request parameters and headers and retry"
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000


async def mint(play: Play, name: str, **more: Any) -> httpx.Response:
    return await play.http.post("/partner/1/auth/token", data=RIGHT | {"name": name} | more)


async def universal(play: Play, name: str = "ci", **more: Any) -> str:
    return str(good(await mint(play, name, **more), "answer-universal-token")["token"])


async def ask(play: Play, token: str, method: str, path: str, **more: Any) -> httpx.Response:
    return await play.http.request(method, path, headers={"Authorization": f"Bearer {token}"}, **more)


async def mint_for_app(play: Play, token: str, name: str, **more: Any) -> httpx.Response:
    return await ask(play, token, "POST", f"/partner/app/{APP}/token", data={"name": name} | more)


async def test_a_universal_token_is_listed_without_its_value(play: Play) -> None:
    """The list is a bare array; a token's value is shown once, when it is minted (facts/gupshup 1.2)."""
    token = await universal(play)
    (row,) = good(await ask(play, token, "GET", "/partner/1/auth/tokens"), "answer-universal-tokens")
    assert (row["name"], row["createdByEmail"], row["status"]) == ("ci", "partner@example.com", "ACTIVE")
    assert (row["createdOn"], row["expiredOn"], row["revokedOn"]) == (START, START + 60 * DAY, None)
    assert token not in str(row)


@pytest.mark.parametrize("secret", ["", "wrong"])
async def test_minting_wants_the_client_secret(play: Play, secret: str) -> None:
    """Without the right client secret no universal token is minted (facts/gupshup 1.4)."""
    answer = await mint(play, "ci", clientSecret=secret)
    if secret:
        assert gupshup_error(answer, 401) == UNAUTHORISED
    else:
        assert gupshup_error(answer, 400) == "clientSecret: must have at least 1 characters"


@pytest.mark.parametrize(
    ("ahead", "fits"), [(MINUTE - 1, False), (MINUTE, True), (60 * DAY, True), (60 * DAY + 1, False)]
)
async def test_a_universal_token_lives_a_minute_to_sixty_days(play: Play, ahead: int, fits: bool) -> None:
    """`expiry` must lie 60 s to 60 days ahead; otherwise the answer names it (facts/gupshup 1.2)."""
    answer = await mint(play, "ci", expiry=START + ahead)
    if fits:
        good(answer, "answer-universal-token")
    else:
        assert gupshup_error(answer, 400).startswith("expiry: must lie 60 to 5184000 s ahead")


async def test_an_expired_universal_token_is_none(play: Play) -> None:
    """A universal token counts until its expiry on the machine's clock and not an instant longer (T3, T6)."""
    token = await universal(play, expiry=START + MINUTE)
    play.machine.move(seconds=59.999)
    good(await ask(play, token, "GET", "/partner/1/auth/tokens"), "answer-universal-tokens")
    play.machine.move(seconds=0.001)
    assert gupshup_error(await ask(play, token, "GET", "/partner/1/auth/tokens"), 401) == UNAUTHORISED


async def test_three_universal_tokens_at_most(play: Play) -> None:
    """A fourth active universal token is refused with 409; a revoked one makes room (facts/gupshup 1.2)."""
    first = await universal(play, "one")
    await universal(play, "two")
    third = await universal(play, "three")
    message = gupshup_error(await mint(play, "four"), 409)
    assert message == "Maximum of 3 active UT tokens reached for this partner admin; revoke one and retry"
    good(await ask(play, first, "POST", "/partner/1/auth/revoke", data={"token": third}), "answer-revoke")
    await universal(play, "four")


@pytest.mark.parametrize(("by", "scope"), [("id", "id"), ("name", "name"), ("token", "jti")])
async def test_revoking_says_by_what(play: Play, by: str, scope: str) -> None:
    """Revoking takes an id, a name or the token itself; from then on it opens nothing (facts/gupshup 1.2)."""
    token = await universal(play, "keeper")
    said = good(await mint(play, "gone"), "answer-universal-token")
    values = {"id": said["id"], "name": "gone", "token": said["token"]}
    answer = await ask(play, token, "POST", "/partner/1/auth/revoke", data={by: values[by]})
    assert good(answer, "answer-revoke")["scope"] == scope
    assert gupshup_error(await ask(play, said["token"], "GET", "/partner/1/auth/tokens"), 401) == UNAUTHORISED
    listed = (await ask(play, token, "GET", "/partner/1/auth/tokens?status=REVOKED")).json()
    assert [row["name"] for row in listed] == ["gone"]
    listed = (await ask(play, token, "GET", "/partner/1/auth/tokens?name=keeper")).json()
    assert [row["status"] for row in listed] == ["ACTIVE"]


async def test_another_partners_tokens_are_forbidden(play: Play) -> None:
    """A path with another partner's id: 403 `Forbidden Access`; a bad token comes first (facts/gupshup 1.4)."""
    token = await universal(play)
    assert gupshup_error(await ask(play, token, "GET", "/partner/2/auth/tokens"), 403) == "Forbidden Access"
    assert gupshup_error(await ask(play, "wrong", "GET", "/partner/2/auth/tokens"), 401) == UNAUTHORISED
    assert gupshup_error(await play.http.get("/partner/1/auth/tokens", headers={"Authorization": token}), 401)


async def test_an_app_token_of_a_universal_one_sends_messages(play: Play) -> None:
    """A universal app token, as Bearer, is as good as the app's own token, without advice (facts/gupshup 1.2, 1.3)."""
    said = good(await mint_for_app(play, await universal(play), "worker"), "answer-universal-app-token")
    answer = await ask(play, said["token"], "POST", f"/partner/app/{APP}/v3/message", json=REQUEST)
    good(answer, "answer-message-gupshup")
    assert (await play.control("GET", "violations"))["entries"] == []


async def test_only_a_universal_token_as_bearer_mints_app_tokens(play: Play) -> None:
    """Neither the app's own token nor a raw universal token mints a universal app token (facts/gupshup 1.2)."""
    token = await universal(play)
    path = f"/partner/app/{APP}/token"
    for authorization in (TOKEN, f"Bearer {TOKEN}", token):
        answer = await play.http.post(path, data={"name": "x"}, headers={"Authorization": authorization})
        assert gupshup_error(answer, 401) == UNAUTHORISED


async def test_app_tokens_are_three_with_names_of_their_own(play: Play) -> None:
    """At most 3 active universal app tokens an app, the name unique among active ones: 409 (facts/gupshup 1.2)."""
    token = await universal(play)
    for name in ("one", "two"):
        good(await mint_for_app(play, token, name), "answer-universal-app-token")
    assert "named 'two' exists" in gupshup_error(await mint_for_app(play, token, "two"), 409)
    good(await mint_for_app(play, token, "three"), "answer-universal-app-token")
    message = gupshup_error(await mint_for_app(play, token, "four"), 409)
    assert message == "Maximum of 3 active UAT tokens reached for this app; revoke one and retry"


@pytest.mark.parametrize(("ahead", "fits"), [(HOUR - 1, False), (HOUR, True), (DAY, True), (DAY + 1, False)])
async def test_an_app_token_lives_an_hour_to_a_day(play: Play, ahead: int, fits: bool) -> None:
    """`expiry` of a universal app token must lie 1 h to 24 h ahead (facts/gupshup 1.2)."""
    answer = await mint_for_app(play, await universal(play), "worker", expiry=START + ahead)
    if fits:
        good(answer, "answer-universal-app-token")
    else:
        assert gupshup_error(answer, 400).startswith("expiry: must lie 3600 to 86400 s ahead")


async def test_an_expired_app_token_opens_nothing_and_cannot_be_revoked(play: Play) -> None:
    """After its expiry an app token is 401 `Authentication Failed`, and revoking it 410 (facts/gupshup 1.2, T6)."""
    token = await universal(play)
    said = good(await mint_for_app(play, token, "worker"), "answer-universal-app-token")
    play.machine.move(seconds=86_400)
    answer = await ask(play, said["token"], "POST", f"/partner/app/{APP}/v3/message", json=REQUEST)
    assert gupshup_error(answer, 401) == "Authentication Failed"
    revoke = f"/partner/app/{APP}/token/revoke"
    assert gupshup_error(await ask(play, token, "POST", revoke, data={"id": said["id"]}), 410)
    assert gupshup_error(await ask(play, token, "POST", revoke, data={"id": "unknown"}), 404)


async def test_app_tokens_are_listed_by_status(play: Play) -> None:
    """The list of universal app tokens shows id, name and status, and `status` chooses (facts/gupshup 1.2)."""
    token = await universal(play)
    first = good(await mint_for_app(play, token, "first"), "answer-universal-app-token")
    second = good(await mint_for_app(play, token, "second"), "answer-universal-app-token")
    revoke = await ask(play, token, "POST", f"/partner/app/{APP}/token/revoke", data={"id": first["id"]})
    assert good(revoke, "answer-revoke")["scope"] == "id"
    listed = good(await play.partner("GET", "tokens?status=ACTIVE"), "answer-universal-app-tokens")
    assert listed["tokens"] == [{"id": second["id"], "name": "second", "status": "ACTIVE"}]
    assert gupshup_error(await play.partner("GET", "tokens?status=active"), 400).startswith("status: must be one of")


async def test_revoking_a_universal_token_leaves_its_app_tokens(play: Play) -> None:
    """Revoking a universal token does not cascade to the app tokens minted with it (facts/gupshup 1.2)."""
    token = await universal(play)
    said = good(await mint_for_app(play, token, "worker"), "answer-universal-app-token")
    good(await ask(play, token, "POST", "/partner/1/auth/revoke", data={"name": "ci"}), "answer-revoke")
    answer = await ask(play, said["token"], "POST", f"/partner/app/{APP}/v3/message", json=REQUEST)
    good(answer, "answer-message-gupshup")
