"""Running a scenario: steps against a real sandbox, over HTTP, up to the first that does not hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from mock_server.client import Refused, SandboxClient
from mock_server.scenario import reading
from mock_server.scenario.receiver import Receiver
from mock_server.scenario.running import Outcome, Result, Stage
from tests.scenario.conftest import Run

READY_MADE = "00000000-0000-4000-8000-000000000001"
ASK = '[[step]]\nbusiness = "request"\nto = "919812345678"\n'
CALL = '[[step]]\nbusiness = "call"\nto = "919812345678"\n'
ALWAYS = '[[step]]\nuser = "allow_always"\nwa_id = "919812345678"\n'


def failed(result: Result) -> tuple[str, ...]:
    """The differences of the step that failed: the last one, and the only one."""
    assert [outcome.held for outcome in result.outcomes] == [True] * (len(result.outcomes) - 1) + [False]
    return result.outcomes[-1].differences


def test_it_stops_at_the_first_step_that_does_not_hold(run: Run) -> None:
    """What comes behind a failed step would stand on it: it is not done."""
    result = run(ALWAYS + '[[step]]\nexpect_webhook = { kind = "message" }\n' + ASK)
    assert not result.passed
    assert [outcome.place for outcome in result.outcomes] == ["1", "2"]


def test_steps_are_told_as_they_are_done(stage: Stage, tmp_path: Path) -> None:
    """Whoever runs a scenario hears of each step."""
    file = tmp_path / "story.toml"
    file.write_text(f'name = "a story"\n{ALWAYS}{CALL}')
    heard: list[Outcome] = []
    result = stage.run(reading.read(file), heard.append)
    assert result.passed
    assert heard == list(result.outcomes)
    assert [outcome.what for outcome in heard] == [
        "919812345678 allows calls always",
        "the business calls 919812345678",
    ]


def test_an_unexpected_refusal_is_told_with_code_and_sentence(run: Run) -> None:
    """A step that WhatsApp refuses fails, and says why."""
    assert failed(run(CALL)) == (
        "refused with 138006: The user has given no permission for calls, or it has ended; send a request first.",
    )


def test_what_should_have_been_refused(run: Run) -> None:
    """A step that should have been refused and was not fails."""
    assert failed(run(ALWAYS + CALL + "expect_error = 138006")) == ("error: expected 138006, but it was accepted",)


def test_another_refusal_than_expected(run: Run) -> None:
    """A refusal with another code fails with both."""
    (line,) = failed(run(ASK + ASK + "expect_error = 138017"))
    assert line.startswith("error: expected 138017, came 138009: 1 of 1 requests to this user in 24 hours are used;")


def test_what_a_user_cannot_do_is_a_refusal(run: Run) -> None:
    """The control API's no is a refusal like any other: by its word or by a part of its sentence (P2)."""
    revoke = '[[step]]\nuser = "revoke"\nwa_id = "919812345678"\n'
    assert run(revoke + 'expect_error = "nothing_to_take_back"').passed
    assert run(revoke + 'expect_error = "no permission to revoke"').passed
    assert failed(run(revoke)) == ("refused with nothing_to_take_back: There is no permission to revoke.",)


def test_a_webhook_is_matched_once(run: Run) -> None:
    """Each step takes the next webhook that no step has matched: a second one like it must come by itself."""
    sent = '[[step]]\nexpect_webhook = { kind = "message_status", status = "sent" }\n'
    assert run(ASK + sent).passed
    difference, nearest = failed(run(ASK + sent + sent))
    assert difference == 'status: expected "sent", came "enqueued"'
    assert nearest.startswith('in the nearest that came: message_status status "enqueued" at 20')


def test_what_came_earlier_can_be_expected_later(run: Run) -> None:
    """Webhooks wait to be matched, in whatever order steps ask for them; only `expect_webhooks` looks at the order."""
    delivered = '[[step]]\nexpect_webhook = { kind = "message_status", status = "delivered" }\n'
    sent = '[[step]]\nexpect_webhook = { kind = "message_status", status = "sent" }\n'
    assert run(ASK + delivered + sent).passed


def test_an_order_that_is_otherwise(run: Run) -> None:
    """`expect_webhooks` fails when they came in another order, and says which came too early."""
    result = run(
        ASK + '[[step]]\nexpect_webhooks = [{ kind = "message_status", status = "delivered" }, '
        '{ kind = "message_status", status = "sent" }]'
    )
    assert failed(result) == (
        'missing: message_status status "sent"',
        'it came too early: message_status status "sent", before what stands before it here',
    )


def test_a_webhook_that_should_not_have_come(run: Run) -> None:
    """`expect_no_webhook` names what came all the same, and forgives what steps have matched."""
    none = '[[step]]\nexpect_no_webhook = { kind = "call_permission_reply" }\n'
    matched = '[[step]]\nexpect_webhook = { kind = "call_permission_reply" }\n'
    assert run(ALWAYS + matched + none).passed
    (line,) = failed(run(ALWAYS + none))
    assert line.startswith('it came: call_permission_reply response "accept", is_permanent true, response_source ')


