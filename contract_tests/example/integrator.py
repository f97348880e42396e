"""An application that asks WhatsApp users whether it may call them, and calls only those who allow it.

One file to copy from, in Starlette and httpx: DIALECT=gupshup (the default) or meta. Gupshup prints no REST path for
calls, so they go through Graph in both; with CALLS=off they are only judged, for calls over SIP. What is known about
users is in memory: put your database where `Line` is.

    POST /permissions {"to": "919812345678"}   ask           POST /webhooks/whatsapp      what WhatsApp tells
    POST /calls {"to": "919812345678"}         call          GET  /permissions/{wa_id}    what the user allows
    POST /calls/end {"to": "919812345678"}     hang up       GET  /calls/{wa_id}          how the last call ended

Beside or instead of the number: `bsuid`, for users whose number one cannot see; and `from`, the phone_number_id to use.
The target files beside this one start it with `python -m contract_tests.example.integrator` and show its environment.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import os
import re
import time
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

Json = dict[str, Any]
Clock = Callable[[], float]  # Unix seconds
DAY = 86_400
ACCEPTED = {"accept": True, "approve": True, "reject": False}  # APPROVE: from one of Gupshup's guides
REASONS = {0: "token", 190: "token"} | dict.fromkeys((4, 613, 4001, 80007, 130429, 131056, 138002, 138005), "throttled")
NO_PERMISSION, TOO_MANY_REQUESTS, TOO_MANY_CALLS, PERMANENT_EXISTS = 138006, 138009, 138012, 138017
OFFER = (  # yours comes from your WebRTC stack
    "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 127.0.0.1\r\n"
    f"a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\na=fingerprint:sha-256 {':'.join(['19'] * 32)}\r\n"
    "a=setup:actpass\r\na=mid:0\r\na=sendrecv\r\na=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\n"
)


class Refused(HTTPException):
    """The provider did not do it. Where nobody knows whether it did, there is a plain HTTPException 504."""

    def __init__(self, status: int, sentence: str, code: int | None = None) -> None:
        super().__init__(status, sentence)
        self.code = code


# Reading JSON from outside. Shapes differ between pages, years and dialects, so nothing relies on a key or a type: what
# cannot be understood is passed over, and what stands beside it is still read.


def json_of(raw: bytes) -> Json:
    """An object. Raises HTTPException 400 for anything else."""
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise HTTPException(400, "that is no JSON object")
    return value


def objects(value: Any) -> Iterator[Json]:
    return (item for item in value if isinstance(item, dict)) if isinstance(value, list) else iter(())


def part(value: Any, *path: str) -> Json:
    """The object that these keys lead to, or an empty one."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def texts(item: Json, *keys: str) -> set[str]:
    return {text(item.get(key)) for key in keys} - {""}


def lower(value: Any) -> str:
    """`COMPLETED`, `Completed` and `["Completed"]` are the same."""
    return (" ".join(map(text, value)) if isinstance(value, list) else text(value)).casefold()


def whole(value: Any) -> int | None:
    """A code, or Unix seconds: as a number, as a string of digits, and seconds also where milliseconds are printed."""
    digits = str(value) if type(value) is int else text(value)
    number = int(digits) if digits.isdecimal() and len(digits) < 16 else None
    return number // 1000 if number and number > 100_000_000_000 else number


@dataclass
class Ask:
    """A request. `ids` are all its names: the answer's (a UUID at Gupshup), and the wamid that status events add."""

    sent_at: float
    ids: set[str] = field(default_factory=set)
    counts: bool = True


@dataclass
class Call:
    """A call of ours: `ringing`, then `connected`, `missed` or `failed`."""

    outcome: str = "ringing"
    error_code: int | None = None


