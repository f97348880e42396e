"""Who may not speak to the sandbox, on every route of every surface: other pages, other names, no token (E6)."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from mock_server.http.control import routes as control
from mock_server.http.endpoint import Operation
from mock_server.http.graph import routes as graph
from mock_server.http.partner import routes as partner
from mock_server.settings import ServerSettings
from tests.stage.play import APP, REQUEST, TOKEN, Play

pytestmark = pytest.mark.anyio

CONTROL_TOKEN = "only-for-us"
PARAMETERS = {
    "app": APP, "app_id": APP, "partner_id": "1", "wa_id": "919812345678", "subscription_id": "8166",
    "phone_number_id": "100000000000001", "waba_id": "200000000000001", "meta_app_id": "300000000000001",
}  # fmt: skip
PROVIDERS = [*partner.operations(), *graph.operations()]
OURS = [operation for operation in control.operations() if operation.path != "/_sandbox/health"]
ROUTES = {f"{operation.method} {operation.path}": operation for operation in [*PROVIDERS, *OURS]}
TAKE_FORMS_TOO = {  # Meta's own pages post them so; with a token, and from no page (facts/meta 8)
    "POST /{meta_app_id}/subscriptions",
    "DELETE /{meta_app_id}/subscriptions",
    "POST /{waba_id}/subscribed_apps",
    "POST /{phone_number_id}",
}
FORM = "application/x-www-form-urlencoded"

OTHER_PAGES = {
    "another site": {"Origin": "https://evil.example"},
    "a sandboxed frame or a file": {"Origin": "null"},
    "a name that begins like ours": {"Origin": "http://127.0.0.1.evil.example"},
    "a login that looks like ours": {"Origin": "http://localhost@evil.example"},
    "an extension": {"Origin": "chrome-extension://abcdefgh"},
    "a link or an image, which has no Origin": {"Sec-Fetch-Site": "cross-site"},
    "two origins": {"Origin": "http://localhost, https://evil.example"},
}
OTHER_NAMES = {
    "rebound": "evil.example:8400",
    "rebound, a name that begins like ours": "127.0.0.1.evil.example",
    "rebound, with the address in the name": "7f000001.rbndr.example",
    "another machine's address": "192.0.2.1:8400",
    "every address": "0.0.0.0:8400",
    "octal": "0177.0.0.1",
    "decimal": "2130706433",
    "none": "",
}


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def guarded() -> AsyncIterator[tuple[Play, Any]]:
    """A sandbox with a control token, and its state: nothing that these tests send may change it."""
    async with Play(ServerSettings(control_token=CONTROL_TOKEN, seed="guarded")) as play:
        yield play, await state(play)


async def state(play: Play) -> Any:
    """Everything but the journal."""
    answer = await play.http.get("/_sandbox/snapshot", headers={"Authorization": f"Bearer {CONTROL_TOKEN}"})
    saved = answer.json()
    for app in saved["apps"]:
        del app["journal"], app["journal_last"]
    del saved["feed_last"]
    return saved


def path_of(operation: Operation) -> str:
    return re.sub(r"\{(\w+)(:\w+)?\}", lambda name: PARAMETERS.get(name[1], "1"), operation.path)


async def ask(
    play: Play, operation: Operation, headers: dict[str, str], *, body: bytes | None = None, method: str | None = None
) -> httpx.Response:
    """A request with every token it needs, unless `headers` say otherwise."""
    path = path_of(operation)
    token = TOKEN if path.startswith("/partner") else f"Bearer {TOKEN}"
    token = f"Bearer {CONTROL_TOKEN}" if path.startswith("/_sandbox") else token
    own = {"Authorization": token} | ({"Content-Type": "application/json"} if operation.body else {})
    said = json.dumps(REQUEST).encode() if body is None and operation.body else body
    return await play.http.request(method or operation.method, path, headers=own | headers, content=said)


async def all_answer(
    guarded: tuple[Play, Any], status: int, headers: dict[str, str], body: bytes | None = None
) -> None:
    """Every route answers a request with these headers so, and nothing has changed."""
    play, before = guarded
    for route, operation in ROUTES.items():
        assert (await ask(play, operation, headers, body=body)).status_code == status, route
    assert await state(play) == before


@pytest.mark.parametrize("page", OTHER_PAGES)
async def test_a_page_on_another_origin_is_refused(guarded: tuple[Play, Any], page: str) -> None:
    """No page of another origin may ask for any route, however its browser says so, and nothing changes (E6)."""
    await all_answer(guarded, 403, OTHER_PAGES[page])


@pytest.mark.parametrize("name", OTHER_NAMES)
async def test_a_rebinding_host_name_is_refused(guarded: tuple[Play, Any], name: str) -> None:
    """A page whose own host name was rebound to this machine is refused by that name, and nothing changes (E6)."""
    host = OTHER_NAMES[name]
    await all_answer(guarded, 403, {"Host": host})
    await all_answer(guarded, 403, {"Host": host, "Origin": f"http://{host}", "Sec-Fetch-Site": "same-origin"})


@pytest.mark.parametrize("kind", [FORM, "text/plain", "multipart/form-data; boundary=x"])
async def test_a_form_post_is_refused(guarded: tuple[Play, Any], kind: str) -> None:
    """A form of another site, which a browser posts without asking, is refused whatever its content type (E6)."""
    headers = {"Origin": "https://evil.example", "Content-Type": kind}
    await all_answer(guarded, 403, headers, json.dumps(REQUEST).encode())


@pytest.mark.parametrize("kind", [FORM, "text/plain", "multipart/form-data; boundary=x", ""])
async def test_json_alone_is_taken(guarded: tuple[Play, Any], kind: str) -> None:
    """Where JSON is wanted, nothing that a browser sends without a preflight is taken, Origin or not (E3, E6)."""
    play, before = guarded
    for route, operation in ROUTES.items():
        if operation.body == "json" and not (kind == FORM and route in TAKE_FORMS_TOO):
            answer = await ask(play, operation, {"Content-Type": kind}, body=b'{"action":"allow_always"}')
            assert answer.status_code == 415, route
    assert await state(play) == before


@pytest.mark.parametrize("origin", ["https://evil.example", "http://localhost:3000"])
async def test_no_preflight_is_granted(guarded: tuple[Play, Any], origin: str) -> None:
    """A browser that asks whether a page may is told nothing that would let it, not even one of this machine (E6)."""
    play, _ = guarded
    headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    for route, operation in ROUTES.items():
        answer = await ask(play, operation, headers, method="OPTIONS")
        assert answer.status_code in {403, 405}, route
        assert not [name for name in answer.headers if name.startswith("access-control")], route


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        f"Bearer {CONTROL_TOKEN[:-1]}",
        f"Bearer {CONTROL_TOKEN}x",
        f"Bearer {CONTROL_TOKEN.upper()}",
        CONTROL_TOKEN,
        f"Basic {CONTROL_TOKEN}",
        f"Bearer {TOKEN}",
        "Bearer null",
    ],
)
async def test_the_control_token_is_asked_for(guarded: tuple[Play, Any], authorization: str | None) -> None:
    """A missing or wrong control token is refused on every route of the control API, however its path is spelled, and
    nothing changes (E6).
    """
    play, before = guarded
    headers = {} if authorization is None else {"Authorization": authorization}
    for operation in OURS:
        path = path_of(operation)
        for spelling in (path, path + "/", path.replace("/_sandbox", "/%5Fsandbox")):
            answer = await play.http.request(operation.method, spelling, headers=headers, json={})
            assert answer.status_code == 401, f"{operation.method} {spelling}"
    assert await state(play) == before


async def test_two_host_headers_are_refused(guarded: tuple[Play, Any]) -> None:
    """A request under two names at once is refused: which of them somebody before us looked at is not known (E6)."""
    play, _ = guarded
    headers = [("Host", "evil.example"), ("Host", "127.0.0.1"), ("Authorization", f"Bearer {CONTROL_TOKEN}")]
    assert (await play.http.get("/_sandbox/apps", headers=headers)).status_code == 403


@pytest.mark.parametrize("way", ["%2e%2e/apps", "../apps", "/apps", "apps", "%2e%2e%2fapps", "x/%2e%2e/%2e%2e/apps"])
async def test_the_page_is_no_way_around_the_token(guarded: tuple[Play, Any], way: str) -> None:
    """The page's own files are open, and no path below them leads to the control API (E6)."""
    play, _ = guarded
    assert (await play.http.get("/_sandbox/phone")).status_code == 200
    assert (await play.http.get(f"/_sandbox/phone/{way}")).status_code in {401, 404}
