"""Apps: create, look, change, delete (INTERFACE, control API)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from mock_server.errors import SchemaError
from mock_server.settings import ServerSettings
from tests.http.shapes import good, problem
from tests.stage.play import APP, RECEIVER, REQUEST, TOKEN, Play
from tests.stage.watch import a_sandbox

pytestmark = pytest.mark.anyio

OWN = {
    "id": "my-production-app",
    "name": "Orders",
    "token": "sk_of_my_own_app",
    "phone_number_id": "123456789012345",
    "waba_id": "223456789012345",
    "meta_app_id": "323456789012345",
    "business_number": "919811111111",
    "app_secret": "my secret",
    "verify_token": "my verify token",
    "graph_token": "my-graph-token",
    "country": "BR",
    "rules": "wolkvox",
    "overrides": {"requests_per_24h": 3, "temporary_permission_seconds": 60},
    "dialect": "meta",
    "calling": "DISABLED",
    "callback_permission_status": "ENABLED",
    "callback_billing": False,
    "bsuid": "off",
    "restriction": "calling",
    "restriction_warning": True,
    "strict_bearer": True,
    "partner_errors": "reason",
    "unknown_templates": "accept",
    "enforce_service_window": True,
    "window_error": "both",
    "reply_opens_window": True,
    "status_delay": 1.5,
    "ring_timeout": 30,
    "test_numbers": "any",
    "allowed_recipients": ["919812345678"],
    "deliveries": "paused",
}


async def made_up_id(play: Play) -> str:
    return str(good(await create(play), "app", status=201)["id"])


async def create(play: Play, **settings: Any) -> httpx.Response:
    return await play.http.post("/_sandbox/apps", json=settings)


async def test_the_ready_made_app(play: Play) -> None:
    """One app is there at the start, with fixed values for copy and paste (A1, INTERFACE)."""
    (app,) = good(await play.http.get("/_sandbox/apps"), "apps")["apps"]
    assert (app["id"], app["token"]) == ("00000000-0000-4000-8000-000000000001", "sk_sandbox_0000000000000001")
    assert (app["phone_number_id"], app["waba_id"]) == ("100000000000001", "200000000000001")
    assert (app["meta_app_id"], app["business_number"]) == ("300000000000001", "919000000001")
    assert (app["app_secret"], app["verify_token"]) == ("sandbox-app-secret", "sandbox-verify-token")
    assert app["partner"] == {"id": "1", "email": "partner@example.com", "secret": "sandbox-secret"}


async def test_what_is_switched_on_at_the_start(play: Play) -> None:
    """Calling, callback billing and BSUIDs are on at the start, callback permission is off (A1)."""
    app = good(await play.http.get(f"/_sandbox/apps/{APP}"), "app")
    assert (app["calling"], app["callback_billing"], app["bsuid"]) == ("ENABLED", True, "on")
    assert (app["callback_permission_status"], app["rules"], app["dialect"]) == ("DISABLED", "gupshup", "gupshup")
    assert (app["status_delay"], app["ring_timeout"], app["test_numbers"]) == (0, 60, "prefix")


async def test_no_subscription_without_webhook() -> None:
    """Without `--webhook` the ready-made app has no subscription (A1)."""
    async with Play(ServerSettings()) as play:
        assert (await play.set())["subscriptions"] == []


async def test_an_app_of_ones_own(play: Play) -> None:
    """Every setting can be chosen when an app is created: integrators paste their production ids (A1)."""
    made = good(await create(play, **OWN), "app", 201)
    assert {name: made[name] for name in OWN} == OWN
    shown = good(await play.http.get("/_sandbox/apps/my-production-app"), "app")
    assert shown == made


async def test_what_is_left_out_is_made_up(play: Play) -> None:
    """An app created with nothing has ids and secrets of its own, in the looks of the providers' (A1, T4)."""
    first, second = [good(await create(play), "app", 201) for _ in range(2)]
    for name in ("id", "token", "phone_number_id", "waba_id", "meta_app_id", "business_number", "app_secret"):
        assert first[name] != second[name]
    assert first["token"].startswith("sk_")
    assert first["name"] == "sandbox"


