"""Making the application do something, and asking what it believes: the `[actions]` of a target file."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

import httpx

from contract_tests.failure import ContractFailure, NotCovered, shortened
from contract_tests.lost import CLOSED, why_lost
from contract_tests.patience import Stopwatch
from contract_tests.target.braces import filled, names_in
from contract_tests.target.model import Action, Target
from contract_tests.target.trust import trusted

ACTION_SECONDS: Final = 30.0
_ANSWER_BYTES: Final = 256 * 1024
_NOT_FOUND: Final = 404
_CRASHED: Final = 500  # 502 and 503 may be what it makes of a provider that fails, or of a store
_NOWHERE: Final = object()


@dataclass(frozen=True, slots=True)
class Done:
    """What came of an action. `status` is HTTP's; a program that ends with 0 counts as 200, any other as 500."""

    what: str
    status: int
    text: str
    seconds: float
    allowed: bool | None = None
    """Whether the application says that it would call, where `allowed` is given; else None: it is seen on the wire."""
    crash: str = ""
    """How the application came to grief over it, behind "your application"."""

    @property
    def ok(self) -> bool:
        """2xx."""
        return 200 <= self.status < 300

    @property
    def json(self) -> Any:
        """The answer, None where it is no JSON."""
        try:
            return json.loads(self.text)
        except (ValueError, RecursionError):
            return None

    def __str__(self) -> str:
        return f"{self.what} -> {self.status} in {self.seconds:.2f} s: {shortened(self.text.strip(), 300)}"


class Person(Protocol):
    """Whom an action is about: `wa_id` is empty where the business cannot know a number."""

    @property
    def wa_id(self) -> str: ...
    @property
    def bsuid(self) -> str: ...


class Actions(Protocol):
    """What the kit can have an application do. `values` say which number the business is to use: that of an app."""

    def has(self, key: str) -> bool:
        """Whether the target gives this action (`call`) or part of one (`last_call.reason`)."""

    def do(self, name: str, person: Person | None, values: Mapping[str, str]) -> Done:
        """Do it. Raises NotCovered, and ContractFailure where nothing answers."""

    def look(self, name: str, person: Person, values: Mapping[str, str]) -> tuple[str | None, Any]:
        """One of our words for what the application believes (None: it knows nothing), and the reason it gives."""


