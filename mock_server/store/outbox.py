"""The outbox in memory: lanes, what is due, and what is under way (W5). Synchronous; one per app."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator

import msgspec

from mock_server.errors import NotFound
from mock_server.store.lanes import Lane, LaneKey, Target
from mock_server.store.protocol import FINISHED_KEPT
from mock_server.store.rows import Delivery, DeliveryState


class Outbox:
    """Waiting and finished deliveries of one app."""

    def __init__(self) -> None:
        self._waiting: dict[str, Delivery] = {}
        self._finished: OrderedDict[str, Delivery] = OrderedDict()
        self._lanes: dict[LaneKey, Lane] = {}
        self._targets: dict[str, Target] = {}
        self._numbers = 0

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def under_way(self) -> int:
        return sum(target.under_way for target in self._targets.values())

    @property
    def boxes(self) -> tuple[dict[str, Delivery], dict[str, Delivery], dict[LaneKey, Lane]]:
        """Everything that takes room, for freeing it when the outbox is no longer needed."""
        return self._waiting, self._finished, self._lanes

    def __iter__(self) -> Iterator[Delivery]:
        return iter(sorted((*self._finished.values(), *self._waiting.values()), key=lambda d: d.number))

    def add(self, deliveries: Iterable[Delivery]) -> None:
        """Number new deliveries and put them at the end of their lanes."""
        for delivery in deliveries:
            self._numbers += 1
            self._keep_new(msgspec.structs.replace(delivery, number=self._numbers))

    def dump(self) -> Iterator[Delivery]:
        """Rows for a snapshot, in order. What is under way may arrive twice, so it is marked (S2)."""
        under_way = {lane.busy for lane in self._lanes.values()}
        for row in self:
            yield msgspec.structs.replace(row, duplicate=True) if row.id in under_way else row

    def restore(self, deliveries: Iterable[Delivery]) -> None:
        """Rows of a snapshot, in order. What was failing keeps its schedule, what was due stays due."""
        for delivery in deliveries:
            self._numbers = max(self._numbers, delivery.number)
            self._keep_new(delivery)

    def claim(self, now: int, per_url: int) -> list[Delivery]:
        """What is due at `now`, oldest first: one a lane, at most `per_url` under way at one URL.

        The lanes are busy until settled.
        """
        claimed = []
        for url, target in list(self._targets.items()):
            target.ripen(now)
            while target.under_way < per_url and (place := target.oldest()) is not None:
                number, key = place
                delivery = self._next_of(key, now)
                if delivery is None:
                    continue
                if delivery.url != url or delivery.number > number:  # the place was out of date
                    self._target(delivery.url).put(delivery)
                    self._target(delivery.url).ripen(now)
                    continue
                self._lanes[key].busy = delivery.id
                target.under_way += 1
                claimed.append(delivery)
        claimed.sort(key=lambda d: d.number)
        return claimed

    def keep(self, delivery: Delivery) -> Delivery:
        """A new row for a delivery that is under way."""
        self._waiting[delivery.id] = delivery
        return delivery

    def settle(self, delivery: Delivery, now: int) -> bool:
        """The row after an attempt; frees the lane. False when this delivery is not under way."""
        if not self._under_way(delivery):
            return False
        lane, target = self._lanes[delivery.lane], self._targets[delivery.url]
        lane.remove(self._waiting.pop(delivery.id))
        lane.busy = None
        target.under_way -= 1
        if delivery.state is DeliveryState.WAITING:
            self._put(delivery)
        else:
            self._finish(delivery)
            if delivery.state is DeliveryState.DELIVERED and target.troubled:
                self._all_due(delivery.url, now)
            self._announce(delivery.lane)
        self._tidy(delivery)
        return True

    def next_due(self, per_url: int) -> int | None:
        """When the next claimable delivery is due."""
        dues = [
            due
            for target in self._targets.values()
            if target.under_way < per_url and (due := target.next_due(self._first_due)) is not None
        ]
        return min(dues, default=None)

    def get(self, delivery_id: str) -> Delivery:
        found = self._waiting.get(delivery_id) or self._finished.get(delivery_id)
        if found is None:
            raise NotFound(
                "unknown_delivery", f"There is no delivery {delivery_id[:80]}; list them to see which are kept."
            )
        return found

    def redeliver(self, delivery_id: str, now: int) -> Delivery:
        """Due now, with a fresh schedule and out of its lane's order: it neither waits for others nor holds them."""
        old = self.get(delivery_id)
        row = msgspec.structs.replace(old, due=now, failures=0, holds=False)
        if old.state is not DeliveryState.WAITING:
            del self._finished[delivery_id]
            row = msgspec.structs.replace(row, state=DeliveryState.WAITING, created_at=now, duplicate=True)
        elif self._under_way(old):
            return old
        else:
            self._lanes[old.lane].remove(old)
        self._put(row)
        return row

    def _keep_new(self, row: Delivery) -> None:
        lane = self._lanes.get(row.lane)
        if row.state is not DeliveryState.WAITING:
            self._finish(row)
        elif lane is not None and lane.follow(row):  # it stands in line already, for what is before this one
            self._waiting[row.id] = row
        else:
            self._put(row)

    def _put(self, delivery: Delivery) -> None:
        self._waiting[delivery.id] = delivery
        key = delivery.lane
        lane = self._lanes.get(key)
        if lane is None:
            lane = self._lanes[key] = Lane()
        lane.add(delivery)
        if delivery.failures:
            self._target(delivery.url).troubled.add(key)
        self._announce(key)

    def _under_way(self, delivery: Delivery) -> bool:
        lane = self._lanes.get(delivery.lane)
        return lane is not None and lane.busy == delivery.id

    def _candidates(self, key: LaneKey) -> list[Delivery]:
        """What an idle lane may send next; nothing while it is busy."""
        lane = self._lanes.get(key)
        return [] if lane is None or lane.busy is not None else [self._waiting[i] for i in lane.first()]

    def _next_of(self, key: LaneKey, now: int) -> Delivery | None:
        """What a lane sends at `now`: the oldest that is due."""
        due = [row for row in self._candidates(key) if row.due <= now]
        return min(due, key=lambda d: d.number, default=None)

    def _first_due(self, key: LaneKey) -> int | None:
        """When a lane has something due; None for one that is busy or empty."""
        return min((row.due for row in self._candidates(key)), default=None)

    def _announce(self, key: LaneKey) -> None:
        """Put a lane in line at the URL of what it would send next."""
        candidates = self._candidates(key)
        if candidates:
            first = candidates[0] if len(candidates) == 1 else min(candidates, key=lambda d: (d.due, d.number))
            self._target(first.url).put(first)

    def _all_due(self, url: str, now: int) -> None:
        """The receiver is there again: everything that waits for this URL is due now, oldest first (W5)."""
        target = self._target(url)
        troubled, target.troubled = target.troubled, set()
        for key in troubled & self._lanes.keys():
            lane = self._lanes[key]
            rows = [self._waiting[i] for i in lane.scheduled() if i != lane.busy]
            rows = [row for row in rows if row.url == url and row.failures and row.due > now]
            for row in rows:
                self._waiting[row.id] = msgspec.structs.replace(row, due=now)
            lane.bring_forward((row.id for row in rows), now)
            self._announce(key)

    def _finish(self, delivery: Delivery) -> None:
        self._finished[delivery.id] = delivery
        if len(self._finished) > FINISHED_KEPT:
            self._finished.popitem(last=False)

    def _tidy(self, delivery: Delivery) -> None:
        """Forget lanes and URLs that have nothing left, so that nothing grows with the number of users."""
        target = self._targets[delivery.url]
        if self._lanes[delivery.lane].empty:
            del self._lanes[delivery.lane]
            target.troubled.discard(delivery.lane)
        if target.empty:
            del self._targets[delivery.url]

    def _target(self, url: str) -> Target:
        target = self._targets.get(url)
        if target is None:
            target = self._targets[url] = Target()
        return target