@dataclass
class Customer:
    """A user of one business number: what that number was allowed, has asked and has called."""

    names: set[str] = field(default_factory=set)
    state: str = "none"
    until: int | None = None
    replied_at: int = 0  # the `timestamp` of the reply that said so
    answered: set[str] = field(default_factory=set)  # what replies named in their context
    asks: list[Ask] = field(default_factory=list)
    calls: dict[str, Call] = field(default_factory=dict)
    current: str | None = None
    no_ask_before: float = 0
    no_call_before: float = 0

    def permission(self, now: float) -> str:
        """No webhook comes when a temporary permission ends: our own clock decides."""
        return "none" if self.until is not None and self.until <= now else self.state

    def request(self) -> str:
        """Only a reply that names our request answers it: others are about a call, or come from the profile."""
        return "none" if not self.asks else "answered" if self.asks[-1].ids & self.answered else "pending"

    def may_be_asked(self, now: float) -> bool:
        """WhatsApp takes one request in 24 h and two in 7 days, none once the permission is permanent."""
        week = [ask.sent_at for ask in self.asks if ask.counts and now < ask.sent_at + 7 * DAY]
        often = len(week) > 1 or (len(week) == 1 and now < week[0] + DAY) or now < self.no_ask_before
        return not often and self.permission(now) != "permanent"

    def known_call(self, call_id: str) -> Call:
        """Events may overtake the answer that names the call, or come although that answer was lost."""
        if call_id not in self.calls:
            self.calls[call_id], self.current = Call(), call_id
        return self.calls[call_id]


class Line:
    """A business number and its users. Permission for one number is none for another."""

    def __init__(self, env: Mapping[str, str], prefix: str = "") -> None:
        self.phone_number_id = env.get(prefix + "PHONE_NUMBER_ID", "")
        self.app_id = env.get(prefix + "GUPSHUP_APP_ID", "")
        self.token = env.get(prefix + ("GRAPH_TOKEN" if env.get("DIALECT") == "meta" else "GUPSHUP_APP_TOKEN"), "")
        self.not_before = 0.0
        self.users: dict[str, Customer] = {}
        self.seen: dict[str, None] = {}

    def customer(self, names: Collection[str]) -> Customer:
        """By phone number or BSUID; a webhook that has both joins what was known under either."""
        known = {id(found): found for name in names if (found := self.users.get(name))}.values()
        customer = max(known, key=lambda one: one.replied_at, default=Customer())
        for other in known:
            customer.names |= other.names
            customer.answered |= other.answered
            customer.calls |= other.calls
            customer.current = customer.current or other.current
            customer.asks += [ask for ask in other.asks if ask not in customer.asks]
        customer.asks.sort(key=lambda ask: ask.sent_at)
        customer.names.update(names)
        self.users |= dict.fromkeys(customer.names, customer)
        return customer

    def is_new(self, *key: str) -> bool:
        """Every webhook may come twice, in the same bytes or in others: what counts is the ids of its events."""
        name = " ".join(key)
        fresh = name not in self.seen
        self.seen[name] = None
        if len(self.seen) > 50_000:
            del self.seen[next(iter(self.seen))]
        return fresh

    def apply(self, value: Json, now: float) -> None:
        """Every event in a change."""
        people = [texts(contact, "wa_id", "user_id") for contact in objects(value.get("contacts"))]
        for message in objects(value.get("messages")):
            self.on_message(who(message, people, "from", "from_user_id"), message, now)
        for status in objects(value.get("statuses")):
            self.on_status(who(status, people, "recipient_id", "recipient_user_id"), status)
        # Why a call failed stands beside the calls, not in them.
        code = next((whole(error.get("code")) for error in objects(value.get("errors"))), None)
        for call in objects(value.get("calls")):
            user = ("from", "from_user_id") if call.get("direction") == "USER_INITIATED" else ("to", "to_user_id")
            self.on_call(who(call, people, *user), call, code)

    def on_message(self, names: set[str], message: Json, now: float) -> None:
        reply = part(message, "interactive", "call_permission_reply")
        accepted = ACCEPTED.get(lower(reply.get("response")))
        at = whole(message.get("timestamp")) or int(now)
        # One guide's form has no id: then who said what, and when, is the event.
        event = text(message.get("id")) or f"{sorted(names)} {at} {accepted}"
        if not names or accepted is None or not self.is_new("message", event):
            return
        customer = self.customer(names)
        # Grants from the profile, callback grants (about a call) and revocations name no request of ours, and count.
        customer.answered |= texts(part(message, "context"), "id", "gs_id", "meta_msg_id")
        if at < customer.replied_at:  # webhooks overtake each other: the newest reply counts, not the last to arrive
            return
        customer.replied_at = at
        until = whole(reply.get("expiration_timestamp", reply.get("expiration_time")))
        if not accepted:  # declined or revoked: there is no word of its own for that
            customer.state, customer.until = "none", None
        elif until is None and reply.get("is_permanent") in (True, "true"):
            customer.state, customer.until = "permanent", None
        else:  # that an end is missing does not make it permanent: then it is the usual week
            customer.state, customer.until = "temporary", at + 7 * DAY if until is None else until

    def on_status(self, names: set[str], status: Json) -> None:
        ids, said = texts(status, "id", "gs_id", "meta_msg_id"), lower(status.get("status"))
        if not names or not ids or not self.is_new("status", said, *sorted(ids)):
            return
        customer = self.customer(names)
        if status.get("type") == "call":
            customer.known_call(text(status.get("id")))
        for ask in [ask for ask in customer.asks if ask.ids & ids]:
            ask.ids |= ids  # only here do Gupshup's UUID and the wamid, which replies name, stand together
            if said == "failed":  # it never came to the user, and does not count
                customer.asks.remove(ask)

    def on_call(self, names: set[str], call: Json, code: int | None) -> None:
        call_id, event = text(call.get("id")), lower(call.get("event"))
        if not names or not call_id or not self.is_new("call", call_id, event):
            return
        customer = self.customer(names)
        picked_up = "duration" in call or "start_time" in call  # COMPLETED is also what nobody answered
        if event == "terminate" and picked_up:  # a connected call, whoever called, sets the count of requests back
            customer.no_ask_before = 0
            for ask in customer.asks:
                ask.counts = False
        if call.get("direction") == "USER_INITIATED":  # not taken here: it rings until the user gives up
            return
        known = customer.known_call(call_id)
        if event == "terminate":
            failed = lower(call.get("status")) == "failed"
            known.outcome = "failed" if failed else "connected" if picked_up else "missed"
            known.error_code = code if failed else None
            if customer.current == call_id:  # the end of an earlier call may come while another is going on
                customer.current = None


