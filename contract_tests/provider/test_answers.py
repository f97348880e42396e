"""What a provider answers when all is well: as documented, so that clients can read it."""

from __future__ import annotations

from contract_tests.claims import claim
from contract_tests.provider.surface import Surface

_MESSAGES = "Meta, Obtain user call permissions, Jun 26 2026; Gupshup, v3 message, Jun 26 2026"
_STATE = "Meta, Obtain user call permissions, Jun 26 2026"
_SETTINGS = "Meta, Configure Call Settings, Jun 26 2026"
_SUBSCRIPTIONS = "Gupshup, Subscription API, Oct 1 2026"


@claim("provider.answer.request", level="must", rule="R1", source=_MESSAGES)
def test_a_request_is_accepted(surface: Surface) -> None:
    """A call permission request is answered with 200 and its id: a wamid at Meta, a UUID at Gupshup."""
    schema = "answer-message-meta" if surface.is_graph else "answer-message-gupshup"
    surface.request_permission(surface.somebody()).must_have(status=(200,), schema=schema)


@claim("provider.answer.message", level="must", rule="R7", source=_MESSAGES)
def test_a_text_is_accepted(surface: Surface) -> None:
    """A text message is answered in the same shape."""
    schema = "answer-message-meta" if surface.is_graph else "answer-message-gupshup"
    surface.write(surface.somebody()).must_have(status=(200,), schema=schema)


@claim("provider.answer.state", level="must", rule="P1", source=_STATE, dialects=("meta",))
def test_the_state_of_a_permission_can_be_asked(surface: Surface) -> None:
    """Of a user who was never asked, call_permissions says no_permission, and what may be done."""
    path = f"/{surface.phone_number_id}/call_permissions?user_wa_id={surface.somebody()}"
    said = surface.ask("GET", path).must_have(status=(200,), schema="answer-call_permissions")
    said.must_be_so(said.body["permission"] == {"status": "no_permission"}, 'permission.status "no_permission"')
    may = {row["action_name"]: row["can_perform_action"] for row in said.body["actions"]}
    wanted = {"send_call_permission_request": True, "start_call": False}
    said.must_be_so(may == wanted, f"can_perform_action {wanted}")


@claim("provider.answer.usage", level="must", rule="R2", source=_STATE, dialects=("meta",))
def test_a_request_counts(surface: Surface) -> None:
    """After a request both windows, 24 hours and 7 days, have a usage of 1, and no other may be sent."""
    to = surface.somebody()
    surface.request_permission(to).must_have(status=(200,))
    said = surface.ask("GET", f"/{surface.phone_number_id}/call_permissions?user_wa_id={to}")
    said.must_have(status=(200,), schema="answer-call_permissions")
    asking = next(row for row in said.body["actions"] if row["action_name"] == "send_call_permission_request")
    usage = {limit["time_period"]: limit["current_usage"] for limit in asking["limits"]}
    said.must_be_so(usage == {"PT24H": 1, "P7D": 1}, "current_usage 1 in PT24H and in P7D")
    said.must_be_so(not asking["can_perform_action"], "can_perform_action false")


@claim("provider.answer.settings", level="must", rule="P7", source=_SETTINGS, dialects=("meta",))
def test_the_calling_settings_can_be_read(surface: Surface) -> None:
    """The number's settings have the `calling` object."""
    said = surface.ask("GET", f"/{surface.phone_number_id}/settings")
    said.must_have(status=(200,), schema="answer-settings")


@claim("provider.answer.subscriptions", level="must", rule="W1", source=_SUBSCRIPTIONS, dialects=("gupshup",))
def test_the_subscriptions_can_be_listed(surface: Surface) -> None:
    """The list of subscriptions is answered with status success."""
    said = surface.ask("GET", f"/partner/app/{surface.app_id}/subscription")
    said.must_have(status=(200,), schema="answer-subscriptions")


@claim("provider.answer.unlimited", level="may", rule="E5", source="rates are off in a sandbox, for load tests")
def test_no_rate_is_counted(surface: Surface) -> None:
    """A stand-in counts no rates unless it is told to: twenty messages at once get no 429."""
    for _ in range(20):
        surface.write(surface.somebody()).must_have(status=(200,))
