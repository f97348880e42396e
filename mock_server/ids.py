"""The only source of ids and randomness (rule T4).

Every id is a keyed hash of (seed, scope, kind, counter). The counter belongs to the state that the id is made for, so
ids never repeat after a restart or between processes, and with a seed two runs make the same ones.
"""

from __future__ import annotations

import base64
import secrets
from hashlib import blake2b
from typing import Final

_LONGEST_KEY: Final = blake2b.MAX_KEY_SIZE
_BSUID_DIGITS: Final = 20
_BSUID_SPACE: Final = 10**_BSUID_DIGITS
_BSUID_FACTOR: Final = 61_803_398_874_989_484_821  # odd, not a multiple of 5: invertible modulo 10**20
_BSUID_SHIFT: Final = 27_182_818_284_590_452_353
_BSUID_INVERSE: Final = pow(_BSUID_FACTOR, -1, _BSUID_SPACE)
_BSUID_MARK: Final = 731  # three digits that a made-up BSUID does not decode to
_LONGEST_NUMBER: Final = 15

# Country by calling code, for the BSUID's first two letters (A3). Codes that countries share (1, 7, 44 ...) are XX.
_COUNTRIES: Final = {
    "20": "EG", "27": "ZA", "30": "GR", "31": "NL", "32": "BE", "33": "FR", "34": "ES", "36": "HU", "40": "RO",
    "41": "CH", "43": "AT", "45": "DK", "46": "SE", "48": "PL", "49": "DE", "51": "PE", "52": "MX", "54": "AR",
    "55": "BR", "56": "CL", "57": "CO", "58": "VE", "60": "MY", "62": "ID", "63": "PH", "65": "SG", "66": "TH",
    "81": "JP", "82": "KR", "84": "VN", "86": "CN", "90": "TR", "91": "IN", "92": "PK", "94": "LK", "234": "NG",
    "254": "KE", "351": "PT", "353": "IE", "358": "FI", "380": "UA", "420": "CZ", "593": "EC", "852": "HK", "880": "BD",
    "886": "TW", "966": "SA", "971": "AE", "972": "IL",
}  # fmt: skip


def new_seed() -> str:
    """A random seed, for a store that was given none."""
    return secrets.token_hex(16)


def new_secret(prefix: str = "") -> str:
    """A random secret that nobody can guess (control tokens, secrets off loopback)."""
    return prefix + secrets.token_urlsafe(24)


def same_secret(given: str, wanted: str) -> bool:
    """Whether two secrets are equal, compared in constant time (A4)."""
    return secrets.compare_digest(given.encode(errors="replace"), wanted.encode(errors="replace"))


def digest(seed: str, *parts: object, size: int = 16) -> bytes:
    """The keyed hash under every id: `size` bytes for these parts."""
    key = seed.encode()
    if len(key) > _LONGEST_KEY:
        key = blake2b(key).digest()
    text = "\x1f".join([str(part) for part in parts])
    return blake2b(text.encode(), key=key, digest_size=size).digest()


def as_uuid(raw: bytes) -> str:
    """Sixteen bytes as the text of a version 4 UUID."""
    text = raw.hex()
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{'89ab'[raw[8] & 3]}{text[17:20]}-{text[20:32]}"


def as_digits(raw: bytes) -> str:
    """Bytes as sixteen digits, like the ids of Meta's templates."""
    return f"1{int.from_bytes(raw) % 10**15:015d}"


def as_text(raw: bytes) -> str:
    """Bytes as letters and digits that are safe in a URL and a shell."""
    return base64.b32encode(raw).decode().rstrip("=").lower()


def wamid(wa_id: str, raw: bytes) -> str:
    """A WhatsApp message id, in the looks of Meta's."""
    return "wamid." + base64.b64encode(b"\x1d\x05\x0c" + wa_id.encode() + b"\x15\x02\x00" + raw).decode()


def wacid(wa_id: str, raw: bytes) -> str:
    """A WhatsApp call id, in the looks of Meta's."""
    return "wacid." + base64.b64encode(b"\x1d\x08\x0c" + wa_id.encode() + b"\x15\x02\x00" + raw).decode()


def country_of(wa_id: str) -> str:
    """Two letters for a number's calling code, `XX` where it is shared or not in the table (A3)."""
    return next((_COUNTRIES[wa_id[:n]] for n in (3, 2) if wa_id[:n] in _COUNTRIES), "XX")


def bsuid(wa_id: str) -> str:
    """The business-scoped user id of a number: always the same, one to one (A3)."""
    plain = _BSUID_MARK * 10**17 + len(wa_id) * 10**15 + int(wa_id)
    return f"{country_of(wa_id)}.{(plain * _BSUID_FACTOR + _BSUID_SHIFT) % _BSUID_SPACE:020d}"


def wa_id_of(user_id: str) -> str | None:
    """The number behind a BSUID of ours, or None for any other text."""
    country, _, digits = user_id.partition(".")
    if len(digits) != _BSUID_DIGITS or not digits.isascii() or not digits.isdigit():
        return None
    plain = (int(digits) - _BSUID_SHIFT) * _BSUID_INVERSE % _BSUID_SPACE
    mark, rest = divmod(plain, 10**17)
    length, number = divmod(rest, 10**15)
    wa_id = f"{number:0{max(length, 1)}d}"
    made_here = mark == _BSUID_MARK and 1 <= length <= _LONGEST_NUMBER and len(wa_id) == length
    return wa_id if made_here and country_of(wa_id) == country else None
