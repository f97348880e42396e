"""Who may ask on Graph, for which ids, and how paths are written (A4, E1)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.http.graph.surface import META_APP, NUMBER, TEXT, WABA, graph, refused, state
from tests.http.shapes import good
from tests.stage.play import TOKEN, USER, Play

pytestmark = pytest.mark.anyio

OTHER = {"id": "other", "token": "sk_other_000000000002", "phone_number_id": "100000000000002", "name": "other"}
SETTINGS = f"/{NUMBER}/settings"


async def ask(play: Play, path: str = SETTINGS, **headers: str) -> Any:
    return await play.http.get(path, headers=headers)


async def another_app(play: Play, **settings: Any) -> None:
    answer = await play.http.post("/_sandbox/apps", json=OTHER | settings)
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize("path", [SETTINGS, f"/v24.0{SETTINGS}", f"/v3.0{SETTINGS}/", f"/v100.12{SETTINGS}"])
async def test_the_version_may_stand_or_not(play: Play, path: str) -> None:
    """Graph's paths are the same with and without a version, whichever it is (INTERFACE, facts/integrators 3.3)."""
    good(await ask(play, path, Authorization=f"Bearer {TOKEN}"), "answer-settings")


@pytest.mark.parametrize("prefix", ["/v24", "/24.0", "/v24.0/v24.0", "/V24.0", "/v24.0.1", "/vx.0"])
async def test_other_prefixes_are_no_version(play: Play, prefix: str) -> None:
    """A version is `v`, digits, a point, digits, once; anything else is an unknown path: 2500 (E3)."""
    assert "is no route here" in refused(await graph(play, "GET", prefix + SETTINGS), 2500, 404)


@pytest.mark.parametrize("path", ["/me/messages", "/oauth/messages", f"/+{NUMBER}/messages", f"/{NUMBER}x/messages"])
async def test_ids_are_digits(play: Play, path: str) -> None:
    """What is no number is no id and the path unknown: 2500, with the nearest route (E3)."""
    details = refused(await graph(play, "POST", path, json=TEXT), 2500, 404)
    assert details == f"POST {path} is no route here; the nearest route is POST /{{phone_number_id}}/messages."


async def test_the_journal_has_the_path_as_it_was_asked(play: Play) -> None:
    """The journal shows the version in the path, and the route without it (section 11)."""
    await graph(play, "POST", f"/v24.0/{NUMBER}/messages", json=TEXT)
    (entry,) = (await play.control("GET", "journal?kind=request"))["entries"]
    assert (entry["path"], entry["route"]) == (f"/v24.0/{NUMBER}/messages", "/{phone_number_id}/messages")
    assert (entry["wa_id"], entry["status"], entry["body"]["text"]) == (USER, 200, {"body": "Hello"})


async def test_bearer_or_query(play: Play) -> None:
    """The token comes as Bearer or as `access_token` in the query, which the journal hides (A4)."""
    good(await ask(play, Authorization=f"bearer {TOKEN}"), "answer-settings")
    good(await ask(play, f"{SETTINGS}?access_token={TOKEN}"), "answer-settings")
    entries = (await play.control("GET", "journal?kind=request"))["entries"]
    assert entries[-1]["path"] == f"{SETTINGS}?access_token=[redacted]"


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": TOKEN}, {"X-API-Key": TOKEN}], ids=str
)
async def test_a_missing_or_unknown_token_is_190(play: Play, headers: dict[str, str]) -> None:
    """Without a good token every request is 401 with code 190 (row 190 of facts/meta 7.2, A4)."""
    refused(await ask(play, **headers), 190, 401)
    refused(await ask(play, "/999/settings", **headers), 190, 401)


async def test_another_apps_token_is_190(play: Play) -> None:
    """The token of another app is good there and 190 here (A4)."""
    await another_app(play)
    refused(await ask(play, Authorization=f"Bearer {OTHER['token']}"), 190, 401)
    good(await ask(play, "/100000000000002/settings", Authorization=f"Bearer {OTHER['token']}"), "answer-settings")


async def test_a_graph_token_beside_the_apps_own(play: Play) -> None:
    """With a `graph_token` of its own an app is asked with either; changed, the old one is 190 (A4)."""
    await play.set(graph_token="EAAG-graph-token")
    good(await ask(play, Authorization="Bearer EAAG-graph-token"), "answer-settings")
    good(await ask(play, Authorization=f"Bearer {TOKEN}"), "answer-settings")
    await play.set(graph_token="EAAG-another-token")
    refused(await ask(play, Authorization="Bearer EAAG-graph-token"), 190, 401)


