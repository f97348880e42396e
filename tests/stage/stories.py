"""Random stories: what a business and its users may do, one step at a time, allowed or refused."""

from __future__ import annotations

from typing import Final, NamedTuple

from hypothesis import strategies as st

from tests.stage.play import APP, Play

# Ordinary users, and test numbers that act by themselves, some of them later.
USERS: Final = ("919800000001", "919800000002", "919999000001", "919999000006", "919999000010", "919999000014")
USER_STEPS: Final = (
    "allow_always",
    "allow_temporarily",
    "decline",
    "revoke",
    "read",
    "text",
    "call",
    "pick_up",
    "reject_call",
    "hang_up",
)


class Step(NamedTuple):
    """Something that is done in one conversation."""

    user: str
    what: str

    async def take(self, play: Play) -> int:
        """Do it; the status of the answer, which may be a refusal."""
        if self.what == "request":
            return (await play.request(to=self.user)).status_code
        if self.what == "place_call":
            path = f"/_sandbox/apps/{APP}/calls"
            return (await play.http.post(path, json={"to": self.user})).status_code
        more = {"text": "hello é"} if self.what == "text" else {}
        return (await play.act(self.what, wa_id=self.user, wait=False, **more)).status_code


STEPS: Final = st.builds(Step, st.sampled_from(USERS), st.sampled_from(("request", "place_call", *USER_STEPS)))


def lanes(play: Play) -> dict[str, list[tuple[bytes, tuple[tuple[str, str], ...]]]]:
    """Bytes and headers of what each user's webhooks were, in order; the user is whom they name."""
    found: dict[str, list[tuple[bytes, tuple[tuple[str, str], ...]]]] = {}
    for post in play.receiver.posts:
        about = next((user for user in USERS if user.encode() in post.body), "nobody")
        found.setdefault(about, []).append((post.body, tuple(post.headers.items())))
    return found


async def everything(play: Play) -> None:
    """Every kind of webhook, by test numbers and scripted users, a BSUID that nobody has among them."""
    text = {"messaging_product": "whatsapp", "recipient_type": "individual", "type": "text", "text": {"body": "hi"}}
    by_themselves = [f"91999900{n:04d}" for n in range(1, 15)]
    for number in by_themselves:
        await play.request(to=number)
    await play.partner("POST", "v3/message", json=text | {"recipient": "IN.123456"})
    for number in by_themselves:
        for _ in range(4):
            await play.http.post(f"/_sandbox/apps/{APP}/calls", json={"to": number})
            await play.advance(120)
    for user in (USERS[0], by_themselves[-3]):
        for action in ("text", "call", "hang_up", "allow_temporarily", "revoke"):
            await play.act(action, user, **({"text": "hello"} if action == "text" else {}))
    await play.set(restriction="calling", restriction_warning=True)
    await play.advance(8 * 86_400)
