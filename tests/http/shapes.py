"""What an answer must look like on each surface; every answer is held against the schema that the product publishes."""

from __future__ import annotations

from typing import Any

import httpx

from mock_server import schemas


def good(answer: httpx.Response, schema: str, status: int = 200) -> Any:
    """The JSON of an answer with this status that satisfies this schema."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    schemas.validate(schema, body)
    return body


def problem(answer: httpx.Response, status: int) -> Any:
    """A problem document of the control API (E4): its detail is a sentence for a person."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    schemas.validate("problem", body)
    assert body["status"] == status
    return body


def gupshup_error(answer: httpx.Response, status: int) -> str:
    """The message of an error in Gupshup's own shape (E2)."""
    assert answer.status_code == status, answer.text
    body = answer.json()
    schemas.validate("error-gupshup", body)
    return str(body["message"])


def meta_error(answer: httpx.Response, code: int) -> str:
    """The details of a refusal in Meta's shape, as it comes on the partner path: always HTTP 400 (E2)."""
    assert answer.status_code == 400, answer.text
    error = answer.json()["error"]
    schemas.validate("error-meta", answer.json())
    assert error["code"] == code
    assert error["message"].startswith(f"(#{code})")
    return str(error["error_data"]["details"])
