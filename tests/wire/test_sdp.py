"""Session descriptions: an offer when a user calls, an answer when a user picks up (C3, C6)."""

from __future__ import annotations

import pytest

from mock_server.wire import sdp

CALL = "wacid.HQgMOTE5ODEyMzQ1Njc4FQIAAAECAwQFBgcICQoLDA0ODw=="
OFFER = "\r\n".join(
    [
        "v=0",
        "o=- 1 1 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "m=audio 9 UDP/TLS/RTP/SAVPF 96 97 8",
        "a=setup:actpass",
        "a=mid:audio-1",
        "a=rtpmap:96 OPUS/48000/2",
        "a=rtpmap:97 telephone-event/48000",
        "a=rtpmap:8 PCMA/8000",
        "",
    ]
)


def lines(text: str) -> list[str]:
    assert text.endswith("\r\n")
    return text.removesuffix("\r\n").split("\r\n")


@pytest.mark.parametrize("text", [sdp.offer(CALL), sdp.answer(OFFER, CALL), sdp.answer(None, CALL)])
def test_the_grammar(text: str) -> None:
    """Every line is `type=value`, in the order of RFC 8866: v, o, s, t, then one audio section."""
    parts = [line.partition("=") for line in lines(text)]
    assert all(len(kind) == 1 and sign == "=" and value for kind, sign, value in parts)
    assert [kind for kind, _, _ in parts if kind != "a"] == ["v", "o", "s", "t", "m", "c"]


@pytest.mark.parametrize("text", [sdp.offer(CALL), sdp.answer(OFFER, CALL)])
def test_what_webrtc_needs(text: str) -> None:
    """ICE credentials of the right length, a fingerprint, and a candidate are there (RFC 8829)."""
    said = dict(line[2:].partition(":")[::2] for line in lines(text) if line.startswith("a="))
    assert len(said["ice-ufrag"]) >= 4
    assert len(said["ice-pwd"]) >= 22
    kind, _, digest = said["fingerprint"].partition(" ")
    assert (kind, len(digest.split(":"))) == ("sha-256", 32)
    assert said["candidate"].endswith("typ host")


def test_an_offer() -> None:
    """The phone offers opus and leaves the roles open."""
    said = lines(sdp.offer(CALL))
    assert "a=setup:actpass" in said
    assert "m=audio 9 UDP/TLS/RTP/SAVPF 111 126" in said
    assert "a=rtpmap:111 opus/48000/2" in said


def test_an_answer_fits_its_offer() -> None:
    """The phone answers with the offer's own section name and payload numbers, as far as it speaks them."""
    said = lines(sdp.answer(OFFER, CALL))
    assert "a=setup:active" in said
    assert "a=mid:audio-1" in said
    assert "a=group:BUNDLE audio-1" in said
    assert "m=audio 9 UDP/TLS/RTP/SAVPF 96 97" in said
    assert [line for line in said if "rtpmap" in line] == [
        "a=rtpmap:96 OPUS/48000/2",
        "a=rtpmap:97 telephone-event/48000",
    ]


@pytest.mark.parametrize("offer", ["", "not SDP at all", "a=rtpmap:", "a=mid:", "\r\n" * 1000, sdp.answer(None, CALL)])
def test_odd_offers(offer: str) -> None:
    """Whatever was sent as an offer, an answer sent back included, the answer is made (facts/integrators 3.3)."""
    assert "a=setup:active" in lines(sdp.answer(offer, CALL))


def test_each_call_has_its_own() -> None:
    """Two calls have different credentials, and one call always the same (T4)."""
    assert sdp.offer(CALL) == sdp.offer(CALL)
    assert sdp.offer(CALL) != sdp.offer(CALL + "x")
