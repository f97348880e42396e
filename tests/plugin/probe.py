"""Tests as a user of the plugin writes them, run by `test_plugin`."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest

from mock_server.client import Refused
from mock_server.pytest_plugin import Gupshup
from tests.plugin.shop import OrderService

ASHA, RAVI = "919812345678", "919812345679"


@pytest.fixture
def shop(gupshup: Gupshup) -> Iterator[OrderService]:
    service = OrderService(app=gupshup.app, base_url=gupshup.base_url, now=gupshup.clock.now)
    yield service
    service.close()


def test_calls_only_with_permission(gupshup: Gupshup, shop: OrderService) -> None:
    """The story that the interface tells: asked, allowed for a week, a week passes, no call, no violation."""
    gupshup.deliver_to(shop.webhook_url)
    assert shop.ask(ASHA).status_code == 200
    gupshup.user(ASHA).allow_temporarily()
    called = shop.call(ASHA)
    assert called is not None
    assert called.status_code == 200
    gupshup.clock.advance(days=7)
    assert shop.call(ASHA) is None
    assert not gupshup.violations


def test_what_should_not_have_been_is_a_violation(gupshup: Gupshup, shop: OrderService) -> None:
    """A call without permission is there to be asserted on."""
    shop.until[ASHA] = 2.0**40
    refused = shop.call(ASHA)
    assert refused is not None
    assert refused.json()["error"]["code"] == 138006
    (violation,) = gupshup.violations
    assert violation["kind"] == "violation"
    assert repr(violation) == (
        "C2: a call was tried though the user never allowed calls; expected: call only while the last permission reply "
        f"is an accept that has not expired ({violation['source']})"
    )


def test_what_comes_later_can_be_waited_for(gupshup: Gupshup, shop: OrderService) -> None:
    """In order, each once; and what came instead is told."""
    gupshup.deliver_to(shop.webhook_url)
    shop.ask(ASHA)
    sent = [gupshup.wait_for("message_status", wa_id=ASHA)["kind"] for _ in range(3)]
    assert sent == ["message_status:enqueued", "message_status:sent", "message_status:delivered"]
    gupshup.user(ASHA).decline(wait=False)
    reply = gupshup.wait_for(kind="call_permission_reply", wa_id=ASHA)
    assert reply["body"]["gs_app_id"] == gupshup.app.id
    told = f"No webhook call_terminate about {RAVI} was answered within 0.05 s; there is: nothing"
    with pytest.raises(AssertionError, match=told):
        gupshup.wait_for("call_terminate", wa_id=RAVI, timeout=0.05)


def test_what_nobody_takes_is_not_what_one_waits_for(gupshup: Gupshup) -> None:
    """A webhook that reached nobody was not answered; without a URL there is none, and that is said."""
    gupshup.user(ASHA).text()
    with pytest.raises(AssertionError, match=r"this app has no webhook URL: gupshup\.deliver_to\(url\)"):
        gupshup.wait_for("message", timeout=0.05)
    gupshup.deliver_to("http://127.0.0.1:9/nobody-listens")
    gupshup.user(ASHA).text()
    with pytest.raises(AssertionError, match=r"there is: .*message \(no connection: .*\)"):
        gupshup.wait_for("message", timeout=0.05)


def test_headers_are_registered_as_gupshup_does(gupshup: Gupshup, shop: OrderService) -> None:
    """With the subscription's `meta`; the set-callback event has come when `deliver_to` returns."""
    gupshup.deliver_to(shop.webhook_url, headers={"X-Secret": "s3cret"})
    assert [row["kind"] for row in gupshup.deliveries] == ["set_callback"]
    assert [headers["X-Secret"] for headers in shop.headers] == ["s3cret"]


def test_a_url_that_the_provider_refuses_is_refused(gupshup: Gupshup) -> None:
    """As an error that says so, at the line where it was given."""
    with pytest.raises(Refused, match="url: must be an http or https URL"):
        gupshup.deliver_to("nowhere")


class TestMeta:
    """Settings are a fixture that one overrides."""

    @pytest.fixture
    def gupshup_settings(self) -> dict[str, str]:
        return {"dialect": "meta", "rules": "meta", "app_secret": "secret-of-mine"}

    def test_settings_are_those_of_the_fixture(self, gupshup: Gupshup, shop: OrderService) -> None:
        """Here dialect meta: the URL answers the handshake, webhooks are signed."""
        gupshup.deliver_to(shop.webhook_url)
        gupshup.user(ASHA).text()
        assert shop.headers[-1]["X-Hub-Signature-256"].startswith("sha256=")
        assert (gupshup.app.app_secret, gupshup.app.show()["rules"]) == ("secret-of-mine", "meta")


@pytest.mark.parametrize("one", range(8))
def test_no_test_sees_anothers_events(one: int, gupshup: Gupshup, shop: OrderService) -> None:
    """The same user in every test: nothing has happened yet, and only what happens here is seen."""
    assert (list(gupshup.app.users()), list(gupshup.app.journal()), gupshup.deliveries) == ([], [], [])
    gupshup.deliver_to(shop.webhook_url)
    assert shop.ask(ASHA).status_code == 200
    gupshup.user(ASHA).allow_always()
    assert len([row for row in gupshup.deliveries if row["kind"] == "call_permission_reply"]) == 1
    assert len(list(gupshup.app.journal(kind="request", wa_id=ASHA))) == 1
    assert gupshup.user(RAVI).show()["requests"] == []


def test_the_clock_of_one_is_not_that_of_another(gupshup: Gupshup) -> None:
    """A test that moves it moves its own."""
    assert abs(gupshup.clock.show()["offset_seconds"]) < 1
    gupshup.clock.advance(days=365)


def test_settings_as_they_were_said(gupshup: Gupshup, said: Callable[[], dict[str, str]]) -> None:
    """Dialect and rules of the command line, the environment or the configuration."""
    shown = gupshup.app.show()
    assert {name: shown[name] for name in ("dialect", "rules")} == said()


@pytest.fixture
def said() -> Callable[[], dict[str, str]]:
    return lambda: {"dialect": os.environ.get("DIALECT", "gupshup"), "rules": os.environ.get("RULES", "gupshup")}
