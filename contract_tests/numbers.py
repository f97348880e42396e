"""The business numbers of a run, and the users that the tests make up."""

from __future__ import annotations

from typing import Any, NamedTuple

from mock_server import ids
from mock_server.client import AppClient, UserClient
from mock_server.client.connection import Connection, segment


class Number:
    """A business number of the run: an app of the sandbox whose webhooks go to the application."""

    def __init__(self, connection: Connection, settings: dict[str, Any]) -> None:
        self.settings = settings
        """As `GET /_sandbox/apps/{app}` shows them when the run begins; each test begins with these."""
        self.id: str = settings["id"]
        self.app = AppClient(connection, self.id)
        self.subscription = ""
        """The id of the subscription to the application's webhook_url, once there is one."""
        self.connection = connection

    def user(self, wa_id: str) -> User:
        return User(self, wa_id)


class User(UserClient):
    """A user of one business number: everything that the client's UserClient does, and how the business knows them."""

    def __init__(self, number: Number, wa_id: str) -> None:
        super().__init__(number.connection, f"/_sandbox/apps/{segment(number.id)}", wa_id)
        self.number = number
        self.bsuid = ids.bsuid(wa_id)
        self.has_number = True

    def hide_number(self, username: str) -> None:
        """From now on a username user: webhooks name the BSUID only, and so do the actions."""
        self.set(username=username)
        self.has_number = False

    @property
    def known(self) -> Known:
        """What the business can know them by."""
        return Known(self.wa_id if self.has_number else "", self.bsuid)

    def __str__(self) -> str:
        return self.wa_id


class Known(NamedTuple):
    """A user as actions are told: `wa_id` is empty where the business cannot know it."""

    wa_id: str
    bsuid: str


class People:
    """Makes users nobody has heard of, not even an application that has been through earlier runs."""

    def __init__(self) -> None:
        self._next = int.from_bytes(ids.digest(ids.new_seed(), "people", size=4)) % 10**8

    def new(self, number: Number) -> User:
        self._next = (self._next + 1) % 10**8
        return number.user(f"9198{self._next:08d}")
