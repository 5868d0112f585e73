"""Logging in, signing up and logging out: the only routes that set or clear the session cookie."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from instagram_clone import routes
from instagram_clone.domain import accounts, sessions
from instagram_clone.domain.errors import DomainError, Invalid, TooMany
from instagram_clone.web import cookies
from instagram_clone.web.edge.client import address_of, viewer_of

BODY_BYTES = 16_384


async def log_in(request: Request) -> Response:
    """POST {login, password, next}: sets the cookie and answers {next}, or {alert} in words."""
    try:
        form = await _form(request, "login", "password", "next")
        user_id = await accounts.log_in(form["login"], form["password"], address_of(request.scope))
    except DomainError as error:
        return _refusal(error)
    return await _signed_in(request, user_id, form["next"])


async def sign_up(request: Request) -> Response:
    """POST {email, name, username, password, next}: makes an account and logs it in, or says why not."""
    try:
        form = await _form(request, "email", "name", "username", "password", "next")
        user_id = await accounts.sign_up(
            form["email"], form["name"], form["username"], form["password"], address_of(request.scope)
        )
    except DomainError as error:
        return _refusal(error)
    return await _signed_in(request, user_id, form["next"])


async def log_out(request: Request) -> Response:
    """POST: ends the session here and in every tab of it, clears the cookie, leads to the log-in page."""
    viewer = await viewer_of(request.scope)
    if viewer is not None:
        await sessions.end(viewer)
    response = RedirectResponse(routes.LOGIN, 303)
    cookies.clear(response)
    return response


async def _form(request: Request, *names: str) -> dict[str, str]:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_BYTES:
            raise Invalid("That is too long.")
    try:
        given: Any = json.loads(body)
    except (ValueError, RecursionError):
        raise Invalid("That could not be read. Try again.") from None
    if not isinstance(given, dict) or any(not isinstance(given.get(name, ""), str) for name in names):
        raise Invalid("That could not be read. Try again.")
    return {name: given.get(name, "") for name in names}


async def _signed_in(request: Request, user_id: str, following: str) -> Response:
    token = await sessions.start(user_id, request.headers.get("user-agent", ""))
    target = following if routes.is_local_path(following) else routes.HOME
    response = JSONResponse({"next": target})
    cookies.put(response, token)
    return response


def _refusal(error: DomainError) -> Response:
    if isinstance(error, TooMany):
        headers = {"retry-after": str(error.seconds)}
        return JSONResponse({"alert": str(error)}, 429, headers)
    if isinstance(error, Invalid) and error.field:
        return JSONResponse({"errors": {error.field: str(error)}}, 422)
    return JSONResponse({"alert": str(error)}, 422)
