"""Unknown paths and methods: an answer in the shape of the surface, with what was probably meant (E3)."""

from __future__ import annotations

import pytest

from mock_server import schemas
from tests.http.shapes import good, gupshup_error, problem
from tests.stage.play import APP, REQUEST, Play

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("method", "path", "nearest"),
    [
        ("POST", f"/partner/app/{APP}/v3/messages", "POST /partner/app/{app_id}/v3/message"),
        ("POST", f"/partner/app/{APP}/v2/message", "POST /partner/app/{app_id}/v3/message"),
        ("GET", f"/partner/app/{APP}/subscriptions", "GET /partner/app/{app_id}/subscription"),
        ("POST", "/partner/account/signin", "POST /partner/account/login"),
    ],
)
async def test_partner_paths(play: Play, method: str, path: str, nearest: str) -> None:
    """An unknown partner path is 404 in Gupshup's shape and names the nearest route (E3)."""
    sentence = gupshup_error(await play.http.request(method, path, json=REQUEST), 404)
    assert sentence == f"{method} {path} is no route here; the nearest route is {nearest}."


async def test_the_nearest_route_is_in_the_apps_journal(play: Play) -> None:
    """The journal of the app in the path says which route was probably meant (E3)."""
    await play.partner("POST", "v3/messages", json=REQUEST)
    (note,) = (await play.control("GET", "journal?kind=note"))["entries"]
    assert note["sentence"] == (
        f"POST /partner/app/{APP}/v3/messages is no route here; "
        "the nearest route is POST /partner/app/{app_id}/v3/message."
    )


async def test_graph_paths(play: Play) -> None:
    """An unknown Graph path is 404 in Meta's shape, code 2500 (E1, E3)."""
    answer = await play.http.get("/v24.0/me/accounts")
    assert answer.status_code == 404
    schemas.validate("error-meta", answer.json())
    error = answer.json()["error"]
    assert (error["code"], error["message"]) == (2500, "(#2500) Unknown path components")
    assert error["error_data"]["details"].startswith("GET /v24.0/me/accounts is no route here; the nearest route is ")


@pytest.mark.parametrize("path", ["/_sandbox/app", f"/_sandbox/apps/{APP}/user", "/_sandbox"])
async def test_control_paths(play: Play, path: str) -> None:
    """An unknown control path is a 404 problem that names the nearest route (E3, E4)."""
    detail = problem(await play.http.get(path), 404)["detail"]
    assert detail.startswith(f"GET {path} is no route here; the nearest route is GET /_sandbox/")


async def test_a_long_path_is_answered_briefly(play: Play) -> None:
    """A path of 60 000 characters gets the same 404, cut short (E3)."""
    sentence = gupshup_error(await play.http.get("/partner/" + "x" * 60_000), 404)
    assert len(sentence) < 500


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", f"/partner/app/{APP}/v3/message", "POST"),
        ("PATCH", f"/partner/app/{APP}/subscription", "DELETE, GET, POST"),
        ("OPTIONS", "/partner/account/login", "POST"),
        ("BREW", f"/partner/app/{APP}/voice", "POST"),
    ],
)
async def test_a_wrong_method_on_the_partner_path(play: Play, method: str, path: str, allowed: str) -> None:
    """A method that a route does not have is 405, says which there are, and changes nothing (E3)."""
    answer = await play.http.request(method, path)
    assert gupshup_error(answer, 405) == f"{method} is not possible here; use {allowed}."
    assert answer.headers["allow"] == allowed


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", f"/_sandbox/apps/{APP}", "DELETE, GET, PATCH"),
        ("POST", "/_sandbox/snapshot", "GET, PUT"),
        ("DELETE", "/_sandbox/events", "GET"),
        ("POST", "/openapi.json", "GET"),
    ],
)
async def test_a_wrong_method_on_the_control_api(play: Play, method: str, path: str, allowed: str) -> None:
    """On the control API 405 is a problem document with `Allow` beside it (E4)."""
    answer = await play.http.request(method, path)
    assert problem(answer, 405)["detail"] == f"{method} is not possible here; use {allowed}."
    assert answer.headers["allow"] == allowed


async def test_a_wrong_method_is_in_the_journal(play: Play) -> None:
    """The journal has the request with the wrong method too (section 11)."""
    await play.partner("GET", "v3/message")
    (note,) = (await play.control("GET", "journal?kind=note"))["entries"]
    assert note["sentence"] == f"GET /partner/app/{APP}/v3/message: GET is not possible here; use POST."


@pytest.mark.parametrize("path", [f"/_sandbox/apps/{APP}/", f"/_sandbox/apps/{APP}///"])
async def test_slashes_at_the_end_do_not_matter(play: Play, path: str) -> None:
    """Trailing slashes are tolerated on every surface (INTERFACE)."""
    good(await play.http.get(path), "app")
    good(await play.partner("POST", "v3/message/", json=REQUEST), "answer-message-gupshup")
