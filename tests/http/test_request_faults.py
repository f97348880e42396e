"""Faults on requests: other answers, provider's errors, late answers and closed connections (BEHAVIOUR section 9)."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import pytest

from mock_server.http.faults import CLOSE
from mock_server.server import CLOSE as CLOSE_OF_OUR_SERVER
from tests.http.graph.surface import NUMBER, WABA, connect, graph, refused, send
from tests.http.shapes import gupshup_error, meta_error
from tests.http.waiting import until
from tests.stage.play import APP, USER, Play

pytestmark = pytest.mark.anyio

ROUTE = "POST /partner/app/{app_id}/v3/message"


async def fault(play: Play, kind: str, **fields: Any) -> Any:
    return await play.control("POST", "faults", json={"fault": kind, "route": "*"} | fields)


async def entries(play: Play, kind: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = (await play.control("GET", f"journal?kind={kind}"))["entries"]
    return rows


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (401, "Authentication Failed"),
        (429, "Too Many Requests"),
        (500, "Internal Server Error"),
        (503, "Service Unavailable"),
        (599, "Error 599"),
    ],
)
async def test_a_status_has_gupshups_usual_body(play: Play, status: int, message: str) -> None:
    """Without a body of its own a status comes with what Gupshup says then, and the request takes no effect (E2)."""
    await fault(play, "status", status=status)
    assert gupshup_error(await play.request(), status) == message
    assert (await play.user())["requests"] == []
    assert (await play.request()).status_code == 200


@pytest.mark.parametrize(("status", "code"), [(401, 190), (403, 10), (404, 2500), (429, 613), (500, 131000), (503, 2)])
async def test_a_status_has_metas_usual_body(play: Play, status: int, code: int) -> None:
    """On Graph a status comes with the error object that Meta has for it (E1)."""
    await fault(play, "status", status=status)
    refused(await send(play), code, status)
    assert (await send(play)).status_code == 200


async def test_a_status_with_a_body_of_its_own(play: Play) -> None:
    """A body is sent as it was given: JSON, or the page of some gateway (section 9)."""
    await fault(play, "status", status=200, body={"unexpected": [1, "é"]})
    await fault(play, "status", status=502, body="<html>Bad Gateway</html>")
    await fault(play, "status", status=500, body="oops")
    await fault(play, "status", status=204)
    answers = [await play.request() for _ in range(4)]
    assert answers[0].json() == {"unexpected": [1, "é"]}
    assert [(a.status_code, a.text, a.headers.get("content-type")) for a in answers[1:]] == [
        (502, "<html>Bad Gateway</html>", "text/html; charset=utf-8"),
        (500, "oops", "text/plain; charset=utf-8"),
        (204, "", None),
    ]


async def test_a_processed_request_takes_effect(play: Play) -> None:
    """With `processed` only the answer is another: the request counts, and who sends it again has used it up (R2)."""
    await fault(play, "status", status=500, processed=True)
    assert gupshup_error(await play.request(), 500) == "Internal Server Error"
    await play.settle()
    assert play.receiver.whats[-1] == "delivered"
    meta_error(await play.request(), 138009)
    (asked, again) = await entries(play, "request")
    assert (asked["status"], again["status"]) == (200, 400)
    assert (await entries(play, "fault"))[0]["sentence"] == f"{ROUTE}: processed, but answered with 500"


@pytest.mark.parametrize("code", [131000, 130429, 131056, 80007, 138004, 138007, 131044, 999])
async def test_an_error_in_the_shape_of_the_app(play: Play, code: int) -> None:
    """On the partner path a provider's error has HTTP 400 and the app's shape (E2)."""
    await fault(play, "error", code=code, times=3)
    assert meta_error(await play.request(), code) == "Fault 1 of this app answers so."
    await play.set(partner_errors="reason")
    assert (await play.request()).json() == {"code": code, "reason": "Fault 1 of this app answers so."}
    await play.set(partner_errors="status")
    assert gupshup_error(await play.request(), 400) == "Fault 1 of this app answers so."


@pytest.mark.parametrize(
    ("code", "status"),
    [(131000, 500), (130429, 400), (131056, 400), (80007, 400), (138004, 500), (138007, 500), (131044, 400),
     (138002, 429), (133004, 503), (190, 401), (10, 403), (999, 400)],
)  # fmt: skip
async def test_an_error_has_the_status_that_meta_prints(play: Play, code: int, status: int) -> None:
    """On Graph a provider's error comes under the status of Meta's table, and a call is not placed (E1)."""
    await play.act("allow_always")
    await fault(play, "error", code=code, route="/calls")
    refused(await connect(play), code, status)
    assert (await play.user())["calls"] == []
    assert (await send(play)).status_code == 400  # 138017: the fault is for calls only


async def test_requests_at_once_are_counted_one_by_one(play: Play) -> None:
    """However many requests come at once, a fault strikes exactly as often as it was told to (section 9)."""
    await fault(play, "status", status=503, times=3)
    answers = await asyncio.gather(*(play.request(to=f"91980000{number:04}") for number in range(10)))
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [503] * 3


async def test_a_fault_comes_before_the_token(play: Play) -> None:
    """The app is found by the path: also a request with a wrong token is struck (section 9)."""
    await fault(play, "status", status=503, times=3)
    assert (await play.partner("GET", "templates", headers={"Authorization": "wrong"})).status_code == 503
    for path in (f"/v24.0/{WABA}/message_templates", f"/{NUMBER}/settings"):
        assert (await play.http.get(path)).status_code == 503
    assert (await play.partner("GET", "templates", headers={"Authorization": "wrong"})).status_code == 401


async def test_other_apps_and_the_control_api_are_left_alone(play: Play) -> None:
    """Faults are the app's own, and never of the control API (section 9)."""
    await fault(play, "status", status=503, times=None)
    await play.http.post("/_sandbox/apps", json={"id": "other", "token": "sk_other_token"})
    other = await play.http.get("/partner/app/other/templates", headers={"Authorization": "sk_other_token"})
    unknown = await play.http.get("/partner/app/nobody/templates", headers={"Authorization": "sk_other_token"})
    assert (other.status_code, unknown.status_code) == (200, 400)
    assert (await play.http.get(f"/_sandbox/apps/{APP}")).status_code == 200


