"""Mistakes with webhooks as such: 9, 10 and 20."""

from __future__ import annotations

from typing import Final

from tests.contract.mutants_making import Mutant

MUTANTS: Final[tuple[Mutant, ...]] = (
    Mutant(
        "header-unchecked", 9, "receiver.authenticity.wrong", (("if not self.is_genuine(request, raw):", "if False:"),)
    ),
    Mutant(
        "signature-unchecked",
        9,
        "receiver.authenticity.wrong",
        (("if not self.is_genuine(request, raw):", "if False:"),),
        "meta",
    ),
    Mutant(
        "header-not-needed",
        9,
        "receiver.authenticity.missing",
        (
            (
                'request.headers.get(self.env["WEBHOOK_SECRET_HEADER"], "")',
                'request.headers.get(self.env["WEBHOOK_SECRET_HEADER"], self.env["WEBHOOK_SECRET_VALUE"])',
            ),
        ),
    ),
    Mutant(
        "signature-not-needed",
        9,
        "receiver.authenticity.missing",
        (
            (
                'same(request.headers.get("x-hub-signature-256", "")',
                'same(request.headers.get("x-hub-signature-256", f"sha256={signature}")',
            ),
        ),
        "meta",
    ),
    Mutant(
        "signature-over-other-bytes",
        9,
        "receiver.authenticity.reserialised",
        (
            (
                'return same(request.headers.get("x-hub-signature-256", ""), f"sha256={signature}")',
                "other = json.dumps(json.loads(raw), indent=1, ensure_ascii=False).encode()\n"
                '            again = hmac.new(self.env["APP_SECRET"].encode(), other, hashlib.sha256).hexdigest()\n'
                '            given = request.headers.get("x-hub-signature-256", "")\n'
                '            return given in (f"sha256={signature}", f"sha256={again}")',
            ),
        ),
        "meta",
    ),
    Mutant(
        "handshake-with-anybody",
        9,
        "receiver.setup.handshake-refused",
        ((' or not same(query.get("hub.verify_token", ""), token)', ""),),
        "meta",
    ),
    Mutant(
        "first-entry-only",
        10,
        "behaviour.batch.entries",
        (('objects(body.get("entry"))', '[*objects(body.get("entry"))][:1]'),),
    ),
    Mutant(
        "first-change-only",
        10,
        "behaviour.batch.changes",
        (('objects(entry.get("changes"))', '[*objects(entry.get("changes"))][:1]'),),
    ),
    Mutant(
        "first-message-only",
        10,
        "behaviour.batch.messages",
        (('objects(value.get("messages"))', '[*objects(value.get("messages"))][:1]'),),
    ),
    Mutant(
        "unknown-refused",
        20,
        "receiver.unknown.field",
        (
            (
                'number = text(part(value, "metadata")',
                'if change.get("field") not in ("messages", "calls"):\n'
                "                    return Response(status_code=422)\n"
                '                number = text(part(value, "metadata")',
            ),
        ),
    ),
    Mutant(
        "unknown-response-refused",
        20,
        "receiver.unknown.response",
        (
            (
                "        at = whole(message",
                "        if reply and accepted is None:\n"
                '            raise HTTPException(422, "unknown")\n'
                "        at = whole(message",
            ),
        ),
    ),
    Mutant(
        "challenge-in-quotes",
        0,
        "receiver.setup.handshake",
        (('PlainTextResponse(query.get("hub.challenge", ""))', 'JSONResponse(query.get("hub.challenge", ""))'),),
        "meta",
    ),
    Mutant(
        "answers-after-the-work",
        0,
        "receiver.account.update",
        (
            (
                "body = json_of(raw)",
                "body = json_of(raw)\n"
                '        if b"account_update" in raw:  # Gupshup waits for 10 seconds\n'
                "            await asyncio.sleep(12)",
            ),
        ),
    ),
    Mutant(
        "older-reply-counts",
        0,
        "behaviour.reply.order",
        (("if at < customer.replied_at:", "if at < 0:"),),
    ),
    Mutant(
        "crashes-on-rubbish",
        0,
        "receiver.rubbish.not-json",
        (("except (ValueError, RecursionError):", "except RecursionError:"),),
    ),
)
