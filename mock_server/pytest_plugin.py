"""The pytest plugin: an app of one's own for each test, in a sandbox inside the process of pytest.

    def test_calls_only_with_permission(gupshup):
        shop = OrderService(base_url=gupshup.base_url, app_id=gupshup.app.id, token=gupshup.app.token)
        gupshup.deliver_to(shop.webhook_url)
        shop.ask("919812345678")
        gupshup.user("919812345678").allow_always()  # returns when the webhook has been answered
        shop.call("919812345678")
        assert not gupshup.violations

Every pytest of whoever has the product installed imports this module: whatever takes time is imported by the fixtures.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pytest

if TYPE_CHECKING:
    from mock_server.client import AppClient, SandboxClient, UserClient
    from mock_server.client.clock import ClockClient


class _Option(NamedTuple):
    """One thing to say, on the command line, in pytest's configuration or in the environment, in this order."""

    name: str
    metavar: str
    text: str
    choices: tuple[str, ...] = ()

    @property
    def variable(self) -> str:
        return f"GUPSHUP_MOCK_{self.name.upper()}"


_OPTIONS: Final = (
    _Option("dialect", "NAME", "in whose words the fixture's webhooks are: gupshup or meta", ("gupshup", "meta")),
    _Option(
        "rules",
        "NAME",
        "the limits of the fixture's app: gupshup, wolkvox, meta or meta-test-number",
        ("gupshup", "wolkvox", "meta", "meta-test-number"),
    ),
    _Option("target", "FILE", "the target file of the contract tests"),
    _Option("patience", "SECONDS", "how long the contract tests wait for an application, instead of 10 to 30 s"),
)


_EVERY_MODE: Final = "MESSAGE,ALL,VOICE,ACCOUNT,ENQUEUED,SENT,DELIVERED,READ,FAILED"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("gupshup-mock", "WhatsApp call permissions at Gupshup and Meta (gupshup-mock)")
    for option in _OPTIONS:
        said = f"{option.text} (also {option.variable})"
        group.addoption(
            f"--gupshup-{option.name}", dest=f"gupshup_{option.name}", metavar=option.metavar, help=said, default=None
        )
        parser.addini(f"gupshup_{option.name}", said, default="")


def setting(config: pytest.Config, name: str) -> str:
    """What is said about it on the command line, else in the environment, else in pytest's configuration, else "".

    Raises UsageError for a word that is none of those it can be.
    """
    option = next(option for option in _OPTIONS if option.name == name)
    said = config.getoption(f"gupshup_{name}", None) or os.environ.get(option.variable) or ""
    said = str(said or config.getini(f"gupshup_{name}"))
    if said and option.choices and said not in option.choices:
        raise pytest.UsageError(f"--gupshup-{name} is one of {', '.join(option.choices)}, not {said!r}.")
    return said


class App:
    """The test's app: its settings as attributes (`id`, `token`, `phone_number_id`, `app_secret`, ...).

    Everything else is the Python client's: `set`, `place_call`, `send_webhook`, `deliveries`, `journal`, ...
    """

    def __init__(self, client: AppClient, settings: dict[str, Any]) -> None:
        self._client = client
        self._settings = settings

    def __getattr__(self, name: str) -> Any:
        settings: dict[str, Any] = self.__dict__.get("_settings", {})
        if name in settings and not hasattr(self._client, name):
            return settings[name]
        return getattr(self._client, name)


class Violation(dict[str, Any]):
    """A line of the journal that reads like one: rule, what was seen, what was expected, and where that is written."""

    def __repr__(self) -> str:
        return "{rule}: {seen}; expected: {expected} ({source})".format_map(self)


