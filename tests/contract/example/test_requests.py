"""The example and permission requests: their shape, their limits, and what it does about refusals."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from tests.contract.example.stage import NOW, USER, WEEK, Stage, becomes, ends, graph_error

pytestmark = pytest.mark.anyio
DAY = 86_400


async def test_a_request_has_the_shape_of_the_pages(stage: Stage) -> None:
    """Type, name and addressee as documented, on the dialect's path with its kind of token (R1, A4, mistake 15)."""
    assert await stage.ask() == 202
    (request,) = stage.providers.requests
    named = {"type": "call_permission_request", "action": {"name": "call_permission_request"}}
    whole = {"messaging_product": "whatsapp", "recipient_type": "individual", "type": "interactive"}
    assert request == whole | {"to": USER, "interactive": named}
    sent = stage.providers.sent[0]
    assert (str(sent.url), sent.headers["authorization"]) == {
        "gupshup": ("http://partner.example/partner/app/00000000-0000-4000-8000-000000000001/v3/message", "sk_one"),
        "meta": ("http://graph.example/100000000000001/messages", "Bearer graph-one"),
    }[stage.dialect]


async def test_one_request_a_day_and_two_a_week(stage: Stage) -> None:
    """The second within 24 h and the third within 7 days are not sent; at exactly the end they are (R2, mistake 13)."""
    moments = [0, DAY - 1, DAY, 2 * DAY, WEEK - 1, WEEK]
    answers = []
    for moment in moments:
        stage.now = NOW + moment
        answers.append(await stage.ask())
    assert answers == [202, 409, 202, 409, 409, 202]
    assert len(stage.providers.requests) == 3


async def test_a_connected_call_sets_the_count_back(stage: Stage) -> None:
    """After a call that was picked up, whoever called, the user may be asked again (R2)."""
    await stage.ask()
    await stage.happens(ends("wacid.1"))
    assert await stage.ask() == 409
    await stage.happens(ends("wacid.2", seconds=1, user=True))
    assert await stage.ask() == 202


async def test_nobody_who_allows_for_good_is_asked(stage: Stage) -> None:
    """With a permanent permission no request goes out, with a temporary one it may (R3, R4)."""
    await stage.allows()
    assert await stage.ask() == 409
    await stage.allows(at=1, expires_at=NOW + 60)
    assert await stage.ask() == 202


async def test_a_request_that_failed_later_does_not_count() -> None:
    """A failed status gives the request back (R2), in both of Gupshup's forms."""
    for form in ("errors", "flat"):
        stage = Stage("gupshup")
        await stage.ask()
        await stage.happens(becomes("failed"), failed=form)
        assert (await stage.believes())["request"] == "none"
        assert await stage.ask() == 202


@pytest.mark.parametrize("code", [138009, 138017])
async def test_a_refused_request_is_not_tried_again(stage: Stage, code: int) -> None:
    """138009 and 138017 are an answer: nothing is sent that day any more (mistake 13)."""
    stage.providers.script = [graph_error(400, code)]
    assert [await stage.ask(), await stage.ask(), len(stage.providers.requests)] == [409, 409, 1]
    assert (await stage.believes())["request"] == "none"


@pytest.mark.parametrize("lost", [httpx.ReadTimeout("slow"), httpx.ReadError("cut"), httpx.Response(500, text="oops")])
async def test_nothing_is_sent_twice(stage: Stage, lost: httpx.Response | Exception) -> None:
    """What timed out, was cut or came to a 5xx counts as sent, for the user may have got it (mistake 26)."""
    stage.providers.script = [lost]
    assert [await stage.ask(), await stage.ask()] == [504, 409]
    assert len(stage.providers.requests) == 1


async def test_what_never_left_may_be_sent_again(stage: Stage) -> None:
    """Without a connection nothing was sent, and nothing counts."""
    stage.providers.script = [httpx.ConnectError("refused")]
    assert [await stage.ask(), await stage.ask()] == [502, 202]


async def test_two_at_once_are_one(stage: Stage) -> None:
    """A request counts before it is answered, so two clicks send one (R2)."""
    assert sorted(await asyncio.gather(stage.ask(), stage.ask())) == [202, 409]
    assert len(stage.providers.requests) == 1


@pytest.mark.parametrize(
    "refused",
    [httpx.Response(401, json={"status": "error", "message": "Authentication Failed"}), graph_error(401, 190)],
)
async def test_a_refused_token_is_renewed_once(stage: Stage, refused: httpx.Response) -> None:
    """One new token and one second try; when that is refused as well, that is the answer (mistake 17)."""
    stage.providers.script = [refused]
    assert await stage.ask() == 202
    assert stage.providers.sent[-1].headers["authorization"] in ("sk_new", "Bearer graph-new")
    stage.providers.script = [refused, refused]
    assert await stage.ask("919800000002") == 409
    assert (len(stage.providers.requests), stage.providers.renewals) == (4, 2)


@pytest.mark.parametrize(
    "refused", [httpx.Response(429, json={"message": "Too Many Requests"}), graph_error(400, 130429)]
)
async def test_it_backs_off_and_tries_once_more(stage: Stage, refused: httpx.Response) -> None:
    """Too many requests, told by the status or by a code under 400: a pause, one more try, then no (mistake 17)."""
    stage.providers.script = [refused]
    assert await stage.ask() == 202
    stage.providers.script = [refused, refused]
    assert await stage.ask("919800000002") == 409
    assert len(stage.providers.requests) == 4


async def test_a_wrong_address_is_refused(stage: Stage) -> None:
    """What is neither a number nor a BSUID, and a number that is not ours, are 400 and send nothing."""
    assert [await stage.ask(to) for to in ("", "12", "x" * 50, "IN.")] == [400] * 4
    assert await stage.ask(USER, **{"from": "1"}) == 400
    assert (await stage.http.post("/permissions", content=b"rubbish")).status_code == 400
    assert stage.providers.sent == []
