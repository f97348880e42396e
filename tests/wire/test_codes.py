"""The table of Meta's codes: HTTP statuses as their pages print them (E1, facts/meta 7)."""

from __future__ import annotations

import pytest

from mock_server.settings import Dialect
from mock_server.wire.codes import CODES, failed_with
from mock_server.wire.envelope import Envelope
from tests.stage.conversation import an_app
from tests.stage.words import TEXT

# facts/meta 7.1 and 7.2, whole.
STATUSES = {
    400: [
        *(1, 4, 33, 100, 80007, 130429, 130472, 131008, 131009, 131021, 131026, 131030, 131042, 131044, 131047, 131048),
        *(131049, 131050, 131051, 131055, 131056, 132000, 132005, 132007, 132012, 132015, 132016, 133010, 133016),
        *(135000, 138001, 138003, 138009, 138012, 138013, 138014, 138015, 138017, 138018),
        *(138019, 138020, 138021, 138022, 138023),
    ],
    401: [0, 190, 138000, 138006],
    403: [10, 200, 368, 130497, 131005, 131031],
    404: [132001],
    429: [613, 138002, 138005],
    500: [3, 131000, 131016, 131045, 131057, 138004, 138007],
    503: [2, 133004],
}


@pytest.mark.parametrize(("status", "code"), [(status, code) for status, codes in STATUSES.items() for code in codes])
def test_statuses(status: int, code: int) -> None:
    """Each code has the HTTP status of Meta's tables; 138006 is 401, throttling is 400 (meta 7.1, 7.2)."""
    assert CODES[code].status == status


def test_every_code_has_words() -> None:
    """No code is without a message, and no two codes of calling have the same (meta 7.1)."""
    assert all(code.message.strip() for code in CODES.values())
    calling = [code.message for number, code in CODES.items() if 138000 <= number < 138100]
    assert len(set(calling)) == len(calling) == 20


def test_the_limits_own_words() -> None:
    """Two messages are Meta's to the letter (facts/meta 1.8, 7.3)."""
    assert CODES[138009].message == "Call Permission Request Limit Hit"
    assert CODES[130429].message == "Rate limit hit"


def test_any_code_can_fail() -> None:
    """A failed status on purpose may have any code; one that is in no table has general words (INTERFACE, webhooks)."""
    assert failed_with(131047) == (131047, "Re-engagement message", "Re-engagement message")
    assert failed_with(999999) == (999999, "Something went wrong", "Something went wrong")


@pytest.mark.parametrize("dialect", Dialect)
def test_an_envelope_has_the_apps_own_ids(dialect: Dialect) -> None:
    """Ids that an integrator pastes from production are those of the webhooks (A1)."""
    app = an_app(id="3f9a", waba_id="987654321", phone_number_id="123456789", business_number="5511987654321")
    body = Envelope(app, dialect).body(TEXT)
    assert body["entry"][0]["id"] == "987654321"
    assert body["entry"][0]["changes"][0]["value"]["metadata"] == {
        "display_phone_number": "5511987654321",
        "phone_number_id": "123456789",
    }
    assert body.get("gs_app_id") == ("3f9a" if dialect is Dialect.GUPSHUP else None)
