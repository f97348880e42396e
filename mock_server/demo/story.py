"""The story: a business may call, or may not, and a week passes. Whatever it tells is checked."""

from __future__ import annotations

import re
from typing import Any, Protocol

import httpx

from mock_server.client import Refused, SandboxClient
from mock_server.demo.business import Business
from mock_server.demo.receiver import PATIENCE, Receiver
from mock_server.errors import SandboxError

APP = "demo"
ASHA = "919812345678"
RAVI = "919812345679"
WEEK_SECONDS = 604_800
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


class Teller(Protocol):
    """To whom the story is told."""

    def step(self, what: str) -> None:
        """Something is done."""

    def shows(self, evidence: str, *, holds: bool) -> None:
        """What one sees then, and whether it is what one should see."""


class NotAsTold(SandboxError):
    """The sandbox showed something else than the story says."""


def play(sandbox: SandboxClient, teller: Teller, *, patience: float = PATIENCE) -> None:
    """Play it in an app of its own, `demo`, which stays. Raises NotAsTold at the first thing that is not as told.

    `patience` is for how many seconds it waits for a webhook.
    """
    told = _Checked(teller)
    told.step("A sandbox, an app in it, and the business's own webhook receiver: real HTTP, and all on this machine.")
    settings = sandbox.create_app(id=APP, name="the demo's own app")
    with (
        Receiver(patience=patience) as receiver,
        Business(sandbox.url, app_id=APP, token=settings["token"]) as business,
    ):
        story = _Story(sandbox, business, receiver, told)
        story.the_business_subscribes()
        story.asha_allows_always()
        story.asha_is_asked_again()
        story.ravi_allows_for_a_week()
        story.ravi_is_asked_again()
        story.a_week_passes()


class _Story:
    def __init__(self, sandbox: SandboxClient, business: Business, receiver: Receiver, told: _Checked) -> None:
        self.app = sandbox.app(APP)
        self.business, self.receiver, self.told = business, receiver, told

    def the_business_subscribes(self) -> None:
        answer = self.business.subscribe(self.receiver.url)
        self.told.shows(
            f"POST {self.business.path}/subscription url={self.receiver.url} -> {answer.status_code}",
            holds=answer.status_code == 200,
        )

    def asha_allows_always(self) -> None:
        self.told.step(f"The business asks Asha ({ASHA}): may we call you?")
        self._asked(ASHA)
        self.told.step("Asha taps 'Always allow'.")
        self.app.user(ASHA).allow_always()
        reply = self._reply(ASHA)
        self.told.shows(
            f"webhook call_permission_reply: {_shown(reply)}, and no expiry",
            holds=reply["is_permanent"] is True and "expiration_timestamp" not in reply,
        )

    def asha_is_asked_again(self) -> None:
        self.told.step("The business asks Asha once more, although she has allowed it for good.")
        self._refused(self.business.ask_permission(ASHA), 138017)

    def ravi_allows_for_a_week(self) -> None:
        self.told.step(f"The business asks Ravi ({RAVI}), who allows calls temporarily.")
        self._asked(RAVI)
        self.app.user(RAVI).allow_temporarily()
        reply = self._reply(RAVI)
        lives = int(reply["expiration_timestamp"]) - int(reply["timestamp"])
        self.told.shows(
            f"webhook call_permission_reply: {_shown(reply)}, {lives} s after its timestamp {reply['timestamp']}",
            holds=reply["is_permanent"] is False and lives == WEEK_SECONDS,
        )

    def ravi_is_asked_again(self) -> None:
        self.told.step("The business asks Ravi again on the same day: one request in 24 hours is the limit.")
        self._refused(self.business.ask_permission(RAVI), 138009)

    def a_week_passes(self) -> None:
        self.told.step("Seven days pass, in no time.")
        before = self.receiver.count
        clock = self.app.clock.advance(days=7)
        permission = self.app.user(RAVI).show()["permission"]["status"]
        silence = "no webhook says so" if self.receiver.count == before else "a webhook came"
        self.told.shows(
            f"it is {clock['now']}; Ravi's permission: {permission}, and {silence}",
            holds=permission == "no_permission" and self.receiver.count == before,
        )
        self.told.step("The business calls Ravi all the same.")
        try:
            self.app.place_call(RAVI)
        except Refused as refused:
            self.told.shows(f"refused: {refused.code}, {refused.sentence}", holds=refused.code == 138006)
        else:
            self.told.shows("it rings", holds=False)

    def _asked(self, wa_id: str) -> None:
        """A request is accepted, and its statuses arrive."""
        answer = self.business.ask_permission(wa_id)
        gs_id = answer.json()["messages"][0]["id"] if answer.status_code == 200 else ""
        self.told.shows(
            f"POST {self.business.path}/v3/message -> {answer.status_code}, message id {gs_id}",
            holds=_UUID.fullmatch(gs_id) is not None,
        )
        statuses = self.receiver.statuses(gs_id, until="delivered")
        self.told.shows(
            f"webhooks message_status: {', '.join(statuses)}", holds=statuses == ["enqueued", "sent", "delivered"]
        )

    def _reply(self, wa_id: str) -> dict[str, Any]:
        """What the receiver got of the user's answer, with the message's timestamp."""
        message = self.receiver.reply(wa_id)
        if message is None:
            self.told.shows("no call_permission_reply came", holds=False)
            return {}
        reply: dict[str, Any] = message["interactive"]["call_permission_reply"]
        return {"timestamp": message["timestamp"]} | reply

    def _refused(self, answer: httpx.Response, code: int) -> None:
        error = answer.json().get("error", {})
        details = error.get("error_data", {}).get("details", "accepted")
        self.told.shows(f"-> {answer.status_code}, {error.get('code')}: {details}", holds=error.get("code") == code)


class _Checked:
    """Tells, and stops the story when something does not hold: what comes after would stand on it."""

    def __init__(self, teller: Teller) -> None:
        self._teller = teller
        self.step = teller.step

    def shows(self, evidence: str, *, holds: bool) -> None:
        self._teller.shows(evidence, holds=holds)
        if not holds:
            raise NotAsTold("demo", f"This is not what the sandbox should show: {evidence}")


def _shown(reply: dict[str, Any]) -> str:
    names = ("response", "is_permanent", "expiration_timestamp")
    return ", ".join(f"{name} {str(reply[name]).lower()}" for name in names if name in reply)
