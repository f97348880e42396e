"""The journal and the feed of all apps: numbered, bounded, what is lost is counted (section 11)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from mock_server.engine.judge import Finding
from mock_server.store.protocol import Page, Store
from mock_server.store.rows import App, Exchange, Found, Record, Remark
from mock_server.store.work import Kept
from tests.stage.conversation import USER, an_app
from tests.stage.machine import START, ManualMachine

pytestmark = pytest.mark.anyio


def remarks(count: int, first: int = 1) -> Sequence[Record]:
    return [Remark(f"{n}") for n in range(first, first + count)]


def advice(what: str) -> Record:
    return Found(Finding("advice", "W5", what, "otherwise", "a page"))


def said(page: Page) -> list[str]:
    return [entry.record.sentence for entry in page.entries if isinstance(entry.record, Remark)]


async def test_entries_have_both_times(store: Store, machine: ManualMachine) -> None:
    """An entry tells the clock's time and the machine's, the user, and its number in the app (section 11)."""
    machine.move(seconds=1)
    await store.record("app", remarks(1), wa_id=USER)
    entry = (await store.journal("app", after=0, limit=10)).entries[0]
    assert (entry.number, entry.app_id, entry.at, entry.machine_at, entry.wa_id, entry.kind) == (
        (1, "app", START + 1000, START + 1000, USER, "note")
    )


async def test_pages_follow_each_other(store: Store) -> None:
    """Read page by page, the journal shows each entry once and in order."""
    await store.record("app", remarks(5))
    first = await store.journal("app", after=0, limit=2)
    second = await store.journal("app", after=first.next, limit=2)
    third = await store.journal("app", after=second.next, limit=2)
    assert (said(first), said(second), said(third)) == (["1", "2"], ["3", "4"], ["5"])
    assert (await store.journal("app", after=third.next, limit=2)).entries == []


async def test_pages_from_the_end_follow_each_other(store: Store) -> None:
    """Read from its end, page by page back, the journal shows each entry once and in order."""
    await store.record("app", remarks(3))
    await store.record("app", remarks(300, first=4))
    last = await store.journal_end("app", limit=2)
    assert (said(last), last.dropped) == (["302", "303"], 0)
    pages, before = [said(last)], last.entries[0].number
    for _ in range(4):
        page = await store.journal_end("app", before=before, limit=100)
        pages.insert(0, said(page))
        before = page.entries[0].number
    assert (await store.journal_end("app", before=before, limit=100)).entries == []
    assert [len(page) for page in pages] == [1, 100, 100, 100, 2]
    assert [text for page in pages for text in page] == [f"{n}" for n in range(1, 304)]


async def test_the_end_of_what_is_kept(store: Store) -> None:
    """From the end, too, 10 000 entries are kept and nothing is told of before a reset (section 11, S1)."""
    await store.record("app", remarks(10_003))
    page = await store.journal_end("app", before=6, limit=5)
    assert (said(page), page.dropped) == (["4", "5"], 3)
    await store.reset_app("app", lambda app, now: Kept(records=(Remark("reset"),)))
    page = await store.journal_end("app", limit=5)
    assert (said(page), page.dropped) == (["reset"], 10_003)


async def test_findings_from_the_end(store: Store) -> None:
    """The last violations and advices, also those that the journal has lost (section 11)."""
    await store.record("app", [advice("early"), *remarks(3), advice("later")])
    await store.record("app", remarks(10_000))
    assert [entry.number for entry in (await store.journal_end("app", limit=5, findings=True)).entries] == [1, 5]
    assert [entry.number for entry in (await store.journal_end("app", limit=1, findings=True)).entries] == [5]
    assert [entry.number for entry in (await store.journal_end("app", before=5, limit=5, findings=True)).entries] == [1]


async def test_the_oldest_go_first_and_are_counted(store: Store) -> None:
    """10 000 entries are kept; a reader learns how many it has missed (section 11)."""
    await store.record("app", remarks(10_003))
    page = await store.journal("app", after=0, limit=1)
    assert (said(page), page.dropped) == (["4"], 3)
    assert (await store.journal("app", after=3, limit=1)).dropped == 0


async def test_findings_are_kept_longer(store: Store) -> None:
    """A violation or an advice is still shown when the journal has lost it (section 11)."""
    await store.record("app", [advice("early")])
    await store.record("app", remarks(10_000))
    page = await store.journal("app", after=0, limit=10, findings=True)
    assert [entry.number for entry in page.entries] == [1]
    assert page.dropped == 0


async def test_lost_findings_are_counted(store: Store) -> None:
    """1 000 findings are kept; how many were lost is told to who has not seen them (section 11)."""
    await store.record("app", [advice(f"{n}") for n in range(1_002)])
    assert (await store.journal("app", after=0, limit=1, findings=True)).dropped == 2
    assert (await store.journal("app", after=2, limit=1, findings=True)).dropped == 0


async def test_numbers_go_on_after_a_reset(store: Store) -> None:
    """A reset drops the journal, and no number comes twice (S1)."""
    await store.record("app", remarks(3))
    await store.reset_app("app", lambda app, now: Kept(records=(Remark("reset"),)))
    page = await store.journal("app", after=0, limit=10)
    assert [(entry.number, said(page)) for entry in page.entries] == [(4, ["reset"])]


async def test_the_feed_numbers_all_apps(store: Store) -> None:
    """The stream of all apps has numbers of its own; that of one app has the app's (INTERFACE, events)."""
    await store.add_app(App(an_app(id="two", token="sk_two", phone_number_id="2", business_number="9170000002")))
    await store.record("app", remarks(1, first=1))
    await store.record("two", remarks(1, first=2))
    await store.record("app", remarks(1, first=3))
    feed = await store.feed(None, after=0, limit=10)
    assert (said(feed), feed.next, await store.feed_end(None)) == (["1", "2", "3"], 3, 3)
    assert (await store.feed(None, after=1, limit=1)).next == 2
    of_one = await store.feed("app", after=1, limit=10)
    assert (said(of_one), of_one.next, await store.feed_end("app")) == (["3"], 2, 2)


