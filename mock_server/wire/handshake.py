"""What Meta asks a callback URL before it trusts it (facts/meta 8: webhook endpoint page, Nov 7 2025)."""

from __future__ import annotations

from urllib.parse import quote

from mock_server import ids


def challenge_of(app_id: str, *occasion: object, seed: str) -> str:
    """Ten digits without a leading zero: Meta's samples are numbers, and some receivers read them as such."""
    raw = ids.digest(seed, app_id, "challenge", *occasion)
    return str(10**9 + int.from_bytes(raw) % (9 * 10**9))


def asked(url: str, *, challenge: str, verify_token: str) -> str:
    """The URL that is asked: the callback URL as it is, with the three parameters after those that it has."""
    place, mark, fragment = url.partition("#")
    parting = "" if place.endswith(("?", "&")) else "&" if "?" in place else "?"
    question = f"hub.mode=subscribe&hub.challenge={challenge}&hub.verify_token={quote(verify_token, safe='')}"
    return f"{place}{parting}{question}{mark}{fragment}"
