"""Why a `session` cannot be used as an offer: the words of code 100, the last check of a call (C2)."""

from __future__ import annotations

from typing import Any

import pytest

from mock_server.wire import sdp

OFFER = sdp.offer("wacid.x")
FORM = 'a call needs {"sdp_type": "offer", "sdp": "v=0..."}.'
NO_VERSION = "session.sdp is no session description: its first line must be v=0."
NO_AUDIO = "session.sdp offers no audio: it needs a section such as m=audio 9 UDP/TLS/RTP/SAVPF 111."
NO_OFFER = 'session.sdp_type must be "offer" when the business calls.'
NO_SDP = "session.sdp is missing: give the offer as one string."


def session(text: Any, kind: Any = "offer") -> Any:
    return {"sdp_type": kind, "sdp": text}


@pytest.mark.parametrize("text", [OFFER, OFFER.replace("\r\n", "\n"), "v=0\nm=audio 9 RTP/AVP 0", OFFER + "\r\n"])
def test_an_offer_is_no_problem(text: str) -> None:
    """An offer of audio can be used, whatever its line ends (C2)."""
    assert sdp.problem(session(text)) is None


PROBLEMS: list[tuple[Any, str]] = [
    (None, f"session is missing: {FORM}"),
    ("v=0", f"session is no object: {FORM}"),
    ([], f"session is no object: {FORM}"),
    ({}, NO_OFFER),
    (session(OFFER, "answer"), NO_OFFER),
    (session(OFFER, "OFFER"), NO_OFFER),
    (session(OFFER, ["offer"]), NO_OFFER),
    ({"sdp_type": "offer"}, NO_SDP),
    (session(None), NO_SDP),
    (session(7), NO_SDP),
    (session(" \r\n"), NO_SDP),
    (session("hello"), NO_VERSION),
    (session("v=1\r\n" + OFFER), NO_VERSION),
    (session("m=audio 9 RTP/AVP 0\r\nv=0"), NO_VERSION),
    (session(OFFER.replace("\r\n", "\\r\\n")), NO_VERSION + " Its line ends are escaped twice."),
    (session("v=0\r\nhello"), "session.sdp is no session description: its line 2 is not of the form type=value."),
    (session("v=0\r\ns=-\r\nm"), "session.sdp is no session description: its line 3 is not of the form type=value."),
    (session("v=0\r\n"), NO_AUDIO),
    (session("v=0\r\nm=video 9 RTP/AVP 0"), NO_AUDIO),
    (session("v=0\r\nm=audio 0 RTP/AVP 0"), NO_AUDIO),
    (session("v=0\r\nm=audio 9"), NO_AUDIO),
    (
        session("v=0\r\n" + "m=audio 9 RTP/AVP 0\r\n" * 33),
        "session.sdp has 33 media sections; a call has one, for audio.",
    ),
]


@pytest.mark.parametrize(("given", "sentence"), PROBLEMS)
def test_problems(given: Any, sentence: str) -> None:
    """A missing session, an answer, no session description, no audio: each is said in words of its own (C2)."""
    assert sdp.problem(given) == sentence
