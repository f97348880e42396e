"""`{braces}` in a target file, filled in by the kit. What is no plain word in braces, as in JSON, stays as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

# Known when the run begins.
RUN: Final = (
    "base_url",
    "graph_url",
    "app_id",
    "app_token",
    "phone_number_id",
    "waba_id",
    "meta_app_id",
    "business_number",
    "app_secret",
    "verify_token",
    "second_app_id",
    "second_app_token",
    "second_phone_number_id",
    "partner_email",
    "partner_secret",
    "python",  # the one that runs the kit
    "folder",  # of the target file
)
# Known when an action is done.
USER: Final = ("wa_id", "bsuid")
_BRACES: Final = re.compile(r"\{([a-z][a-z_]*)\}")


def filled(part: Any, values: Mapping[str, str]) -> Any:
    """A text, or JSON with texts in it, with every name replaced by its value."""
    if isinstance(part, str):
        return _BRACES.sub(lambda found: values.get(found[1], found[0]), part)
    if isinstance(part, dict):
        return {name: filled(below, values) for name, below in part.items()}
    return [filled(below, values) for below in part] if isinstance(part, list) else part


def names_in(part: Any) -> Iterator[str]:
    """Every name in braces."""
    if isinstance(part, str):
        yield from _BRACES.findall(part)
    for below in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from names_in(below)
