"""The business of a scenario speaks the providers' own HTTP, and understands each way in which they refuse."""

from __future__ import annotations

import pytest

from tests.scenario.conftest import Run

ASK = '[[step]]\nbusiness = "request"\nto = "919812345678"\n'
TWICE = ASK + ASK + "expect_error = "
META = 'rules = "meta"\ndialect = "meta"\n'


@pytest.mark.parametrize("shape", ["meta", "reason"])
def test_a_providers_code_is_found_in_every_shape(run: Run, shape: str) -> None:
    """Meta's error object and Gupshup's `code` and `reason` carry the same code (E2)."""
    assert run(f'settings = {{ partner_errors = "{shape}" }}\n{TWICE}138009').passed


def test_a_refusal_without_a_code(run: Run) -> None:
    """Where the surface gives no code, HTTP's status or a part of the sentence is expected (E2)."""
    billing = "settings = { callback_billing = false }\n" + ASK
    assert run(billing + "expect_error = 400").passed
    assert run(billing + 'expect_error = "callback billing must be enabled"').passed
    (outcome,) = run(billing).outcomes
    assert outcome.differences == ("refused with 400: Callback Billing must be enabled for this API",)


def test_graphs_refusals(run: Run) -> None:
    """On Graph the code comes in Meta's error object, and the HTTP status can be expected in its place (E1)."""
    call = META + '[[step]]\nbusiness = "call"\nto = "14085551234"\nexpect_error = '
    assert run(call + "138006").passed
    assert run(call + "401").passed


@pytest.mark.parametrize("dialect", ["gupshup", "meta"])
def test_a_user_without_a_number(run: Run, dialect: str) -> None:
    """A BSUID is addressed as `recipient`; one that nobody has fails later, with 131026 (A3)."""
    story = f'dialect = "{dialect}"\n[[step]]\nbusiness = "request"\nto = "IN.13491208655302741918"\n'
    assert run(
        story + '[[step]]\nexpect_webhook = { kind = "message_status", status = "failed", code = 131026 }'
    ).passed


@pytest.mark.parametrize("dialect", ["gupshup", "meta"])
@pytest.mark.parametrize("answer", ["accept", "reject"])
def test_the_business_answers_a_users_call(run: Run, dialect: str, answer: str) -> None:
    """A user's call is taken or rejected, through the control API or on Graph (C6)."""
    story = (
        f'dialect = "{dialect}"\n[[step]]\nuser = "call"\nwa_id = "919812345678"\n'
        f'[[step]]\nbusiness = "{answer}"\nto = "919812345678"\nas = "call"\n'
    )
    state = {"accept": "connected", "reject": "ended"}[answer]
    assert run(story + f'[[step]]\nexpect_state = {{ wa_id = "919812345678", call = "{state}" }}').passed


@pytest.mark.parametrize("dialect", ["gupshup", "meta"])
def test_no_call_to_hang_up(run: Run, dialect: str) -> None:
    """Hanging up without a call is refused on either path."""
    story = f'dialect = "{dialect}"\n[[step]]\nbusiness = "hang_up"\nto = "919812345678"\n'
    (outcome,) = run(story).outcomes
    assert outcome.differences == ("refused with no_call: No call with 919812345678 is going on.",)


def test_templates(run: Run) -> None:
    """Without a name it is the ready-made template, which asks; an unknown one is refused with 132001 (R1)."""
    template = '[[step]]\nbusiness = "request_template"\nto = "919812345678"\n'
    asked = '[[step]]\nexpect_state = { wa_id = "919812345678", request = "delivered", requests_per_24h = 1 }\n'
    assert run(template + asked).passed
    assert run(template + 'template = "nothing"\nlanguage = "de"\nexpect_error = 132001').passed


def test_an_ordinary_message(run: Run) -> None:
    """`business = "text"` sends what it is given, which is no request (R7)."""
    story = '[[step]]\nbusiness = "text"\nto = "919812345678"\ntext = "Your order is on its way."\n'
    story += '[[step]]\nexpect_webhook = { kind = "message_status", status = "delivered" }\n'
    assert run(story + '[[step]]\nexpect_state = { wa_id = "919812345678", request = "none" }').passed


def test_an_answer_that_never_comes(run: Run) -> None:
    """A connection that is closed without an answer is a refusal by the name `closed` (section 9)."""
    fault = '[[step]]\nfault = { fault = "close", route = "v3/message" }\n'
    assert run(fault + ASK + 'expect_error = "closed"').passed
    assert run(fault + ASK).outcomes[-1].differences == (
        "refused with closed: the connection was closed without a whole answer",
    )


def test_an_answer_that_says_nothing(run: Run) -> None:
    """A bare HTTP error is a refusal by its status (section 9)."""
    fault = '[[step]]\nfault = { fault = "status", route = "v3/message", status = 503 }\n'
    assert run(fault + ASK + "expect_error = 503").passed
