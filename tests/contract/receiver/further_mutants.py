"""Further mutants, for tests of the receiver that neither a mutant of a known mistake nor a bad receiver is meant for.

Most of them refuse one kind of webhook, which then comes again and again.
"""

from __future__ import annotations

from typing import Final

from tests.contract.mutants_making import Dialect, Mutant, Patch

_VALUE: Final = 'value = part(change, "value")\n'
_KNOWN: Final = '("enqueued", "sent", "delivered", "read", "failed", "RINGING", "ACCEPTED", "REJECTED")'


def _refuses(condition: str) -> Patch:
    """Answers 422 to a change of which this is so."""
    answer = f"if {condition}:\n                    return Response(status_code=422)\n"
    return _VALUE, f"{_VALUE}                {answer}"


def _any(items: str, condition: str) -> Patch:
    return _refuses(f'any({condition} for one in objects(value.get("{items}")))')


def _refusing(claim: str, patch: Patch, dialect: Dialect = "gupshup") -> Mutant:
    name = f"refuses-{claim.replace('.', '-')}"
    return Mutant(name, 20, f"receiver.{claim}", (patch,), dialect)


_REFUSING: Final = (
    _refusing("account.settings", _refuses('change.get("field") == "account_settings_update"'), "meta"),
    _refusing("unknown.billing", _refuses('change.get("field") == "billing-event"')),
    _refusing("unknown.message", _any("messages", 'one.get("type") not in ("text", "interactive")')),
    _refusing("unknown.status", _any("statuses", f'one.get("status") not in {_KNOWN}')),
    _refusing(
        "unknown.incomplete-reply", _any("messages", 'one.get("interactive") == {"type": "call_permission_reply"}')
    ),
    _refusing("status.message", _any("statuses", 'one.get("status") == "read"')),
    _refusing("status.failed", _any("statuses", 'one.get("status") == "failed"')),
    _refusing("status.without-number", _any("statuses", '"recipient_id" not in one')),
    _refusing("message.text", _any("messages", 'one.get("type") == "text"')),
    _refusing("call.status", _any("statuses", 'one.get("type") == "call"')),
    _refusing("reply.callback", _any("messages", 'text(part(one, "context").get("id")).startswith("wacid")')),
    _refusing("reply.profile-temporary", _any("messages", '"interactive" in one and "context" not in one')),
    _refusing("reply.context-id-only", _any("messages", '"context" in one and "from" not in one["context"]')),
    _refusing("batch.changes", _refuses('len(entry["changes"]) > 1')),
    _refusing(
        "setup.sandbox-start",
        (
            'for entry in objects(body.get("entry")):',
            'if "entry" not in body:\n'
            "            return Response(status_code=422)\n"
            '        for entry in objects(body.get("entry")):',
        ),
    ),
)

_OTHERS: Final = (
    Mutant(
        "refuses-everybody", 0, "receiver.authenticity.right", (("if not self.is_genuine(request, raw):", "if raw:"),)
    ),
    Mutant(
        "applies-before-it-checks",
        9,
        "receiver.authenticity.not-applied",
        (
            ("if not self.is_genuine(request, raw):\n            return Response(status_code=401)\n", "\n"),
            (
                "line.apply(value, self.now())\n        return Response()\n",
                "line.apply(value, self.now())\n"
                "        return Response(None, 200 if self.is_genuine(request, raw) else 401)\n",
            ),
        ),
    ),
    Mutant(
        "ended-calls-do-not-begin",
        0,
        "receiver.call.order",
        (
            (
                "known = customer.known_call(call_id)",
                "known = customer.known_call(call_id)\n"
                '        if event == "connect" and known.outcome != "ringing":\n'
                '            raise HTTPException(409, "it is over")',
            ),
        ),
    ),
    Mutant(
        "crashes-on-large-bodies",
        0,
        "receiver.load.large",
        (("body = json_of(raw)", 'body = json_of(raw) if len(raw) < 1_000_000 else {}["large"]'),),
    ),
    Mutant(
        "crashes-without-a-content-type",
        0,
        "receiver.rubbish.content-type",
        (("body = json_of(raw)", 'body = {"application/json": json_of}[request.headers["content-type"]](raw)'),),
    ),
)

_TYPES: Final = Mutant(
    "crashes-on-wrong-types",
    23,
    "receiver.rubbish.wrong-type",
    (('return value if isinstance(value, str) else ""', 'return value or ""'),),
)

FURTHER: Final = (*_REFUSING, *_OTHERS, _TYPES, _TYPES._replace(claim="receiver.generated.invalid"))
