"""The tree of paths: which endpoint takes a path, and what its parameters are."""

from __future__ import annotations

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server.http.routing import Paths


class Place:
    """An endpoint that is only looked for."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        raise AssertionError


APPS, FLUSH, DELIVERY, ACCEPT, UNKNOWN = (Place() for _ in range(5))
PATHS = Paths(
    {
        "/apps": APPS,
        "/apps/{app}/deliveries/flush": FLUSH,
        "/apps/{app}/deliveries/{id}": DELIVERY,
        "/apps/{app}/calls/{id:path}/accept": ACCEPT,
    },
    unknown=UNKNOWN,
)
GRAPH = Paths({"/{phone_number_id}/messages": DELIVERY, "/oauth/access_token": APPS}, unknown=UNKNOWN, digits=True)


@pytest.mark.parametrize(
    ("path", "endpoint", "parameters"),
    [
        ("/apps", APPS, {}),
        ("/apps/one/deliveries/7", DELIVERY, {"app": "one", "id": "7"}),
        ("/apps/one/deliveries/flush", FLUSH, {"app": "one"}),
        ("/apps/one/calls/wacid.a/b+c==/accept", ACCEPT, {"app": "one", "id": "wacid.a/b+c=="}),
    ],
)
def test_a_path_is_found_with_its_parameters(path: str, endpoint: ASGIApp, parameters: dict[str, str]) -> None:
    """A word goes before a parameter in the same place, and the id of a call may hold slashes."""
    assert PATHS.find(path) == (endpoint, parameters)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/app",
        "/apps/",
        "/apps/one",
        "/apps//deliveries/7",
        "/apps/one/deliveries/7/8",
        "/apps/one/calls/a/pick",
    ],
)
def test_other_paths_are_unknown(path: str) -> None:
    """What is longer, shorter, or has nothing where a parameter stands is unknown (E3)."""
    assert PATHS.find(path) == (UNKNOWN, {})


@pytest.mark.parametrize(
    ("path", "endpoint"),
    [
        ("/123/messages", DELIVERY),
        ("/me/messages", UNKNOWN),
        ("/12\u0663/messages", UNKNOWN),
        ("/\u00b2/messages", UNKNOWN),
        ("/oauth/access_token", APPS),
    ],
)
def test_ids_on_graph_are_digits(path: str, endpoint: ASGIApp) -> None:
    """On Graph every parameter of a path is an id of digits 0 to 9 (E1)."""
    assert GRAPH.find(path)[0] is endpoint
