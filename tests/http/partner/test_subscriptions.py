"""Subscriptions: the verbs, what is unique, what is bounded (facts/gupshup 3.1, W1, W3)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.http.shapes import good, gupshup_error
from tests.stage.play import APP, RECEIVER, Play
from tests.stage.receiver import ERROR, OK, REFUSED

pytestmark = pytest.mark.anyio

URL = "http://other.example/hooks"
FORM = {"modes": "MESSAGE,SENT", "tag": "mine", "url": URL, "version": "3"}


async def post(play: Play, **changes: str) -> httpx.Response:
    return await play.partner("POST", "subscription", data=FORM | changes)


async def subscribe(play: Play, **changes: str) -> Any:
    return good(await post(play, **changes), "answer-subscription")["subscription"]


async def put(play: Play, subscription: dict[str, Any], **changes: str) -> httpx.Response:
    return await play.partner("PUT", f"subscription/{subscription['id']}", data=changes)


async def test_subscribing_answers_what_gupshup_prints(play: Play) -> None:
    """The answer has the documented fields: id a string, `mode` a number, instants in milliseconds
    (facts/gupshup 3.1).
    """
    row = await subscribe(play)
    assert (row["appId"], row["tag"], row["url"], row["version"]) == (APP, "mine", URL, 3)
    assert (row["active"], row["showOnUI"], row["mode"], row["id"]) == (True, False, 65, "8166")
    assert row["createdOn"] == row["modifiedOn"] == 1_767_168_000_000


@pytest.mark.parametrize(
    ("modes", "number"),
    [
        ("SENT,ENQUEUED", 1025),
        ("MESSAGE,SENT,DELIVERED,READ,FAILED", 103),
        ("VOICE", 16384),
        ("sent, delivered ,read", 7),
        ("SENT,SENT", 1),
        ("NONE", 0),
        (
            "SENT,DELIVERED,READ,DELETED,OTHERS,FAILED,MESSAGE,TEMPLATE,ACCOUNT,BILLING,ENQUEUED,FLOWS_MESSAGE,"
            "PAYMENTS,ALL",
            16383,
        ),
    ],
)
async def test_the_mode_number(play: Play, modes: str, number: int) -> None:
    """`mode` is the sum of the modes' numbers, as Gupshup's samples give it (facts/gupshup 3.1)."""
    assert (await subscribe(play, modes=modes.upper()))["mode"] == number


async def test_set_callback_is_sent_on_subscribing(play: Play) -> None:
    """A new subscription's URL gets the `set-callback` event, without id, status or metadata (W1)."""
    await subscribe(play)
    await play.settle()
    (post_,) = play.receiver.posts
    assert post_.url == URL
    assert post_.json == {
        "object": "whatsapp_business_account",
        "gs_app_id": APP,
        "entry": [
            {
                "changes": [
                    {
                        "field": "messages",
                        "value": {"messaging_product": "whatsapp", "statuses": [{"type": "set-callback"}]},
                    }
                ]
            }
        ],
    }


async def test_modes_choose_what_comes(play: Play) -> None:
    """A subscription with MESSAGE and SENT gets `sent` statuses and replies, no other statuses (W3)."""
    await subscribe(play)
    await play.request()
    await play.act("allow_always")
    await play.settle()
    assert [post_.what for post_ in play.receiver.posts if post_.url == URL] == ["set-callback", "sent", "reply accept"]


@pytest.mark.parametrize(
    ("modes", "comes"), [("MESSAGE", 1), ("ALL", 1), ("VOICE", 1), ("MESSAGE,ALL,VOICE", 1), ("READ", 0)]
)
async def test_a_reply_comes_once_by_message_all_or_voice(play: Play, modes: str, comes: int) -> None:
    """A permission reply goes to each subscription with MESSAGE, ALL or VOICE, once per subscription (W3)."""
    await subscribe(play, modes=modes)
    await play.act("allow_always")
    await play.settle()
    assert [post_.what for post_ in play.receiver.posts if post_.url == URL].count("reply accept") == comes


async def test_list_show_and_remove(play: Play) -> None:
    """GET lists and shows, DELETE removes one or all (facts/gupshup 3.1)."""
    one, two = await subscribe(play), await subscribe(play, tag="two")
    listed = good(await play.partner("GET", "subscription"), "answer-subscriptions")["subscriptions"]
    assert [row["tag"] for row in listed] == ["configured-1", "mine", "two"]
    shown = good(await play.partner("GET", f"subscription/{one['id']}"), "answer-subscription")
    assert shown["subscription"] == one
    good(await play.partner("DELETE", f"subscription/{one['id']}"), "answer-done")
    message = gupshup_error(await play.partner("GET", f"subscription/{one['id']}"), 400)
    assert message == "Subscription Does Not Exist"
    good(await play.partner("GET", f"subscription/{two['id']}"), "answer-subscription")
    good(await play.partner("DELETE", "subscription"), "answer-done")
    assert (await play.partner("GET", "subscription")).json()["subscriptions"] == []


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_an_unknown_subscription(play: Play, method: str) -> None:
    """Every verb on an id that is not there: 400 `Subscription Does Not Exist` (facts/gupshup 3.1)."""
    answer = await play.partner(method, "subscription/4711")
    assert gupshup_error(answer, 400) == "Subscription Does Not Exist"


async def test_tags_are_unique(play: Play) -> None:
    """A tag that is taken is refused by name; after removal it is free (facts/gupshup 3.1)."""
    row = await subscribe(play)
    message = gupshup_error(await post(play), 400)
    assert message == "tag: 'mine' is taken; tags are unique in an app"
    await play.partner("DELETE", f"subscription/{row['id']}")
    await subscribe(play)


