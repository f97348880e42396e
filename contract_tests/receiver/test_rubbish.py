"""What no provider should send, and anybody can: never 5xx, which would bring it back, and never a hang."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest

from contract_tests.answer import Answer
from contract_tests.claims import claim
from contract_tests.failure import ContractFailure
from contract_tests.numbers import User
from contract_tests.receiver import sources
from contract_tests.receiver.bodies import oddities, value_of
from contract_tests.receiver.direct import Direct, Sent, as_bytes
from contract_tests.receiver.events import Said, StillRight, connect, reply, request_id, status, terminate, text

SOURCE: Final = f"{sources.PROVIDERS}, for days"
DEEP: Final = 100_000
SHOWN: Final = 5
VALUE: Final = ("entry", 0, "changes", 0, "value")

NOT_JSON: Final[dict[str, bytes]] = {
    "empty": b"",
    "spaces": b" \r\n\t ",
    "text": b"not json",
    "html": b"<!DOCTYPE html><html></html>",
    "form": b"object=whatsapp_business_account&entry=1",
    "nul": b"\x00" * 64,
    "bytes": bytes(range(256)),
    "utf-16": '{"object":"whatsapp_business_account"}'.encode("utf-16"),
    "single-quotes": b"{'object': 'whatsapp_business_account'}",
    "comma-too-many": b'{"object":"whatsapp_business_account","entry":[],}',
    "two": b"{}{}",
    "not-a-number": b'{"entry":NaN}',
}
OTHER_JSON: Final[dict[str, bytes]] = {
    "null": b"null",
    "true": b"true",
    "number": b"17",
    "string": b'"entry"',
    "list": b"[]",
    "list-of-lists": b"[[[]]]",
    "object": b"{}",
    "no-entries": b'{"object":"whatsapp_business_account","entry":[]}',
    "same-key-twice": b'{"entry":[],"entry":null,"object":"whatsapp_business_account"}',
    "infinity": b'{"entry":[1e999,-1e999]}',
    "5000-digits": b'{"entry":[{"id":' + b"9" * 5000 + b"}]}",
}


@claim("receiver.rubbish.not-json", level="must", rule="W5", source=SOURCE)
@pytest.mark.parametrize("what", NOT_JSON)
def test_what_is_not_json_does_no_harm(direct: Direct, still_right: StillRight, what: str) -> None:
    """A body that is not JSON is answered with 2xx or 4xx in time, and the application goes on."""
    direct(NOT_JSON[what], f"not JSON: {what}").must_not_crash()
    still_right()


@claim("receiver.rubbish.other-json", level="must", rule="W5", source=SOURCE)
@pytest.mark.parametrize("what", OTHER_JSON)
def test_json_that_is_no_webhook_does_no_harm(direct: Direct, still_right: StillRight, what: str) -> None:
    """JSON that is no webhook at all is answered with 2xx or 4xx in time, and the application goes on."""
    direct(OTHER_JSON[what], f"JSON that is no webhook: {what}").must_not_crash()
    still_right()


@claim("receiver.rubbish.truncated", level="must", rule="W5", source=SOURCE)
def test_a_truncated_body_does_no_harm(direct: Direct, said: Said, user: User, still_right: StillRight) -> None:
    """A webhook that ends anywhere in its middle is answered with 2xx or 4xx in time, and the application goes on."""
    raw = as_bytes(said(text(user.wa_id, 'नमस्ते 😀 \\ "')))
    ends = sorted({1, len(raw) // 2, raw.index(b"\\u") + 3, *range(2, len(raw), 37), len(raw) - 1})
    _judge(direct.each(Sent(raw[:end], f"the first {end} of {len(raw)} bytes") for end in ends), still_right)


@claim("receiver.rubbish.broken-text", level="must", rule="W5", source=SOURCE)
@pytest.mark.parametrize("what", ["half-a-pair", "not-utf-8", "nul", "mark", "utf-16"])
def test_broken_text_does_no_harm(
    *, direct: Direct, said: Said, user: User, still_right: StillRight, what: str
) -> None:
    """A text that is no Unicode, or has a NUL, is answered with 2xx or 4xx in time, and the application goes on."""
    raw = as_bytes(said(text(user.wa_id, "MARK")))
    made: dict[str, Callable[[], bytes]] = {
        "half-a-pair": lambda: raw.replace(b"MARK", b"\\ud83d"),
        "not-utf-8": lambda: raw.replace(b"MARK", b"\xff\xc0\x80"),
        "nul": lambda: raw.replace(b"MARK", b"\\u0000"),
        "mark": lambda: b"\xef\xbb\xbf" + raw,
        "utf-16": lambda: raw.decode().encode("utf-16"),
    }
    direct(made[what](), f"broken text: {what}").must_not_crash()
    still_right()


@claim("receiver.rubbish.deep", level="must", rule="W5", source=SOURCE)
@pytest.mark.parametrize("what", ["lists", "objects", "never-closed", "inside"])
def test_deep_nesting_does_no_harm(
    *, direct: Direct, said: Said, user: User, still_right: StillRight, what: str
) -> None:
    """A hundred thousand lists or objects in one another get 2xx or 4xx in time, and the application goes on."""
    lists = b"[" * DEEP + b"]" * DEEP
    deep = {
        "lists": lists,
        "objects": b'{"entry":' * DEEP + b"1" + b"}" * DEEP,
        "never-closed": b'{"entry":[' * DEEP,
        "inside": as_bytes(said(text(user.wa_id, "MARK"))).replace(b'"MARK"', lists),
    }
    direct(deep[what], f"{DEEP} {what}").must_not_crash()
    still_right()


@claim("receiver.rubbish.content-type", level="must", rule="W5", source=SOURCE)
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", None])
def test_another_content_type_does_no_harm(
    *, direct: Direct, said: Said, user: User, still_right: StillRight, kind: str | None
) -> None:
    """A right body under another content type, or none, is answered with 2xx or 4xx, and the application goes on."""
    raw = as_bytes(said(text(user.wa_id, "hello")))
    direct(raw, f"content type {kind!r}", {"Content-Type": kind}).must_not_crash()
    still_right()


@claim("receiver.rubbish.wrong-type", level="must", rule="W4, W5", source=SOURCE, mistakes=(23,))
@pytest.mark.parametrize("kind", ["reply", "status", "connect", "terminate"])
def test_wrong_types_do_no_harm(*, direct: Direct, said: Said, user: User, still_right: StillRight, kind: str) -> None:
    """A webhook in which one thing is missing, of a wrong type or out of all bounds gets 2xx or 4xx, wherever it is."""
    wa_id = user.wa_id
    events = {
        "reply": reply(wa_id, context_id=request_id(user)),
        "status": status(wa_id, "failed"),
        "connect": connect(wa_id),
        "terminate": terminate(wa_id, duration=18),
    }
    body = said(events[kind])
    if kind != "reply":  # what is around the event has been broken in every place by then
        value_of(body).pop("contacts", None)
    rows = oddities(body, below=() if kind == "reply" else VALUE)
    _judge(direct.each(Sent(as_bytes(row.body), row.about) for row in rows), still_right)


def _judge(answers: list[Answer], still_right: StillRight) -> None:
    """Raise ContractFailure with the first that crashed it, and the others by name."""
    bad = [answer for answer in answers if answer.crashed]
    if len(bad) > 1:
        names = "\n".join(answer.sent.splitlines()[0] for answer in bad[1 : SHOWN + 1])
        raise ContractFailure(
            sent=bad[0].sent,
            received=f"{bad[0]}\nalso for {len(bad) - 1} more, among them:\n{names}",
            expected=f"2xx or 4xx within {bad[0].patience:g} s, never 5xx",
            crash=bad[0].crash,
        )
    for answer in bad:
        answer.must_not_crash()
    still_right()
