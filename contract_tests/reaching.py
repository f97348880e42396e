"""Whether it is the application that answers at `webhook_url`: what is not fails once, and not in every test."""

from __future__ import annotations

from typing import Any, Final

from contract_tests.answer import Answer
from contract_tests.failure import CannotGoOn
from contract_tests.numbers import Number, People
from contract_tests.posting import Post
from contract_tests.target.model import Target

_PAGE_CHARACTERS: Final = 500  # of an answer are kept: what fills them is no word of thanks
_NOTHING_THERE: Final = (404, 405)


def must_answer(target: Target, number: Number, post: Post) -> None:
    """Return when it answers webhooks, however it does; raise CannotGoOn for silence, a web page and a wrong path."""
    wa_id = People().new(number).wa_id
    reply: dict[str, Any] = {"kind": "call_permission_reply", "wa_id": wa_id, "response": "reject"}
    status: dict[str, Any] = {"kind": "message_status", "wa_id": wa_id, "status": "sent"}
    # At Gupshup the first webhook of all is set-callback.
    first, *more = [{"kind": "set_callback"}, status, reply] if target.dialect == "gupshup" else [status, reply]
    answer = _answer(target, number, post, first)
    # An application may say 404 to something that it does not know, but not to everything.
    while answer.status in _NOTHING_THERE and more:
        answer = _answer(target, number, post, more.pop(0))
    if answer.status in _NOTHING_THERE:
        what = f"What answers at {target.webhook_url} takes no webhooks, whatever they say: {answer.status}."
        raise CannotGoOn(f"{what} Is integrator.webhook_url the whole path?")


def _answer(target: Target, number: Number, post: Post, event: dict[str, Any]) -> Answer:
    (answer,) = post.send(number, event=event)
    if answer.status is None:
        raise CannotGoOn(f"The application does not answer webhooks at {target.webhook_url}: {answer.sentence}.")
    if (
        answer.text.lstrip()[:15].lower().startswith(("<!doctype html", "<html"))
        and len(answer.text) >= _PAGE_CHARACTERS
    ):
        page = " ".join(answer.text[:100].split())
        what = f"What answers at {target.webhook_url} is a web page, no receiver of webhooks"
        raise CannotGoOn(f"{what}: {answer.status}, {page}...")
    return answer
