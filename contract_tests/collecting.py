"""Before the first test: what the run is told, which tests hold in its dialect, in which order and shapes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from contract_tests import variants
from contract_tests.claims import AREAS, Claim, claim_of
from contract_tests.target.model import Target
from contract_tests.target.process import START_SECONDS
from contract_tests.target.reading import WrongTarget, read
from mock_server.pytest_plugin import setting


@dataclass(frozen=True, slots=True)
class Settings:
    """What the run is told. `patience` in seconds; None: the provider's time-out, and 30 s for a start or an action."""

    target: Target | None
    dialect: str
    patience: float | None

    @property
    def start_patience(self) -> float:
        return self.patience or START_SECONDS


SETTINGS: Final = pytest.StashKey[Settings]()
TESTS: Final = pytest.StashKey[int]()
"""How many the contract has in this dialect, whichever of them are chosen then."""


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "claim(id, level, rule, source, ...): what a test of the kit claims")
    config.addinivalue_line("markers", "shapes(*names): which shape variants matter to a test of the kit")
    config.stash[SETTINGS] = _settings(config)


def _settings(config: pytest.Config) -> Settings:
    file, seconds = setting(config, "target"), setting(config, "patience")
    try:
        patience = float(seconds) if seconds else None
        target = read(Path(file)) if file else None
    except WrongTarget as error:
        raise pytest.UsageError(error.sentence) from None
    except ValueError:
        raise pytest.UsageError(f"--gupshup-patience is a number of seconds, not {seconds!r}.") from None
    return Settings(target, target.dialect if target else setting(config, "dialect") or "gupshup", patience)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`variant`: every shape of the dialect, or of those that the test names."""
    if "variant" not in metafunc.fixturenames or not list(metafunc.definition.iter_markers("claim")):
        return
    mark = metafunc.definition.get_closest_marker(variants.MARK)
    names: tuple[str, ...] = mark.args if mark else ()
    found = variants.variants_of(metafunc.config.stash[SETTINGS].dialect, names)
    metafunc.parametrize("variant", found, indirect=True, ids=variants.shown)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what does not hold in this dialect; receiver, behaviour, provider, and last what moves the clock."""
    dialect = config.stash[SETTINGS].dialect
    claims = [(item, claim_of(item)) for item in items]
    elsewhere = [item for item, claim in claims if claim is not None and dialect not in claim.dialects]
    if elsewhere:
        config.hook.pytest_deselected(items=elsewhere)
    kept = [(item, claim) for item, claim in claims if claim is None or dialect in claim.dialects]
    for item, claim in kept:
        if claim is not None:
            item.user_properties += [("claim", claim.id), ("level", claim.level), ("rule", claim.rule)]
            item.user_properties += [("source", claim.source)]
    config.stash[TESTS] = sum(1 for _, claim in kept if claim is not None)
    items[:] = [item for item, _ in sorted(kept, key=lambda row: _place(row[1]))]  # stable: files keep their order


def _place(claim: Claim | None) -> tuple[bool, int]:
    return (claim.last, AREAS.index(claim.area)) if claim else (False, -1)
