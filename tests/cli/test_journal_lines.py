"""A journal entry as a line."""

from __future__ import annotations

from typing import Any

import click
import pytest

from mock_server.cli.journal_lines import line
from mock_server.cli.printing import plain, table

AT = {"id": 1, "app": "a", "at": "2026-12-24T18:00:00.000Z", "machine_at": "2026-11-21T22:10:00.000Z"}
ASHA = "919812345678"
REQUEST = {"kind": "request", "method": "POST", "path": "/partner/app/a/v3/message", "wa_id": ASHA, "status": 400}
DELIVERY = {"kind": "delivery", "what": "message", "wa_id": ASHA, "url": "http://there", "delivery_id": "d"}
REFUSED = {"number": 3, "outcome": "refused", "sentence": "no connection", "seconds": 0.0}
META = {"error": {"message": "(#138009) Limit Hit", "error_data": {"details": "1 of 1"}}}


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (REQUEST | {"status": 200, "answer": {"messages": []}},
         "request    POST /partner/app/a/v3/message 919812345678 -> 200"),
        (REQUEST | {"answer": META},
         "request    POST /partner/app/a/v3/message 919812345678 -> 400 (#138009) Limit Hit: 1 of 1"),
        (REQUEST | {"answer": {"status": "error", "message": "Invalid App Details"}},
         "request    POST /partner/app/a/v3/message 919812345678 -> 400 Invalid App Details"),
        (REQUEST | {"answer": {"code": 138009, "reason": "1 of 1"}},
         "request    POST /partner/app/a/v3/message 919812345678 -> 400 (138009) 1 of 1"),
        (REQUEST | {"answer": "not JSON"},
         "request    POST /partner/app/a/v3/message 919812345678 -> 400"),
        (DELIVERY | {"state": "waiting", "attempt": REFUSED},
         "delivery   message 919812345678 -> http://there no connection (attempt 3; will be tried again)"),
        (DELIVERY | {"state": "dead", "attempt": REFUSED},
         "delivery   message 919812345678 -> http://there no connection (dead after 3 attempts)"),
        ({"kind": "event", "event": {"kind": "call_permission_reply", "wa_id": ASHA, "response": "reject",
                                     "automatic": True}},
         "event      call_permission_reply 919812345678 reject automatic"),
        ({"kind": "event", "event": {"kind": "set_callback", "wa_id": None}}, "event      set_callback"),
        ({"kind": "event", "event": {"kind": "call_terminate", "wa_id": ASHA, "code": 138021}},
         "event      call_terminate 919812345678 failed with 138021"),
        ({"kind": "advice", "rule": "A4", "seen": "Bearer", "expected": "raw", "source": "Gupshup"},
         "advice     A4: Bearer. Expected: raw (Gupshup)"),
        ({"kind": "fault", "fault_id": 3, "fault": "drop", "wa_id": ASHA, "sentence": "dropped, never sent"},
         "fault      drop (fault 3) 919812345678: dropped, never sent"),
        ({"kind": "clock", "sentence": "The clock is frozen."}, "clock      The clock is frozen."),
    ],
)  # fmt: skip
def test_an_entry_is_a_line(entry: dict[str, Any], said: str) -> None:
    """Each kind of entry is one line: the time in the app, the kind, and what happened (section 11)."""
    assert click.unstyle(line(AT | entry)) == f"2026-12-24 18:00:00  {said}"


def test_what_is_lost_is_a_line() -> None:
    """An event stream that could not give everything says how much is missing."""
    assert click.unstyle(line({"kind": "lost", "count": 12})).strip() == "lost       12 entries are no longer kept"


def test_strangers_do_not_drive_the_terminal() -> None:
    """Control characters in what somebody sent are shown, not obeyed."""
    text = {"kind": "event", "event": {"kind": "message", "wa_id": ASHA, "text": "\x1b[2J\r\u009b31mHi\u202e"}}
    assert click.unstyle(line(AT | text)).endswith("message 919812345678 \\x1b[2J\\r\\x9b31mHi\\u202e")
    assert plain("a\nb") == "a\\nb"
    assert "\x1b" not in table(("name",), [["\x1b[2J"]], empty="")
