"""The example as a receiver: who may post, what it takes, and that nothing upsets it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from contract_tests.example import integrator
from mock_server.wire.webhooks import as_bytes
from tests.contract.example.stage import ENV, FIXTURES, NOW, USER, Stage

pytestmark = pytest.mark.anyio
DIALECTS = ("gupshup", "meta")
VALID = [file for dialect in DIALECTS for file in sorted(FIXTURES.glob(f"webhook-{dialect}-*/valid/*.json"))]


@pytest.mark.parametrize("proof", ["wrong", "", "sha256=", "é"])
async def test_only_the_right_proof_is_accepted(stage: Stage, proof: str) -> None:
    """A wrong or missing signature or registered header is refused with 401, and nothing is believed (mistake 9)."""
    body = as_bytes(await stage.allows())
    stage = Stage(stage.dialect)
    assert (await stage.post(body, proof=proof)).status_code == 401
    assert await stage.state() == "none"


async def test_a_signature_covers_the_bytes() -> None:
    """A signature over the same JSON in other bytes is refused (W2, mistake 9)."""
    stage = Stage("meta")
    body = as_bytes(await stage.allows())
    other = json.dumps(json.loads(body), indent=1, ensure_ascii=False).encode()
    assert (await stage.post(body, proof=stage.proof_of(other))).status_code == 401
    assert (await stage.post(other, proof=stage.proof_of(body))).status_code == 401


@pytest.mark.parametrize(
    ("dialect", "unset"), [("gupshup", "WEBHOOK_SECRET_VALUE"), ("meta", "APP_SECRET"), ("meta", "VERIFY_TOKEN")]
)
def test_it_does_not_start_without_its_secret(dialect: str, unset: str) -> None:
    """Where the secret is not set it refuses to run, instead of accepting everything (mistake 9)."""
    with pytest.raises(SystemExit, match=unset):
        integrator.create_app(ENV | {"DIALECT": dialect, unset: ""})


async def test_the_handshake_gives_the_challenge_back(stage: Stage) -> None:
    """The right verify token gets the challenge, a wrong one 403 (facts/meta 8)."""
    query = {"hub.mode": "subscribe", "hub.challenge": "c-1", "hub.verify_token": "verify"}
    right = await stage.http.get("/webhooks/whatsapp", params=query)
    wrong = await stage.http.get("/webhooks/whatsapp", params=query | {"hub.verify_token": "é"})
    assert (right.status_code, right.text, wrong.status_code) == (200, "c-1", 403)


async def test_every_entry_change_and_message_is_read(stage: Stage) -> None:
    """Two entries with two changes with two messages each are eight replies of eight users (mistake 10)."""
    users = [f"91980000000{number}" for number in range(8)]
    bodies = [await Stage(stage.dialect).allows(wa_id=user, wamid=f"wamid.{user}") for user in users]
    values = [body["entry"][0]["changes"][0]["value"] for body in bodies]
    for one, two in zip(values[::2], values[1::2], strict=True):
        one["messages"] += two["messages"]
        one["contacts"] += two["contacts"]
    changes = [{"field": "messages", "value": value} for value in values[::2]]
    entries = [{"id": "1", "changes": changes[:2]}, {"id": "1", "changes": changes[2:]}]
    await stage.hook(bodies[0] | {"entry": entries})
    assert [await stage.state(user) for user in users] == ["permanent"] * 8


@pytest.mark.parametrize("file", VALID, ids=lambda file: f"{file.parts[-3]}-{file.stem}")
async def test_every_documented_webhook_is_accepted(file: Any) -> None:
    """Whatever a provider's page prints is answered 200 with nothing, known to it or not (mistake 20)."""
    await Stage(file.parts[-3].split("-")[1]).hook(json.loads(file.read_text()))


async def test_no_body_upsets_it(stage: Stage) -> None:
    """Bodies that no schema allows are answered below 500 all the same (E3)."""
    for file in FIXTURES.glob(f"webhook-{stage.dialect}-*/invalid/*.json"):
        value = json.loads(file.read_text())["value"]
        assert (await stage.post(json.dumps(value).encode())).status_code < 500, file


