"""What a target file says, as values: where the application listens, how it is started and made to act."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, Literal

Dialect = Literal["gupshup", "meta"]
ACTIONS: Final = (
    "request_permission",
    "call",
    "end_call",
    "permission",
    "request_state",
    "last_call",
    "break_store",
    "mend_store",
)


@dataclass(frozen=True, slots=True)
class Action:
    """How to make the application do or say something: an HTTP request (`method` and `url`), or a program (`command`).

    `state` and `reason` are dotted paths into the answer; `states` lists under our word the application's own.
    `allowed` is the status (`202`, `2xx`) with which the application says that it would call.
    """

    name: str
    method: str = ""
    url: str = ""
    json: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    command: tuple[str, ...] = ()
    allowed: str = ""
    state: str = ""
    states: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    reason: str = ""

    @property
    def texts(self) -> list[Any]:
        """Everything in which braces are filled in."""
        return [self.url, self.json, self.headers, list(self.command)]


@dataclass(frozen=True, slots=True)
class Where:
    """The sandbox of a run: of the kit's own on `host` and `port` (0: a free one), or the one that answers at `url`.

    Ids and tokens that are empty are made up by the sandbox.
    """

    host: str = "127.0.0.1"
    port: int = 0
    url: str = ""
    control_token: str = ""
    app_id: str = ""
    app_token: str = ""
    phone_number_id: str = ""
    second_app_id: str = ""
    second_app_token: str = ""
    second_phone_number_id: str = ""

    @property
    def is_known_outside(self) -> bool:
        """Whether the application may know the sandbox or the app already, so that a run cannot have several."""
        return bool(self.port or self.app_id)


@dataclass(frozen=True, slots=True)
class Target:
    """An integrator's application. `settle` is in seconds; empty texts are what the file leaves out."""

    webhook_url: str
    name: str = "the application"
    start: tuple[str, ...] = ()
    ready_url: str = ""
    dialect: Dialect = "gupshup"
    webhook_secret_header: dict[str, str] = field(default_factory=dict)
    app_secret: str = ""
    verify_token: str = ""
    settle: float = 0.5
    env: dict[str, str] = field(default_factory=dict)
    sandbox: Where = Where()
    actions: dict[str, Action] = field(default_factory=dict)

    @property
    def proof(self) -> str:
        """The key under [integrator] with what proves who sends a webhook."""
        return "webhook_secret_header" if self.dialect == "gupshup" else "app_secret"

    def gives(self, key: str) -> bool:
        """Whether the file has this key: `actions.call`, `integrator.app_secret`, `actions.last_call.reason`."""
        table, _, name = key.partition(".")
        if table == "integrator":
            return bool(getattr(self, name))
        if table == "sandbox":
            return bool(getattr(self.sandbox, name))
        action, _, part = name.partition(".")
        return action in self.actions and (not part or bool(getattr(self.actions[action], part)))
