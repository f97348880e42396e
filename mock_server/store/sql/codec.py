"""Rows as JSON and back. What was encoded decodes to an equal value."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import msgspec

from mock_server.engine.state import Conversation
from mock_server.store.rows import App, Delivery, Partner, Record

CONVERSATION: Final = msgspec.json.Decoder(Conversation)
DELIVERY: Final = msgspec.json.Decoder(Delivery)
PARTNER: Final = msgspec.json.Decoder(Partner)
RECORDS: Final = msgspec.json.Decoder(tuple[Record, ...])

_APP: Final = msgspec.json.Decoder(App)
_encoder: Final = msgspec.json.Encoder()


def encode(value: Any) -> bytes:
    """A row, or a tuple of records, as JSON bytes."""
    return _encoder.encode(value)


@lru_cache(maxsize=64)
def app(data: bytes) -> App:
    """An app's row. The same bytes are the same value, and every unit of work reads them: decoded once."""
    return _APP.decode(data)
