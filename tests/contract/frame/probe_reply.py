"""One test of a receiver, run by `test_bad_applications`."""

from __future__ import annotations

from contract_tests.claims import claim
from contract_tests.numbers import User
from contract_tests.posting import PostHere
from contract_tests.variants import shapes


@claim(
    "receiver.reply.permanent",
    level="must",
    rule="P4",
    source="Meta, Obtain user call permissions, Jun 26 2026: scenario b",
    mistakes=(1,),
)
@shapes("reply", "context_from", "contacts")
def test_a_permanent_grant_is_taken(post: PostHere, user: User, variant: dict[str, str]) -> None:
    """A permanent grant, which has no expiration_timestamp, is answered with 2xx."""
    reply = {"kind": "call_permission_reply", "wa_id": user.wa_id, "response": "accept", "is_permanent": True}
    post(event=reply).must_be_accepted()
