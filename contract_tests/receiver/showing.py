"""Posting events so that a failure shows the very bytes, in their shape, and not only what they mean."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from contract_tests.numbers import Number
from contract_tests.posting import Answer
from contract_tests.run import PostHere


class ShowingPost(PostHere):
    """A PostHere whose answers, where they are not 2xx, have the body in `sent`."""

    def __init__(self, post: PostHere, number: Number) -> None:
        self.patience = post.patience
        self._plain = post
        self._sender = number

    def many(self, repeat: int, **given: Any) -> list[Answer]:
        return [self._shown(answer) for answer in self._plain.many(repeat, **given)]

    def _shown(self, answer: Answer) -> Answer:
        if answer.accepted:
            return answer
        body = self._sender.app.deliveries.show(answer.delivery_id)["body"]
        return replace(answer, sent=f"{answer.sent}\n{json.dumps(body)}")
