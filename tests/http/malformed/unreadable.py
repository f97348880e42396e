"""Bodies that cannot be read, whatever they were meant to be, and content types that nobody asked for."""

from __future__ import annotations

import json

from tests.http.malformed.requests import (
    ACT,
    BSUID,
    CHANGE,
    CLOCK,
    CREATE,
    FLUSH,
    FORM,
    LOAD,
    LOGIN,
    MESSAGE,
    SUBSCRIBE,
    form,
    js,
    raw,
)
from tests.stage.play import REQUEST

TEXT = b'{"type":"text","text":{"body":'
WANTS_JSON = "add the header 'Content-Type: application/json'"
WANTS_FORM = "add the header 'Content-Type: application/x-www-form-urlencoded'"

UNREADABLE = {
    "no JSON": raw(MESSAGE, b"hello", "not JSON"),
    "empty": raw(MESSAGE, b"", "not JSON that can be taken: EOF while parsing a value at line 1 column 0"),
    "truncated": raw(MESSAGE, b'{"to":"9198', "EOF while parsing a string at line 1 column 11"),
    "two values": raw(MESSAGE, b"{} {}", "trailing characters at line 1 column 4"),
    "single quotes": raw(MESSAGE, b"{'to':'9'}", "key must be a string at line 1 column 2"),
    "duplicate key": raw(MESSAGE, b'{"to":"919812345678","to":"919800000001"}', 'Detected duplicate key "to"'),
    "duplicate key below": raw(
        CREATE, b'{"overrides":{"nudge_after":2,"nudge_after":3}}', 'duplicate key "nudge_after"'
    ),
    "NaN": raw(MESSAGE, b'{"to":NaN}', "expected value at line 1 column 7"),
    "Infinity": raw(CREATE, b'{"status_delay":Infinity}', "expected value at line 1 column 17"),
    "1e999": raw(MESSAGE, b'{"to":1e999}', "to: the number is too large"),
    "1e999 in a list": raw(
        CREATE, b'{"allowed_recipients":["9198",-1e999]}', "allowed_recipients[1]: the number is too large"
    ),
    "5000 digits": raw(MESSAGE, b'{"to":' + b"9" * 5000 + b"}", "number out of range at line 1"),
    "4000 digits": raw(MESSAGE, TEXT + b"9" * 4000 + b"}}", "text.body: must be a string"),
    "lone surrogate": raw(MESSAGE, b'{"to":"\\ud800"}', "hex escape at line 1 column 14"),
    "low surrogate": raw(CREATE, b'{"name":"\\udc00"}', "lone leading surrogate"),
    "surrogate bytes": raw(MESSAGE, b'{"to":"\xed\xa0\x80"}', "invalid unicode"),
    "no UTF-8": raw(MESSAGE, b'{"to":"\xff"}', "invalid unicode"),
    "UTF-16": raw(MESSAGE, json.dumps(REQUEST).encode("utf-16"), "not JSON"),
    "byte order mark": raw(MESSAGE, b"\xef\xbb\xbf{}", "expected value at line 1 column 1"),
    "NUL escape": raw(MESSAGE, b'{"text":{"body":"a\\u0000b"}}', "text.body: holds a NUL character"),
    "NUL in a key": raw(ACT, b'{"action":"read","a\\u0000":1}', "holds a NUL character"),
    "NUL byte": raw(ACT, b'{"action":"re\x00ad"}', "control character"),
    "depth 10 000": raw(MESSAGE, b"[" * 10_000 + b"]" * 10_000, "recursion limit exceeded"),
    "depth 10 000, control": raw(CREATE, b'{"name":' * 10_000, "recursion limit exceeded"),
    "depth 150": raw(MESSAGE, TEXT + b"[" * 150 + b"]" * 150 + b"}}", "text.body: must be a string, not a list"),
    "1 MiB and a byte": raw(MESSAGE, b'"' + b"x" * (1024 * 1024 - 1) + b'"', "The body is over 1024 KiB", status=413),
    "1 MiB, control": raw(CREATE, b" " * (1024 * 1024 + 1), "The body is over 1024 KiB", status=413),
    "1 MiB, form": raw(LOGIN, b"a=" + b"x" * 1024 * 1024, "The body is over 1024 KiB", status=413, kind=FORM),
    "null": raw(MESSAGE, b"null", "must be an object, not null"),
    "a list": js(MESSAGE, [REQUEST], "must be an object, not a list"),
    "a text": js(CHANGE, "calling=DISABLED", 'must be an object, not "calling=DISABLED"'),
    "a number": js(CLOCK, 604_800, "must be an object, not 604800"),
}

CONTENT_TYPE = {
    "message without": raw(MESSAGE, b"{}", f"There is no Content-Type; {WANTS_JSON}", status=415, kind=""),
    "message as text": raw(
        MESSAGE, b"{}", f"Content-Type is 'text/plain'; {WANTS_JSON}", status=415, kind="text/plain; q=1"
    ),
    "message as multipart": raw(MESSAGE, b"--x--", WANTS_JSON, status=415, kind="multipart/form-data; boundary=x"),
    "JSON as a form": raw(MESSAGE, json.dumps(REQUEST).encode(), WANTS_JSON, status=415, kind=FORM),
    "login as JSON": js(LOGIN, {"email": "partner@example.com"}, WANTS_FORM, status=415),
    "subscription as JSON": js(SUBSCRIBE, {"tag": "x"}, WANTS_FORM, status=415),
    "bsuid as a form": form(BSUID, {"enableBSUIDV3": "false"}, WANTS_JSON, status=415),
    "action as a form": form(ACT, {"action": "allow_always"}, WANTS_JSON, status=415),
    "app without": raw(CREATE, b"{}", WANTS_JSON, status=415, kind=""),
    "flush without": raw(FLUSH, b"{}", WANTS_JSON, status=415, kind=""),
    "snapshot as text": raw(LOAD, b"{}", WANTS_JSON, status=415, kind="text/plain"),
}