async def test_five_at_most(play: Play) -> None:
    """A sixth subscription is refused with Gupshup's sentence; the one from `--webhook` does not count (W1, W2)."""
    for number in range(5):
        await subscribe(play, tag=str(number))
    assert gupshup_error(await post(play, tag="6"), 400) == "Maximum of 5 subscriptions are allowed per app."


async def test_one_voice_subscription(play: Play) -> None:
    """Only one subscription of an app may have VOICE; changing another one to it is refused as well
    (facts/gupshup 3.1).
    """
    await subscribe(play, modes="VOICE")
    message = "Whatsapp voice subscription already exists"
    assert gupshup_error(await post(play, tag="two", modes="MESSAGE,VOICE"), 400) == message
    other = await subscribe(play, tag="two")
    assert gupshup_error(await put(play, other, modes="VOICE"), 400) == message


async def test_updating_changes_what_is_given(play: Play) -> None:
    """PUT changes the fields it is given and leaves the rest; a new URL gets `set-callback` (W1)."""
    row = await subscribe(play, meta='{"X-Secret":"s1"}')
    play.machine.move(seconds=60)
    changed = good(await put(play, row, modes="READ"), "answer-subscription")["subscription"]
    assert (changed["modes"], changed["tag"], changed["meta"]) == (["READ"], "mine", '{"X-Secret":"s1"}')
    assert (changed["createdOn"], changed["modifiedOn"]) == (row["createdOn"], row["createdOn"] + 60_000)
    assert changed["latencyBucket"] == "lt_1_s"
    await play.settle()
    good(await put(play, row, url="http://new.example/", doCheck="false"), "answer-subscription")
    await play.settle()
    assert [(post_.url, post_.what) for post_ in play.receiver.posts[-1:]] == [("http://new.example/", "set-callback")]


async def test_an_inactive_subscription_gets_nothing(play: Play) -> None:
    """`active=false` silences a subscription until it is active again (facts/gupshup 3.1)."""
    row = await subscribe(play)
    await put(play, row, active="false")
    await play.act("text")
    await put(play, row, active="true")
    await play.act("text")
    await play.settle()
    assert [post_.what for post_ in play.receiver.posts if post_.url == URL] == ["set-callback", "message"]


async def test_version_2_is_kept_and_receives_nothing(play: Play) -> None:
    """A version 2 subscription is kept, receives nothing, and is noted as an advice (W1)."""
    row = await subscribe(play, version="2")
    await play.act("allow_always")
    await play.settle()
    assert [post_.what for post_ in play.receiver.posts if post_.url == URL] == []
    (advice,) = (await play.control("GET", "violations"))["entries"]
    assert (advice["kind"], advice["rule"], advice["seen"]) == ("advice", "W1", "a subscription of version 2")
    assert good(await put(play, row, version="3"), "answer-subscription")["subscription"]["version"] == 3


@pytest.mark.parametrize(
    ("answers", "message"), [(OK, None), (ERROR, "Invalid URL Passed"), (REFUSED, "Invalid URL Passed")]
)
async def test_do_check_tries_the_url_first(play: Play, answers: Any, message: str | None) -> None:
    """With `doCheck` a URL that does not answer 2xx is refused and not kept (W1)."""
    play.receiver.script = lambda _: answers
    answer = await post(play, doCheck="true")
    if message is None:
        good(answer, "answer-subscription")
    else:
        assert gupshup_error(answer, 400) == message
        assert len((await play.partner("GET", "subscription")).json()["subscriptions"]) == 1
    assert play.receiver.posts[0].what == "set-callback"


async def test_do_check_is_off_on_post_and_on_on_put(play: Play) -> None:
    """POST does not try the URL unless asked, PUT does unless `doCheck=false` (W1, facts/gupshup 3.1)."""
    play.receiver.script = lambda _: ERROR
    row = await subscribe(play)
    assert gupshup_error(await put(play, row, url="http://new.example/"), 400) == "Invalid URL Passed"
    good(await put(play, row, url="http://new.example/", doCheck="false"), "answer-subscription")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"url": "ftp://other.example/"}, "url: must be an http or https URL, not"),
        ({"url": "http://"}, "url: must be an http or https URL, not"),
        ({"url": "http://[::1/"}, "Invalid URL Passed"),
        ({"modes": "MESSAGE,EVERYTHING"}, "modes: must be a comma list of NONE, SENT,"),
        ({"modes": ""}, "modes: must be a comma list of NONE, SENT,"),
        ({"version": "4"}, 'version: must be one of "2", "3", not "4"'),
        ({"tag": ""}, "tag: must have at least 1 characters"),
        ({"doCheck": "perhaps"}, 'doCheck: must be one of "true", "false", not "perhaps"'),
        ({"showOnUI": "1"}, 'showOnUI: must be one of "true", "false", not "1"'),
    ],
)
async def test_wrong_subscriptions_name_the_field(play: Play, changes: dict[str, str], message: str) -> None:
    """A wrong field is named, in Gupshup's shape, and nothing is kept (E3)."""
    assert gupshup_error(await post(play, **changes), 400).startswith(message)
    rows = (await play.partner("GET", "subscription")).json()["subscriptions"]
    assert [row["url"] for row in rows] == [RECEIVER]


async def test_fields_may_stand_in_the_query(play: Play) -> None:
    """Gupshup's OpenAPI file lists the fields as query parameters; those are understood too (facts/gupshup 3.1)."""
    answer = await play.partner("POST", "subscription", params=FORM)
    assert good(answer, "answer-subscription")["subscription"]["tag"] == "mine"