def who(item: Json, people: list[set[str]], *keys: str) -> set[str]:
    """The number and the BSUID of the user whom an event is about, with what `contacts` adds to them."""
    own = texts(item, *keys) or (people[0] if len(people) == 1 else set())
    return own.union(*(person for person in people if person & own))


class Provider:
    """Gupshup's partner API and Graph. Raises Refused, and HTTPException 504 where nobody knows what came of it."""

    def __init__(self, env: Mapping[str, str], http: httpx.AsyncClient, now: Clock) -> None:
        self.env, self.http, self.now = env, http, now
        self.gupshup = env.get("GUPSHUP_BASE_URL", "https://partner.gupshup.io") + "/partner"
        self.graph = env.get("GRAPH_BASE_URL", "https://graph.facebook.com")
        self.renewing = asyncio.Lock()

    async def ask(self, line: Line, to: str) -> Json:
        request = {"type": "call_permission_request", "action": {"name": "call_permission_request"}}
        body = {"recipient_type": "individual", **addressed(to), "type": "interactive", "interactive": request}
        if self.env.get("DIALECT") == "meta":
            return await self.post(line, f"{self.graph}/{line.phone_number_id}/messages", body)
        return await self.post(line, f"{self.gupshup}/app/{line.app_id}/v3/message", body)

    async def calls(self, line: Line, **body: Any) -> Json:
        return await self.post(line, f"{self.graph}/{line.phone_number_id}/calls", body)

    async def post(self, line: Line, url: str, body: Json) -> Json:
        """One request, and again only what was certainly not taken: once with a new token, once after a pause.

        What timed out, or came to a 5xx, may have been taken, and nothing would keep it from being taken twice.
        """
        tried: set[str] = set()
        while True:
            await asyncio.sleep(max(0.0, line.not_before - self.now()))
            token = line.token
            answer = await self.send(url, body, token)
            if answer.is_success:
                return json_of(answer.content)
            code, sentence = refusal(answer)
            # Codes come under statuses that differ from page to page. Only without a code does the status speak.
            reason = {401: "token", 429: "throttled"}.get(answer.status_code) if code is None else REASONS.get(code)
            if reason == "throttled":  # whoever wants to send from this number waits
                line.not_before = self.now() + float(self.env.get("BACK_OFF", "1.5")) * (1 + len(tried))
            if reason is None or reason in tried:
                raise Refused(409, sentence, code)
            tried.add(reason)
            if reason == "token":
                await self.renew(line, token)

    async def send(self, url: str, body: Json, token: str) -> httpx.Response:
        # Gupshup takes its app tokens (sk_...) as they are, and every other token behind "Bearer".
        raw = token.startswith("sk_") and url.startswith(self.gupshup)
        headers = {"Authorization": token if raw else f"Bearer {token}"}
        try:
            answer = await self.http.post(url, json={"messaging_product": "whatsapp", **body}, headers=headers)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise Refused(502, f"not sent: {error}") from error
        except httpx.HTTPError as error:
            raise HTTPException(504, f"no answer: {type(error).__name__}") from error
        if answer.status_code >= 500:
            raise HTTPException(504, f"HTTP {answer.status_code}")
        return answer

    async def renew(self, line: Line, refused: str) -> None:
        """Once for all who were refused; where there is no new token, the old one stays."""
        async with self.renewing:
            if line.token == refused:
                try:
                    line.token = await self.new_token(line) or refused
                except (httpx.HTTPError, HTTPException):
                    return

    async def new_token(self, line: Line) -> str:
        env, http = self.env, self.http
        if env.get("DIALECT") == "meta":  # the token of a system user: read it from where you keep it instead
            query = {"client_id": env.get("META_APP_ID", ""), "client_secret": env["APP_SECRET"]}
            query["grant_type"] = "client_credentials"
            answer = await http.get(f"{self.graph}/oauth/access_token", params=query)
            return text(json_of(answer.content).get("access_token"))
        secret = env.get("PARTNER_SECRET", "")  # it is called `password` on one page and `secret` on another
        login = {"email": env.get("PARTNER_EMAIL", ""), "password": secret, "secret": secret}
        answer = await http.post(f"{self.gupshup}/account/login", data=login)
        headers = {"Authorization": text(json_of(answer.content).get("token"))}
        answer = await http.get(f"{self.gupshup}/app/{line.app_id}/token", headers=headers)
        return text(part(json_of(answer.content), "token").get("token"))


