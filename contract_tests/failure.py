"""How a test of the kit says that something is not as it should be, was not asked, or that the run cannot go on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from _pytest.outcomes import Skipped  # what pytest.skip raises; pytest.skip.Exception has no type

from contract_tests.claims import Claim
from contract_tests.mistakes import MISTAKES

SHOWN: Final = 1500  # characters of what was sent or came back: enough to see what it is
_GIST: Final = 80
_PARTS: Final = ("sent", "received", "expected", "mistakes", "instead", "crash", "thrown", "prepares")
_TIME: Final = re.compile(r"^\d{4}-\d\d-\d\dT\S+ ")
_DETAILS: Final = re.compile(r"; | in \d| with |\n")


class ContractFailure(AssertionError):
    """The integrator did not do what the claim says. Each part is a line or a few, in plain words.

    `mistakes` are the known ones it looks like, where that is narrower than what the claim names. Two sayings go on
    where "your application" stands before them: `instead` is what to look at where what came back is about none of the
    known ones; `crash` how it crashed, which is to be mended first. `thrown` is the exception, where it is known.
    `prepares`: it is not what the test is about.
    """

    def __init__(
        self,
        *,
        sent: str,
        received: str,
        expected: str,
        mistakes: tuple[int, ...] | None = None,
        instead: str = "",
        crash: str = "",
        thrown: str = "",
        prepares: bool = False,
    ) -> None:
        super().__init__(f"expected {expected}; got {received}")
        self.sent, self.received, self.expected, self.mistakes = sent, received, expected, mistakes
        self.instead, self.crash, self.thrown, self.prepares = instead, crash, thrown, prepares

    def told(self, claim: Claim | None, *, shape: str = "") -> str:
        """The whole explanation, with rule, source and the mistake it looks like; `shape` is that of the webhooks."""
        rows = [("sent", self.sent), *([("shape", shape)] if shape else [])]
        rows += [("came back", self.received), ("expected", self.expected)]
        rows += [("thrown", f"{self.thrown}: mend this first")] if self.thrown else []
        like = "may be" if self.thrown else "looks like"
        last = [(like, f"mistake {number}: {MISTAKES[number]}") for number in self.known_of(claim)]
        last += [("look first", f"your application {self.instead}")] if self.instead else []
        told = _told(rows, claim, *last)
        return f"It could not be checked, because a step before it failed:\n{told}" if self.prepares else told

    def known_of(self, claim: Claim | None) -> tuple[int, ...]:
        """The mistakes that it looks like: its own, or else those that the claim names."""
        if self.instead or self.prepares:
            return ()
        return self.mistakes if self.mistakes is not None else claim.mistakes if claim else ()

    @property
    def otherwise(self) -> str:
        """What to call it, behind "your application", where it looks like no known mistake."""
        return self.instead or f'fails otherwise, with "{_gist(self.received)}"'

    def but(self, **parts: Any) -> ContractFailure:
        """The same, but for these parts."""
        return ContractFailure(**({name: getattr(self, name) for name in _PARTS} | parts))


def require(holds: object, *, sent: str, received: str, expected: str, mistakes: tuple[int, ...] | None = None) -> None:
    """Return when it holds; else raise ContractFailure with these words."""
    if not holds:
        raise ContractFailure(sent=sent, received=received, expected=expected, mistakes=mistakes)


@contextmanager
def preparing() -> Iterator[None]:
    """What fails in it has to be there before the test can say anything."""
    try:
        yield
    except ContractFailure as failure:
        raise failure.but(prepares=True) from None


class NotCovered(Skipped):
    """The target does not give what the test needs; `key` is what to add (`[actions.call]`)."""

    def __init__(self, key: str) -> None:
        super().__init__(f"not covered: the target has no {key}")
        self.key = key


class CannotGoOn(Exception):
    """The run ends here: the application is gone or never came. One sentence, and the last of its output.

    `sent` is the last that it was sent, where that may be why.
    """

    def __init__(self, sentence: str, *, output: str = "", sent: str = "") -> None:
        super().__init__(f"{sentence}\n{output}" if output else sentence)
        self.sentence, self.output, self.sent = sentence, output, sent

    def told(self, claim: Claim | None) -> str:
        """The whole explanation; `claim` where the test had begun, and what it did may be the reason."""
        rows = [("sent", self.sent)] if self.sent else []
        rows += [("came back", self.sentence), ("expected", "an application that is there, and goes on")]
        told = _told(rows, claim)
        return f"{told}\n{self.output}" if self.output else told


def shortened(text: str, bound: int = SHOWN) -> str:
    """Text for a report: its beginning, and how much more there was."""
    return text if len(text) <= bound else f"{text[:bound]}... ({len(text)} characters)"


def _legible(character: str) -> str:
    """Generated rubbish is shown, too; raw, it would make a log a binary file."""
    return character if character.isprintable() or character == "\n" else ascii(character)[1:-1]


def _gist(received: str) -> str:
    """The beginning of what came back, without what is another each time."""
    return _DETAILS.split(_TIME.sub("", received, count=1), maxsplit=1)[0][:_GIST]


def _told(rows: list[tuple[str, str]], claim: Claim | None, *last: tuple[str, str]) -> str:
    if claim is not None:
        rows = [*rows, ("rule", f"{claim.rule} ({claim.id}, {claim.level})"), ("source", claim.source)]
    return "\n".join(_row(name, text) for name, text in [*rows, *last])


def _row(name: str, text: str) -> str:
    first, *more = "".join(map(_legible, shortened(text))).split("\n")
    return "\n".join([f"  {name:<10}  {first}", *(f"{'':14}{line}" for line in more)])