async def test_webhook_url_is_one_subscription_with_every_mode(play: Play) -> None:
    """`webhook_url` is taken as it is: set-callback comes before the first delivery, not at once (W2)."""
    app = good(await create(play, id="hooked", webhook_url="http://hooked.example/"), "app", 201)
    assert [row["url"] for row in app["subscriptions"]] == ["http://hooked.example/"]
    await play.http.post("/_sandbox/apps/hooked/deliveries/flush")
    assert play.receiver.posts == []
    headers = {"Authorization": app["token"]}
    good(
        await play.http.post("/partner/app/hooked/v3/message", json=REQUEST, headers=headers), "answer-message-gupshup"
    )
    await play.http.post("/_sandbox/apps/hooked/deliveries/flush")
    assert play.receiver.whats == ["set-callback", "enqueued", "sent", "delivered"]


@pytest.mark.parametrize("name", ["id", "token", "phone_number_id", "business_number"])
async def test_apps_share_nothing_that_names_them(play: Play, name: str) -> None:
    """An id, token, number or phone-number-id that is taken is refused with 409, by name (A1)."""
    taken = (await play.set())[name]
    assert (
        problem(await create(play, **{name: taken}), 409)["detail"] == f"{name} is taken by app {APP}; choose another."
    )
    assert len((await play.http.get("/_sandbox/apps")).json()["apps"]) == 1


async def test_a_refused_app_leaves_no_trace(play: Play) -> None:
    """What is made up for the next app is the same whether one was refused before it or not (E3, T4)."""
    async with Play() as undisturbed:
        expected = await made_up_id(undisturbed)
    await create(play, id=APP)
    assert await made_up_id(play) == expected


async def test_changes_hold_from_now_on(play: Play) -> None:
    """PATCH changes what it is given and leaves the rest (INTERFACE)."""
    before = await play.set()
    after = await play.set(rules="meta", name="Orders")
    assert {name: after[name] for name in before if before[name] != after[name]} == {"rules": "meta", "name": "Orders"}
    assert (await play.user())["limits"][2]["max_allowed"] == 100


async def test_overrides_change_key_by_key(play: Play) -> None:
    """`overrides` changes the figures it is given; null gives the rule's own back (section 5)."""
    await play.set(overrides={"requests_per_24h": 7, "revoke_after": 9})
    app = await play.set(overrides={"requests_per_24h": None, "nudge_after": 3})
    assert app["overrides"] == {"revoke_after": 9, "nudge_after": 3}
    user = await play.user()
    assert user["limits"][0]["max_allowed"] == 1
    assert (user["streak"]["nudge_after"], user["streak"]["revoke_after"]) == (3, 9)


async def test_variants_change_key_by_key(play: Play) -> None:
    """`variants` changes the shapes it is given and leaves the others (W4)."""
    await play.set(variants={"failed": "flat"})
    app = await play.set(variants={"reply": "2025"})
    assert (app["variants"]["failed"], app["variants"]["reply"], app["variants"]["contacts"]) == (
        "flat",
        "2025",
        "full",
    )


async def test_the_dialect_changes_for_the_configured_subscription(play: Play) -> None:
    """The URL from `--webhook` follows the app's dialect; a subscription made on the partner path stays Gupshup's
    (W1, W2).
    """
    form = {"modes": "MESSAGE", "tag": "mine", "url": "http://other.example/", "version": "3"}
    await play.partner("POST", "subscription", data=form)
    app = await play.set(dialect="meta")
    assert [row["dialect"] for row in app["subscriptions"]] == ["meta", "gupshup"]
    await play.act("text")
    signed = {post.url: "X-Hub-Signature-256" in post.headers for post in play.receiver.posts if post.what == "message"}
    assert signed == {RECEIVER: True, "http://other.example/": False}


async def test_a_restriction_of_calling_lifts_after_a_week(play: Play) -> None:
    """A restriction of calling lifts by itself after 7 d, silently; `blocked` does not (C8)."""
    await play.set(restriction="calling")
    await play.advance(604_799.999)
    assert (await play.request()).json()["error"]["code"] == 138014
    await play.advance(0.001)
    assert (await play.set())["restriction"] is None
    good(await play.request(), "answer-message-gupshup")
    await play.set(restriction="blocked")
    await play.advance(604_800)
    assert (await play.set())["restriction"] == "blocked"


async def test_headers_of_a_configured_subscription_are_checked() -> None:
    """A configured subscription with a header that cannot be set is refused at the start, naming `meta` (W1)."""
    app = {"id": "configured", "subscriptions": [{"url": RECEIVER, "meta": {"Host": "evil.example"}}]}
    sandbox = a_sandbox(ServerSettings(), apps=[app])
    with pytest.raises(SchemaError, match="names the header 'Host', which cannot be set") as refused:
        await sandbox.start()
    assert refused.value.path == "meta"
    await sandbox.aclose()


