"""One claim to its settlement: announce the URL, render, send, keep what came of it (W2, W5, W6)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import Final, TypeVar

import msgspec

from mock_server.delivery import handshake, schedule
from mock_server.delivery.hurry import Pace
from mock_server.delivery.rendering import rendered
from mock_server.delivery.sender import Answer, Sender
from mock_server.delivery.wording import what
from mock_server.engine.commands import WebhookAnswered
from mock_server.engine.engine import Outcome
from mock_server.engine.events import Contact, PermissionReply, SetCallback
from mock_server.engine.judge import Finding
from mock_server.errors import NotFound, Unavailable
from mock_server.settings import Dialect
from mock_server.store.protocol import Claim, Store
from mock_server.store.rows import App, Attempt, Delivery, DeliveryState, Found, Record, Tried
from mock_server.store.work import Kept, carry_out
from mock_server.subscriptions import Subscription

T = TypeVar("T")

_log = logging.getLogger(__name__)

RECOVERY: Final = 1.0  # seconds until a store that could not be asked is asked again
SLOW: Final = 1.0  # seconds from which a webhook's answer is an advice
SILENT: Final = Answer("not_sent", None, "", 0.0, "not_sent: receiver did not answer")


class Carrier:
    """Carries single claims; when there is something to carry is the courier's affair."""

    def __init__(self, *, store: Store, sender: Sender) -> None:
        self._store = store
        self._sender = sender
        self._announcing: dict[tuple[str, str], asyncio.Future[None]] = {}

    async def carry(self, app_id: str, claim: Claim, pace: Pace) -> None:
        """One attempt, and what came of it; whatever happens on the way, the lane is freed.

        Where the store cannot be asked it is asked until it can: an attempt that was made is not forgotten. Cancelled
        only when the process ends, and then the lane is freed with all others that it has.
        """
        delivery = claim.delivery
        try:
            await self._announce(app_id, claim, pace)
            if delivery.body is None:  # which could not be made when it was claimed
                delivery = rendered(claim.app, delivery)
            answer = await self._post(delivery, claim, pace)
        except TimeoutError:
            seconds = pace.hurry.patience if pace.hurry else 0.0
            answer = Answer("timed_out", None, "", seconds, "cut short by an advance of the clock")
        except NotFound:  # the app was deleted meanwhile
            return
        except Exception as error:
            _log.exception("delivery %s could not be sent", delivery.id)
            answer = Answer("not_sent", None, "", 0.0, f"not sent: {type(error).__name__} inside the sandbox")
        await self._settle(app_id, claim, _attempted(delivery, claim, answer), pace)

    async def try_once(self, app: App, subscription: Subscription, at: int, timeout: float | None = None) -> Delivery:
        """One set-callback to a URL, outside every lane (W1, W2): with doCheck, or before the first delivery."""
        event = SetCallback(at=at, number=app.counter, contact=Contact("", ""))
        row = Delivery(
            id=f"set-callback-{app.generation}-{subscription.id}-{at}",
            number=0,
            subscription_id=subscription.id,
            url=subscription.url,
            wa_id="",
            kind=event.kind,
            created_at=at,
            due=at,
            dialect=subscription.dialect,
            event=event,
        )
        row = rendered(app, row)
        allowed = schedule.TIMEOUTS[row.dialect] if timeout is None else timeout
        answer = await self._sender.post(row.url, row.body or b"", row.headers, allowed)
        tried = schedule.after(row, _attempt(row, at, answer), app.settings.variants)
        return (
            tried
            if tried.state is DeliveryState.DELIVERED
            else msgspec.structs.replace(tried, state=DeliveryState.DEAD)
        )

    async def shake_hands(
        self, app: App, url: str, *, verify_token: str, at: int, timeout: float | None = None
    ) -> Tried:
        """Meta's handshake with a URL, outside every lane (W2); `delivered` when the answer is the challenge."""
        allowed = schedule.TIMEOUTS[Dialect.META] if timeout is None else timeout
        return await handshake.shake(
            self._sender, app, url=url, verify_token=verify_token, seed=self._store.seed, at=at, timeout=allowed
        )

    async def _post(self, delivery: Delivery, claim: Claim, pace: Pace) -> Answer:
        timeout, hurry = schedule.TIMEOUTS[delivery.dialect], pace.hurry
        if hurry is not None:
            dies = schedule.dies_by_failing(delivery, claim.now, claim.app.settings.variants)
            if delivery.url in hurry.silent and not dies:
                return SILENT
            timeout = hurry.allow(delivery.url, timeout)
        answer = await pace.ask(self._sender.post(delivery.url, delivery.body or b"", delivery.headers, timeout))
        if hurry is not None:
            hurry.take_note(delivery.url, answer, timeout)
        return answer

    async def _settle(self, app_id: str, claim: Claim, row: Delivery, pace: Pace) -> None:
        attempt = row.attempts[-1]
        records: list[Record] = [Tried(row.id, row.url, what(row), attempt, row.state)]
        records += [Found(advice) for advice in _advices(row, attempt)]
        try:
            if not await _surely(lambda: self._store.settle(app_id, claim, row, records)):
                return
        except NotFound:  # the app was deleted meanwhile
            return
        if pace.hurry is not None:
            pace.hurry.attempted += 1
            pace.hurry.failed += not attempt.success
        for event in (row.event, *row.batched):
            if attempt.success and isinstance(event, PermissionReply):
                known = carry_out(WebhookAnswered(wamid=event.wamid), _tell_nothing, seed=self._store.seed)
                await _surely(partial(self._store.work, app_id, row.wa_id, known))

    async def _announce(self, app_id: str, claim: Claim, pace: Pace) -> None:
        """Try set-callback or the handshake before the first delivery to a URL that was taken as it was (W2), once.

        Several processes ask the store who does. Only the one that does waits for it.
        """
        wanted, hurry = claim.delivery.subscription_id, pace.hurry
        if (app_id, wanted) in self._announcing:
            await asyncio.shield(self._announcing[app_id, wanted])
            return
        subscription = _unannounced(claim.app, wanted)
        if subscription is None or (hurry is not None and subscription.url in hurry.silent):
            return
        done = self._announcing[app_id, wanted] = asyncio.get_running_loop().create_future()
        try:
            app = await _surely(lambda: self._store.change_app(app_id, lambda app, _: _announcing(app, wanted)))
            if app is None:
                return
            if subscription.dialect is Dialect.GUPSHUP:
                await self._say_set_callback(app, subscription, claim.now, pace)
            else:
                await self._try_handshake(app, subscription, claim.now, pace)
        finally:
            del self._announcing[app_id, wanted]
            done.set_result(None)

    async def _say_set_callback(self, app: App, subscription: Subscription, at: int, pace: Pace) -> None:
        timeout = _allowed(subscription, pace)
        tried = await pace.ask(self.try_once(app, subscription, at, timeout))
        last = tried.attempts[-1]
        _note(subscription, last, timeout, pace)
        await _surely(lambda: self._store.add_deliveries(app.id, [tried]))
        record = Tried(tried.id, tried.url, "set_callback", last, tried.state)
        await _surely(lambda: self._store.record(app.id, [record]))

    async def _try_handshake(self, app: App, subscription: Subscription, at: int, pace: Pace) -> None:
        """Its outcome goes into the journal and changes nothing: the URL was taken as it is (W2)."""
        timeout = _allowed(subscription, pace)
        token = app.settings.verify_token
        shaking = self.shake_hands(app, subscription.url, verify_token=token, at=at, timeout=timeout)
        tried = await pace.ask(shaking)
        _note(subscription, tried.attempt, timeout, pace)
        await _surely(lambda: self._store.record(app.id, [tried]))


