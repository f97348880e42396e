"""How many connections the machine's limit of open files leaves room for."""

from __future__ import annotations

import resource
from collections.abc import Iterator

import pytest

from mock_server.server.limits import fit_connections, raise_open_files


@pytest.fixture(autouse=True)
def limit_restored() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def lower_soft_limit(soft: int) -> int:
    """Return the hard limit."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return hard


@pytest.mark.parametrize(("open_files", "connections"), [(300, 100), (256, 56), (210, 16)])
def test_connections_fit_the_limit_of_open_files(open_files: int, connections: int) -> None:
    """Two hundred files are kept for everything else; a server of fewer than 16 connections would be none."""
    lower_soft_limit(open_files)
    assert fit_connections(1000) == connections


def test_no_more_connections_than_wanted() -> None:
    """A high limit of open files does not raise the number of connections."""
    lower_soft_limit(300)
    assert fit_connections(50) == 50


def test_the_foreground_server_raises_the_limit() -> None:
    """A low soft limit is raised to the hard one, as far as the server can have use of it."""
    hard = lower_soft_limit(256)
    raise_open_files()
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == (min(hard, 65_536), hard)
