"""What an application answered to one webhook, and how that is judged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from contract_tests.failure import ContractFailure
from contract_tests.lost import CLOSED

UNPROVED: Final = (401, 403)
_SERVER_ERROR: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back for one webhook.

    `outcome`: answered, timed_out, refused (no connection) or closed; other than answered, `status` is None and
    `sentence` says why. `text`: the first 500 characters of the answer. `patience`: seconds in which it was to come.
    `proof`: the key of the target file by which it was proved who sends it; empty where that was not done rightly.
    """

    sent: str
    outcome: str
    status: int | None
    seconds: float
    patience: float
    text: str = ""
    sentence: str = ""
    delivery_id: str = ""
    proof: str = ""

    @property
    def accepted(self) -> bool:
        """2xx."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def refused(self) -> bool:
        """4xx."""
        return self.status is not None and 400 <= self.status < 500

    @property
    def crashed(self) -> bool:
        """5xx, or no answer at all."""
        return self.status is None or self.status >= 500

    @property
    def crash(self) -> str:
        """How it came to grief, behind "your application"; empty for any other answer, also for one that is late."""
        return crash_of(self.outcome, self.status)

    def must_be_accepted(self, *, because: str = "") -> None:
        """Raise ContractFailure unless it was answered with 2xx."""
        unproved = self.proof if self.status in UNPROVED else ""
        instead = f"refuses what is proved as the target file says: does {unproved} match?" if unproved else ""
        self._must(self.accepted, f"2xx within {self.patience:g} s", because, instead)

    def must_be_refused(self, *, because: str = "") -> None:
        """Raise ContractFailure unless it was answered with 4xx."""
        self._must(self.refused, "4xx", because)

    def must_not_crash(self, *, because: str = "") -> None:
        """Raise ContractFailure for 5xx and for no answer."""
        self._must(not self.crashed, f"2xx or 4xx within {self.patience:g} s, never 5xx", because)

    def __str__(self) -> str:
        if self.status is None:
            return f"no answer: {self.sentence or self.outcome}"
        return f"{self.status} in {self.seconds:.2f} s" + (f": {self.text.strip()}" if self.text.strip() else "")

    def _must(self, holds: bool, expected: str, because: str, instead: str = "") -> None:  # noqa: FBT001  private
        if not holds:
            wanted = f"{expected}: {because}" if because else expected
            raise ContractFailure(
                sent=self.sent, received=str(self), expected=wanted, instead=instead, crash=self.crash
            )


def crash_of(outcome: str, status: int | None) -> str:
    """How an application came to grief over a webhook, behind "your application"; empty where it did not."""
    if outcome == "closed":
        return CLOSED
    return f"answered {status}" if status is not None and status >= _SERVER_ERROR else ""
