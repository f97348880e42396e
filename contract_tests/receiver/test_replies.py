"""Every form of the answer that a user gives to "may we call you?"."""

from __future__ import annotations

from contract_tests.claims import claim
from contract_tests.numbers import User
from contract_tests.posting import PostHere
from contract_tests.receiver import sources
from contract_tests.receiver.direct import Direct, as_bytes
from contract_tests.receiver.events import Said, call_id, reply, request_id, without_number
from contract_tests.variants import shapes

ANSWER = ("reply", "context_from", "contacts")  # shapes that matter to an answer to a request
UNASKED = ("reply", "contacts")


@claim(
    "receiver.reply.temporary",
    level="must",
    rule="P4 a",
    source=f"{sources.CALL_PERMISSIONS}: scenario a; {sources.PERMANENT}",
    mistakes=(23,),
)
@shapes("expiration", *ANSWER)
def test_a_temporary_grant_is_taken(post: PostHere, user: User, variant: dict[str, str]) -> None:
    """A temporary grant is answered with 2xx, with its expiry a number or a string, and under either name."""
    post(event=reply(user.wa_id, context_id=request_id(user))).must_be_accepted()


@claim(
    "receiver.reply.permanent",
    level="must",
    rule="P4 b",
    source=f"{sources.CALL_PERMISSIONS}: scenario b; {sources.PERMANENT}",
    mistakes=(1,),
)
@shapes(*ANSWER)
def test_a_permanent_grant_is_taken(post: PostHere, user: User, variant: dict[str, str]) -> None:
    """A permanent grant, which has no expiration_timestamp, is answered with 2xx."""
    post(event=reply(user.wa_id, is_permanent=True, context_id=request_id(user))).must_be_accepted()


@claim(
    "receiver.reply.profile-permanent",
    level="must",
    rule="P4 c",
    source=f"{sources.CALL_PERMISSIONS}: scenario c",
    mistakes=(1, 4),
)
@shapes(*UNASKED)
def test_a_permanent_grant_from_the_profile_is_taken(post: PostHere, user: User, variant: dict[str, str]) -> None:
    """A permanent grant that nobody asked for, which has no context, is answered with 2xx."""
    post(event=reply(user.wa_id, is_permanent=True)).must_be_accepted()


@claim(
    "receiver.reply.declined",
    level="must",
    rule="P4 d",
    source=f"{sources.CALL_PERMISSIONS}: scenario d",
    mistakes=(1,),
)
@shapes(*ANSWER)
def test_a_refusal_is_taken(post: PostHere, user: User, variant: dict[str, str]) -> None:
    """A declined request, whose reply has neither is_permanent nor expiration_timestamp, is answered with 2xx."""
    post(event=reply(user.wa_id, "reject", context_id=request_id(user))).must_be_accepted()


@claim(
    "receiver.reply.callback",
    level="must",
    rule="P4 e, P7",
    source=f"{sources.CALL_PERMISSIONS}: scenario e",
    mistakes=(4,),
)
@shapes("expiration", *ANSWER)
def test_a_callback_grant_is_taken(post: PostHere, user: User, variant: dict[str, str]) -> None:
    """A grant after a user's call, automatic and with the call's wacid in its context, is answered with 2xx."""
    post(event=reply(user.wa_id, response_source="automatic", context_id=call_id(user))).must_be_accepted()


@claim(
    "receiver.reply.revoked-automatically",
    level="must",
    rule="P4 f, C5",
    source=f"{sources.CALL_PERMISSIONS}: scenario f",
    mistakes=(1, 4),
)
@shapes(*UNASKED)
def test_an_automatic_revocation_is_taken(post: PostHere, user: User, variant: dict[str, str]) -> None:
    """The revocation after four unanswered calls, a reject without context, is answered with 2xx."""
    post(event=reply(user.wa_id, "reject", response_source="automatic")).must_be_accepted()


@claim(
    "receiver.reply.revoked",
    level="must",
    rule="P4, inferred",
    source=f"{sources.CALL_PERMISSIONS}: webhooks go out whenever the user changes the permission; no sample",
    mistakes=(1, 4),
)
@shapes(*UNASKED)
def test_a_revocation_by_the_user_is_taken(post: PostHere, user: User, variant: dict[str, str]) -> None:
    """A user's own revocation, a reject without context, is answered with 2xx."""
    post(event=reply(user.wa_id, "reject")).must_be_accepted()


@claim(
    "receiver.reply.profile-temporary",
    level="must",
    rule="P4, inferred",
    source=f"{sources.CALL_PERMISSIONS}: webhooks go out whenever the user sets the permission; no sample",
    mistakes=(4, 23),
)
@shapes("expiration", *UNASKED)
def test_a_temporary_grant_from_the_profile_is_taken(post: PostHere, user: User, variant: dict[str, str]) -> None:
    """A temporary grant that nobody asked for, which has no context, is answered with 2xx."""
    post(event=reply(user.wa_id)).must_be_accepted()


@claim("receiver.reply.without-number", level="must", rule="A3", source=sources.IDENTITY, mistakes=(6,))
@shapes("contacts", "context_from")
def test_a_reply_of_a_user_without_a_number_is_taken(post: PostHere, user: User, variant: dict[str, str]) -> None:
    """A reply of a username user, with `from_user_id` and neither `from` nor `wa_id`, is answered with 2xx."""
    post(event=reply(without_number(user), context_id=request_id(user))).must_be_accepted()


@claim(
    "receiver.reply.context-id-only",
    level="must",
    rule="P4, W4",
    source="Seen in the wild: a context that has an id and no `from`",
)
def test_a_context_with_nothing_but_an_id_is_taken(direct: Direct, said: Said, user: User) -> None:
    """A reply whose context has nothing but an id is answered with 2xx."""
    body = said(reply(user.wa_id, context_id=request_id(user)))
    message = body["entry"][0]["changes"][0]["value"]["messages"][0]
    message["context"] = {"id": message["context"]["id"]}
    direct(as_bytes(body), "the context has only an id").must_be_accepted()
