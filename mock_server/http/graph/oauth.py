"""`GET /oauth/access_token`: the app access token that webhook registration begins with (facts/integrators 3.3)."""

from __future__ import annotations

from mock_server.errors import Refusal, SchemaError
from mock_server.http.credentials import app_access_token
from mock_server.http.endpoint import Call, Operation, Query
from mock_server.ids import same_secret
from mock_server.wire.errors import Said


async def access_token(call: Call) -> Said:
    """The token of Meta's app `client_id`. Raises Refusal (code 1) where `client_secret` is not its secret."""
    query = call.request.query_params
    for name in ("client_id", "client_secret", "grant_type"):
        if not query.get(name):
            raise SchemaError(schema="query", path=name, sentence="is required")
    if query["grant_type"] != "client_credentials":
        sentence = f'must be "client_credentials", not "{query["grant_type"][:80]}"'
        raise SchemaError(schema="query", path="grant_type", sentence=sentence)
    store = call.services.store
    apps = await store.apps_of(meta_app_id=query["client_id"])
    own = [app for app in apps if same_secret(query["client_secret"], app.settings.app_secret)]
    if not own:
        raise Refusal(1, "Error validating client secret: client_id and client_secret are not those of an app here.")
    call.app = own[0]
    return Said(200, {"access_token": app_access_token(own[0], seed=store.seed), "token_type": "bearer"})


OPERATIONS = [
    Operation(
        "GET",
        "/oauth/access_token",
        access_token,
        "The access token of an app",
        answers=((200, "answer-oauth"), (400, "error-meta")),
        query=(
            Query("client_id", {"type": "string"}, "Meta's app id"),
            Query("client_secret", {"type": "string"}, "The app secret"),
            Query("grant_type", {"type": "string"}, "client_credentials"),
        ),
        open=True,
    )
]
