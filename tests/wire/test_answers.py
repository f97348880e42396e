"""What Gupshup answers when it says yes (facts/gupshup 1.1, 2.4, 3.1)."""

from __future__ import annotations

from mock_server import schemas
from mock_server.subscriptions import Mode, Subscription
from mock_server.wire import answers

CREATED, CHANGED = 1_767_168_000_000, 1_767_168_060_000


def test_a_message() -> None:
    """200 with Gupshup's UUID, not a wamid, and the number as it was given and as it is (A2)."""
    said = answers.message_gupshup(
        gs_id="00010203-0405-4607-8809-0a0b0c0d0e0f", given="+91 98123-45678", wa_id="919812345678"
    )
    assert said == {
        "messages": [{"id": "00010203-0405-4607-8809-0a0b0c0d0e0f"}],
        "messaging_product": "whatsapp",
        "contacts": [{"input": "+91 98123-45678", "wa_id": "919812345678"}],
    }
    schemas.validate("answer-message-gupshup", said)


def test_a_message_on_graph() -> None:
    """Graph's 200 has the wamid. A number is answered with its digits, a BSUID with itself and no number; a template
    says that it was accepted (facts/meta 1.5).
    """
    number = answers.message_meta(wamid="wamid.A", given="+91 98123-45678", wa_id="919812345678", template=False)
    assert number == {
        "messaging_product": "whatsapp",
        "contacts": [{"input": "+91 98123-45678", "wa_id": "919812345678"}],
        "messages": [{"id": "wamid.A"}],
    }
    user_id = "IN.46144982188268803521"
    bsuid = answers.message_meta(wamid="wamid.A", given=user_id, wa_id="919812345678", template=True)
    assert bsuid["contacts"] == [{"input": user_id, "user_id": user_id}]
    assert bsuid["messages"] == [{"id": "wamid.A", "message_status": "accepted"}]
    schemas.validate("answer-message-meta", number)
    schemas.validate("answer-message-meta", bsuid)


def test_a_subscription() -> None:
    """One subscription: its id a string, its instants in milliseconds, its modes as words and as a number (W3)."""
    row = Subscription(
        id="8166",
        url="https://shop.example/hook",
        modes=(Mode.SENT, Mode.ENQUEUED),
        tag="orders",
        meta='{"headers":{"Authorisation":"Bearer x"}}',
        created_at=CREATED,
        modified_at=CHANGED,
    )
    said = answers.subscription(row, "app")
    assert said == {
        "active": True,
        "appId": "app",
        "createdOn": 1767168000000,
        "id": "8166",
        "mode": 1025,
        "modes": ["SENT", "ENQUEUED"],
        "meta": '{"headers":{"Authorisation":"Bearer x"}}',
        "modifiedOn": 1767168060000,
        "showOnUI": False,
        "tag": "orders",
        "url": "https://shop.example/hook",
        "version": 3,
    }
    schemas.validate("gupshup-subscription", said)


def test_a_subscription_without_meta() -> None:
    """`meta` is the text of a JSON object, an empty one where none was given."""
    assert answers.subscription(Subscription(id="1", url="http://x", modes=(), tag="t"), "app")["meta"] == "{}"


def test_an_app_token() -> None:
    """The legacy app token is an object, and `expiresOn: 0` says that it does not expire (A4)."""
    said = answers.app_token(app_id="app", token="sk_12345", partner_id="1", created_at=CREATED)
    assert said == {
        "status": "success",
        "token": {
            "token": "sk_12345",
            "authoriserId": "app",
            "requestorId": "1",
            "createdOn": 1767168000000,
            "modifiedOn": 1767168000000,
            "expiresOn": 0,
            "active": True,
        },
    }
    schemas.validate("answer-app-token", said)


def test_a_login() -> None:
    """A login answers the partner token among the fields that the page prints (A4)."""
    said = answers.partner_login(token="jwt", partner_id="1", email="partner@example.com")
    assert (said["token"], said["id"], said["email"], said["admin"]) == ("jwt", 1, "partner@example.com", True)
    assert len(said) == 17
    schemas.validate("answer-login", said)
