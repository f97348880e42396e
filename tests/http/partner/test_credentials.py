"""Tokens on the partner path (A4)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.http.shapes import good, gupshup_error
from tests.stage.play import APP, REQUEST, TOKEN, Play

pytestmark = pytest.mark.anyio

PATH = f"/partner/app/{APP}/v3/message"


async def findings(play: Play) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = (await play.control("GET", "violations"))["entries"]
    return entries


async def another_app(play: Play) -> str:
    """A second app; its token."""
    answer = await play.http.post("/_sandbox/apps", json={"id": "second", "token": "sk_second_0000000000000002"})
    return str(good(answer, "app", 201)["token"])


async def test_the_app_token_is_sent_raw(play: Play) -> None:
    """The app token stands in `Authorization` as it is, and nothing is remarked about it (A4)."""
    good(await play.request(), "answer-message-gupshup")
    assert await findings(play) == []


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
async def test_bearer_before_an_app_token_is_an_advice(play: Play, scheme: str) -> None:
    """`Bearer` before a Gupshup `sk_` token is accepted and noted as an advice with its source (A4)."""
    answer = await play.http.post(PATH, json=REQUEST, headers={"Authorization": f"{scheme} {TOKEN}"})
    good(answer, "answer-message-gupshup")
    (advice,) = await findings(play)
    assert (advice["kind"], advice["rule"]) == ("advice", "A4")
    assert advice["seen"] == "'Bearer' before an app token (sk_...)"
    assert advice["expected"] == "Authorization: sk_... as it is, without a scheme"
    assert advice["source"] == "Gupshup, call permission request API, Jun 26 2026"


async def test_strict_bearer_refuses_it(play: Play) -> None:
    """With `strict_bearer` a `Bearer` before an `sk_` token is 401; the raw token still works (A4)."""
    await play.set(strict_bearer=True)
    answer = await play.http.post(PATH, json=REQUEST, headers={"Authorization": f"Bearer {TOKEN}"})
    assert gupshup_error(answer, 401) == "Authentication Failed"
    good(await play.request(), "answer-message-gupshup")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer "},
        {"Authorization": "sk_sandbox_0000000000000002"},
        {"Authorization": TOKEN + "x"},
        {"Authorization": TOKEN[:-1]},
        {"Authorization": TOKEN.upper()},
        {"Authorization": f"Basic {TOKEN}"},
        {"token": TOKEN},
    ],
    ids=["missing", "empty", "bare scheme", "wrong", "longer", "shorter", "upper case", "other scheme", "header token"],
)
async def test_missing_and_wrong_tokens_are_401(play: Play, headers: dict[str, str]) -> None:
    """A missing or wrong token is 401 `Authentication Failed`, whatever the reason (A4, facts/gupshup 1.4)."""
    assert gupshup_error(await play.http.post(PATH, json=REQUEST, headers=headers), 401) == "Authentication Failed"
    assert (await play.user())["requests"] == []


async def test_another_apps_token_is_401(play: Play) -> None:
    """The token of another app opens only that app (A4)."""
    token = await another_app(play)
    answer = await play.http.post(PATH, json=REQUEST, headers={"Authorization": token})
    assert gupshup_error(answer, 401) == "Authentication Failed"
    answer = await play.http.post("/partner/app/second/v3/message", json=REQUEST, headers={"Authorization": token})
    good(answer, "answer-message-gupshup")


@pytest.mark.parametrize("path", ["v3/message", "subscription", "voice", "templates"])
async def test_an_unknown_app_with_a_good_token(play: Play, path: str) -> None:
    """A good token with an unknown app: 400 `Invalid App Details`; a bad token is told first (A4)."""
    url = f"/partner/app/11111111-1111-4111-8111-111111111111/{path}"
    answer = await play.http.post(url, json=REQUEST, headers={"Authorization": TOKEN})
    assert gupshup_error(answer, 400) == "Invalid App Details"
    answer = await play.http.post(url, json=REQUEST, headers={"Authorization": "sk_wrong"})
    assert gupshup_error(answer, 401) == "Authentication Failed"


async def test_a_changed_token_holds_at_once(play: Play) -> None:
    """After `PATCH /apps/{app}` with a new token the old one is refused (A4)."""
    await play.set(token="sk_sandbox_new_0001")
    assert gupshup_error(await play.request(), 401) == "Authentication Failed"
    answer = await play.http.post(PATH, json=REQUEST, headers={"Authorization": "sk_sandbox_new_0001"})
    good(answer, "answer-message-gupshup")


async def test_a_refused_token_is_in_the_journal_of_the_app_it_was_tried_on(play: Play) -> None:
    """Every request is in the journal, the one with a wrong token too; the token itself is not (section 11)."""
    await play.http.post(PATH, json=REQUEST, headers={"Authorization": "sk_wrong_0123456789"})
    (entry,) = (await play.control("GET", "journal?kind=request"))["entries"]
    assert (entry["status"], entry["answer"]["message"]) == (401, "Authentication Failed")
    assert "sk_wrong_0123456789" not in str(entry)


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ({}, "No token came: the app's own belongs into the header Authorization, as it is (sk_...)."),
        (
            {"Authorization": "sk_wrong_0123456789"},
            "The token in Authorization is not this app's, or is over: `app show` prints the one that is.",
        ),
    ],
)
async def test_the_journal_says_why_a_token_was_refused(play: Play, headers: dict[str, str], said: str) -> None:
    """The provider's answer does not; a newcomer's first request would be a riddle (section 11)."""
    await play.http.post(PATH, json=REQUEST, headers=headers)
    (entry,) = (await play.control("GET", "journal?kind=note"))["entries"]
    assert entry["sentence"] == said