class Gupshup:
    """What the fixture `gupshup` gives: one app of a sandbox, and all that WhatsApp does behind it."""

    def __init__(self, sandbox: SandboxClient, client: AppClient, settings: dict[str, Any]) -> None:
        self.app: Any = App(client, settings)
        self.base_url: str = sandbox.url
        """In the place of https://partner.gupshup.io."""
        self.graph_url: str = sandbox.url
        """In the place of https://graph.facebook.com."""
        self._client = client
        self._settings = settings
        self._given: set[str] = set()
        self._subscribed = 0

    @property
    def clock(self) -> ClockClient:
        """The app's clock: `now()`, `advance(days=7)`, `freeze()`, `resume()`."""
        return self._client.clock

    @property
    def violations(self) -> list[Violation]:
        """What a well-behaved integrator would not have done: `rule`, `seen`, `expected`, `source`, `at`, `wa_id`."""
        return [Violation(row) for row in self._client.violations(advices=False)]

    @property
    def deliveries(self) -> list[Any]:
        """Every webhook so far, oldest first, with body, headers and attempts."""
        return [self._client.deliveries.show(row["id"]) for row in self._client.deliveries.list()]

    def user(self, wa_id: str) -> UserClient:
        """A WhatsApp user, by number or BSUID: `allow_always()`, `allow_temporarily()`, `decline()`, `revoke()`, ..."""
        return self._client.user(wa_id)

    def deliver_to(self, url: str, *, headers: dict[str, str] | None = None) -> None:
        """Have webhooks go there, as the provider would be told to; returns when the URL has been tried once.

        `headers` are those that a Gupshup subscription registers in `meta`. Raises Refused for a URL that the provider
        would not take: in dialect meta it must answer the handshake.
        """
        if self._settings["dialect"] == "meta":
            self._subscribe_at_meta(url)
        else:
            self._subscribe_at_gupshup(url, headers)
        self._client.deliveries.flush()

    def wait_for(self, kind: str, *, wa_id: str | None = None, timeout: float = 10) -> Any:
        """The next webhook of this kind that was answered, with whatever status: one that no `wait_for` has given yet.

        `kind` is `call_permission_reply`, `message_status:delivered`, `call_terminate` ... `timeout` in seconds. Raises
        AssertionError, which says what came instead.
        """
        from threading import Event

        from mock_server.clock import MachineTime

        machine = MachineTime()
        end = machine.elapsed() + timeout
        while True:
            rows = list(self._client.deliveries.list(wa_id=wa_id))
            asked = [row for row in rows if kind in {row["kind"], row["kind"].partition(":")[0]}]
            found = next((row for row in asked if _answered(row) and row["id"] not in self._given), None)
            if found is not None:
                self._given.add(found["id"])
                return self._client.deliveries.show(found["id"])
            if machine.elapsed() >= end:
                about = f" about {wa_id}" if wa_id else ""
                raise AssertionError(
                    f"No webhook {kind}{about} was answered within {timeout:g} s; {self._instead(rows)}."
                )
            Event().wait(0.01)

    def _instead(self, rows: list[Any]) -> str:
        """What there is in place of a webhook that was waited for."""
        if not rows and not self._client.show()["subscriptions"]:
            return "this app has no webhook URL: gupshup.deliver_to(url)"
        came = [f"{row['kind']} ({row['last']['sentence'] if row['last'] else row['state']})" for row in rows]
        return f"there is: {', '.join(came) or 'nothing'}"

    def _subscribe_at_gupshup(self, url: str, headers: dict[str, str] | None) -> None:
        import json

        self._subscribed += 1
        form = {"modes": _EVERY_MODE, "tag": f"pytest-{self._subscribed}", "url": url, "version": "3"}
        form |= {"meta": json.dumps(headers)} if headers else {}
        token = str(self._settings["token"])
        self._tell(f"/partner/app/{self.app.id}/subscription", headers={"Authorization": token}, data=form)

    def _subscribe_at_meta(self, url: str) -> None:
        settings = self._settings
        query = {"object": "whatsapp_business_account", "callback_url": url, "verify_token": settings["verify_token"]}
        query["fields"] = "messages,calls,account_update,account_settings_update"
        query["access_token"] = f"{settings['meta_app_id']}|{settings['app_secret']}"
        self._tell(f"/{settings['meta_app_id']}/subscriptions", params=query)

    def _tell(self, path: str, **said: Any) -> None:
        import httpx

        from mock_server.client import Refused

        with httpx.Client(timeout=30, trust_env=False, verify=self.base_url.startswith("https:")) as http:
            answer = http.post(self.base_url + path, **said)
        if not answer.is_success:
            raise Refused(status=answer.status_code, code="not_subscribed", sentence=answer.text[:300])


def _answered(row: dict[str, Any]) -> bool:
    """Whether a delivery's last attempt came to anybody who answered."""
    return row["last"] is not None and row["last"]["outcome"] == "answered"


@pytest.fixture(scope="session")
def gupshup_sandbox() -> Iterator[SandboxClient]:
    """The sandbox of this run, in a thread of pytest's own process, on a free port. Override it to use another one."""
    from mock_server.client import SandboxClient
    from mock_server.http.app import Sandbox
    from mock_server.server import RunningServer
    from mock_server.settings import ServerSettings

    sandbox: Any = Sandbox(ServerSettings())  # Any: uvicorn's types for an application are not Starlette's
    with RunningServer(lambda: sandbox, on_stop=sandbox.stop) as server, SandboxClient(server.url) as client:
        yield client


@pytest.fixture
def gupshup_settings(pytestconfig: pytest.Config) -> dict[str, Any]:
    """Settings of the app that `gupshup` gives, as `POST /_sandbox/apps` takes them. Override it for others."""
    said = {name: setting(pytestconfig, name) for name in ("dialect", "rules")}
    return {name: value for name, value in said.items() if value}


@pytest.fixture
def gupshup(gupshup_sandbox: SandboxClient, gupshup_settings: dict[str, Any]) -> Iterator[Gupshup]:
    """An app of the test's own: its users, clock, webhooks and findings. Gone when the test ends."""
    settings = gupshup_sandbox.create_app(**{"name": "pytest", **gupshup_settings})
    client = gupshup_sandbox.app(settings["id"])
    yield Gupshup(gupshup_sandbox, client, settings)
    client.delete()


@pytest.fixture(scope="session")
def gupshup_target() -> Any:
    """What the contract tests test. None: what the target file says.

    Override it, for an application in Python, with an object: `webhook_url`, and the actions as its methods.
    """
    return None
