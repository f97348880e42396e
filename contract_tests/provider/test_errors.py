"""What a provider answers when it says no: status, shape and code, which integrators build on."""

from __future__ import annotations

import pytest

from contract_tests.claims import claim
from contract_tests.provider.surface import Surface

_META = "Meta, Error codes, Dec 12 2025, and Calling troubleshooting, Jun 24 2026"
_GUPSHUP = "Gupshup, v3 message, Jun 26 2026"
_BOTH = f"{_META}; {_GUPSHUP}"
_UNKNOWN_ID = "999999999999999"
_UNKNOWN_APP = "99999999-9999-4999-8999-999999999999"
OFFER = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"


@pytest.mark.parametrize("token", ["sk_not_the_right_one", None], ids=["wrong", "missing"])
@claim("provider.error.token", level="must", rule="E2", source=_BOTH)
def test_a_wrong_token_is_refused(surface: Surface, token: str | None) -> None:
    """A wrong or missing token is 401: code 190 at Meta, `Authentication Failed` at Gupshup."""
    said = surface.request_permission(surface.somebody(), token=token)
    if surface.is_graph:
        said.must_have(status=(401,), schema="error-meta", code=(190,))
    else:
        said.must_have(status=(401,)).must_say("Authentication Failed")


@claim("provider.error.unknown-app", level="must", rule="E2", source=_GUPSHUP, dialects=("gupshup",))
def test_an_unknown_app_is_refused(surface: Surface) -> None:
    """A good token with an app that is not there is 400, `Invalid App Details`."""
    said = surface.ask("POST", f"/partner/app/{_UNKNOWN_APP}/v3/message", json={})
    said.must_have(status=(400,)).must_say("Invalid App Details")


@claim("provider.error.unknown-number", level="must", rule="E1", source=_META, dialects=("meta",))
def test_an_unknown_number_is_refused(surface: Surface) -> None:
    """A good token with a number that is not there is 400, code 100 with subcode 33."""
    said = surface.ask("POST", f"/{_UNKNOWN_ID}/messages", json={})
    said.must_have(status=(400,), schema="error-meta", code=(100,))
    said.must_be_so(said.body["error"].get("error_subcode") == 33, "error_subcode 33")


@claim("provider.error.request-limit", level="must", rule="R2", source=_META, mistakes=(13,))
def test_a_second_request_of_the_day_is_refused(surface: Surface) -> None:
    """A second permission request within 24 hours is refused with 138009 and HTTP 400."""
    to = surface.somebody()
    surface.request_permission(to).must_have(status=(200,))
    surface.request_permission(to).must_have(status=(400,), schema=surface.error, code=_told(surface, 138009))


@claim("provider.error.request-type", level="must", rule="R1", source=_META, mistakes=(15,))
def test_a_request_of_a_wrong_type_is_refused(surface: Surface) -> None:
    """`call_permission` for `call_permission_request` is refused with 100 or 131009."""
    said = surface.request_permission(surface.somebody(), kind="call_permission")
    said.must_have(status=(400,), schema=surface.error, code=_told(surface, 100, 131009))


@claim("provider.error.no-addressee", level="must", rule="E1", source=_META)
def test_a_message_to_nobody_is_refused(surface: Surface) -> None:
    """A message without `to` and `recipient` is refused with 100, 131008 or 131009."""
    body = {"messaging_product": "whatsapp", "type": "text", "text": {"body": "Hello"}}
    said = surface.ask("POST", surface.messages, json=body)
    said.must_have(status=(400,), schema=surface.error, code=_told(surface, 100, 131008, 131009))


@claim("provider.error.no-permission", level="must", rule="C2", source=_META, mistakes=(12, 17), dialects=("meta",))
def test_a_call_without_permission_is_refused(surface: Surface) -> None:
    """Who has not allowed calls cannot be called: 138006, with HTTP 401 (Meta's table) or 400 (seen in the wild)."""
    session = {"sdp_type": "offer", "sdp": OFFER}
    body = {"messaging_product": "whatsapp", "to": surface.somebody(), "action": "connect", "session": session}
    said = surface.ask("POST", f"/{surface.phone_number_id}/calls", json=body)
    said.must_have(status=(401, 400), schema="error-meta", code=(138006,))


@claim("provider.error.unknown-call", level="must", rule="E1", source=_META, mistakes=(11,), dialects=("meta",))
def test_a_call_that_is_not_there_cannot_be_ended(surface: Surface) -> None:
    """To terminate a call that nobody knows is refused with 100 and HTTP 400."""
    body = {"messaging_product": "whatsapp", "action": "terminate", "call_id": "wacid.HBgMOTE5ODEyMzQ1Njc4FQIA"}
    said = surface.ask("POST", f"/{surface.phone_number_id}/calls", json=body)
    said.must_have(status=(400,), schema="error-meta", code=(100,))


def _told(surface: Surface, *codes: int) -> tuple[int | None, ...]:
    """Which codes are right: Gupshup may pass on Meta's refusals in words alone, without a code."""
    return codes if surface.is_graph else (*codes, None)
