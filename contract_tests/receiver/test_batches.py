"""Several events in one POST, the same one twice, very many at once, and very much in one."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, Final

import pytest

from contract_tests.answer import Answer
from contract_tests.claims import claim
from contract_tests.failure import require
from contract_tests.numbers import Number, People, User
from contract_tests.posting import PostHere
from contract_tests.receiver import sources
from contract_tests.receiver.bodies import with_changes, with_entries, with_items
from contract_tests.receiver.direct import Direct, Sent, as_bytes
from contract_tests.receiver.events import (
    Event,
    Said,
    StillRight,
    call_status,
    connect,
    reply,
    request_id,
    status,
    terminate,
    text,
)

BATCHES: Final = f"{sources.OVERVIEW}: up to 1000 updates in a webhook; Messages webhook reference: arrays"
AT_ONCE: Final = 300
LARGE: Final = 3_000_000  # bytes
TEXT: Final = 4096  # characters of the longest text message


@claim("receiver.batch.entries", level="must", rule="W4", source=BATCHES, mistakes=(10,))
def test_several_entries_are_taken(direct: Direct, said: Said, another_user: Callable[[], User]) -> None:
    """Several entries in one body are answered with 2xx."""
    bodies = [said(event(another_user().wa_id)) for event in (reply, _delivered, terminate)]
    direct(as_bytes(with_entries(bodies)), "three entries").must_be_accepted()


@claim("receiver.batch.changes", level="must", rule="W4", source=BATCHES, mistakes=(10,))
def test_several_changes_are_taken(direct: Direct, said: Said, another_user: Callable[[], User]) -> None:
    """Several changes in one entry, of messages and of calls, are answered with 2xx."""
    bodies = [said(event(another_user().wa_id)) for event in (_delivered, connect, reply)]
    direct(as_bytes(with_changes(bodies)), "three changes in an entry").must_be_accepted()


@claim("receiver.batch.items", level="must", rule="W4", source=BATCHES, mistakes=(10,))
@pytest.mark.parametrize("name", ["messages", "statuses", "calls"])
def test_several_items_are_taken(*, direct: Direct, said: Said, another_user: Callable[[], User], name: str) -> None:
    """Several messages, statuses or calls in one change are answered with 2xx."""
    events = {"messages": reply, "statuses": _delivered, "calls": terminate}
    bodies = [said(events[name](another_user().wa_id)) for _ in range(3)]
    direct(as_bytes(with_items(bodies, "contacts", name)), f"three {name} in a change").must_be_accepted()


@claim("receiver.batch.all-kinds", level="must", rule="W4", source=BATCHES, mistakes=(10,))
def test_everything_in_one_change_is_taken(direct: Direct, said: Said, user: User) -> None:
    """A reply, a text and statuses of one user in one change are answered with 2xx."""
    wa_id = user.wa_id
    bodies = [said(event) for event in (text(wa_id, "hello"), reply(wa_id), status(wa_id, "read"))]
    body = with_items(bodies, "messages", "statuses")
    direct(as_bytes(body), "two messages and a status in a change").must_be_accepted()


@claim(
    "receiver.again.same-delivery",
    level="must",
    rule="W6",
    source=f"{sources.ENDPOINT}: duplicates are to be expected; {sources.KEY_POINTS}",
    mistakes=(20,),
)
@pytest.mark.parametrize("kind", ["reply", "status", "call"])
def test_the_same_delivery_twice_is_taken(post: PostHere, user: User, kind: str) -> None:
    """The same bytes again, at the same time and later, are answered with 2xx: anything else brings them back."""
    wa_id = user.wa_id
    events = {
        "reply": reply(wa_id, context_id=request_id(user)),
        "status": status(wa_id, "delivered", wamid=request_id(user)),
        "call": call_status(wa_id, "RINGING"),
    }
    for answer in post.many(3, event=events[kind]):
        answer.must_be_accepted()


@claim(
    "receiver.load.many-at-once",
    level="must",
    rule="W5",
    source=f"{sources.THROUGHPUT}: webhooks are delivered concurrently",
)
def test_three_hundred_at_once_are_taken(
    *, direct: Direct, said: Said, user: User, people: People, number: Number, still_right: StillRight
) -> None:
    """300 replies of 300 users at the same time are all answered with 2xx in time, and the application goes on."""
    body = as_bytes(said(reply(user.wa_id))).decode()
    others = [people.new(number) for _ in range(AT_ONCE)]
    answers = direct.at_once(
        Sent(_of(body, user, other), "one of 300 replies of 300 users at once") for other in others
    )
    bad = [answer for answer in answers if not answer.accepted]
    require(
        not bad,
        sent=answers[0].sent,
        received=f"2xx for {AT_ONCE - len(bad)}; else {_kinds([str(answer) for answer in bad])}",
        expected=f"2xx for each within {answers[0].patience:g} s{hint_at(bad)}",
    )
    still_right()


@claim(
    "receiver.load.large",
    level="must",
    rule="W5",
    source=f"{sources.OVERVIEW}: a webhook has up to 3 MB",
)
def test_three_megabytes_do_no_harm(direct: Direct, said: Said, user: User, still_right: StillRight) -> None:
    """A body of 3 MB is answered with 2xx or 4xx in time, and the application goes on."""
    direct(_large(said(text(user.wa_id, "hello"))), "3 MB, hundreds of changes").must_not_crash()
    still_right()


@claim(
    "receiver.load.large-accepted",
    level="should",
    rule="W5",
    source=f"{sources.OVERVIEW}: a webhook has up to 3 MB",
    dialects=("meta",),
)
def test_three_megabytes_are_taken(direct: Direct, said: Said, user: User) -> None:
    """A body of 3 MB, the largest that Meta sends, is answered with 2xx: hundreds of events are lost otherwise."""
    answer = direct(_large(said(text(user.wa_id, "hello"))), "3 MB, hundreds of changes")
    answer.must_be_accepted(because="web frameworks often take 100 kB or 1 MB only")


def _delivered(wa_id: str) -> Event:
    return status(wa_id, "delivered")


def _of(body: str, user: User, other: User) -> bytes:
    """The same of another user: number, BSUID, and an id of its own."""
    mine = body.replace(user.wa_id, other.wa_id).replace(user.bsuid, other.bsuid)
    old = json.loads(body)["entry"][0]["changes"][0]["value"]["messages"][0]["id"]
    return mine.replace(old, request_id(other)).encode()


def _large(body: Any) -> bytes:
    """As many changes as fit, each with as long a text as there can be."""
    change = body["entry"][0]["changes"][0]
    change["value"]["messages"][0]["text"]["body"] = "x" * TEXT
    rest = len(as_bytes(with_changes([{**body, "entry": [{**body["entry"][0], "changes": []}]}])))
    each = len(as_bytes(change)) + 1 + len("-999")
    made = []
    for number in range((LARGE - rest) // each):
        message = {**change["value"]["messages"][0], "id": f"{change['value']['messages'][0]['id']}-{number}"}
        made.append({**change, "value": {**change["value"], "messages": [message]}})
    return as_bytes({**body, "entry": [{**body["entry"][0], "changes": made}]})


def hint_at(bad: Sequence[Answer]) -> str:
    """What to look at where connections came to nothing."""
    if not any(answer.outcome in {"refused", "closed"} for answer in bad):
        return ""
    looked = "the listen backlog (Python's http.server has 5), and how many threads or workers accept connections"
    return f"; where connections are refused or reset, look at {looked}"


def _kinds(said: list[str]) -> str:
    """The different ones, each once, with how often it came."""
    words = [text.partition(" in ")[0] for text in said]
    return ", ".join(f"{word} ({words.count(word)} times)" for word in dict.fromkeys(words))
