"""Mistakes with requests and with what providers refuse: 13, 15, 17, 19, 21 and 26."""

from __future__ import annotations

from typing import Final

from tests.contract.mutants_making import Mutant, Patch

_GIVEN_UP: Final = "if reason is None or reason in tried:"
_TRIED: Final = "tried.add(reason)"
_REQUEST: Final = '{"type": "call_permission_request", "action": {"name": "call_permission_request"}}'
_SENT: Final = 'answer = await self.http.post(url, json={"messaging_product": "whatsapp", **body}, headers=headers)'


def _storm(code: int) -> tuple[Patch, ...]:
    """After this refusal it asks again and again, eight times in all."""
    return (
        ("REASONS = {0:", f'REASONS = {{{code}: "throttled", 0:'),
        (_GIVEN_UP, "if reason is None or len(tried) > 6:"),
        (_TRIED, "tried.add(reason + str(len(tried)))"),
    )


_REQUESTS: Final[tuple[Mutant, ...]] = (
    Mutant(
        "request-without-action",
        15,
        "behaviour.request.shape",
        ((_REQUEST, '{"type": "call_permission_request", "body": {"text": "May we call?"}}'),),
    ),
    Mutant(
        "request-of-a-wrong-type",
        15,
        "behaviour.request.shape",
        ((_REQUEST, '{"type": "call_permission", "action": {"name": "call_permission"}}'),),
        "meta",
    ),
    Mutant(
        "request-of-version-2",
        15,
        "behaviour.request.shape",
        (
            (
                'return await self.post(line, f"{self.gupshup}/app/{line.app_id}/v3/message", body)',
                'old = {"channel": "whatsapp", "destination": to, "message": json.dumps(request)}\n'
                '        return await self.post(line, f"{self.gupshup}/app/{line.app_id}/v3/message", old)',
            ),
        ),
    ),
    Mutant(
        "wamid-among-uuids",
        19,
        "behaviour.request.answered",
        (
            ('part(message, "context"), "id", "gs_id", "meta_msg_id")', 'part(message, "context"), "id")'),
            ("ask.ids |= ids  #", "pass  #"),
        ),
    ),
    Mutant(
        "sends-again-after-a-time-out",
        26,
        "behaviour.request.time-out",
        (('raise HTTPException(504, f"no answer: {type(error).__name__}") from error', _SENT),),
    ),
    Mutant(
        "sends-again-after-a-5xx",
        26,
        "behaviour.request.server-error",
        (('raise HTTPException(504, f"HTTP {answer.status_code}")', _SENT),),
    ),
)

_REFUSALS: Final[tuple[Mutant, ...]] = (
    Mutant(
        "asks-in-spite-of-the-limit",
        13,
        "behaviour.limit.requests",
        (("if not customer.may_be_asked(self.now()):", "if False:"), *_storm(138009)),
        env=(("BACK_OFF", "0.01"),),
    ),
    Mutant(
        "asks-in-spite-of-permanent",
        13,
        "behaviour.limit.permanent-exists",
        (("if not customer.may_be_asked(self.now()):", "if False:"), *_storm(138017)),
        env=(("BACK_OFF", "0.01"),),
    ),
    Mutant(
        "calls-in-spite-of-the-limit",
        13,
        "behaviour.limit.calls",
        _storm(138012),
        env=(("BACK_OFF", "0.01"),),
    ),
    Mutant(
        "no-pause",
        13,
        "behaviour.error.throttled",
        ((_GIVEN_UP, "if reason is None or len(tried) > 6:"), (_TRIED, "tried.add(reason + str(len(tried)))")),
        env=(("BACK_OFF", "0"),),
    ),
    Mutant(
        "status-instead-of-code",
        17,
        "behaviour.error.code-not-status",
        ((".get(answer.status_code) if code is None else REASONS.get(code)", ".get(answer.status_code)"),),
    ),
    Mutant(
        "fails-open",
        21,
        "behaviour.store.down",
        (
            ("if self.store_is_down:", "if False:"),
            (
                'if customer.permission(self.now()) == "none":',
                'if not self.store_is_down and customer.permission(self.now()) == "none":',
            ),
        ),
    ),
    Mutant(
        "numbers-share-users",
        0,
        "behaviour.number.apart",
        (
            (
                "self.store_is_down = False",
                "self.store_is_down = False\n        self.store[1].users = self.store[0].users",
            ),
        ),
    ),
)

MUTANTS: Final = (*_REQUESTS, *_REFUSALS)
