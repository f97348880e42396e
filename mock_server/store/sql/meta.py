"""What the store knows about itself: its seed, its partner account, and the numbers that it gives once."""

from __future__ import annotations

from mock_server.store.sql.steps import Hold, Steps, first, query


def get(key: str) -> Steps[bytes | None]:
    """The value of this key."""
    row = yield from first("SELECT value FROM sandbox_meta WHERE key = $1", key)
    return None if row is None else bytes(row[0])


def put(key: str, value: bytes) -> Steps[None]:
    """Keep a value, in place of the one before it."""
    yield from query(
        "INSERT INTO sandbox_meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        key,
        value,
    )


def number(key: str) -> Steps[int]:
    """A number that is kept under this key; 0 before it was ever raised."""
    return int((yield from get(key)) or b"0")


def raised(key: str) -> Steps[int]:
    """The next number: nobody was given it before."""
    yield Hold(f"number:{key}")
    value = (yield from number(key)) + 1
    yield from put(key, b"%d" % value)
    return value
