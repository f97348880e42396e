"""A session description taken apart, as far as an answer needs it (RFC 8866). Rubbish gives fewer parts, no errors."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_LINE_ENDS: Final = re.compile(r"\r\n|\n|\r")
_TOKEN: Final = re.compile(r"[!-~]{1,256}")
_STATIC: Final = {"0": "PCMU/8000", "8": "PCMA/8000"}  # RFC 3551: payload types that need no rtpmap
# What WhatsApp speaks: opus, and since Mar 23 2026 PCMU and PCMA where `additional_codecs` asks for them (Meta, call
# settings page, Jun 26 2026); beside a voice, the keys that the caller presses.
_VOICES: Final = ("opus/48000", "pcmu/8000", "pcma/8000")
_KEYS: Final = "telephone-event/"


class Codec(NamedTuple):
    """A payload type of an audio section: its number, what it stands for, and its parameters if any."""

    payload: str
    name: str
    parameters: str | None = None


class Section(NamedTuple):
    """One media section: what its `m=` line says, and its attributes, each with all its values."""

    kind: str
    port: str
    protocol: str
    formats: tuple[str, ...]
    attributes: dict[str, list[str]]

    def first(self, name: str) -> str | None:
        """The attribute's first value; None where it is not there or is nothing that could be said again."""
        value = self.attributes.get(name, [""])[0].strip()
        return value if _TOKEN.fullmatch(value) else None

    def codecs(self) -> tuple[Codec, ...]:
        """Those of its formats that say what they are, in the offer's order."""
        known = _STATIC if self.kind == "audio" else {}
        names, parameters = known | self._by_payload("rtpmap"), self._by_payload("fmtp")
        payloads = [payload for payload in dict.fromkeys(self.formats) if names.get(payload)]
        return tuple(Codec(payload, names[payload], parameters.get(payload)) for payload in payloads)

    def spoken(self) -> tuple[Codec, ...]:
        """The codecs that WhatsApp speaks; none where no voice is among them."""
        if self.kind != "audio" or self.port == "0":
            return ()
        spoken = tuple(codec for codec in self.codecs() if codec.name.lower().startswith((*_VOICES, _KEYS)))
        return spoken if any(codec.name.lower().startswith(_VOICES) for codec in spoken) else ()

    def _by_payload(self, attribute: str) -> dict[str, str]:
        """`111 opus/48000/2` under 111; only what is printable ASCII, for it is said again."""
        parts = (value.strip().partition(" ") for value in self.attributes.get(attribute, []))
        return {payload: rest.strip() for payload, _, rest in parts if rest.isascii() and rest.isprintable()}


class Session(NamedTuple):
    """The whole: the mids of its BUNDLE groups, and its media sections in order."""

    bundled: frozenset[str]
    sections: tuple[Section, ...]
    setup: str | None  # of the session, for sections without one


def lines_of(text: str) -> list[str]:
    """Its lines, whichever line ends it has."""
    return [line for line in _LINE_ENDS.split(text) if line]


def read(text: str) -> Session:
    """Take it apart. A media line that is none is passed over, with what follows it up to the next."""
    above: dict[str, list[str]] = {}
    sections: list[Section] = []
    attributes = above
    for line in lines_of(text):
        if line.startswith("m="):
            attributes = {}
            words = line[2:].split(" ")
            if len(words) >= 4 and all(_TOKEN.fullmatch(word) for word in words):
                sections.append(Section(words[0], words[1], words[2], tuple(words[3:]), attributes))
        elif line.startswith("a="):
            name, _, value = line[2:].partition(":")
            attributes.setdefault(name, []).append(value)
    groups = (group.split() for group in above.get("group", []))
    bundled = frozenset(mid for kind, *mids in filter(None, groups) if kind == "BUNDLE" for mid in mids)
    return Session(bundled, tuple(sections), above.get("setup", [None])[0])