async def test_a_request_without_an_app_is_in_the_feed(store: Store) -> None:
    """What belongs to no app is shown by the stream of all, and in no app's journal (section 11)."""
    await store.record(None, remarks(1))
    assert said(await store.feed(None, after=0, limit=10)) == ["1"]
    assert (await store.journal("app", after=0, limit=10)).entries == []


async def test_a_slow_reader_learns_how_much_it_lost(store: Store) -> None:
    """The feed keeps 20 000 entries; who comes later is told the count and goes on from the oldest (INTERFACE)."""
    await store.record("app", remarks(20_005))
    page = await store.feed(None, after=2, limit=1)
    assert (said(page), page.dropped, page.next) == (["6"], 3, 6)


async def test_long_bodies_leave_room_for_fewer(store: Store) -> None:
    """A journal, and the feed, have 32 MiB for what was said; the oldest go first, counted; findings stay (section 11).

    A durable store looks now and then.
    """
    long = Exchange("POST", "/route", "/route", 401, b"x" * 1024 * 1024, None)
    await store.record("app", [advice("early")])
    for _ in range(40):
        await store.record("app", [long])
    await store.tend()
    for page in (await store.journal("app", after=0, limit=100), await store.feed(None, after=0, limit=100)):
        assert 23 <= len(page.entries) <= 32  # a durable store counts them as it keeps them, which is in Base64
        assert page.dropped == 41 - len(page.entries)
        assert page.next == 41
    assert len((await store.journal("app", after=0, limit=10, findings=True)).entries) == 1
    await store.record("app", remarks(1))
    assert said(await store.feed(None, after=41, limit=10)) == ["1"]


async def test_a_number_of_another_run(store: Store) -> None:
    """Who comes with a number that this sandbox never gave gets everything, not nothing (INTERFACE, events)."""
    await store.record("app", remarks(2))
    assert said(await store.feed(None, after=500, limit=10)) == ["1", "2"]
    assert said(await store.feed("app", after=500, limit=10)) == ["1", "2"]
    assert said(await store.feed(None, after=2, limit=10)) == []


async def test_a_reader_is_woken(store: Store) -> None:
    """Who waits for something new is woken by it, and otherwise when its time is over."""
    await store.changed(0.001)
    reader = asyncio.create_task(store.changed(60))
    await asyncio.sleep(0)
    assert not reader.done()
    await store.record("app", remarks(1))
    await reader