async def test_the_unknown_is_accepted(stage: Stage) -> None:
    """Unknown fields, kinds of events, words of a response and whole bodies get 200 and change nothing (mistake 20)."""
    body = await Stage(stage.dialect).allows(wamid="wamid.new")
    value = body["entry"][0]["changes"][0]["value"]
    value["messages"][0]["interactive"]["call_permission_reply"]["response"] = "maybe"
    await stage.hook(body)
    await stage.hook({"object": "x", "entry": [{"changes": [{"field": "new", "value": {"new": [1]}}]}]})
    await stage.hook({"app": "x", "type": "user-event", "version": 2, "payload": {"type": "sandbox-start"}})
    assert await stage.state() == "none"


RUBBISH = [
    b"",
    b"no JSON",
    b"[]",
    b"null",
    b"{" * 10,
    b'{"entry":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    b'{"entry":' + b"9" * 5000 + b"}",
    b"\xff\xfe",
]


@pytest.mark.parametrize("raw", RUBBISH, ids=range(len(RUBBISH)))
async def test_rubbish_is_a_400(stage: Stage, raw: bytes) -> None:
    """What is no JSON object, or nested too deeply, is refused, and it goes on being right (E3)."""
    assert (await stage.post(raw)).status_code == 400
    await stage.allows()
    assert await stage.state() == "permanent"


WRONG: list[Any] = [None, 1, "x", [], {}, [None], ["x"], [{}], True, -1.5, "\ud800", "9" * 4000]
PLACES = ["entry", "changes", "value", "metadata", "contacts", "messages", "interactive", "context", "timestamp", "id"]


@pytest.mark.parametrize("place", PLACES)
async def test_any_type_anywhere_is_survived(stage: Stage, place: str) -> None:
    """Each part of a reply may be of any type: never an error, and a good reply afterwards is understood (E3)."""
    for wrong in WRONG:
        body = replaced(await Stage(stage.dialect).allows(), place, wrong)
        assert (await stage.post(json.dumps(body).encode())).status_code == 200
    await stage.allows(at=1)
    assert await stage.state() == "permanent"


async def test_three_megabytes_are_accepted(stage: Stage) -> None:
    """Meta sends up to 3 MB, in which the last reply is read as well (facts/meta 8)."""
    body = await Stage(stage.dialect).allows(wamid="wamid.new")
    body["padding"] = "x" * 3_000_000
    await stage.hook(body)
    assert await stage.state() == "permanent"


async def test_numbers_are_kept_apart(stage: Stage) -> None:
    """A permission given to one business number is none for the other (P1)."""
    await stage.allows(number=1)
    assert await stage.state() == "none"
    assert await stage.state(**{"from": "100000000000002"}) == "permanent"
    assert await stage.call(**{"from": "100000000000001"}) == 403
    assert await stage.call(**{"from": "100000000000002"}) == 202


async def test_events_without_metadata_are_found_by_the_app() -> None:
    """Some of Gupshup's events name the app and no number (facts/gupshup 3.3)."""
    stage = Stage("gupshup")
    body = await Stage("gupshup").allows(number=1, wamid="wamid.new")
    del body["entry"][0]["changes"][0]["value"]["metadata"]
    await stage.hook(body)
    assert await stage.state(USER, **{"from": "100000000000002"}) == "permanent"


def replaced(part: Any, name: str, value: Any) -> Any:
    """The same JSON with another value wherever this key is."""
    if isinstance(part, dict):
        return {key: value if key == name else replaced(below, name, value) for key, below in part.items()}
    return [replaced(below, name, value) for below in part] if isinstance(part, list) else part


async def test_the_clock_is_asked_where_a_reply_has_no_time(stage: Stage) -> None:
    """A reply without a timestamp counts as of the moment when it came."""
    body = replaced(await Stage(stage.dialect).allows(wamid="wamid.new"), "timestamp", None)
    await stage.hook(body)
    await stage.rejects(at=-1)
    assert (stage.now, await stage.state()) == (NOW, "permanent")