async def test_the_journal_has_request_and_fault(play: Play) -> None:
    """A request that a fault answered is in the journal with its body, beside it the fault that fired (section 9)."""
    await fault(play, "error", code=131056)
    await play.request()
    ((request,), (struck,)) = await entries(play, "request"), await entries(play, "fault")
    assert (request["status"], request["wa_id"], request["body"]["to"]) == (400, USER, USER)
    assert request["answer"]["error"]["code"] == 131056
    assert {name: struck[name] for name in ("fault_id", "fault", "sentence")} == {
        "fault_id": 1,
        "fault": "error",
        "sentence": f"{ROUTE}: answered with error 131056, not processed",
    }


async def test_coming_back_too_soon_is_a_violation(play: Play) -> None:
    """A 429 by a fault counts for the eye on retry storms like any other, struck again or not (section 11)."""
    await fault(play, "status", status=429, times=2)
    for _ in range(3):
        await play.request()
    found = (await play.control("GET", "violations"))["entries"]
    assert [(entry["kind"], entry["rule"], entry["wa_id"]) for entry in found] == [("violation", "E5", USER)] * 2


@pytest.mark.parametrize("fields", [{"fault": "close"}, {"fault": "status", "status": 503, "processed": True}])
async def test_what_an_answer_did_not_tell_is_no_violation(play: Play, fields: dict[str, Any]) -> None:
    """Asking again after an answer that was lost is refused, and held against nobody who cannot know (section 11)."""
    await play.control("POST", "faults", json=fields | {"route": "*"})
    with suppress(ConnectionResetError):
        await play.request()
    meta_error(await play.request(), 138009)
    assert (await play.control("GET", "violations"))["entries"] == []
    await play.advance(86_400)
    assert (await play.request()).status_code == 200
    meta_error(await play.request(), 138009)
    (found,) = (await play.control("GET", "violations"))["entries"]
    assert found["rule"] == "R2"


async def test_a_late_answer(play: Play) -> None:
    """A delayed request takes effect at once, webhooks included; only its answer is late (section 9)."""
    await fault(play, "delay", seconds=3600)
    asking = asyncio.create_task(play.request())
    await until(lambda: "delivered" in play.receiver.whats)
    assert not asking.done()
    assert (await play.user())["requests"][0]["state"] == "delivered"
    assert (await play.partner("GET", "templates")).status_code == 200  # nobody else waits
    play.sandbox.stop()
    assert (await asking).status_code == 200


async def test_a_short_delay_ends_by_itself(play: Play) -> None:
    """After its seconds the answer comes whole, also one of another fault (section 9)."""
    await fault(play, "delay", seconds=0.01)
    await fault(play, "status", status=503)
    assert gupshup_error(await play.request(), 503) == "Service Unavailable"
    assert [entry["fault"] for entry in await entries(play, "fault")] == ["delay", "status"]


async def test_nobody_waits_for_a_client_that_has_gone(play: Play) -> None:
    """A delay ends when the client has gone: nothing is kept waiting for nobody (section 9)."""
    await fault(play, "delay", seconds=3600)
    said: list[Any] = []
    gone = iter([{"type": "http.request", "body": b"", "more_body": False}, {"type": "http.disconnect"}])

    async def receive() -> Any:
        return next(gone)

    async def take(message: Any) -> None:
        said.append(message)

    path = f"/partner/app/{APP}/templates"
    headers = [(b"host", b"127.0.0.1"), (b"authorization", b"sk_sandbox_0000000000000001")]
    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": headers, "root_path": ""}
    async with asyncio.timeout(10):
        await play.sandbox(scope, receive, take)
    assert said[0]["status"] == 200


@pytest.mark.parametrize("when", ["before", "middle"])
async def test_a_closed_connection_within_one_process(play: Play, when: str) -> None:
    """Without a socket a closed connection is a ConnectionResetError; the request has taken effect (section 9)."""
    await fault(play, "close", when=when)
    with pytest.raises(ConnectionResetError):
        await play.request()
    assert len((await play.user())["requests"]) == 1
    (struck,) = await entries(play, "fault")
    assert struck["sentence"].startswith(f"{ROUTE}: processed, and the connection closed ")


def test_the_server_and_the_surface_mean_the_same() -> None:
    """The name under which our own server offers to hang up (section 9)."""
    assert CLOSE == CLOSE_OF_OUR_SERVER


async def test_graph_queries_are_struck_too(play: Play) -> None:
    """Faults strike what is asked without a body (section 9)."""
    await fault(play, "error", code=613, route="call_permissions")
    refused(await graph(play, "GET", f"/v24.0/{NUMBER}/call_permissions?user_wa_id={USER}"), 613, 429)
