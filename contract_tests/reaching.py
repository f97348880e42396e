"""Whether it is the application that answers at `webhook_url`, and takes what is sent there for what it is.

What is not so fails once, and not in every test.
"""

from __future__ import annotations

from typing import Any, Final

from contract_tests.answer import UNPROVED, Answer
from contract_tests.failure import CannotGoOn
from contract_tests.numbers import Number, People
from contract_tests.posting import Post
from contract_tests.target.model import Target

_PAGE_CHARACTERS: Final = 500  # of an answer are kept: what fills them is no word of thanks
_QUESTION: Final = "Is webhook_url right?"
_NOTHING_THERE: Final = (301, 302, 303, 307, 308, 404, 405, 410, 501)


def must_answer(target: Target, number: Number, post: Post) -> None:
    """Return when it answers webhooks; raise CannotGoOn for silence, a web page, a wrong path and a wrong proof."""
    wa_id = People().new(number).wa_id
    reply: dict[str, Any] = {"kind": "call_permission_reply", "wa_id": wa_id, "response": "reject"}
    status: dict[str, Any] = {"kind": "message_status", "wa_id": wa_id, "status": "sent"}
    # At Gupshup the first webhook of all is set-callback.
    first, *more = [{"kind": "set_callback"}, status, reply] if target.dialect == "gupshup" else [status, reply]
    answer = _answer(target, number, post, first)
    # An application may say 404 to something that it does not know, or hang up over it, but not over everything.
    while (answer.status in (*_NOTHING_THERE, *UNPROVED) or answer.outcome == "closed") and more:
        answer = _answer(target, number, post, more.pop(0))
    if answer.status is None:
        said = f"The application does not answer webhooks at {target.webhook_url}: {answer.sentence}."
        raise CannotGoOn(f"{said} {_QUESTION}", sent=answer.sent)
    if answer.status in _NOTHING_THERE:
        said = f"Whatever is posted to {target.webhook_url} is answered with {answer.status}."
        raise CannotGoOn(f"{said} {_QUESTION}{_unless_it_refuses(target)}", sent=answer.sent)
    if answer.status in UNPROVED:
        said = f"Whatever is posted to {target.webhook_url} is refused with {answer.status}"
        raise CannotGoOn(f"{said}, proved as the target file says: {_of_proof(target)}", sent=answer.sent)


def _answer(target: Target, number: Number, post: Post, event: dict[str, Any]) -> Answer:
    (answer,) = post.send(number, event=event)
    if (
        answer.text.lstrip()[:15].lower().startswith(("<!doctype html", "<html"))
        and len(answer.text) >= _PAGE_CHARACTERS
    ):
        page = " ".join(answer.text[:100].split())
        what = f"What answers at {target.webhook_url} is a web page, no receiver of webhooks"
        raise CannotGoOn(f"{what}: {answer.status}, {page}... {_QUESTION}", sent=answer.sent)
    return answer


def _unless_it_refuses(target: Target) -> str:
    """One may say 404 to whoever does not prove who they are, and then the path is right."""
    advice = f" If it answers so to whoever has not the right proof, give integrator.{target.proof}."
    return "" if target.gives(f"integrator.{target.proof}") else advice


def _of_proof(target: Target) -> str:
    key = f"integrator.{target.proof}"
    if not target.gives(key):
        return f"it has no {key}. Give it, as the application is configured."
    return f"does {key} match what the application is configured with?"
