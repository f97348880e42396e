"""Meta's handshake with a callback URL: whether somebody there knows the verify token (W2, facts/meta 8)."""

from __future__ import annotations

from typing import Final

from mock_server.delivery.sender import ANSWER_SHOWN, Answer, Sender
from mock_server.store.rows import App, Attempt, DeliveryState, Tried
from mock_server.wire.handshake import asked, challenge_of

_REPEATED: Final = 40  # characters of a wrong answer that the sentence repeats


async def shake(sender: Sender, app: App, *, url: str, verify_token: str, seed: str, at: int, timeout: float) -> Tried:
    """Ask the URL for the challenge; the journal's record of it is `delivered` when the answer is right."""
    challenge = challenge_of(app.id, app.generation, app.counter, at, url, seed=seed)
    answer = await sender.get(asked(url, challenge=challenge, verify_token=verify_token), timeout)
    state = DeliveryState.DELIVERED if accepts(answer, challenge) else DeliveryState.DEAD
    seconds, sentence = round(answer.seconds, 4), judged(answer, challenge)
    attempt = Attempt(1, at, answer.outcome, answer.status, answer.text[:ANSWER_SHOWN], seconds, sentence)
    return Tried(f"handshake-{challenge}", url, "handshake", attempt, state)


def accepts(answer: Answer, challenge: str) -> bool:
    """200 with the challenge as body accepts, every other status refuses (webhook endpoint page, Nov 7 2025)."""
    return answer.status == 200 and answer.text == challenge


def judged(answer: Answer, challenge: str) -> str:
    """A sentence that says what was right or wrong about an answer."""
    if accepts(answer, challenge):
        return "answered 200 with the challenge"
    if answer.status is None:
        return f"the handshake failed: {answer.sentence}"
    if answer.status != 200:
        redirect = "; redirects are not followed" if 300 <= answer.status < 400 else ""
        return f"the handshake failed: answered {answer.status}, expected 200 with the challenge{redirect}"
    said = f"{answer.text[:_REPEATED]!r}" if answer.text else "nothing"
    return f"the handshake failed: answered 200 with {said}, expected the challenge {challenge} and nothing else"