async def test_a_minted_token_until_it_expires(play: Play) -> None:
    """A universal app token is good on Graph until it expires, on the machine's time (A4, T3)."""
    form = {"email": "partner@example.com", "clientSecret": "sandbox-secret", "name": "ci"}
    partner = (await play.http.post("/partner/1/auth/token", data=form)).json()["token"]
    headers = {"Authorization": f"Bearer {partner}"}
    form = {"name": "graph", "expiry": str(play.machine.now() + 3_600_000)}
    answer = await play.http.post(f"/partner/app/{play.app}/token", data=form, headers=headers)
    token = good(answer, "answer-universal-app-token")["token"]
    good(await ask(play, Authorization=f"Bearer {token}"), "answer-settings")
    play.machine.move(seconds=3600)
    refused(await ask(play, Authorization=f"Bearer {token}"), 190, 401)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/999000000000009/messages"),
        ("POST", "/999000000000009/calls"),
        ("GET", "/999000000000009/call_permissions?user_wa_id=919812345678"),
        ("GET", "/999000000000009/settings"),
        ("GET", "/999000000000009/message_templates"),
        ("GET", f"/{WABA}/settings"),
        ("GET", f"/{NUMBER}/message_templates"),
        ("POST", f"/{META_APP}/messages"),
    ],
)
async def test_a_good_token_with_an_unknown_id(play: Play, method: str, path: str) -> None:
    """An id that nobody has, or that is something else's, is 400 with code 100, subcode 33 (facts/meta 3, row 33)."""
    answer = await graph(play, method, path, json=TEXT)
    refused(answer, 100, 400)
    assert answer.json()["error"]["error_subcode"] == 33


async def test_an_id_of_thousands_of_digits(play: Play) -> None:
    """An id may have any number of digits and is unknown all the same (E3)."""
    refused(await graph(play, "GET", f"/{'9' * 5000}/settings"), 100, 400)


async def test_two_numbers_of_one_business(play: Play) -> None:
    """Two apps may share the business account; each token sees what is its own (A1)."""
    await another_app(play, waba_id=WABA)
    for token, listed in ((TOKEN, 1), (OTHER["token"], 1)):
        answer = await ask(play, f"/{WABA}/message_templates", Authorization=f"Bearer {token}")
        assert len(good(answer, "answer-templates-meta")["data"]) == listed
    made = {"name": "mine", "language": "en", "category": "UTILITY", "components": [{"type": "BODY", "text": "Hi"}]}
    good(await graph(play, "POST", f"/{WABA}/message_templates", json=made), "answer-template-meta")
    answer = await ask(play, f"/{WABA}/message_templates", Authorization=f"Bearer {OTHER['token']}")
    assert [row["name"] for row in answer.json()["data"]] == ["call_permission_sample"]


async def test_a_wrong_method(play: Play) -> None:
    """A method that a Graph route does not have is 405 in Meta's shape, and in the journal of the number's app (E3)."""
    answer = await graph(play, "GET", f"/v24.0/{NUMBER}/calls")
    assert refused(answer, 100, 405) == "GET is not possible here; use POST."
    assert answer.headers["allow"] == "POST"
    (note,) = (await play.control("GET", "journal?kind=note"))["entries"]
    assert note["sentence"] == f"GET /v24.0/{NUMBER}/calls: GET is not possible here; use POST."


async def test_the_nearest_route(play: Play) -> None:
    """An unknown Graph path names the nearest route, in the journal of the id's app too (E3)."""
    details = refused(await graph(play, "POST", f"/v24.0/{NUMBER}/message", json=TEXT), 2500, 404)
    asked = f"POST /v24.0/{NUMBER}/message is no route here"
    assert details == f"{asked}; the nearest route is POST /{{phone_number_id}}/messages."
    (note,) = (await play.control("GET", "journal?kind=note"))["entries"]
    assert note["sentence"] == details


async def test_refusals_for_want_of_a_token_change_nothing(play: Play) -> None:
    """A request without a good token changes nothing and is in the journal of the app that its id names (R3)."""
    before = await state(play)
    for path in (f"/{NUMBER}/messages", f"/{NUMBER}/calls", f"/{NUMBER}/settings", f"/{WABA}/message_templates"):
        refused(await play.http.post(path, json=TEXT), 190, 401)
    assert await state(play) == before
    entries = (await play.control("GET", "journal?kind=request"))["entries"]
    assert [entry["status"] for entry in entries] == [401, 401, 401, 401]
