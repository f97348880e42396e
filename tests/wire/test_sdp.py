"""Session descriptions: an offer when a user calls, an answer when a user picks up (C3, C6)."""

from __future__ import annotations

import pytest

from mock_server.wire import sdp

CALL = "wacid.HQgMOTE5ODEyMzQ1Njc4FQIAAAECAwQFBgcICQoLDA0ODw=="
# As a browser offers audio, shortened.
AUDIO = """\
m=audio 54400 UDP/TLS/RTP/SAVPF 96 97 9 8 13
c=IN IP4 192.0.2.7
a=ice-ufrag:Yf8b
a=ice-pwd:0123456789abcdefghijkl
a=setup:actpass
a=mid:audio-1
a=sendrecv
a=rtcp-mux
a=rtpmap:96 OPUS/48000/2
a=fmtp:96 minptime=10;useinbandfec=1
a=rtpmap:97 telephone-event/48000
a=fmtp:97 0-16
a=rtpmap:9 G722/8000
a=rtpmap:13 CN/8000
"""
VIDEO = """\
m=video 9 UDP/TLS/RTP/SAVPF 120
a=setup:actpass
a=mid:video-1
a=rtcp-mux
a=rtpmap:120 VP8/90000
"""
DATA = "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\na=mid:data-1\na=sctp-port:5000\n"
BUNDLE = "a=group:BUNDLE audio-1 video-1 data-1\n"
FINGERPRINT = (
    "a=fingerprint:sha-256 B4:8B:06:D3:25:4A:D2:32:F0:60:9A:54:73:71:74:9A:"
    "DD:49:17:CC:62:7F:BF:5C:A9:EA:F8:49:02:7F:3C:02"
)


def offered(*sections: str, session: str = BUNDLE) -> str:
    text = "v=0\no=- 1 1 IN IP4 127.0.0.1\ns=-\nt=0 0\n" + session + "".join(sections)
    return text.replace("\n", "\r\n")


def lines(text: str) -> list[str]:
    assert text.endswith("\r\n")
    return text.removesuffix("\r\n").split("\r\n")


def sections(text: str) -> list[list[str]]:
    """What comes before the first media section, then each media section."""
    parts: list[list[str]] = [[]]
    for line in lines(text):
        if line.startswith("m="):
            parts.append([])
        parts[-1].append(line)
    return parts


def test_an_answer_to_the_letter() -> None:
    """The phone answers an offer of audio with the codecs that WhatsApp speaks, under the offer's own numbers (C3)."""
    assert lines(sdp.answer(offered(AUDIO), CALL)) == [
        "v=0",
        "o=- 813093715782708515 2 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=group:BUNDLE audio-1",
        "m=audio 9 UDP/TLS/RTP/SAVPF 96 97 8",
        "c=IN IP4 127.0.0.1",
        "a=ice-ufrag:B48B06D3",
        "a=ice-pwd:254AD232F0609A547371749A",
        FINGERPRINT,
        "a=setup:active",
        "a=mid:audio-1",
        "a=rtcp:9 IN IP4 0.0.0.0",
        "a=candidate:1 1 udp 2130706431 127.0.0.1 9 typ host",
        "a=end-of-candidates",
        "a=sendrecv",
        "a=rtpmap:96 OPUS/48000/2",
        "a=rtpmap:97 telephone-event/48000",
        "a=rtpmap:8 PCMA/8000",
        "a=fmtp:96 minptime=10;useinbandfec=1",
        "a=fmtp:97 0-16",
        "a=ssrc:3029010131 cname:sandbox",
        "a=rtcp-mux",
    ]


def test_an_offer() -> None:
    """The phone offers opus and the keys that are pressed, and leaves the roles open (C6)."""
    said = lines(sdp.offer(CALL))
    assert "m=audio 9 UDP/TLS/RTP/SAVPF 111 126" in said
    assert {"a=rtpmap:111 opus/48000/2", "a=setup:actpass", "a=group:BUNDLE 0", "a=mid:0", "a=sendrecv"} <= set(said)


