"""The error tree. An error carries a code and a sentence; `wire` decides per surface which HTTP answer it becomes."""

from __future__ import annotations


class SandboxError(Exception):
    """Anything the sandbox refuses or cannot do.

    `code` is a provider's number (138009) or a short word of ours (`unknown_app`); `sentence` says what to do next.
    """

    def __init__(self, code: int | str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


class SchemaError(SandboxError):
    """A value does not satisfy a schema. `path` names the wrong field (`interactive.action.name`).

    `subcode` is the provider's finer code of the mistake, where it has one.
    """

    def __init__(self, *, schema: str, path: str, sentence: str, subcode: int | None = None) -> None:
        super().__init__("schema", sentence)
        self.schema = schema
        self.path = path
        self.subcode = subcode

    def __str__(self) -> str:
        return f"{self.path}: {self.sentence}" if self.path else self.sentence


class Malformed(SandboxError):
    """What arrived cannot be read at all: not JSON, too deep, a wrong content type. The caller mends the request."""


class TooLarge(Malformed):
    """A body, a list or a number of things is over its bound."""


class Unauthorised(SandboxError):
    """The token is wrong, missing, expired or somebody else's. The caller gets another one."""


class Forbidden(SandboxError):
    """The caller may not do this here, whatever token it has (foreign origin, unknown host, other partner)."""


class NotFound(SandboxError):
    """No such app, user, delivery, call or route."""


class Conflict(SandboxError):
    """It cannot be done in the present state; the sentence says why and what would make it possible."""


class RateLimited(SandboxError):
    """Too many requests; the caller waits."""


class Unavailable(SandboxError):
    """The store cannot be reached or cannot keep anything now; nothing of this request was kept. The caller waits."""

    def __init__(self, sentence: str) -> None:
        super().__init__("store_unavailable", sentence)


class Refusal(SandboxError):
    """WhatsApp's own no: a provider's error code, with the sentence that goes into `error_data.details`.

    Raised by the engine. It has changed nothing and counts for nothing (R3).
    """
