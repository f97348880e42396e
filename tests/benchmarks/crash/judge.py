"""What a round has shown: promised against kept."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import msgspec

from tests.benchmarks.crash.load import Round
from tests.benchmarks.crash.receiver import Arrival, Key, Receiver, read

SETTLE_SECONDS = 60.0
REQUESTS_A_DAY, CALLS_A_DAY = 1, 5  # rules gupshup


class Verdict(msgspec.Struct):
    """Counts of one round or of several; `wrong` says each thing that must not be, in a sentence."""

    rounds: int = 0
    answered: int = 0
    requests: int = 0
    events: int = 0
    arrivals: int = 0
    waiting: int = 0  # events that had not arrived when the round ended, but are shown as waiting or dead
    twice: int = 0
    lost_requests: int = 0
    lost_events: int = 0
    over_limit: int = 0
    stuck: int = 0  # events that are shown as due, and nobody tries
    unmarked: int = 0
    out_of_order: int = 0
    wrong: list[str] = []

    def add(self, other: Verdict) -> None:
        for name in self.__struct_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


async def judge(done: Round, receiver: Receiver) -> Verdict:
    """After the restart: waits until nothing is due, then looks at everything."""
    await _settled(done)
    arrivals = [arrival for arrival in receiver.arrivals if arrival.user and arrival.app == done.app]
    arrived = Counter(arrival.key for arrival in arrivals if arrival.status == 200)
    verdict = Verdict(
        rounds=1,
        answered=done.answered,
        requests=sum(len(ids) for ids in done.requests.values()),
        events=len(done.promised),
        arrivals=len(arrivals),
        twice=sum(count > 1 for count in arrived.values()),
    )
    await _requests(done, verdict)
    await _events(done, arrived, arrivals, verdict)
    _limits(done, arrived, arrivals, verdict)
    _bytes_and_order(arrivals, verdict)
    return verdict


async def _settled(done: Round) -> None:
    loop = asyncio.get_running_loop()
    until = loop.time() + SETTLE_SECONDS
    while (await done.get("/deliveries?state=waiting&limit=1"))["deliveries"] and loop.time() < until:  # noqa: ASYNC110
        await asyncio.sleep(0.1)  # it is another process that is waited for


async def _requests(done: Round, verdict: Verdict) -> None:
    """Every request that was answered 200 is there."""
    for user, gs_ids in done.requests.items():
        kept = {row["gs_id"] for row in (await done.get(f"/users/{user}"))["requests"]}
        for gs_id in gs_ids - kept:
            verdict.lost_requests += 1
            verdict.wrong.append(f"{done.app}: request {gs_id} of {user} was answered 200 and is not there")


async def _events(done: Round, arrived: Counter[Key], arrivals: list[Arrival], verdict: Verdict) -> None:
    """Every event of what was answered has arrived or is shown; what came twice is marked."""
    missing = [key for key in done.promised if not arrived[key]]
    twice = [key for key, count in arrived.items() if count > 1]
    users = {arrival.key: arrival.user for arrival in arrivals} | done.promised
    for user in {users[key] for key in (*missing, *twice)}:
        rows, untried = await _rows(done, user)
        absent = [key for key in missing if users[key] == user and key not in rows]
        verdict.waiting += sum(users[key] == user and key in rows for key in missing)
        if 0 < len(absent) <= len(untried):
            verdict.stuck += len(absent)
            verdict.wrong.append(f"{done.app}: {user} waits and is never tried: {untried}")
        elif absent:
            verdict.lost_events += len(absent)
            verdict.wrong.append(
                f"{done.app}: {absent} of {user} have not arrived and are not there; untried: {untried}"
            )
        for key in twice:
            if users[key] == user and not rows.get(key, {}).get("duplicate"):
                verdict.unmarked += 1
                when = [round(arrival.at - done.killed, 3) for arrival in arrivals if arrival.key == key]
                said = f"{key} of {user} arrived {when} s after the kill, and is not marked"
                verdict.wrong.append(f"{done.app}: {said}: {_shortened(rows.get(key))}; untried: {untried}")


async def _rows(done: Round, user: str) -> tuple[dict[Key, dict[str, Any]], list[str]]:
    """A user's deliveries by what they say; and those that were never tried, which have no body yet."""
    listed = (await done.get(f"/deliveries?wa_id={user}&limit=1000"))["deliveries"]
    whole = [await done.get(f"/deliveries/{row['id']}") for row in listed if row["attempts"]]
    untried = [f"{row['kind']} due {row['due_at']}" for row in listed if not row["attempts"]]
    return {read(row["body"])[0]: row for row in whole}, untried


def _shortened(row: dict[str, Any] | None) -> dict[str, Any]:
    return {name: value for name, value in (row or {}).items() if name not in {"body", "headers", "url"}}


def _limits(done: Round, arrived: Counter[Key], arrivals: list[Arrival], verdict: Verdict) -> None:
    """By what the receiver was told, which is more than what was answered: one request a day, five calls."""
    asked: dict[str, set[str]] = {}
    called: dict[str, set[str]] = {}
    for arrival in arrivals:
        if arrival.key[1] == "enqueued":
            asked.setdefault(arrival.user, set()).add(arrival.key[0])
        if arrival.key[1] == "ACCEPTED":
            called.setdefault(arrival.user, set()).add(arrival.key[0])
    for user in asked.keys() | done.requests.keys():
        _at_most(REQUESTS_A_DAY, asked.get(user, set()) | done.requests.get(user, set()), user, verdict)
    for user in called.keys() | done.calls.keys():
        _at_most(CALLS_A_DAY, called.get(user, set()) | done.calls.get(user, set()), user, verdict)


def _at_most(limit: int, found: set[str], user: str, verdict: Verdict) -> None:
    if len(found) > limit:
        verdict.over_limit += 1
        verdict.wrong.append(f"{user}: {len(found)} let through, where {limit} may be: {sorted(found)}")


def _bytes_and_order(arrivals: list[Arrival], verdict: Verdict) -> None:
    """Each attempt has the same bytes, and a message is enqueued, sent and delivered in this order (W5, W6)."""
    bodies: dict[Key, bytes] = {}
    words = ("enqueued", "sent", "delivered", "read")
    reached: dict[str, int] = {}
    for arrival in arrivals:
        if bodies.setdefault(arrival.key, arrival.body) != arrival.body:
            verdict.wrong.append(f"{arrival.key}: other bytes than in the attempt before")
    for key in dict.fromkeys(arrival.key for arrival in arrivals if arrival.status == 200):
        if key[1] not in words:
            continue
        if words.index(key[1]) < reached.get(key[0], 0):
            verdict.out_of_order += 1
            verdict.wrong.append(f"{key}: after {words[reached[key[0]]]}")
        reached[key[0]] = max(reached.get(key[0], 0), words.index(key[1]))
