"""Readiness of this process. Liveness is Reflex's own `/ping`, which depends on nothing else."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse

from instagram_clone import availability


async def show(_: Request) -> JSONResponse:
    """GET: 200, or 503 with the names of what is down; answers within seconds even if one of them hangs."""
    down = await availability.down()
    if down:
        return JSONResponse({"status": "unavailable", "down": down}, 503, {"cache-control": "no-store"})
    return JSONResponse({"status": "ok", "down": []}, headers={"cache-control": "no-store"})
