"""Bad input, and requests from where none should come: refused, never a crash, and nothing has changed."""

from __future__ import annotations

import pytest

from contract_tests.claims import claim
from contract_tests.failure import NotCovered
from contract_tests.provider.surface import Surface

_OURS = "a stand-in that crashes tells an integrator nothing about the provider"
_PAGES = "no page of another site may drive a stand-in on a developer's machine"
BODIES = {
    "nothing": b"",
    "no-json": b"{",
    "a-list": b"[]",
    "null": b"null",
    "a-number": b"1" * 3000,
    "deep": b'{"a":' * 5000 + b"1" + b"}" * 5000,
    "not-a-number": b'{"to": NaN}',
    "infinity": b'{"to": 1e999}',
    "surrogate": b'{"to": "\\ud800"}',
    "nul": b'{"to": "\\u0000"}',
    "no-utf-8": b'{"to": "\xff\xfe"}',
    "twice": b'{"to": "919812345678", "to": "919812345679"}',
    "wrong-types": b'{"messaging_product": 1, "to": {}, "type": [], "interactive": "x"}',
    "two-mebibytes": b'{"to": "' + b"9" * 2 * 1024 * 1024 + b'"}',
}


@pytest.mark.parametrize("name", BODIES)
@claim("provider.input.body", level="must", rule="E3", source=_OURS)
def test_a_bad_body_is_refused(surface: Surface, name: str) -> None:
    """Whatever the body of a message is, the answer is 4xx, not 5xx, and in the provider's shape."""
    said = surface.ask("POST", surface.messages, content=BODIES[name], headers={"Content-Type": "application/json"})
    said.must_have(status=tuple(range(400, 500)), schema=surface.error)


@claim("provider.input.unchanged", level="must", rule="E3", source=_OURS)
def test_a_refused_request_counts_for_nothing(surface: Surface) -> None:
    """After a request that was refused for its shape, the user's one of the day is still there."""
    to = surface.somebody()
    surface.request_permission(to, kind="call_permission").must_have(status=(400,))
    surface.request_permission(to).must_have(status=(200,))


@claim("provider.input.content-type", level="should", rule="E3", source=_OURS)
def test_what_is_no_json_is_not_taken_for_it(surface: Surface) -> None:
    """A body of another content type is refused with 415."""
    said = surface.ask("POST", surface.messages, content=b"{}", headers={"Content-Type": "text/plain"})
    said.must_have(status=(415,))


@claim("provider.input.path", level="must", rule="E3", source=_OURS)
def test_an_unknown_path_is_not_found(surface: Surface) -> None:
    """A path that is not there is 404, in the provider's shape."""
    inside = f"/{surface.phone_number_id}" if surface.is_graph else f"/partner/app/{surface.app_id}"
    said = surface.ask("POST", f"{inside}/no_such_thing", json={})
    said.must_have(status=(404,), schema="error-meta" if surface.is_graph else "error-gupshup")


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Host": "evil.example"}],
    ids=["origin", "cross-site", "host"],
)
@claim("provider.input.foreign-page", level="should", rule="E6", source=_PAGES)
def test_a_foreign_page_is_refused(surface: Surface, headers: dict[str, str]) -> None:
    """A request that a page of another site makes, or that comes under another host's name, is refused with 403."""
    said = surface.ask("POST", surface.messages, json={}, headers=headers)
    said.must_have(status=(403,))


@claim("provider.error.control", level="must", rule="E4", source="RFC 9457, problem details")
def test_the_control_api_says_what_to_do(surface: Surface) -> None:
    """Errors of a sandbox's control API are problem documents with a sentence."""
    if not surface.has_control_api:
        raise NotCovered("sandbox with a control API: [sandbox] names a stand-in of its own")
    said = surface.ask("GET", "/_sandbox/apps/no-such-app", token=None)
    said.must_have(status=(404,), schema="problem")
    said.must_be_so(len(said.body["detail"].split()) > 1, "a sentence in detail")
