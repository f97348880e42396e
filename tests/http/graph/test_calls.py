"""`POST /{phone-number-id}/calls`: the business calls, and answers the users' calls (section 4, facts/meta 4)."""

from __future__ import annotations

from typing import Any

import pytest

from mock_server import ids
from mock_server.wire import sdp
from tests.http.graph.surface import NUMBER, OFFER, act, connect, findings, graph, refused, state
from tests.http.shapes import good
from tests.stage.play import USER, Play

pytestmark = pytest.mark.anyio

SILENT = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
ANSWER = {"sdp_type": "answer", "sdp": sdp.answer(None, "wacid.business")}
DONE = {"messaging_product": "whatsapp", "success": True}


async def started(play: Play, **changes: Any) -> str:
    """The id of a call that begins; the user has allowed it."""
    await play.act("allow_always")
    return str(good(await connect(play, **changes), "answer-call-connect")["calls"][0]["id"])


async def incoming(play: Play) -> str:
    """The id of a call of the user."""
    await play.act("call")
    return str((await play.user())["calls"][-1]["id"])


async def test_connect(play: Play) -> None:
    """With permission the call rings; the answer has its id and `success`, which some clients need (C3, facts/meta 4.1,
    facts/integrators 3.4).
    """
    await play.act("allow_always")
    said = good(await connect(play), "answer-call-connect")
    (call,) = (await play.user())["calls"]
    assert (call["state"], call["direction"]) == ("ringing", "BUSINESS_INITIATED")
    assert said == {"messaging_product": "whatsapp", "calls": [{"id": call["id"]}], "success": True}
    await play.settle()
    assert play.receiver.whats[2:] == ["RINGING"]


async def test_a_call_from_beginning_to_end(play: Play) -> None:
    """Picked up, the call's connect webhook answers the offer; ended by the business it is over (C3)."""
    call_id = await started(play, biz_opaque_callback_data="order-7")
    await play.act("pick_up")
    assert good(await act(play, "terminate", call_id), "answer-success") == DONE
    await play.settle()
    assert play.receiver.whats[2:] == ["RINGING", "connect", "ACCEPTED", "terminate"]
    connected = play.receiver.posts[3].value["calls"][0]
    assert (connected["id"], connected["session"]["sdp_type"]) == (call_id, "answer")
    ended = play.receiver.posts[5].value["calls"][0]
    assert (ended["status"], ended["biz_opaque_callback_data"]) == ("COMPLETED", "order-7")


@pytest.mark.parametrize("changes", [{"to": "+91 98123 45678"}, {"to": None, "recipient": ids.bsuid(USER)}], ids=str)
async def test_the_user_by_other_names(play: Play, changes: dict[str, Any]) -> None:
    """A call goes to a number with its signs, or to a BSUID in `recipient` (A2, A3)."""
    call_id = await started(play, **changes)
    assert [call["id"] for call in (await play.user())["calls"]] == [call_id]


async def test_a_plus_sign_is_taken_and_advised_against(play: Play) -> None:
    """A plus sign in `to` of a call is accepted, and the journal advises digits (A2)."""
    await started(play, to=f"+{USER}")
    assert await findings(play) == [("advice", "A2", "a plus sign in `to` of /calls")]


async def test_digits_are_no_advice(play: Play) -> None:
    """Digits alone, or a plus sign in a message, are nothing to note (A2)."""
    await started(play)
    assert await findings(play) == []


@pytest.mark.parametrize(
    ("session", "says"),
    [
        (None, "session is missing"),
        ({}, 'session.sdp_type must be "offer"'),
        ({"sdp_type": "offer"}, "session.sdp is missing"),
        ({"sdp_type": "offer", "sdp": "hello"}, "session.sdp is no session description"),
        (
            {"sdp_type": "offer", "sdp": SILENT},
            "session.sdp offers no audio",
        ),
        ({"sdp_type": "answer", "sdp": OFFER["sdp"]}, 'session.sdp_type must be "offer"'),
    ],
    ids=["none", "empty", "no sdp", "no description", "no audio", "answer"],
)
async def test_100_for_a_session_that_is_no_offer(play: Play, session: Any, says: str) -> None:
    """Connect without a usable offer is 100 with the reason in the details, and no call begins (row 100, C2)."""
    await play.act("allow_always")
    await play.settle()
    before = await state(play)
    assert refused(await connect(play, session=session), 100, 400).startswith(says)
    assert await state(play) == before


