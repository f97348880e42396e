"""A user's text, and Gupshup's test event (facts/gupshup 3.2, 3.3, facts/meta 2.1)."""

from __future__ import annotations

from mock_server.settings import Dialect
from tests.stage.words import ABOUT, SET_CALLBACK, TEXT, gupshup, meta, said

TEXT_MESSAGE = {
    "from": "919812345678",
    "from_user_id": "IN.37279139073376405991",
    "id": "wamid.HQUMOTE5ODEyMzQ1Njc4FQIAAQIDBAUGBwgJCgsMDQ4PEA==",
    "timestamp": "1767168000",
    "type": "text",
    "text": {"body": "Yes, please"},
}


def test_a_text_on_gupshup() -> None:
    """A user's text in Gupshup's envelope (W1)."""
    assert said(TEXT) == gupshup(ABOUT | {"messages": [TEXT_MESSAGE]})


def test_a_text_on_meta() -> None:
    """A user's text in Meta's envelope (W2)."""
    assert said(TEXT, Dialect.META) == meta(ABOUT | {"messages": [TEXT_MESSAGE]})


def test_set_callback() -> None:
    """Gupshup's test event, as its page prints it: without the entry's id and without metadata (W1)."""
    assert said(SET_CALLBACK) == {
        "object": "whatsapp_business_account",
        "gs_app_id": "app",
        "entry": [
            {
                "changes": [
                    {
                        "field": "messages",
                        "value": {"messaging_product": "whatsapp", "statuses": [{"type": "set-callback"}]},
                    }
                ]
            }
        ],
    }
