"""The mistakes that integrators are known to make, by number, each in a sentence (collected in November 2026)."""

from __future__ import annotations

from typing import Final

MISTAKES: Final[dict[int, str]] = {
    1: "it needs an expiration_timestamp to read a reply, so every reject and every permanent grant is lost",
    2: "it takes a missing expiration for permanent where it is not, or for a temporary permission without an end",
    3: "it does not act on a reject or an automatic revocation, and calls go on",
    4: "it wants its own request in context.id, and so loses grants from the profile, callback grants and revocations",
    5: "it takes any reply as the answer to its pending request, also one about a call or about nothing",
    6: "it knows users by `from` alone: those without a number fall into one record, or crash it",
    7: "it acts again on a webhook that is delivered again",
    8: "it calls on a permission that has expired: no webhook says so, the expiration_timestamp did",
    9: "it does not check the signature or the registered header, or accepts everything while it has no secret",
    10: "it reads only the first entry, change or message of a webhook",
    11: "it looks for call_id in the answer to connect, where the id is calls[0].id",
    12: "it dials to find out whether it may",
    13: "it pays no heed to can_perform_action and to the limits",
    14: "it connects with an SDP answer instead of an offer",
    15: "its permission request has no action or a wrong type, or is a version 2 body on a version 3 path",
    16: "it puts a plus sign into `to` of a call",
    17: "it goes by the HTTP status instead of error.code",
    18: "it looks for the reason of a failed call in the call instead of beside it, in value.errors",
    19: "it looks up the reply's context.id (a wamid) among the ids of Gupshup's answers (UUIDs)",
    20: "it refuses webhooks that it does not know, which brings them back again and again",
    21: "it calls when it cannot read its permission store",
    22: "it is particular about upper and lower case, or about a list where a word was",
    23: "it confuses milliseconds with seconds, or a number with a string",
    24: "it takes a call that nobody picked up for one that was connected",
    25: "it lets the late end of an old call end the present one",
    26: "it sends a request again after a time-out, and so uses up the one of the day",
}
