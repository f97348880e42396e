"""W4: each named shape variant that changes a webhook has an example that the webhook's schema accepts."""

from __future__ import annotations

import json

import pytest

from mock_server import schemas
from mock_server.errors import SchemaError
from mock_server.resources import fixture_dir

DIALECTS = ("gupshup", "meta")
REPLY, STATUS, TERMINATE = "call_permission_reply", "message_status", "call_terminate"

# (variant, its value): (dialects, webhook, example)
EXAMPLES = {
    ("expiration", "int"): (DIALECTS, REPLY, "expiration-int"),
    ("expiration", "string"): (DIALECTS, REPLY, "expiration-string"),
    ("reply", "current"): (DIALECTS, REPLY, "expiration-string"),
    ("reply", "2025"): (DIALECTS, REPLY, "reply-2025"),
    ("reply", "permanent-guide"): (("gupshup",), REPLY, "documented-permanent"),
    ("reply", "outbound-guide"): (("gupshup",), REPLY, "documented-outbound-guide"),
    ("context_from", "user"): (DIALECTS, REPLY, "expiration-int"),
    ("context_from", "business"): (DIALECTS, REPLY, "context-from-business"),
    ("context_from", "phone_number_id"): (DIALECTS, REPLY, "context-from-phone-number-id"),
    ("status_id", "wamid"): (("gupshup",), STATUS, "sent"),
    ("status_id", "uuid"): (("gupshup",), STATUS, "documented-second-uuid"),
    ("failed", "errors"): (("gupshup",), STATUS, "failed"),
    ("failed", "flat"): (("gupshup",), STATUS, "documented-failed-flat"),
    ("contacts", "full"): (DIALECTS, REPLY, "expiration-int"),
    ("contacts", "trimmed"): (DIALECTS, STATUS, "contacts-trimmed"),
    ("contacts", "absent"): (DIALECTS, TERMINATE, "contacts-absent"),
    ("terminate_case", "upper"): (DIALECTS, TERMINATE, "unanswered"),
    ("terminate_case", "title"): (DIALECTS, TERMINATE, "terminate-case-title"),
    ("terminate_case", "list"): (DIALECTS, TERMINATE, "terminate-case-list"),
    ("enqueued_timestamp", "string"): (("gupshup",), STATUS, "enqueued"),
    ("enqueued_timestamp", "ms"): (("gupshup",), STATUS, "documented-enqueued"),
}
NOT_ABOUT_WEBHOOKS = {"no_permission_status", "retry_window"}


def test_no_variant_is_forgotten() -> None:
    """The table below has every value of every variant that shapes a webhook."""
    variants = schemas.schema("variants")["properties"]
    named = {
        (name, value)
        for name, part in variants.items()
        for value in part["enum"]
        if value is not None and name not in NOT_ABOUT_WEBHOOKS
    }
    assert set(EXAMPLES) == named


@pytest.mark.parametrize("variant", EXAMPLES, ids="-".join)
def test_a_variant_is_accepted(variant: tuple[str, str]) -> None:
    """A webhook in this shape satisfies its schema, in each dialect that can have it."""
    dialects, webhook, file = EXAMPLES[variant]
    for dialect in dialects:
        name = f"webhook-{dialect}-{webhook}"
        schemas.validate(name, json.loads((fixture_dir() / name / "valid" / f"{file}.json").read_bytes()))


ROWS = (
    "a-temporary",
    "b-permanent",
    "c-permanent-from-profile",
    "d-declined",
    "e-callback",
    "f-revoked-automatically",
)


@pytest.mark.parametrize("row", ROWS)
def test_every_scenario_of_the_reply_is_accepted(row: str) -> None:
    """P4: Meta's six scenarios, in both dialects."""
    for name, file in (("webhook-meta", f"documented-{row}"), ("webhook-gupshup", row)):
        path = fixture_dir() / f"{name}-{REPLY}" / "valid" / f"{file}.json"
        schemas.validate(f"{name}-{REPLY}", json.loads(path.read_bytes()))


def test_an_app_id_is_missed_only_where_the_page_prints_none() -> None:
    """`gs_app_id` stands at the root of every Gupshup webhook but the reply of its outbound guide."""
    folder = fixture_dir() / f"webhook-gupshup-{REPLY}" / "valid"
    bare = json.loads((folder / "b-permanent.json").read_bytes())
    del bare["gs_app_id"]
    with pytest.raises(SchemaError) as refused:
        schemas.validate(f"webhook-gupshup-{REPLY}", bare)
    assert (refused.value.path, refused.value.sentence) == ("gs_app_id", "is required")
    guide = json.loads((folder / "documented-outbound-guide.json").read_bytes())
    assert "gs_app_id" not in guide