@pytest.mark.parametrize("text", [sdp.offer(CALL), sdp.answer(offered(VIDEO, AUDIO), CALL), sdp.answer(None, CALL)])
def test_what_webrtc_needs(text: str) -> None:
    """Each section has ICE credentials of the right length and a fingerprint, each line its form (RFC 8866, 8839)."""
    assert all(len(kind) == 1 and sign and value for kind, sign, value in (line.partition("=") for line in lines(text)))
    session, *media = sections(text)
    assert [line[0] for line in session if line[0] != "a"] == ["v", "o", "s", "t"]
    for section in media:
        said = dict(line[2:].partition(":")[::2] for line in section if line.startswith("a="))
        assert len(said["ice-ufrag"]) >= 4
        assert len(said["ice-pwd"]) >= 22
        assert "a=fingerprint:" + said["fingerprint"] == FINGERPRINT
        assert said["setup"] in {"active", "actpass"}


def test_every_section_is_answered_in_its_place() -> None:
    """Video and data are rejected with port 0 where they stand in the offer, audio is taken; so is the BUNDLE (C3)."""
    session, *media = sections(sdp.answer(offered(VIDEO, AUDIO, DATA), CALL))
    assert [section[0] for section in media] == [
        "m=video 0 UDP/TLS/RTP/SAVPF 120",
        "m=audio 9 UDP/TLS/RTP/SAVPF 96 97 8",
        "m=application 0 UDP/DTLS/SCTP webrtc-datachannel",
    ]
    assert [line for section in media for line in section if line.startswith("a=mid")] == [
        "a=mid:video-1",
        "a=mid:audio-1",
        "a=mid:data-1",
    ]
    assert [line for line in session if "BUNDLE" in line] == ["a=group:BUNDLE audio-1"]
    assert ["a=inactive" in section for section in media] == [True, False, True]


def test_one_voice_only() -> None:
    """Of two audio sections the first that can be is taken (C3)."""
    silent = "m=audio 9 UDP/TLS/RTP/SAVPF 9\na=rtpmap:9 G722/8000\n"
    first_lines = [section[0] for section in sections(sdp.answer(offered(silent, AUDIO, AUDIO), CALL))[1:]]
    assert first_lines == [
        "m=audio 0 UDP/TLS/RTP/SAVPF 9",
        "m=audio 9 UDP/TLS/RTP/SAVPF 96 97 8",
        "m=audio 0 UDP/TLS/RTP/SAVPF 96 97 9 8 13",
    ]


SETUPS = [("actpass", "active"), ("active", "passive"), ("passive", "active"), ("holdconn", "active")]


@pytest.mark.parametrize(("theirs", "ours"), SETUPS)
@pytest.mark.parametrize("of_session", [True, False])
def test_setup(theirs: str, ours: str, of_session: bool) -> None:
    """The phone takes the part that the offer leaves to it, wherever the offer says its own (RFC 8842)."""
    audio = AUDIO.replace("a=setup:actpass\n", "" if of_session else f"a=setup:{theirs}\n")
    answer = sdp.answer(offered(audio, session=f"a=setup:{theirs}\n" if of_session else ""), CALL)
    assert [line for line in lines(answer) if "setup" in line] == [f"a=setup:{ours}"]


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [("sendrecv", "sendrecv"), ("sendonly", "recvonly"), ("recvonly", "sendonly"), ("inactive", "inactive")],
)
def test_direction(theirs: str, ours: str) -> None:
    """Who only sends is only received, and the other way round (RFC 3264)."""
    answer = sdp.answer(offered(AUDIO.replace("a=sendrecv", f"a={theirs}")), CALL)
    assert f"a={ours}" in lines(answer)


