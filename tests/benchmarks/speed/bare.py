"""The yardstick: one Starlette route that reads a body and answers the same JSON, on the same server software.

`bare.py PORT`
"""

from __future__ import annotations

import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

ANSWER = {
    "messages": [{"id": "163afe6e-4a55-4003-bfff-d748b5222c81"}],
    "messaging_product": "whatsapp",
    "contacts": [{"input": "919812345678", "wa_id": "919812345678"}],
}


async def answer(request: Request) -> JSONResponse:
    await request.body()
    return JSONResponse(ANSWER)


if __name__ == "__main__":
    app = Starlette(routes=[Route("/partner/app/{app_id}/v3/message", answer, methods=["POST"])])
    uvicorn.run(app, port=int(sys.argv[1]), log_level="warning", access_log=False)