async def test_the_session_is_looked_at_last(play: Play) -> None:
    """Without permission the answer is 138006, whatever the session (C2)."""
    refused(await connect(play, session=None), 138006, 401)


async def test_an_answer_for_an_offer_is_a_violation(play: Play) -> None:
    """Connect with `sdp_type: answer` is a mistake of its own, noted as a violation (section 11)."""
    await play.act("allow_always")
    await connect(play, session=OFFER | {"sdp_type": "answer"})
    assert await findings(play) == [("violation", "C2", 'connect with sdp_type "answer"')]


async def test_the_business_takes_a_users_call(play: Play) -> None:
    """Pre-accepted and accepted, a user's call is connected; terminated, its webhook has a duration (C6)."""
    call_id = await incoming(play)
    assert good(await act(play, "pre_accept", call_id, session=ANSWER), "answer-success") == DONE
    assert (await play.user())["calls"][0]["state"] == "ringing"
    answer = await act(play, "accept", call_id, session=ANSWER, biz_opaque_callback_data="order-7")
    assert good(answer, "answer-success") == DONE
    assert (await play.user())["calls"][0]["state"] == "connected"
    await play.advance(30)
    good(await act(play, "terminate", call_id), "answer-success")
    await play.settle()
    ended = play.receiver.posts[-1].value["calls"][0]
    assert (ended["event"], ended["duration"], ended["biz_opaque_callback_data"]) == ("terminate", 30, "order-7")


async def test_the_business_rejects_a_users_call(play: Play) -> None:
    """A rejected user's call ends without a duration (C6)."""
    call_id = await incoming(play)
    assert good(await act(play, "reject", call_id), "answer-success") == DONE
    await play.settle()
    assert "duration" not in play.receiver.posts[-1].value["calls"][0]
    assert (await play.user())["calls"][0]["state"] == "ended"


@pytest.mark.parametrize(
    "text",
    ["", "\0", "v=0", OFFER["sdp"], "m=audio" * 5000, "☎"],
    ids=["empty", "NUL", "one line", "the offer", "long", "no ASCII"],
)
@pytest.mark.parametrize("action", ["pre_accept", "accept"])
async def test_any_text_as_the_answer(play: Play, action: str, text: str) -> None:
    """What stands in the SDP of an answer is looked at by nobody: an offer sent back does no harm
    (facts/integrators 3.3).
    """
    answer = await act(play, action, await incoming(play), session={"sdp_type": "answer", "sdp": text})
    if text in {"", "\0"}:
        refused(answer, 100, 400)
    else:
        good(answer, "answer-success")


async def test_an_extra_to_is_tolerated(play: Play) -> None:
    """`to` beside `call_id` does no harm (facts/integrators 3.3)."""
    call_id = await incoming(play)
    good(await act(play, "pre_accept", call_id, session=ANSWER, to=USER), "answer-success")
    good(await act(play, "accept", call_id, session=ANSWER, to=USER), "answer-success")


async def test_the_journal_knows_whom_an_action_is_about(play: Play) -> None:
    """An action that names only the call is in the journal of its user (section 11)."""
    call_id = await incoming(play)
    await act(play, "reject", call_id)
    (entry,) = (await play.control("GET", f"journal?kind=request&wa_id={USER}"))["entries"]
    assert (entry["path"], entry["body"]["action"]) == (f"/{NUMBER}/calls", "reject")


async def test_calls_come_as_json_only(play: Play) -> None:
    """A call as a form is 415, which says what header to add (E3)."""
    answer = await graph(play, "POST", f"/{NUMBER}/calls", data={"action": "connect", "to": USER})
    assert refused(answer, 100, 415) == (
        "Content-Type is 'application/x-www-form-urlencoded'; add the header 'Content-Type: application/json'."
    )
