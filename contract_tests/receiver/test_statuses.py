"""What becomes of a message, what a user writes, what becomes of the account."""

from __future__ import annotations

import pytest

from contract_tests.claims import claim
from contract_tests.numbers import User
from contract_tests.posting import PostHere
from contract_tests.receiver import sources
from contract_tests.receiver.events import status, text, without_number
from contract_tests.variants import shapes


@claim(
    "receiver.status.enqueued",
    level="must",
    rule="R6, W4",
    source="Gupshup, Events: enqueued; Passthrough v3 incoming events",
    mistakes=(20, 23),
    dialects=("gupshup",),
)
@shapes("contacts", "status_id", "enqueued_timestamp")
def test_enqueued_is_taken(post: PostHere, user: User, variant: dict[str, str]) -> None:
    """`enqueued` is answered with 2xx, also with a time in milliseconds as a number, without entry id and metadata."""
    post(event=status(user.wa_id, "enqueued")).must_be_accepted()


@claim("receiver.status.message", level="must", rule="R6, W4", source=sources.STATUSES, mistakes=(20,))
@pytest.mark.parametrize("word", ["sent", "delivered", "read"])
@shapes("contacts", "status_id")
def test_a_status_is_taken(*, post: PostHere, user: User, variant: dict[str, str], word: str) -> None:
    """`sent`, `delivered` and `read` are answered with 2xx, with either form of id."""
    post(event=status(user.wa_id, word)).must_be_accepted()


@claim("receiver.status.failed", level="must", rule="R6, W4", source=sources.STATUSES, mistakes=(20,))
@pytest.mark.parametrize("code", [131026, 131047, 138009])
@shapes("contacts", "status_id", "failed")
def test_failed_is_taken(*, post: PostHere, user: User, variant: dict[str, str], code: int) -> None:
    """`failed` is answered with 2xx, with its reason in `errors` or flat in the status."""
    post(event=status(user.wa_id, "failed", code=code)).must_be_accepted()


@claim("receiver.status.without-number", level="must", rule="A3", source=sources.IDENTITY, mistakes=(6,))
@shapes("contacts")
def test_a_status_about_a_user_without_a_number_is_taken(post: PostHere, user: User, variant: dict[str, str]) -> None:
    """A status with `recipient_user_id` and no `recipient_id` is answered with 2xx."""
    post(event=status(without_number(user), "delivered")).must_be_accepted()


@claim("receiver.message.text", level="must", rule="W4", source=sources.MESSAGES, mistakes=(20,))
@shapes("contacts")
def test_a_text_is_taken(post: PostHere, user: User, variant: dict[str, str]) -> None:
    """A text message, with signs from all over the world, is answered with 2xx."""
    post(event=text(user.wa_id, "नमस्ते, não agora — 😀 </script>")).must_be_accepted()


@claim("receiver.message.without-number", level="must", rule="A3", source=sources.IDENTITY, mistakes=(6,))
@shapes("contacts")
def test_a_text_of_a_user_without_a_number_is_taken(post: PostHere, user: User, variant: dict[str, str]) -> None:
    """A text message with `from_user_id` and no `from` is answered with 2xx."""
    post(event=text(without_number(user), "hello")).must_be_accepted()


@claim("receiver.account.update", level="must", rule="C8", source=sources.ACCOUNT, mistakes=(20,))
@pytest.mark.parametrize("event", ["ACCOUNT_VIOLATION", "ACCOUNT_RESTRICTION"])
def test_an_account_update_is_taken(post: PostHere, event: str) -> None:
    """The warning and the restriction of a business number are answered with 2xx."""
    post(event={"kind": "account_update", "event": event}).must_be_accepted()


@claim(
    "receiver.account.settings",
    level="must",
    rule="W3",
    source=sources.SETTINGS,
    mistakes=(20,),
    dialects=("meta",),
)
def test_an_account_settings_update_is_taken(post: PostHere) -> None:
    """A change of the number's call settings is answered with 2xx."""
    post(event={"kind": "account_settings_update", "calling": {"status": "ENABLED"}}).must_be_accepted()