def _allowed(subscription: Subscription, pace: Pace) -> float:
    """Seconds that the receiver has to answer when its URL is announced."""
    timeout = schedule.TIMEOUTS[subscription.dialect]
    return timeout if pace.hurry is None else pace.hurry.allow(subscription.url, timeout)


def _note(subscription: Subscription, attempt: Attempt, timeout: float, pace: Pace) -> None:
    if pace.hurry is not None and attempt.outcome == "timed_out":
        pace.hurry.did_not_answer(subscription.url, timeout)


async def _surely(ask: Callable[[], Awaitable[T]]) -> T:
    """What the store answers, as soon as it can be asked."""
    while True:
        try:
            return await ask()
        except Unavailable as error:
            _log.warning("what came of a webhook has to wait: %s", error.sentence)
            await asyncio.sleep(RECOVERY)


def _attempted(delivery: Delivery, claim: Claim, answer: Answer) -> Delivery:
    return schedule.after(delivery, _attempt(delivery, claim.now, answer), claim.app.settings.variants)


def _attempt(delivery: Delivery, at: int, answer: Answer) -> Attempt:
    number, seconds = delivery.attempted + 1, round(answer.seconds, 4)
    return Attempt(number, at, answer.outcome, answer.status, answer.text, seconds, answer.sentence)


def _advices(delivery: Delivery, attempt: Attempt) -> Iterable[Finding]:
    """What a receiver could do better (section 11)."""
    if not attempt.success:
        return
    source = "Gupshup, webhook key points" if delivery.dialect is Dialect.GUPSHUP else "Meta, throughput, Nov 21 2025"
    if attempt.seconds > SLOW:
        seen = f"a webhook was answered after {attempt.seconds:.1f} s"
        yield Finding("advice", "W5", seen, "answer within 1 s and work afterwards", source)
    if delivery.dialect is Dialect.GUPSHUP and attempt.answer:
        seen = f"a webhook was answered with a body ({attempt.answer[:40]!r})"
        yield Finding("advice", "W5", seen, "answer 2xx with an empty body", source)


def _unannounced(app: App, subscription_id: str) -> Subscription | None:
    return next((row for row in app.subscriptions if row.id == subscription_id and not row.announced), None)


def _announcing(app: App, subscription_id: str) -> Kept:
    """The unit of work of who announces a URL; its answer is the app as it was, None when somebody has done it."""
    if _unannounced(app, subscription_id) is None:
        return Kept()
    rows = tuple(
        msgspec.structs.replace(row, announced=True) if row.id == subscription_id else row for row in app.subscriptions
    )
    return Kept(answer=app, app=msgspec.structs.replace(app, subscriptions=rows))


def _tell_nothing(outcome: Outcome, deliveries: tuple[Delivery, ...]) -> tuple[None, tuple[Record, ...]]:
    return None, ()
