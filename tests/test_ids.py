"""Ids: the same from the same seed, and looking like the providers' (T4); users' BSUIDs (A3)."""

from __future__ import annotations

import re
import uuid  # noqa: TID251  to read one, not to make one

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server import ids

RAW = bytes(range(16))
NUMBERS = st.text("0123456789", min_size=1, max_size=15)


def test_a_digest_is_fixed_for_all_time() -> None:
    """One seed makes the same ids in every release: tests that print them stay right (T4)."""
    assert ids.digest("seed", "app", 0, "919812345678", "wamid", 1).hex() == "17566141579962493144553a79f41828"


@pytest.mark.parametrize(
    "other",
    [
        ids.digest("other", "app", 1),
        ids.digest("seed", "app", 2),
        ids.digest("seed", "app1"),
        ids.digest("seed", "ap", "p1"),
        ids.digest("seed", "app", 1, ""),
    ],
)
def test_every_part_matters(other: bytes) -> None:
    """Another seed or any other part, or the same text cut otherwise, makes another id (T4)."""
    assert ids.digest("seed", "app", 1) != other


def test_long_seeds_matter_to_their_end() -> None:
    """Two long seeds that differ in their last character make different ids (T4)."""
    assert ids.digest("s" * 100 + "a", "x") != ids.digest("s" * 100 + "b", "x")


def test_a_digest_is_as_long_as_asked() -> None:
    """A digest has 16 bytes unless told otherwise."""
    assert len(ids.digest("seed", "x")) == 16
    assert len(ids.digest("seed", "x", size=32)) == 32


@given(st.binary(min_size=16, max_size=16))
def test_uuids_are_version_4(raw: bytes) -> None:
    """Any sixteen bytes become a UUID that readers take for one of version 4."""
    read = uuid.UUID(ids.as_uuid(raw))
    assert (read.version, read.variant) == (4, uuid.RFC_4122)
    assert str(read) == ids.as_uuid(raw)


def test_text_is_safe_anywhere() -> None:
    """An id as text has lower-case letters and digits only."""
    assert re.fullmatch(r"[a-z2-7]+", ids.as_text(RAW))


def test_message_and_call_ids_look_like_metas() -> None:
    """A wamid and a wacid carry their prefix and are told apart by more than that (T4)."""
    assert ids.wamid("919812345678", RAW) == "wamid.HQUMOTE5ODEyMzQ1Njc4FQIAAAECAwQFBgcICQoLDA0ODw=="
    assert ids.wacid("919812345678", RAW) == "wacid.HQgMOTE5ODEyMzQ1Njc4FQIAAAECAwQFBgcICQoLDA0ODw=="


def test_random_things_do_not_repeat() -> None:
    """Seeds and secrets are made anew each time, the secrets with their prefix."""
    assert len({ids.new_seed() for _ in range(100)}) == 100
    secrets = {ids.new_secret("sk_") for _ in range(100)}
    assert len(secrets) == 100
    assert all(re.fullmatch(r"sk_[\w-]{32}", secret) for secret in secrets)


@pytest.mark.parametrize(("given_", "same"), [("token", True), ("Token", False), ("", False), ("tok\ud800", False)])
def test_secrets_are_compared(given_: str, *, same: bool) -> None:
    """Only the very secret is the same; whatever else arrives, lone surrogates included, is not (A4, E3)."""
    assert ids.same_secret(given_, "token") is same


@given(NUMBERS)
def test_a_bsuid_leads_back_to_its_number(wa_id: str) -> None:
    """Every number has a BSUID that leads back to it alone (A3)."""
    assert ids.wa_id_of(ids.bsuid(wa_id)) == wa_id


@given(NUMBERS, NUMBERS)
def test_no_two_numbers_share_a_bsuid(one: str, other: str) -> None:
    """Two numbers are equal if and only if their BSUIDs are, leading zeros included (A3)."""
    assert (ids.bsuid(one) == ids.bsuid(other)) is (one == other)


def test_a_bsuid_is_stable() -> None:
    """A number's BSUID is the same in every run, release and app (A3)."""
    assert ids.bsuid("919812345678") == "IN.37279139073376405991"


@pytest.mark.parametrize(
    ("wa_id", "country"),
    [
        ("919812345678", "IN"), ("5511987654321", "BR"), ("2348012345678", "NG"), ("6281234567890", "ID"),
        ("971501234567", "AE"), ("14155550100", "XX"), ("79161234567", "XX"), ("447700900123", "XX"), ("1", "XX"),
    ],
)  # fmt: skip
def test_its_country_is_that_of_the_calling_code(wa_id: str, country: str) -> None:
    """A BSUID begins with the country of the calling code, XX where countries share one or it is unknown (A3)."""
    assert ids.country_of(wa_id) == country
    assert ids.bsuid(wa_id).startswith(country + ".")


@given(st.sampled_from(["IN", "XX", "US"]), st.integers(0, 10**20 - 1))
def test_a_made_up_bsuid_belongs_to_nobody(country: str, digits: int) -> None:
    """A BSUID that was not made from a number leads to none, or is that number's own (A3)."""
    user_id = f"{country}.{digits:020d}"
    wa_id = ids.wa_id_of(user_id)
    assert wa_id is None or ids.bsuid(wa_id) == user_id


@pytest.mark.parametrize(
    "text",
    [
        "", ".", "919812345678", "IN.", "IN.123", "IN.00000000000000000001", "US.13491208655302741918",
        "IN." + "\u0660" * 20, "IN.-0000000000000000001", "IN.1" + "0" * 20,
    ],
)  # fmt: skip
def test_any_other_text_belongs_to_nobody(text: str) -> None:
    """Whatever is no BSUID of the sandbox leads to no number (A3, E3)."""
    assert ids.wa_id_of(text) is None


def test_a_bsuid_with_another_country_belongs_to_nobody() -> None:
    """The right digits under the wrong country are no BSUID (A3)."""
    assert ids.wa_id_of("US" + ids.bsuid("919812345678")[2:]) is None
