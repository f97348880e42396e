"""Rate limits as Gupshup documents them (E5), on the machine's time (T3), off unless asked for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import msgspec
import pytest

from mock_server.settings import ServerSettings
from mock_server.store.rows import Delivery
from tests.http.shapes import good, gupshup_error, problem
from tests.stage.play import APP, RECEIVER, REQUEST, USER, Play

pytestmark = pytest.mark.anyio

OTHER_USER = "919800000001"
TEXT = {"messaging_product": "whatsapp", "to": USER, "type": "text", "text": {"body": "Hello"}}
LOGIN = {"email": "partner@example.com", "password": "sandbox-secret"}
MINT = {"email": "partner@example.com", "clientSecret": "sandbox-secret", "name": "ci"}


@pytest.fixture
async def limited() -> AsyncIterator[Play]:
    """A sandbox that keeps to the documented rates."""
    async with Play(ServerSettings(seed="stage", webhook=RECEIVER, rate_limits=True)) as play:
        yield play


def on_app(method: str, path: str, **more: Any) -> Callable[[Play], Awaitable[httpx.Response]]:
    return lambda play: play.partner(method, path, **more)


async def login(play: Play) -> httpx.Response:
    return await play.http.post("/partner/account/login", data=LOGIN)


async def mint(play: Play) -> httpx.Response:
    return await play.http.post("/partner/1/auth/token", data=MINT)


# Endpoint, its documented rate, and how to call it. What the calls themselves answer does not matter below the rate.
ENDPOINTS: dict[str, tuple[int, float, Callable[[Play], Awaitable[httpx.Response]]]] = {
    "v3/message": (10, 1, on_app("POST", "v3/message", json=TEXT)),
    "voice": (10, 1, on_app("POST", "voice", data={"enable": "true"})),
    "tokens": (10, 1, on_app("GET", "tokens")),
    "login": (10, 60, login),
    "templates": (10, 60, on_app("GET", "templates")),
    "config/bsuid": (10, 60, on_app("PUT", "config/bsuid", json={"enableBSUID": True})),
    "subscription": (5, 60, on_app("GET", "subscription")),
    "universal token": (3, 60, mint),
}
EACH = pytest.mark.parametrize("name", ENDPOINTS)


@EACH
async def test_one_call_more_than_the_rate_is_429(limited: Play, name: str) -> None:
    """One call beyond the documented rate is 429 `Too Many Requests`; when the first call has left the window, the
    next is served (E5, T6).
    """
    calls, seconds, call = ENDPOINTS[name]
    assert {(await call(limited)).status_code for _ in range(calls)} <= {200, 409}
    assert gupshup_error(await call(limited), 429) == "Too Many Requests"
    limited.machine.move(seconds=seconds - 0.001)
    gupshup_error(await call(limited), 429)
    limited.machine.move(seconds=0.001)
    assert (await call(limited)).status_code in {200, 409}


@EACH
async def test_rates_are_off_by_default(play: Play, name: str) -> None:
    """Without `--rate-limits` nothing is ever 429, so that load tests measure the integrator (E5)."""
    calls, _, call = ENDPOINTS[name]
    assert 429 not in {(await call(play)).status_code for _ in range(2 * calls + 1)}


async def test_the_apps_own_token_endpoint_has_its_rate(limited: Play) -> None:
    """10 a minute for `GET /token`, for each app by itself (E5)."""
    token = (await login(limited)).json()["token"]
    headers = {"Authorization": token}
    for _ in range(10):
        good(await limited.http.get(f"/partner/app/{APP}/token", headers=headers), "answer-app-token")
    gupshup_error(await limited.http.get(f"/partner/app/{APP}/token", headers=headers), 429)
    await limited.http.post("/_sandbox/apps", json={"id": "second"})
    good(await limited.http.get("/partner/app/second/token", headers=headers), "answer-app-token")


async def test_apps_have_rates_of_their_own(limited: Play) -> None:
    """The rate of the message path counts per app (E5)."""
    for _ in range(11):
        answer = await limited.partner("POST", "v3/message", json=TEXT)
    assert answer.status_code == 429
    second = (await limited.http.post("/_sandbox/apps", json={"id": "second"})).json()
    headers = {"Authorization": second["token"]}
    answer = await limited.http.post("/partner/app/second/v3/message", json=TEXT, headers=headers)
    good(answer, "answer-message-gupshup")


async def test_the_apps_clock_does_not_cool_down(limited: Play) -> None:
    """Rates are on the machine's time: advancing the app's clock frees nothing (T3)."""
    for _ in range(10):
        await limited.partner("POST", "v3/message", json=TEXT)
    await limited.advance(86_400)
    gupshup_error(await limited.partner("POST", "v3/message", json=TEXT), 429)


async def test_a_call_that_is_refused_for_its_rate_does_nothing(limited: Play) -> None:
    """A request refused with 429 is not counted and sends nothing (E5, R3)."""
    for _ in range(10):
        await limited.partner("POST", "v3/message", json=TEXT)
    gupshup_error(await limited.request(), 429)
    assert (await limited.user())["requests"] == []


async def violations(play: Play) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = (await play.control("GET", "violations"))["entries"]
    return entries


@pytest.mark.parametrize(("later", "found"), [(0, 1), (0.999, 1), (1, 0)])
async def test_coming_back_within_a_second_is_a_violation(limited: Play, later: float, found: int) -> None:
    """The same route and user within 1 s of a 429 is a violation, whatever comes of it (section 11)."""
    for _ in range(10):
        await limited.partner("POST", "v3/message", json=TEXT | {"to": OTHER_USER})
    gupshup_error(await limited.request(), 429)
    assert await violations(limited) == []
    limited.machine.move(seconds=later)
    await limited.request()
    listed = await violations(limited)
    assert len(listed) == found
    if found:
        assert (listed[0]["kind"], listed[0]["rule"], listed[0]["wa_id"]) == ("violation", "E5", USER)
        assert listed[0]["seen"] == "the same request again within 1 s of a 429"
        assert listed[0]["source"] == "Gupshup, partner rate limits: cool-down of 1 s or 1 min"


async def test_another_user_within_a_second_is_none(limited: Play) -> None:
    """Another user on the same route within the second is no violation (section 11)."""
    for _ in range(10):
        await limited.partner("POST", "v3/message", json=TEXT | {"to": OTHER_USER})
    gupshup_error(await limited.partner("POST", "v3/message", json=REQUEST), 429)
    gupshup_error(await limited.partner("POST", "v3/message", json=REQUEST | {"to": "919800000002"}), 429)
    assert await violations(limited) == []


async def test_a_full_outbox_is_429_and_the_journal_says_so(play: Play) -> None:
    """With 100 000 webhooks waiting a message gets 429, nothing is dropped, and the journal says why (W7)."""
    await play.set(deliveries="paused")
    row = Delivery(
        id="", number=0, subscription_id="s", url=RECEIVER, wa_id=USER, kind="sent", created_at=0, due=0, body=b"{}"
    )
    rows = [msgspec.structs.replace(row, id=str(n)) for n in range(100_000)]
    await play.sandbox.services.store.add_deliveries(APP, rows)
    sentence = "100000 webhooks of this app wait for delivery; the outbox is full."
    assert gupshup_error(await play.request(), 429) == "Too Many Requests"
    more = await play.http.post(f"/_sandbox/apps/{APP}/webhooks", json={"body": {}})
    assert problem(more, 429)["detail"] == sentence
    (note,) = (await play.control("GET", "journal?kind=note"))["entries"]
    assert note["sentence"] == sentence
    assert (await play.user())["requests"] == []
    flush = await play.control("POST", "deliveries/flush", json={"timeout_seconds": 0})
    assert flush["waiting"] == 100_000
