"""Who may speak to the sandbox at all (E6): on every surface, before anything else."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from mock_server import schemas
from mock_server.settings import ServerSettings
from tests.http.shapes import good, gupshup_error, problem
from tests.stage.play import APP, REQUEST, TOKEN, Play

pytestmark = pytest.mark.anyio

SURFACES = {
    "control": ("GET", f"/_sandbox/apps/{APP}"),
    "control events": ("GET", "/_sandbox/events"),
    "partner": ("POST", f"/partner/app/{APP}/v3/message"),
    "graph": ("POST", "/v24.0/100000000000001/messages"),
    "openapi": ("GET", "/openapi.json"),
    "front door": ("GET", "/"),
    "unknown": ("GET", "/partner/nothing"),
}
EVERY = pytest.mark.parametrize("surface", SURFACES)


async def ask(play: Play, surface: str, **headers: str) -> httpx.Response:
    method, path = SURFACES[surface]
    body: dict[str, Any] = {"json": REQUEST} if method == "POST" else {}
    return await play.http.request(method, path, headers={"Authorization": TOKEN} | headers, **body)


def refused(answer: httpx.Response, surface: str) -> str:
    """The sentence of a 403 in the surface's own shape."""
    if surface in {"partner", "unknown"}:
        return gupshup_error(answer, 403)
    if surface == "graph":
        assert answer.status_code == 403
        schemas.validate("error-meta", answer.json())
        return str(answer.json()["error"]["error_data"]["details"])
    return str(problem(answer, 403)["detail"])


@EVERY
@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "http://127.0.0.1.evil.example", "http://localhost@evil.example", "http://[::1"],
)
async def test_a_foreign_origin_is_refused(play: Play, surface: str, origin: str) -> None:
    """A web page of another site may not drive the sandbox, on no surface (E6)."""
    sentence = refused(await ask(play, surface, Origin=origin), surface)
    assert sentence == f"A page of {origin} may not drive the sandbox."
    assert (await play.user())["requests"] == []


@EVERY
async def test_cross_site_is_refused(play: Play, surface: str) -> None:
    """`Sec-Fetch-Site: cross-site` is refused on every surface, as a link or an image would send it (E6)."""
    sentence = refused(await ask(play, surface, **{"Sec-Fetch-Site": "cross-site"}), surface)
    assert sentence == "A page of another site may not drive the sandbox."


@EVERY
@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("evil.example", "evil.example"),
        ("evil.example:8400", "evil.example"),
        ("127.0.0.1.evil.example", "127.0.0.1.evil.example"),
        ("10.0.0.1", "10.0.0.1"),
        ("", ""),
        ("localhost@evil.example", "localhost@evil.example"),
        ("]a[", "]a["),
        ("[zz]", "[zz]"),
    ],
)
async def test_an_unknown_host_is_refused(play: Play, surface: str, host: str, name: str) -> None:
    """A `Host` that is neither loopback nor the bound address is refused by name: DNS rebinding gets nowhere (E6)."""
    sentence = refused(await ask(play, surface, Host=host), surface)
    assert sentence == f"The host name {name!r} is not known here; start with --allow-host NAME to allow it."


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8400", "127.0.0.1:9", "127.1.2.3", "[::1]:8400", "[::1]"])
@pytest.mark.parametrize("header", ["Host", "Origin"])
async def test_loopback_is_welcome(play: Play, header: str, host: str) -> None:
    """Every name of loopback is welcome, as host and as origin, whatever the port (E6)."""
    value = host if header == "Host" else f"http://{host}"
    good(await ask(play, "control", **{header: value}), "app")
    good(await ask(play, "partner", **{header: value}), "answer-message-gupshup")


@pytest.mark.parametrize("site", ["same-origin", "same-site", "none"])
async def test_pages_of_ones_own_are_welcome(play: Play, site: str) -> None:
    """Only `cross-site` is refused: the sandbox's own page may call it (E6)."""
    good(await ask(play, "control", **{"Sec-Fetch-Site": site, "Origin": "http://localhost:8400"}), "app")


async def test_allow_host_names_more_hosts() -> None:
    """`--allow-host` lets the sandbox answer under further names, without regard to case, and under no others (E6)."""
    async with Play(ServerSettings(allow_host=("Sandbox.internal",))) as play:
        good(await ask(play, "control", Host="sandbox.INTERNAL:8400", Origin="http://sandbox.internal"), "app")
        problem(await ask(play, "control", Host="other.internal"), 403)


async def test_the_bound_address_is_a_host() -> None:
    """Bound to another address, the sandbox answers under it; `0.0.0.0` is no name to answer to (E6)."""
    async with Play(ServerSettings(host="192.0.2.7", control_token="ct")) as play:
        headers = {"Authorization": "Bearer ct"}
        good(await ask(play, "control", Host="192.0.2.7:8400", **headers), "app")
    async with Play(ServerSettings(host="0.0.0.0", control_token="ct")) as play:
        problem(await ask(play, "control", Host="0.0.0.0:8400", **headers), 403)


CONTROLLED = [
    "/_sandbox/apps",
    f"/_sandbox/apps/{APP}/journal",
    "/_sandbox/snapshot",
    "/_sandbox/events",
    "/_sandbox/nothing",
]


@pytest.mark.parametrize("path", CONTROLLED)
@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "right-token"}, {"Authorization": "Basic right-token"}],
    ids=["missing", "wrong", "without a scheme", "other scheme"],
)
async def test_the_control_token_guards_the_control_api(path: str, headers: dict[str, str]) -> None:
    """With a control token the control API is 401 without it, and says how to send it (E6, INTERFACE)."""
    async with Play(ServerSettings(control_token="right-token")) as play:
        answer = await play.http.get(path, headers=headers)
        assert problem(answer, 401)["detail"] == (
            "The control token is missing or wrong: give it with --control-token or GUPSHUP_MOCK_CONTROL_TOKEN "
            "(over HTTP: 'Authorization: Bearer TOKEN')."
        )


async def test_the_right_control_token_opens_it() -> None:
    """The right token opens the control API; the provider surfaces do not ask for it (E6)."""
    async with Play(ServerSettings(control_token="right-token")) as play:
        for scheme in ("Bearer", "bearer"):
            good(await ask(play, "control", Authorization=f"{scheme} right-token"), "app")
        good(await ask(play, "partner"), "answer-message-gupshup")


@pytest.mark.parametrize("path", ["/_sandbox/health", "/_sandbox/health/"])
async def test_health_is_exempt(path: str) -> None:
    """`GET /_sandbox/health` answers whoever asks: a container's health check knows neither host nor token (E6)."""
    async with Play(ServerSettings(control_token="right-token")) as play:
        headers = {"Host": "evil.example", "Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
        assert good(await play.http.get(path, headers=headers), "health")["status"] == "ok"
