"""Requests of the business that are not answered yet: what they cause is sent after the answer's last byte (W6)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence


class Unanswered:
    """One of them; it stands among the others until its answer is written."""

    __slots__ = ("_among", "_key", "_written")

    def __init__(self, among: dict[tuple[str, str], list[Unanswered]], key: tuple[str, str]) -> None:
        self._among = among
        self._key = key
        self._written = asyncio.Event()
        among.setdefault(key, []).append(self)

    def written(self) -> None:
        """The answer's last byte is on its way, or there will be none. May be said twice."""
        same = self._among.get(self._key, [])
        if self in same:
            same.remove(self)
            if not same:
                del self._among[self._key]
        self._written.set()

    async def wait(self) -> None:
        """Returns when the answer is written, at once when it was written before."""
        await self._written.wait()


class Answers:
    """Those of a process, by app and user; what is about no user has the user ''."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, str], list[Unanswered]] = {}

    def begin(self, app_id: str, wa_id: str) -> Unanswered:
        """A request is about to cause something. Whoever began it says when its answer is written."""
        return Unanswered(self._open, (app_id, wa_id))

    def any_of(self, app_id: str) -> bool:
        """Whether any request that concerns this app has no answer yet."""
        return any(key[0] == app_id for key in self._open)

    def outstanding(self, app_id: str, wa_id: str) -> Sequence[Unanswered]:
        """What is to be waited for before anything is sent that was caused until now."""
        return tuple(self._open.get((app_id, wa_id), ()))
