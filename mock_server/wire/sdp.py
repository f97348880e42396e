"""Session descriptions that a WebRTC stack parses (RFC 8866, RFC 8829). No media flows."""

from __future__ import annotations

import hashlib
from typing import Any, Final

from mock_server.wire.sdp_reading import Codec, Section, Session, lines_of, read

_USUAL: Final = (
    Codec("111", "opus/48000/2", "minptime=10;useinbandfec=1"),
    Codec("126", "telephone-event/8000", "0-16"),
)
_MOST_SECTIONS: Final = 32  # of an offer: each brings one of the answer, which is longer
_PROTOCOL: Final = "UDP/TLS/RTP/SAVPF"
# The answerer's part for each part of the offerer (RFC 4145, RFC 8842); it is the active one where it may choose.
_SETUP: Final = {"active": "passive", "passive": "active", "actpass": "active"}
# RFC 3264: who only sends is only received.
_DIRECTIONS: Final = {"sendonly": "recvonly", "recvonly": "sendonly", "inactive": "inactive"}


def offer(call_id: str) -> str:
    """The user's phone offers audio."""
    audio = [f"m=audio 9 {_PROTOCOL} 111 126", *_transport(call_id, "actpass"), "a=mid:0"]
    return _whole(call_id, ["a=group:BUNDLE 0"], [*audio, *_voice(call_id, _USUAL, "sendrecv"), "a=rtcp-mux"])


def answer(offered: str | None, call_id: str) -> str:
    """The user's phone answers: the first audio section that it can, with those of its codecs that WhatsApp speaks.

    Every other section of the offer is rejected in its place. Without an offer (a call that was placed by script), or
    with one that cannot be used, the answer is one to the usual offer.
    """
    session = read(offered or "")
    if not 1 <= len(session.sections) <= _MOST_SECTIONS:
        return answer(offer(call_id), call_id)
    accepted = next((section for section in session.sections if section.spoken()), None)
    media = [
        line
        for section in session.sections
        for line in _answered(session, section, call_id, accepted=section is accepted)
    ]
    mid = accepted.first("mid") if accepted else None
    return _whole(call_id, [f"a=group:BUNDLE {mid}"] if mid in session.bundled else [], media)


def problem(session: Any) -> str | None:
    """Why the `session` of a request cannot be used as an offer, None if it can (code 100, the last check of C2)."""
    if not isinstance(session, dict):
        what = "is missing" if session is None else "is no object"
        return f'session {what}: a call needs {{"sdp_type": "offer", "sdp": "v=0..."}}.'
    if session.get("sdp_type") != "offer":
        return 'session.sdp_type must be "offer" when the business calls.'
    text = session.get("sdp")
    if not isinstance(text, str) or not text.strip():
        return "session.sdp is missing: give the offer as one string."
    return _problem_of(text)


def _problem_of(text: str) -> str | None:
    lines = lines_of(text)
    if not lines or lines[0].strip() != "v=0":
        escaped = " Its line ends are escaped twice." if "\\n" in text else ""
        return "session.sdp is no session description: its first line must be v=0." + escaped
    wrong = next((n for n, line in enumerate(lines, 1) if line[1:2] != "=" or not line[0].islower()), None)
    if wrong is not None:
        return f"session.sdp is no session description: its line {wrong} is not of the form type=value."
    sections = read(text).sections
    if len(sections) > _MOST_SECTIONS:
        return f"session.sdp has {len(sections)} media sections; a call has one, for audio."
    if not any(section.kind == "audio" and section.port != "0" for section in sections):
        return "session.sdp offers no audio: it needs a section such as m=audio 9 UDP/TLS/RTP/SAVPF 111."
    return None


def _answered(session: Session, section: Section, call_id: str, *, accepted: bool) -> list[str]:
    """The section in the answer for this one of the offer; a rejected one has port 0 (RFC 3264, 6)."""
    codecs = section.spoken() if accepted else section.codecs()
    formats = [codec.payload for codec in codecs] if accepted else section.formats
    setup = _SETUP.get(section.first("setup") or session.setup or "", "active")
    mid = section.first("mid")
    direction = next((_DIRECTIONS[name] for name in _DIRECTIONS if name in section.attributes), "sendrecv")
    return [
        f"m={section.kind} {9 if accepted else 0} {section.protocol} {' '.join(formats)}",
        *_transport(call_id, setup),
        *([f"a=mid:{mid}"] if mid else []),
        *(_voice(call_id, codecs, direction) if accepted else ["a=inactive", *_named(codecs)]),
        *(["a=rtcp-mux"] if "rtcp-mux" in section.attributes else []),
    ]


def _transport(call_id: str, setup: str) -> list[str]:
    """How the phone is reached. Also in rejected sections: aiortc asks every section for it, and for codecs."""
    key = _key(call_id)
    fingerprint = ":".join(key[n : n + 2] for n in range(0, 64, 2))
    return [
        "c=IN IP4 127.0.0.1",
        f"a=ice-ufrag:{key[:8]}",
        f"a=ice-pwd:{key[8:32]}",
        f"a=fingerprint:sha-256 {fingerprint}",
        f"a=setup:{setup}",
    ]


def _voice(call_id: str, codecs: tuple[Codec, ...], direction: str) -> list[str]:
    return [
        "a=rtcp:9 IN IP4 0.0.0.0",
        "a=candidate:1 1 udp 2130706431 127.0.0.1 9 typ host",
        "a=end-of-candidates",
        f"a={direction}",
        *_named(codecs),
        f"a=ssrc:{int(_key(call_id)[:8], 16)} cname:sandbox",
    ]


def _named(codecs: tuple[Codec, ...]) -> list[str]:
    parameters = (f"a=fmtp:{codec.payload} {codec.parameters}" for codec in codecs if codec.parameters)
    return [*(f"a=rtpmap:{codec.payload} {codec.name}" for codec in codecs), *parameters]


def _whole(call_id: str, session: list[str], media: list[str]) -> str:
    origin = f"o=- {int(_key(call_id)[:15], 16)} 2 IN IP4 127.0.0.1"
    return "\r\n".join(["v=0", origin, "s=-", "t=0 0", *session, *media]) + "\r\n"


def _key(call_id: str) -> str:
    """What the ids of this call's session are made of: the same each time it is said."""
    return hashlib.sha256(call_id.encode()).hexdigest().upper()