def test_the_clock_stands_until_a_step_moves_it(run: Run) -> None:
    """A scenario's time is that of its steps: durations and expiries are exact (T1, T3)."""
    story = (
        ALWAYS
        + CALL
        + '[[step]]\nuser = "pick_up"\nwa_id = "919812345678"\n[[step]]\nclock = "42s"\n'
        + '[[step]]\nuser = "hang_up"\nwa_id = "919812345678"\n'
        + '[[step]]\nexpect_webhook = { kind = "call_terminate", duration = 42 }\n'
    )
    assert run(story).passed


def test_where_the_clock_runs_a_webhook_is_waited_for(run: Run) -> None:
    """With `clock = "resume"` an expectation waits: here for a delayed status, a tenth of a second later."""
    late = 'settings = { status_delay = 0.1 }\n[[step]]\nclock = "resume"\n' + ASK
    delivered = '[[step]]\nexpect_webhook = { kind = "message_status", status = "delivered" }\nwithin = "5s"\n'
    assert run(late + delivered).passed
    stands = '[[step]]\nclock = "resume"\n[[step]]\nclock = "freeze"\n[[step]]\nexpect_webhook = { kind = "message" }'
    assert failed(run(stands)) == ("no further webhook came",)


def test_a_repetition_says_where_it_failed(run: Run) -> None:
    """Steps are repeated until one does not hold; the difference names the time and the step."""
    result = run(
        ALWAYS + '[[step]]\nrepeat = 7\n[[step.step]]\nbusiness = "call"\nto = "919812345678"\n'
        '[[step.step]]\nuser = "pick_up"\nwa_id = "919812345678"\n'
        '[[step.step]]\nbusiness = "hang_up"\nto = "919812345678"\n'
    )
    where, why = failed(result)
    assert where == "time 6, step 2.1 (the business calls 919812345678):"
    assert why.startswith("refused with 138012: Next call allowed at ")


def test_an_id_that_was_kept_is_filled_in(run: Run) -> None:
    """`as` keeps the id of an answer, and `{name}` stands for it: here in what the user answers, and in the reply."""
    story = (
        ASK
        + 'as = "first"\n[[step]]\nclock = "1d"\n'
        + ASK
        + '[[step]]\nuser = "decline"\nwa_id = "919812345678"\nrequest_id = "{first}"\n'
        + '[[step]]\nexpect_webhook = { kind = "call_permission_reply", context = { gs_id = "{first}" } }\n'
    )
    assert run(story).passed


def test_a_state_that_is_otherwise(run: Run) -> None:
    """`expect_state` fails with what was expected and what is."""
    result = run(
        ALWAYS + '[[step]]\nexpect_state = { wa_id = "919812345678", permission = "temporary", unanswered = 0 }'
    )
    assert failed(result) == ('permission: expected "temporary", is "permanent"',)


def test_a_scenario_leaves_nothing_behind(sandbox: SandboxClient, run: Run) -> None:
    """Its apps are gone afterwards, whether it passed or not."""
    run(ALWAYS)
    run(CALL)
    assert [app["id"] for app in sandbox.apps()] == [READY_MADE]


def test_apps_can_be_kept(sandbox: SandboxClient, receiver: Receiver, tmp_path: Path) -> None:
    """With `keep` they stay, under the scenario's name, to be looked at."""
    file = tmp_path / "story.toml"
    file.write_text(f'name = "kept"\n[[number]]\nname = "sales"\n{ALWAYS}')
    result = Stage(sandbox, receiver.url, keep=True).run(reading.read(file))
    app = sandbox.app(result.apps["sales"])
    assert app.show()["name"] == "kept"
    assert app.user("919812345678").show()["permission"]["status"] == "permanent"
    app.delete()


def test_ids_of_ones_own(sandbox: SandboxClient, run: Run) -> None:
    """`settings` may name the app's ids and token; one that is taken is refused before the first step (A1)."""
    assert run('settings = { id = "orders", token = "sk_orders_0001" }\n' + ASK).apps == {"": "orders"}
    with pytest.raises(Refused, match=READY_MADE):
        run(f'settings = {{ id = "{READY_MADE}" }}\n' + ASK)
    with pytest.raises(Refused, match="orders"):
        run('settings = { id = "orders" }\n[[number]]\nname = "a"\n[[number]]\nname = "b"\n' + ASK)
    assert [app["id"] for app in sandbox.apps()] == [READY_MADE]


def test_where_webhooks_cannot_go(sandbox: SandboxClient, tmp_path: Path) -> None:
    """A webhook that nobody took has not come, and the difference says what happened to it."""
    file = tmp_path / "story.toml"
    file.write_text(f'name = "x"\n{ALWAYS}[[step]]\nexpect_webhook = {{ kind = "call_permission_reply" }}')
    result = Stage(sandbox, "http://127.0.0.1:1/webhooks").run(reading.read(file))
    assert failed(result)[0].startswith("it was not delivered: ")