CODECS = [
    ("m=audio 9 RTP/SAVPF 0\n", "m=audio 9 RTP/SAVPF 0", "a=rtpmap:0 PCMU/8000"),
    ("m=audio 9 RTP/SAVPF 8 101\na=rtpmap:101 telephone-event/8000\n", "m=audio 9 RTP/SAVPF 8 101", "PCMA/8000"),
    ("m=audio 9 RTP/SAVPF 0\na=rtpmap:0 PCMU/8000/1\n", "m=audio 9 RTP/SAVPF 0", "a=rtpmap:0 PCMU/8000/1"),
    ("m=audio 9 RTP/SAVPF 111 111\na=rtpmap:111 opus/48000/2\n", "m=audio 9 RTP/SAVPF 111", "opus/48000/2"),
    ("m=audio 9 RTP/SAVPF 101\na=rtpmap:101 telephone-event/8000\n", "m=audio 0 RTP/SAVPF 101", "telephone-event"),
    ("m=audio 0 RTP/SAVPF 111\na=rtpmap:111 opus/48000/2\n", "m=audio 0 RTP/SAVPF 111", "a=inactive"),
    ("m=audio 9 RTP/SAVPF 111\n", "m=audio 0 RTP/SAVPF 111", "a=inactive"),
]


@pytest.mark.parametrize(("section", "media", "has"), CODECS)
def test_codecs(section: str, media: str, has: str) -> None:
    """opus, PCMU and PCMA, the latter also by their static numbers; without a voice the section is rejected (C3)."""
    answer = sdp.answer(offered(section, session=""), CALL)
    assert media in lines(answer)
    assert has in answer


def test_nothing_is_answered_that_was_not_offered() -> None:
    """Without mid, BUNDLE and rtcp-mux in the offer there are none in the answer (RFC 8829)."""
    answer = sdp.answer(offered("m=audio 9 RTP/SAVPF 0\n", session=""), CALL)
    assert not any(word in answer for word in ("mid", "BUNDLE", "rtcp-mux"))


def test_a_mid_outside_the_bundle() -> None:
    """A section that the offer names and does not bundle is named and not bundled in the answer (RFC 8843)."""
    answer = sdp.answer(offered(AUDIO, session="a=group:BUNDLE video-1\n"), CALL)
    assert "a=mid:audio-1" in lines(answer)
    assert "BUNDLE" not in answer


ODD = [
    "",
    "not SDP at all",
    "a=rtpmap:",
    "a=mid:",
    "m=",
    "m=audio",
    "m=audio 9 RTP/SAVPF",
    "m=audio x y z",
    "m=audio 9 RTP/SAVPF 0\na=mid:\na=mid\na=rtpmap\na=rtpmap:0\na=fmtp:0\na=group:BUNDLE",
    "a=group:\na=group\na=setup\nm=audio 9 RTP/SAVPF 0",
    "m=audio 9 RTP/SAVPF 0\na=rtpmap:0 PCMU/8000\u2028a=evil\na=mid:\u00e9\x00",
    "\r\n" * 1000,
    "m=audio 9 RTP/SAVPF 0\r\n" * 1000,
    sdp.answer(None, CALL),
]


@pytest.mark.parametrize("offer", ODD)
def test_odd_offers(offer: str) -> None:
    """Whatever was sent as an offer, an answer comes, of well-formed lines in plain ASCII (facts/integrators 3.3)."""
    said = lines(sdp.answer(offer, CALL))
    assert said[0] == "v=0"
    assert all(line.isascii() and line.isprintable() and line[1] == "=" and len(line) > 2 for line in said)
    assert len(said) < 100


def test_an_answer_for_an_offer() -> None:
    """An answer sent in the place of an offer is answered too, with the other part (facts/integrators 3.3)."""
    assert "a=setup:passive" in lines(sdp.answer(sdp.answer(None, CALL), CALL))


def test_each_call_has_its_own() -> None:
    """Two calls have different credentials, and one call always the same (T4)."""
    assert sdp.offer(CALL) == sdp.offer(CALL)
    assert sdp.offer(CALL) != sdp.offer(CALL + "x")