def addressed(to: str) -> Json:
    """Digits without a plus sign go into `to`, a BSUID into `recipient`."""
    return {"to": to} if to.isdecimal() else {"recipient": to}


def refusal(answer: httpx.Response) -> tuple[int | None, str]:
    """Code and sentence of all three shapes: Meta's, Gupshup's code and reason, Gupshup's status and message."""
    try:
        said = json_of(answer.content)
    except HTTPException:
        said = {}
    error = part(said, "error") or said
    words = (part(error, "error_data").get("details"), error.get("message"), error.get("reason"))
    return whole(error.get("code")), next(filter(None, map(text, words)), f"HTTP {answer.status_code}")


class Integrator:
    """The HTTP surface: ours, and the one for webhooks."""

    def __init__(self, env: Mapping[str, str], http: httpx.AsyncClient, now: Clock) -> None:
        self.env, self.now = env, now
        self.provider = Provider(env, http, now)
        self.store = [Line(env), Line(env, "SECOND_")]
        self.store_is_down = False

    def line(self, *ids: str) -> Line | None:
        """The business number with the first of these ids that is given. Whoever cannot know permissions gets a 503."""
        if self.store_is_down:
            raise HTTPException(503, "the permission store is down")
        wanted = next(filter(None, ids), None)
        return next((line for line in self.store if wanted in (line.phone_number_id, line.app_id)), None)

    async def webhook(self, request: Request) -> Response:
        """2xx and nothing else, at once, also for what is unknown here: all other answers bring it back for days.

        What takes time belongs behind the answer. While the store is down, 503 makes the event come again.
        """
        raw = await request.body()
        if not self.is_genuine(request, raw):
            return Response(status_code=401)
        body = json_of(raw)
        for entry in objects(body.get("entry")):
            for change in objects(entry.get("changes")):
                value = part(change, "value")
                number = text(part(value, "metadata").get("phone_number_id"))  # some of Gupshup's events lack it
                line = self.line(number, text(body.get("gs_app_id")), text(entry.get("id")))
                if line:
                    line.apply(value, self.now())
        return Response()

    def is_genuine(self, request: Request, raw: bytes) -> bool:
        """Meta signs the very bytes that it sends; Gupshup sends the header that the subscription registered."""
        if self.env.get("DIALECT") == "meta":
            signature = hmac.new(self.env["APP_SECRET"].encode(), raw, hashlib.sha256).hexdigest()
            return same(request.headers.get("x-hub-signature-256", ""), f"sha256={signature}")
        return same(request.headers.get(self.env["WEBHOOK_SECRET_HEADER"], ""), self.env["WEBHOOK_SECRET_VALUE"])

    async def handshake(self, request: Request) -> Response:
        query, token = request.query_params, self.env.get("VERIFY_TOKEN", "")
        if not token or query.get("hub.mode") != "subscribe" or not same(query.get("hub.verify_token", ""), token):
            return Response(status_code=403)
        return PlainTextResponse(query.get("hub.challenge", ""))

    async def ask(self, request: Request) -> Response:
        line, names = self.whom(json_of(await request.body()))
        customer = line.customer(names)
        if not customer.may_be_asked(self.now()):
            raise HTTPException(409, "the user allows calls for good, or was asked often enough")
        # Counted before it is sent, so that no other goes out meanwhile; and still where no answer comes.
        ask = Ask(self.now())
        customer.asks.append(ask)
        try:
            answer = await self.provider.ask(line, names[0])
        except Refused as refused:
            customer = line.customer(names)
            customer.asks.remove(ask)
            if refused.code in (TOO_MANY_REQUESTS, PERMANENT_EXISTS):
                customer.no_ask_before = self.now() + DAY
            raise
        for message in objects(answer.get("messages")):
            ask.ids |= texts(message, "id")
        for contact in objects(answer.get("contacts")):  # WhatsApp's own form of the number, which webhooks will have
            line.customer({names[0]} | texts(contact, "wa_id", "user_id"))
        return JSONResponse({"request": "pending"}, status_code=202)

    async def call(self, request: Request) -> Response:
        line, names = self.whom(json_of(await request.body()))
        customer = line.customer(names)
        if customer.permission(self.now()) == "none":  # never found out by dialling
            raise HTTPException(403, "the user has not allowed calls")
        if self.now() < customer.no_call_before:
            raise HTTPException(409, "the user was called often enough")
        if self.env.get("CALLS") == "off":
            return JSONResponse({"allowed": True})
        session = {"sdp_type": "offer", "sdp": OFFER}
        try:
            answer = await self.provider.calls(line, action="connect", **addressed(names[0]), session=session)
        except Refused as refused:
            customer = line.customer(names)
            if refused.code == NO_PERMISSION:  # WhatsApp knows better: the webhook that says so has not come
                customer.state, customer.until = "none", None
            if refused.code == TOO_MANY_CALLS:  # its words name the moment from which the next one is allowed
                moment = re.search(r"\b\d{10}\b", refused.detail)
                customer.no_call_before = int(moment[0]) if moment else self.now() + 3600
            raise
        for started in objects(answer.get("calls")):
            line.customer(names).known_call(text(started.get("id")))
        return JSONResponse({"outcome": "ringing"}, status_code=202)

    async def hang_up(self, request: Request) -> Response:
        line, names = self.whom(json_of(await request.body()))
        call_id = line.customer(names).current
        if call_id is None:
            raise HTTPException(404, "no call is going on")
        await self.provider.calls(line, action="terminate", call_id=call_id)
        return JSONResponse({"outcome": "ended"}, status_code=202)

    async def permission(self, request: Request) -> Response:
        customer = self.known(request)
        return JSONResponse({"state": customer.permission(self.now()), "request": customer.request()})

    async def last_call(self, request: Request) -> Response:
        customer = self.known(request)
        call = customer.calls.get(customer.current or next(reversed(customer.calls), ""), Call("none"))
        return JSONResponse({"outcome": call.outcome, "error_code": call.error_code})

    async def health(self, _: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def chaos(self, request: Request) -> Response:
        """For the contract tests, with CHAOS=on. Leave it out of yours."""
        self.store_is_down = request.path_params["store"] == "store-down"
        return Response()

    def whom(self, said: Json) -> tuple[Line, list[str]]:
        """Our number, and the user's names: digits, or the BSUID as it is. Raises HTTPException 400."""
        names = [re.sub(r"[\s()+-]", "", text(said.get("to"))), text(said.get("bsuid"))]
        names = [name for name in names if re.fullmatch(r"\d{7,15}|[A-Z]{2}\.[A-Za-z0-9.]{1,140}", name)]
        line = self.line(text(said.get("from")), self.env.get("PHONE_NUMBER_ID", ""))
        if not names or not line:
            raise HTTPException(400, "`to` must be a number with its country code, `from` a phone_number_id of ours")
        return line, names

    def known(self, request: Request) -> Customer:
        line, names = self.whom({"to": request.path_params["wa_id"], **request.query_params})
        return next((line.users[name] for name in names if name in line.users), Customer())


def same(given: str, wanted: str) -> bool:
    """Compared in a time that tells nothing. Starlette reads headers as Latin-1."""
    return hmac.compare_digest(given.encode("latin-1", "replace"), wanted.encode())


def create_app(
    env: Mapping[str, str],
    *,
    transport: httpx.AsyncBaseTransport | None = None,
    now: Clock = time.time,  # noqa: TID251  an application has the machine's clock
) -> Starlette:
    """The application; `transport` (to the providers) and `now` are for tests. Raises SystemExit without a secret."""
    meta = env.get("DIALECT") == "meta"
    needed = ("APP_SECRET", "VERIFY_TOKEN") if meta else ("WEBHOOK_SECRET_HEADER", "WEBHOOK_SECRET_VALUE")
    if not all(map(env.get, needed)):
        raise SystemExit(f"Set {' and '.join(needed)}: a webhook that nobody checks may come from anybody.")
    http = httpx.AsyncClient(transport=transport, timeout=float(env.get("REQUEST_TIMEOUT", "10")), trust_env=False)
    own = Integrator(env, http, now)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with http:
            yield

    routes = [
        Route("/webhooks/whatsapp", own.webhook, methods=["POST"]),
        Route("/webhooks/whatsapp", own.handshake),
        Route("/permissions", own.ask, methods=["POST"]),
        Route("/permissions/{wa_id:path}", own.permission),
        Route("/calls", own.call, methods=["POST"]),
        Route("/calls/end", own.hang_up, methods=["POST"]),
        Route("/calls/{wa_id:path}", own.last_call),
        Route("/health", own.health),
    ]
    if env.get("CHAOS") == "on":
        routes.append(Route("/chaos/{store}", own.chaos, methods=["POST"]))
    return Starlette(routes=routes, lifespan=lifespan)


if __name__ == "__main__":
    port = int(os.environ.get("PORT", "9000"))
    uvicorn.run(create_app(os.environ), port=port, log_level="warning", access_log=False)
