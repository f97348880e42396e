"""Paths, queries, headers and methods that are wrong, on every surface."""

from __future__ import annotations

from tests.http.malformed.requests import JSON, Bad, C, get
from tests.stage.play import APP

QUERIES = {
    "limit 0": get("/_sandbox/apps?limit=0", "limit"),
    "limit 1001": get("/_sandbox/apps?limit=1001", "limit"),
    "limit a word": get(f"{C}/users?limit=many", "limit"),
    "limit half": get(f"{C}/deliveries?limit=1.5", "limit"),
    "limit long": get(f"{C}/journal?limit=" + "9" * 5000, "limit"),
    "limit other digits": get(f"{C}/journal?limit=٣", "limit"),
    "after": get(f"{C}/deliveries?after=-1", "after"),
    "after a word": get(f"{C}/violations?after=x", "after"),
    "state": get(f"{C}/deliveries?state=lost", "state"),
    "kind": get(f"{C}/journal?kind=gossip", "kind"),
    "advices": get(f"{C}/violations?advices=no", "advices"),
    "unknown parameter": get(f"{C}/deliveries?stat=waiting", "stat"),
    "unknown parameter of one": get(f"{C}?verbose=1", "verbose"),
    "unknown parameter of a stream": get("/_sandbox/events?application=x", "application"),
    "last event id": get("/_sandbox/events", "Last-Event-ID must be a number", Last_Event_ID="abc"),
    "token status": get(f"/partner/app/{APP}/tokens?status=dead", "status: must be one of"),
    "user letters": get(f"{C}/users/somebody", "'somebody' is no user", status=404),
    "user short": get(f"{C}/users/123456", "'123456' is no user", status=404),
    "user long": get(f"{C}/users/" + "9" * 5000, "is no user", status=404),
    "user unknown bsuid": get(f"{C}/users/IN.4614498218826880", "'IN.4614498218826880' is no user", status=404),
    "app": get("/_sandbox/apps/nothing", "There is no app 'nothing'", status=404),
    "app with NUL": get("/_sandbox/apps/%00", "There is no app", status=404),
    "app of a stream": get("/_sandbox/events?app=nothing", "There is no app 'nothing'", status=404),
    "delivery": get(f"{C}/deliveries/nothing", "There is no delivery nothing", status=404),
    "path": get(f"{C}/deliverys", f"{C}/deliverys is no route here", status=404),
    "path no UTF-8": get(f"{C}/%ff%fe", "is no route here", status=404),
    "graph path": get("/v24.0/nothing", "is no route here", status=404),
    "long path": get("/_sandbox/" + "x" * 60_000, "is no route here", status=404),
    "long query": get("/_sandbox/apps?" + "x" * 60_000, "x" * 80),
    "method": Bad(f"BREW /partner/app/{APP}/v3/message", b"", "", 405, "BREW is not possible here; use POST"),
    "method of control": Bad(f"PUT {C}", b"{}", JSON, 405, "PUT is not possible here; use DELETE, GET, PATCH"),
}
