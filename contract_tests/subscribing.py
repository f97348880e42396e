"""Having a number's webhooks go to the application, in the way that its provider has for it."""

from __future__ import annotations

import json
from typing import Any, Final

import httpx

from contract_tests.failure import CannotGoOn
from contract_tests.numbers import Number
from contract_tests.target.model import Target
from contract_tests.target.trust import trusted
from mock_server.client.connection import segment, why

_MODES: Final = "MESSAGE,ALL,VOICE,ACCOUNT,ENQUEUED,SENT,DELIVERED,READ,FAILED"
_FIELDS: Final = "messages,calls,account_update,account_settings_update"
_SECONDS: Final = 30.0  # a handshake may take 20


def subscribe(number: Number, target: Target) -> bool:
    """Whether a subscription was made: False where the app's webhooks go there already."""
    there = _subscription(number, target)
    if there:
        number.subscription = there
        return False
    if target.dialect == "gupshup":
        _at_gupshup(number, target)
    else:
        _at_meta(number, target)
    number.subscription = _subscription(number, target)
    return True


def unsubscribe(number: Number) -> None:
    """Take away what `subscribe` made."""
    settings = number.settings
    if settings["dialect"] == "gupshup":
        path = f"/partner/app/{segment(number.id)}/subscription/{segment(number.subscription)}"
        _tell(number, "DELETE", path, headers={"Authorization": settings["token"]})
    else:
        query = {"object": "whatsapp_business_account", "access_token": _app_token(number)}
        _tell(number, "DELETE", f"/{settings['meta_app_id']}/subscriptions", params=query)


def _subscription(number: Number, target: Target) -> str:
    rows = number.app.show()["subscriptions"]
    return next((row["id"] for row in rows if row["url"] == target.webhook_url and row["active"]), "")


def _at_gupshup(number: Number, target: Target) -> None:
    form = {"modes": _MODES, "tag": f"contract-tests-{number.id[:40]}", "url": target.webhook_url, "version": "3"}
    if target.webhook_secret_header:
        form["meta"] = json.dumps(target.webhook_secret_header)
    path = f"/partner/app/{segment(number.id)}/subscription"
    _tell(number, "POST", path, data=form, headers={"Authorization": number.settings["token"]})


def _at_meta(number: Number, target: Target) -> None:
    """With the handshake, as for any app that Meta has already."""
    query = {
        "object": "whatsapp_business_account",
        "callback_url": target.webhook_url,
        "verify_token": number.settings["verify_token"],
        "fields": _FIELDS,
        "access_token": _app_token(number),
    }
    _tell(number, "POST", f"/{number.settings['meta_app_id']}/subscriptions", params=query)


def _app_token(number: Number) -> str:
    return f"{number.settings['meta_app_id']}|{number.settings['app_secret']}"


def _tell(number: Number, method: str, path: str, **said: Any) -> None:
    url = number.connection.url
    try:
        with httpx.Client(timeout=_SECONDS, trust_env=False, verify=trusted(url)) as http:
            answer = http.request(method, url + path, **said)
    except httpx.HTTPError as error:
        raise CannotGoOn(f"The sandbox at {url} does not answer: {why(error)}.") from None
    if not answer.is_success:
        sentence = _sentence(answer)
        raise CannotGoOn(f"The sandbox does not take the application's webhook_url: {sentence} Is it right?")


def _sentence(answer: httpx.Response) -> str:
    """What a refusal says, in either provider's shape."""
    try:
        said = answer.json()
        return str(said["error"]["error_data"]["details"] if "error" in said else said["message"])
    except (ValueError, KeyError, TypeError):
        return f"{answer.status_code} {answer.text[:300]}"
