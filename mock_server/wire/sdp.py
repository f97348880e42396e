"""Session descriptions that a WebRTC stack parses (RFC 8866, RFC 8829). No media flows."""

from __future__ import annotations

import hashlib
from typing import Final

_DEFAULT_CODECS: Final = ("111 opus/48000/2", "126 telephone-event/8000")


def offer(call_id: str) -> str:
    """The user's phone offers audio."""
    return _describe(call_id, setup="actpass", mid="0", codecs=_DEFAULT_CODECS)


def answer(offered: str | None, call_id: str) -> str:
    """The user's phone answers: the offer's audio section with those of its codecs that WhatsApp speaks.

    Without an offer (a call that was placed by script) the answer has the usual codecs.
    """
    lines = (offered or "").splitlines()
    mid = next((line[6:].strip() for line in lines if line.startswith("a=mid:")), "0")
    spoken = tuple(
        line[9:].strip()
        for line in lines
        if line.startswith("a=rtpmap:") and line.partition(" ")[2].lower().startswith(("opus/", "telephone-event/"))
    )
    return _describe(call_id, setup="active", mid=mid, codecs=spoken or _DEFAULT_CODECS)


def _describe(call_id: str, *, setup: str, mid: str, codecs: tuple[str, ...]) -> str:
    key = hashlib.sha256(call_id.encode()).hexdigest().upper()
    fingerprint = ":".join(key[n : n + 2] for n in range(0, 64, 2))
    payloads = " ".join(codec.split(" ", 1)[0] for codec in codecs)
    lines = [
        "v=0",
        f"o=- {int(key[:15], 16)} 2 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        f"a=group:BUNDLE {mid}",
        f"m=audio 9 UDP/TLS/RTP/SAVPF {payloads}",
        "c=IN IP4 127.0.0.1",
        "a=rtcp:9 IN IP4 0.0.0.0",
        "a=candidate:1 1 udp 2130706431 127.0.0.1 9 typ host",
        f"a=ice-ufrag:{key[:8]}",
        f"a=ice-pwd:{key[8:32]}",
        f"a=fingerprint:sha-256 {fingerprint}",
        f"a=setup:{setup}",
        f"a=mid:{mid}",
        "a=sendrecv",
        "a=rtcp-mux",
        *(f"a=rtpmap:{codec}" for codec in codecs),
        f"a=ssrc:{int(key[:8], 16)} cname:sandbox",
    ]
    return "\r\n".join(lines) + "\r\n"
