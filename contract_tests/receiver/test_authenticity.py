"""Who sent it: Meta's signature over the bytes, or the header that a Gupshup subscription registers."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

import pytest

from contract_tests.claims import claim
from contract_tests.failure import NotCovered, require
from contract_tests.integrator import Integrator
from contract_tests.numbers import User
from contract_tests.patience import wait
from contract_tests.posting import PostHere, Signature
from contract_tests.receiver import sources
from contract_tests.receiver.direct import SIGNATURE, Direct, as_bytes
from contract_tests.receiver.events import Said, reply
from contract_tests.target.model import Target

SOURCE = f"{sources.ENDPOINT}: signatures; {sources.SUBSCRIBE}: what `meta` registers comes as headers"


@pytest.fixture
def secret(target: Target) -> str:
    """The name of the header that proves who sent it."""
    if target.dialect == "meta":
        if not target.app_secret:
            raise NotCovered("integrator.app_secret")
        return SIGNATURE
    if not target.webhook_secret_header:
        raise NotCovered("integrator.webhook_secret_header")
    return next(iter(target.webhook_secret_header))


@claim("receiver.authenticity.right", level="must", rule="W1, W2", source=SOURCE)
def test_the_right_proof_is_accepted(post: PostHere, user: User, secret: str, target: Target) -> None:
    """A webhook with the right signature, or registered header, is answered with 2xx."""
    because = f"{secret} comes from integrator.{target.proof}, which must be what the application is configured with"
    post(event=reply(user.wa_id)).must_be_accepted(because=because)


@claim("receiver.authenticity.wrong", level="must", rule="W1, W2", source=SOURCE, mistakes=(9,))
def test_a_wrong_proof_is_refused(post: PostHere, user: User, secret: str) -> None:
    """A webhook signed with another secret, or with another value of the registered header, is answered with 4xx."""
    _refused(post, user, "wrong")


@claim("receiver.authenticity.missing", level="must", rule="W1, W2", source=SOURCE, mistakes=(9,))
def test_a_missing_proof_is_refused(post: PostHere, user: User, secret: str) -> None:
    """A webhook without signature, or without the registered header, is answered with 4xx."""
    _refused(post, user, "missing")


@claim(
    "receiver.authenticity.reserialised",
    level="must",
    rule="W2",
    source=f"{sources.ENDPOINT}: the signature is over the bytes as they are sent",
    mistakes=(9,),
    dialects=("meta",),
)
def test_a_signature_over_other_bytes_of_the_same_json_is_refused(post: PostHere, user: User, secret: str) -> None:
    """A signature over the same JSON written anew is no signature of what was sent: 4xx."""
    _refused(post, user, "reserialised")


@claim(
    "receiver.authenticity.bytes",
    level="must",
    rule="W2",
    source=f"{sources.ENDPOINT}: the signature is over the bytes as they are sent",
    mistakes=(9,),
    dialects=("meta",),
)
@pytest.mark.parametrize("form", ["escaped", "spaces", "utf-8"])
def test_the_signature_is_over_the_bytes(*, direct: Direct, said: Said, user: User, secret: str, form: str) -> None:
    """The right signature is accepted however the JSON is written: with escapes, with spaces, in UTF-8."""
    body = said(reply(user.wa_id))
    _rename(body)
    answer = direct(_FORMS[form](body), f"written with {form}")
    # Here a 401 says that it is not the bytes that are compared.
    require(answer.accepted, sent=answer.sent, received=str(answer), expected="2xx")


@claim("receiver.authenticity.garbage", level="must", rule="W1, W2", source=SOURCE, mistakes=(9,))
@pytest.mark.parametrize("what", ["empty", "half", "more", "not-ascii", "long", "other-body"])
def test_garbage_in_the_place_of_a_proof_is_refused(
    *, direct: Direct, said: Said, user: User, secret: str, what: str
) -> None:
    """What is nearly the signature or registered header, or nothing like it, is answered with 4xx."""
    body = said(reply(user.wa_id))
    raw = as_bytes(body)
    right = direct.right_headers(raw)[secret]
    if what == "other-body":  # the registered header does not depend on the body
        garbage: str | bytes = direct.signature(raw + b" ") if secret == SIGNATURE else right[::-1] + "0"
    else:
        garbage = _garbage(right)[what]
    headers: Mapping[str, str | bytes | None] = {secret: garbage}
    direct(raw, f"{secret}: {what}", headers).must_be_refused()


@claim(
    "receiver.authenticity.not-applied",
    level="must",
    rule="W1, W2",
    source=SOURCE,
    mistakes=(9,),
    needs=("actions.permission",),
)
def test_what_is_not_authentic_is_not_applied(
    *, post: PostHere, user: User, secret: str, integrator: Integrator, target: Target
) -> None:
    """A grant with a wrong signature, or a wrong registered header, grants nothing."""
    answer = post(event=reply(user.wa_id, is_permanent=True), signature="wrong")
    wait(target.settle)
    held = integrator.permission(user)
    require(
        held in {None, "no_permission"},
        sent=answer.sent,
        received=f"{answer}; afterwards its permission is {held}",
        expected="no permission, as before",
    )


def _refused(post: PostHere, user: User, signature: Signature) -> None:
    post(event=reply(user.wa_id), signature=signature).must_be_refused(because="anybody can send such a webhook")


def _garbage(right: str) -> dict[str, str | bytes]:
    return {
        "empty": "",
        "half": right[: len(right) // 2],
        "more": right + "0",
        "not-ascii": "sha256=ü€😀".encode(),
        "long": "a" * 4000,
    }


def _rename(body: Any) -> None:
    """A name that is written in three ways."""
    value = body["entry"][0]["changes"][0]["value"]
    value["contacts"][0]["profile"]["name"] = "Zoë/नमस्ते 😀"


_FORMS: Final[dict[str, Callable[[Any], bytes]]] = {
    "escaped": as_bytes,
    "spaces": lambda body: json.dumps(body, indent=2).encode(),
    "utf-8": lambda body: json.dumps(body, ensure_ascii=False).encode(),
}