@pytest.mark.parametrize("name", ["id", "phone_number_id", "waba_id", "meta_app_id"])
async def test_ids_stay(play: Play, name: str) -> None:
    """What an app was created with as its ids cannot be changed, and the answer says so (INTERFACE)."""
    answer = await play.http.patch(f"/_sandbox/apps/{APP}", json={name: "1234567"})
    said = problem(answer, 400)
    assert (said["field"], said["detail"]) == (name, f"{name}: cannot be changed: it is given when the app is created")


async def test_deleting_an_app(play: Play) -> None:
    """A deleted app is gone from every surface: 404 on the control API, 401 on the partner path (INTERFACE)."""
    answer = await play.http.delete(f"/_sandbox/apps/{APP}")
    assert (answer.status_code, answer.content) == (204, b"")
    said = problem(await play.http.get(f"/_sandbox/apps/{APP}"), 404)
    assert said["detail"] == f"There is no app '{APP}'; GET /_sandbox/apps lists them."
    assert (await play.request()).status_code == 401
    problem(await play.http.delete(f"/_sandbox/apps/{APP}"), 404)


async def test_apps_are_paged_by_cursor(play: Play) -> None:
    """Lists are paged: `limit` at the most, `next` to go on from, null at the end (INTERFACE)."""
    for number in range(4):
        await create(play, id=f"app-{number}")
    page = good(await play.http.get("/_sandbox/apps?limit=2"), "apps")
    seen = [[app["id"] for app in page["apps"]]]
    while page["next"] is not None:
        page = good(await play.http.get("/_sandbox/apps", params={"limit": 2, "after": page["next"]}), "apps")
        seen.append([app["id"] for app in page["apps"]])
    assert seen == [[APP, "app-0"], ["app-1", "app-2"], ["app-3"]]
    assert good(await play.http.get("/_sandbox/apps?limit=5"), "apps")["next"] is None


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("PATCH", ""),
        ("POST", "/reset"),
        ("GET", "/users"),
        ("GET", "/users/919812345678"),
        ("PATCH", "/users/919812345678"),
        ("POST", "/users/919812345678/actions"),
        ("POST", "/calls"),
        ("GET", "/clock"),
        ("POST", "/clock"),
        ("POST", "/webhooks"),
        ("GET", "/deliveries"),
        ("POST", "/deliveries/flush"),
        ("POST", "/deliveries/redeliver"),
        ("GET", "/journal"),
        ("GET", "/violations"),
    ],
)
async def test_every_route_of_an_unknown_app_is_404(play: Play, method: str, path: str) -> None:
    """An unknown app is 404 on every route, whatever else is asked (E4)."""
    bodies: dict[str, Any] = {
        "/users/919812345678/actions": {"action": "read"},
        "/calls": {"to": "919812345678"},
        "/clock": {"freeze": True},
        "/webhooks": {"body": {}},
        "/deliveries/redeliver": {"which": "all"},
    }
    body = {} if method == "GET" else {"json": bodies.get(path, {})}
    said = problem(await play.http.request(method, f"/_sandbox/apps/nothing{path}", **body), 404)
    assert said["detail"].startswith("There is no app 'nothing'")


async def test_settings_of_the_command_line_are_those_of_the_ready_made_app() -> None:
    """`--app-id`, `--app-token`, `--rules`, `--dialect` and `--webhook` shape the ready-made app (INTERFACE)."""
    settings = ServerSettings(app_id="mine", app_token="sk_mine_0001", rules="meta", dialect="meta", webhook=RECEIVER)  # type: ignore[arg-type]
    async with Play(settings, app="mine") as play:
        app = await play.set()
        assert (app["id"], app["token"], app["rules"], app["dialect"]) == ("mine", "sk_mine_0001", "meta", "meta")
        assert [row["url"] for row in app["subscriptions"]] == [RECEIVER]


async def test_published_secrets_hold_on_loopback_only() -> None:
    """On any other address the published secrets are replaced by random ones, unless asked for (INTERFACE)."""
    for published, expected in ((False, False), (True, True)):
        settings = ServerSettings(host="192.0.2.7", control_token="ct", published_secrets=published)
        async with Play(settings) as play:
            headers = {"Authorization": "Bearer ct"}
            app = (await play.http.get(f"/_sandbox/apps/{APP}", headers=headers)).json()
            assert (app["token"] == TOKEN) is expected
            assert (app["app_secret"] == "sandbox-app-secret") is expected
            assert (app["partner"]["secret"] == "sandbox-secret") is expected