class FileActions:
    """Actions as a target file describes them."""

    def __init__(self, target: Target, *, patience: float = ACTION_SECONDS) -> None:
        self._actions = target.actions
        self._target = target
        self._patience = patience
        urls = (action.url for action in target.actions.values())
        self._http = httpx.Client(trust_env=False, timeout=patience, follow_redirects=False, verify=trusted(*urls))

    def close(self) -> None:
        self._http.close()

    def has(self, key: str) -> bool:
        return self._target.gives(f"actions.{key}")

    def do(self, name: str, person: Person | None, values: Mapping[str, str]) -> Done:
        action = self._action(name)
        known = dict(values)
        if person is not None:
            self._can_name(action, person)
            known |= {"wa_id": person.wa_id, "bsuid": person.bsuid}
        return self._run(action, known) if action.command else self._ask(action, known)

    def look(self, name: str, person: Person, values: Mapping[str, str]) -> tuple[str | None, Any]:
        action = self._action(name)
        done = self.do(name, person, values)
        if done.status == _NOT_FOUND:
            return None, None
        if not done.ok or done.json is None:
            expected = f"an answer 2xx with JSON, in which {action.state} is the state"
            said = f"answers actions.{name} with {done.status}{'' if done.json else ' and no JSON'}"
            raise ContractFailure(sent=done.what, received=str(done), expected=expected, instead=said)
        reason = at_path(done.json, action.reason) if action.reason else None
        return self._word(action, done), reason

    def _action(self, name: str) -> Action:
        if name not in self._actions:
            raise NotCovered(f"[actions.{name}]")
        return self._actions[name]

    def _can_name(self, action: Action, person: Person) -> None:
        names = set(names_in(action.texts))
        if not person.wa_id and "wa_id" in names and "bsuid" not in names:
            raise NotCovered(f"{{bsuid}} in [actions.{action.name}], for a user without a number")

    def _word(self, action: Action, done: Done) -> str | None:
        said = at_path(done.json, action.state, nowhere=_NOWHERE)
        if said is _NOWHERE:
            key = f"actions.{action.name}"
            raise ContractFailure(
                sent=done.what,
                received=f"{action.state} finds nothing in {shortened(done.text.strip(), 200)}",
                expected=f"one of the values of {key}.states",
                instead=f"says nothing at {action.state} of its answer to {key}: is {key}.state right?",
            )
        for word, values in action.states.items():
            if any(type(value) is type(said) and value == said for value in values):
                return word
        if said is None:
            return None
        raise ContractFailure(
            sent=done.what,
            received=f"{action.state} is {json.dumps(said)[:200]}",
            expected=f"one of the values that actions.{action.name}.states lists; if this is another word for one of "
            "its states, add it to the target file",
            mistakes=(),
        )

    def _ask(self, action: Action, values: Mapping[str, str]) -> Done:
        url, body = filled(action.url, values), filled(action.json, values)
        what, watch = f"{action.method} {url}", Stopwatch()
        headers = filled(action.headers, values)
        try:
            with self._http.stream(action.method, url, json=body, headers=headers) as answer:
                text = _read(answer, watch, self._patience)
        except httpx.TimeoutException:
            raise self._nothing(action, what, f"no answer within {self._patience:g} s") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            came = why_lost(error)
            raise self._nothing(action, what, came).but(crash=CLOSED if CLOSED in came else "") from None
        status = answer.status_code
        crash = f"answered {status}" if status == _CRASHED else ""
        return Done(what, status, text, watch.seconds, _allowed(action, status), crash)

    def _run(self, action: Action, values: Mapping[str, str]) -> Done:
        command = filled(list(action.command), values)
        what, watch = " ".join(command), Stopwatch()
        try:
            ended = subprocess.run(
                command, capture_output=True, check=False, timeout=self._patience, stdin=subprocess.DEVNULL
            )
        except subprocess.TimeoutExpired:
            raise self._nothing(action, what, f"it did not end within {self._patience:g} s") from None
        except (OSError, ValueError) as error:
            raise self._nothing(action, what, f"it cannot be run: {error}") from None
        status = 200 if ended.returncode == 0 else 500
        said = (ended.stdout or ended.stderr)[:_ANSWER_BYTES].decode(errors="replace")
        return Done(what, status, said, watch.seconds, _allowed(action, status))

    def _nothing(self, action: Action, what: str, came: str) -> ContractFailure:
        return ContractFailure(sent=what, received=came, expected=f"an answer to actions.{action.name}", mistakes=())


def at_path(value: Any, path: str, *, nowhere: Any = None) -> Any:
    """What a dotted path (`$.data.0.state`) leads to; `nowhere` where that is not there.

    None also where it ends in `null`, `{}` or `[]`: so one says that one knows nothing of somebody.
    """
    for key in path.removeprefix("$.").split("."):
        if value in (None, {}, []):
            return None
        if isinstance(value, list) and key.isdigit() and int(key) < len(value):
            value = value[int(key)]
        elif isinstance(value, dict) and key in value:
            value = value[key]
        else:
            return nowhere
    return value


def _allowed(action: Action, status: int) -> bool | None:
    if not action.allowed:
        return None
    wanted = action.allowed
    return str(status)[0] == wanted[0] if wanted.endswith("xx") else str(status) == wanted


def _read(answer: httpx.Response, watch: Stopwatch, patience: float) -> str:
    """The body, as much of it as an answer can be expected to have, and as long as one would wait for it."""
    read = bytearray()
    for piece in answer.iter_bytes():
        read += piece
        if watch.seconds > patience:
            raise httpx.ReadTimeout("it goes on and on")
        if len(read) > _ANSWER_BYTES:
            break
    return read[:_ANSWER_BYTES].decode(answer.encoding or "utf-8", errors="replace")
