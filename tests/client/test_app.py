"""The client and one app."""

from __future__ import annotations

import pytest

from mock_server.client import AppClient, Refused

ASHA = "919812345678"
NOBODY = "http://127.0.0.1:1/nobody-listens"


def test_settings_are_shown_and_changed(app: AppClient) -> None:
    """`set` changes what it is given and answers like `show`."""
    assert app.set(status_delay=2, overrides={"requests_per_24h": 5})["status_delay"] == 2
    assert app.show()["overrides"] == {"requests_per_24h": 5}
    app.set(status_delay=0, overrides={"requests_per_24h": None})
    assert app.show()["overrides"] == {}


def test_the_clock_moves_by_the_sum_of_what_is_given(app: AppClient) -> None:
    """`clock.advance` adds days, hours, minutes and seconds (T2)."""
    answer = app.clock.advance(days=1, hours=2, minutes=3, seconds=4.5)
    assert (answer["now"], answer["fired"]) == ("2026-12-25T20:03:04.500Z", 0)
    assert app.clock.now() == 1798228984


def test_the_clock_stands_and_runs(app: AppClient) -> None:
    """`clock.freeze`, at a later instant too, and `clock.resume` (T1)."""
    assert app.clock.freeze(at="2027-01-01T00:00:00Z")["now"] == "2027-01-01T00:00:00.000Z"
    assert app.clock.resume()["frozen"] is False
    assert app.clock.freeze()["frozen"] is True


def test_the_business_calls_and_hangs_up(app: AppClient) -> None:
    """`place_call` rings; `hang_up` takes the call's id or the user's number (C3)."""
    app.user(ASHA).allow_always()
    by_id = app.place_call(ASHA)["call"]
    assert by_id["state"] == "ringing"
    assert app.hang_up(by_id["id"])["call"]["state"] == "ended"
    app.place_call(ASHA)
    assert app.hang_up(ASHA)["call"]["state"] == "ended"


def test_the_business_answers_a_users_call(app: AppClient) -> None:
    """`accept_call` connects, `reject_call` ends, `hang_up` with a code fails; by the call's id or the number (C6)."""
    by_id = app.user(ASHA).call()["user"]["calls"][-1]["id"]
    assert app.accept_call(by_id)["call"]["state"] == "connected"
    assert app.hang_up(ASHA, code=138021)["call"]["state"] == "ended"
    app.user(ASHA).call()
    assert app.reject_call(ASHA)["call"]["state"] == "ended"


def test_without_a_call_there_is_nothing_to_hang_up(app: AppClient) -> None:
    """`hang_up` of a user without a call is refused as a conflict."""
    with pytest.raises(Refused) as refused:
        app.hang_up(ASHA)
    assert (refused.value.status, refused.value.code) == (409, "no_call")


def test_a_webhook_is_sent_on_purpose(app: AppClient) -> None:
    """`send_webhook` sends an event, a body or raw bytes, and answers the ids of the deliveries."""
    event = app.send_webhook(event={"kind": "message", "wa_id": ASHA, "text": "Hi"}, repeat=2)
    body = app.send_webhook(body={"object": "anything"}, to=NOBODY)
    raw = app.send_webhook(raw=b"\xff", to=NOBODY, signature="wrong")
    assert (len(event), len(body), len(raw)) == (2, 1, 1)
    assert app.deliveries.show(body[0])["body"] == {"object": "anything"}
    assert app.deliveries.show(raw[0])["raw_base64"] == "/w=="


def test_deliveries_are_chosen_and_sent_again(app: AppClient) -> None:
    """`deliveries`: list by state, kind or user; show; flush; redeliver (W5)."""
    (lost,) = app.send_webhook(event={"kind": "message", "wa_id": ASHA, "text": "Hi"}, to=NOBODY)
    assert app.deliveries.flush(timeout_seconds=5) == {"waiting": 1, "idle": True}
    assert [row["id"] for row in app.deliveries.list(state="waiting", kind="message", wa_id=ASHA)] == [lost]
    assert app.deliveries.show(lost)["attempts"][0]["outcome"] == "refused"
    assert app.deliveries.redeliver_all() == [lost]
    assert app.deliveries.redeliver(lost)["id"] == lost


def test_the_journal_and_its_violations(app: AppClient) -> None:
    """`journal` and `violations`, by kind, by user, behind an entry, without advices (section 11)."""
    with pytest.raises(Refused):
        app.place_call(ASHA)
    app.user("919812345679").text("Hi")
    assert [entry["rule"] for entry in app.violations(advices=False)] == ["C2"]
    assert {entry["wa_id"] for entry in app.journal(wa_id="919812345679")} == {"919812345679"}
    (first, *_) = app.journal(kind="event")
    assert all(entry["id"] > first["id"] for entry in app.journal(after=first["id"]))


def test_the_journal_is_followed(app: AppClient) -> None:
    """`journal(follow=True)` begins with what is there and goes on with what happens."""
    app.user(ASHA).text("before")
    entries = app.journal(kind="event", wa_id=ASHA, follow=True)
    assert next(entries)["event"]["text"] == "before"
    app.user(ASHA).text("after")
    assert next(entries)["event"]["text"] == "after"
