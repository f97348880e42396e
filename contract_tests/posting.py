"""Sending webhooks on purpose, through the sandbox's control API, and what the application answered."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

from contract_tests.failure import CannotGoOn, ContractFailure, shortened
from contract_tests.numbers import Number
from contract_tests.patience import until
from contract_tests.target.model import Target

PROVIDERS_SECONDS: Final = {"gupshup": 10.0, "meta": 20.0}
_MARGIN: Final = 2.0  # for the sandbox to say so
_SILENT_BEFORE_GIVING_UP: Final = 3

Signature = Literal["right", "wrong", "missing", "reserialised"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for one webhook.

    `outcome`: answered, timed_out, refused (no connection) or closed. `text`: the first 500 characters of the answer.
    """

    sent: str
    outcome: str
    status: int | None
    seconds: float
    text: str
    sentence: str
    delivery_id: str
    patience: float

    @property
    def accepted(self) -> bool:
        """2xx."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def refused(self) -> bool:
        """4xx."""
        return self.status is not None and 400 <= self.status < 500

    @property
    def crashed(self) -> bool:
        """5xx, or no answer at all."""
        return self.status is None or self.status >= 500

    def must_be_accepted(self, *, because: str = "") -> None:
        """Raise ContractFailure unless it was answered with 2xx."""
        self._must(self.accepted, f"2xx within {self.patience:g} s", because)

    def must_be_refused(self, *, because: str = "") -> None:
        """Raise ContractFailure unless it was answered with 4xx."""
        self._must(self.refused, "4xx", because)

    def must_not_crash(self, *, because: str = "") -> None:
        """Raise ContractFailure for 5xx and for no answer."""
        self._must(not self.crashed, f"2xx or 4xx within {self.patience:g} s, never 5xx", because)

    def __str__(self) -> str:
        if self.status is None:
            return f"no answer: {self.sentence or self.outcome}"
        return f"{self.status} in {self.seconds:.2f} s" + (f": {self.text.strip()}" if self.text.strip() else "")

    def _must(self, holds: bool, expected: str, because: str) -> None:  # noqa: FBT001  private
        if not holds:
            wanted = f"{expected}: {because}" if because else expected
            raise ContractFailure(sent=self.sent, received=str(self), expected=wanted)


class Post:
    """`post(event={"kind": ...})`, `post(body={...})`, `post(raw=b"...")`: one webhook, and its Answer.

    Raises CannotGoOn when the application has ended, or has not answered three times in a row.
    """

    def __init__(self, target: Target, *, patience: float | None, check: Callable[[], None]) -> None:
        self._url = target.webhook_url
        providers = PROVIDERS_SECONDS[target.dialect]
        self.patience = min(patience or providers, providers)
        """Seconds within which a webhook must be answered: the provider's own time-out, or a shorter one."""
        self._check = check
        self._longest = self.patience + (_MARGIN if self.patience == providers else 0)
        self._silent = 0

    def send(
        self,
        number: Number,
        *,
        event: dict[str, Any] | None = None,
        body: dict[str, Any] | None = None,
        raw: bytes | None = None,
        variants: dict[str, str] | None = None,
        signature: Signature = "right",
        repeat: int = 1,
    ) -> list[Answer]:
        """Send it `repeat` times at once from this number's app; the answers in order."""
        said = described(self._url, event=event, body=body, raw=raw, variants=variants, signature=signature)
        delivery_ids = number.app.send_webhook(
            event=event, body=body, raw=raw, variants=variants, signature=signature, repeat=repeat,
            to=number.subscription,
        )  # fmt: skip
        answers = [self._answer(number, delivery_id, said) for delivery_id in delivery_ids]
        self._judge(answers)
        return answers

    def _answer(self, number: Number, delivery_id: str, said: str) -> Answer:
        def tried() -> Any:
            attempts = number.app.deliveries.show(delivery_id)["attempts"]
            return attempts[0] if attempts else None

        first = until(tried, self._longest)
        if first is None or (first["outcome"] == "answered" and first["seconds"] > self.patience):
            sentence = f"no answer within {self.patience:g} s"
            return Answer(said, "timed_out", None, self.patience, "", sentence, delivery_id, self.patience)
        return Answer(
            said, first["outcome"], first["status"], first["seconds"], first["answer"], first["sentence"], delivery_id,
            self.patience,
        )  # fmt: skip

    def _judge(self, answers: list[Answer]) -> None:
        if any(answer.status is not None for answer in answers):
            self._silent = 0
            return
        self._silent += 1
        self._check()
        if self._silent >= _SILENT_BEFORE_GIVING_UP:
            raise CannotGoOn(f"The application does not answer webhooks any more. The last: {answers[-1]}.")


def described(
    url: str,
    *,
    event: dict[str, Any] | None,
    body: dict[str, Any] | None,
    raw: bytes | None,
    variants: dict[str, str] | None,
    signature: str,
) -> str:
    """What is sent, for a report."""
    if event is not None:
        what = json.dumps(event, ensure_ascii=False)
    elif body is not None:
        what = json.dumps(body, ensure_ascii=False)
    else:
        what = f"{len(raw or b'')} bytes: {shortened((raw or b'').decode(errors='backslashreplace'), 300)}"
    shape = f", in the shape {', '.join(f'{k}={v}' for k, v in variants.items())}" if variants else ""
    signed = "" if signature == "right" else f", signature {signature}"
    return f"POST {url}{shape}{signed}\n{what}"
