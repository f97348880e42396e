"""Sending webhooks on purpose, through the sandbox's control API."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final, Literal

from contract_tests.answer import Answer
from contract_tests.failure import CannotGoOn, shortened
from contract_tests.numbers import Number
from contract_tests.patience import until
from contract_tests.target.model import Target

PROVIDERS_SECONDS: Final = {"gupshup": 10.0, "meta": 20.0}
_MARGIN: Final = 2.0  # for the sandbox to say so
_SILENT_BEFORE_GIVING_UP: Final = 3

Signature = Literal["right", "wrong", "missing", "reserialised"]


class Post:
    """`post(event={"kind": ...})`, `post(body={...})`, `post(raw=b"...")`: one webhook, and its Answer.

    Raises CannotGoOn when the application has ended, or has not answered three times in a row.
    """

    def __init__(self, target: Target, *, patience: float | None, check: Callable[[str], None]) -> None:
        self._url, self._proof = target.webhook_url, target.proof
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
        said = _described(self._url, event=event, body=body, raw=raw, variants=variants, signature=signature)
        delivery_ids = number.app.send_webhook(
            event=event, body=body, raw=raw, variants=variants, signature=signature, repeat=repeat,
            to=number.subscription,
        )  # fmt: skip
        answers = [self._answer(number, delivery, said, of_event=event is not None) for delivery in delivery_ids]
        if signature == "right":
            answers = [replace(answer, proof=self._proof) for answer in answers]
        self._judge(answers)
        return answers

    def _answer(self, number: Number, delivery_id: str, said: str, *, of_event: bool) -> Answer:
        row = self._tried(number, delivery_id)
        if of_event:  # an application may stumble over the words in which an event came
            said = f"{said}\n{json.dumps(row['body'], ensure_ascii=False)}"
        first = row["attempts"][0] if row["attempts"] else None
        if first is None or (first["outcome"] == "answered" and first["seconds"] > self.patience):
            return Answer(
                sent=said,
                outcome="timed_out",
                status=None,
                seconds=self.patience,
                patience=self.patience,
                sentence=f"no answer within {self.patience:g} s",
                delivery_id=delivery_id,
            )
        return Answer(
            sent=said,
            outcome=first["outcome"],
            status=first["status"],
            seconds=first["seconds"],
            patience=self.patience,
            text=first["answer"],
            sentence=first["sentence"],
            delivery_id=delivery_id,
        )

    def _tried(self, number: Number, delivery_id: str) -> dict[str, Any]:
        """The delivery as soon as it was tried, or as it is when nobody would wait for an answer any longer."""

        def look() -> dict[str, Any] | None:
            row = number.app.deliveries.show(delivery_id)
            return row if row["attempts"] else None

        return until(look, self._longest) or number.app.deliveries.show(delivery_id)

    def _judge(self, answers: list[Answer]) -> None:
        # Who hangs up without an answer is there: that is the test's affair.
        if any(answer.status is not None or answer.outcome == "closed" for answer in answers):
            self._silent = 0
            return
        self._silent += 1
        self._check(answers[-1].sent)
        if self._silent >= _SILENT_BEFORE_GIVING_UP:
            sentence = f"The application does not answer webhooks any more. The last: {answers[-1]}."
            raise CannotGoOn(sentence, sent=answers[-1].sent)


class PostHere:
    """`post(event=...)`, `post(body=...)` or `post(raw=...)`: one webhook to the application, and its Answer.

    `event` is a named event of the control API, put into the dialect's words and the given shape `variants`; `body` and
    `raw` are sent as they are. `signature` (dialect gupshup: the registered header): right, wrong, missing or
    reserialised. `number` sends an event from another number than the run's.
    """

    def __init__(self, post: Post, number: Number, bodies: Number) -> None:
        self.patience = post.patience
        self._post, self._number, self._bodies = post, number, bodies
        self.sent_bodies = False

    def __call__(
        self,
        *,
        event: dict[str, Any] | None = None,
        body: dict[str, Any] | None = None,
        raw: bytes | None = None,
        variants: dict[str, str] | None = None,
        signature: Signature = "right",
        number: Number | None = None,
    ) -> Answer:
        return self.many(
            1, event=event, body=body, raw=raw, variants=variants, signature=signature, number=number
        )[0]  # fmt: skip

    def many(
        self,
        repeat: int,
        *,
        event: dict[str, Any] | None = None,
        body: dict[str, Any] | None = None,
        raw: bytes | None = None,
        variants: dict[str, str] | None = None,
        signature: Signature = "right",
        number: Number | None = None,
    ) -> list[Answer]:
        """The same bytes so many times at once, up to 1000; the answers in order."""
        self.sent_bodies = self.sent_bodies or event is None
        sender = number or (self._bodies if event is None else self._number)
        return self._post.send(
            sender, event=event, body=body, raw=raw, variants=variants, signature=signature, repeat=repeat
        )


def _described(
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
