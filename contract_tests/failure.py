"""How a test of the kit says that something is not as it should be, was not asked, or that the run cannot go on."""

from __future__ import annotations

from _pytest.outcomes import Skipped  # what pytest.skip raises; pytest.skip.Exception has no type

from contract_tests.claims import Claim
from contract_tests.mistakes import MISTAKES

SHOWN = 1500  # characters of what was sent or came back: enough to see what it is


class ContractFailure(AssertionError):
    """The integrator did not do what the claim says. Each part is a line or a few, in plain words.

    `mistakes` are the known ones it looks like, where that is narrower than what the claim names.
    """

    def __init__(self, *, sent: str, received: str, expected: str, mistakes: tuple[int, ...] | None = None) -> None:
        super().__init__(f"expected {expected}; got {received}")
        self.sent, self.received, self.expected, self.mistakes = sent, received, expected, mistakes

    def told(self, claim: Claim | None) -> str:
        """The whole explanation, with rule, source and the mistake it looks like."""
        rows = [("sent", self.sent), ("came back", self.received), ("expected", self.expected)]
        if claim is not None:
            rows += [("rule", f"{claim.rule} ({claim.id}, {claim.level})"), ("source", claim.source)]
        known = self.mistakes if self.mistakes is not None else claim.mistakes if claim else ()
        rows += [("looks like", f"mistake {number}: {MISTAKES[number]}") for number in known]
        return "\n".join(_row(name, text) for name, text in rows)


def require(holds: object, *, sent: str, received: str, expected: str, mistakes: tuple[int, ...] | None = None) -> None:
    """Return when it holds; else raise ContractFailure with these words."""
    if not holds:
        raise ContractFailure(sent=sent, received=received, expected=expected, mistakes=mistakes)


class NotCovered(Skipped):
    """The target does not give what the test needs; `key` is what to add (`[actions.call]`)."""

    def __init__(self, key: str) -> None:
        super().__init__(f"not covered: the target has no {key}")
        self.key = key


class CannotGoOn(Exception):
    """The run ends here: the application is gone or never came. One sentence, and the last of its output."""


def shortened(text: str, bound: int = SHOWN) -> str:
    """Text for a report: its beginning, and how much more there was."""
    return text if len(text) <= bound else f"{text[:bound]}... ({len(text)} characters)"


def _legible(character: str) -> str:
    """Generated rubbish is shown, too; raw, it would make a log a binary file."""
    return character if character.isprintable() or character == "\n" else ascii(character)[1:-1]


def _row(name: str, text: str) -> str:
    first, *more = "".join(map(_legible, shortened(text))).split("\n")
    return "\n".join([f"  {name:<10}  {first}", *(f"{'':14}{line}" for line in more)])
