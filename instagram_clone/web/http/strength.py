"""The strength of a password while it is being typed, by the same check that the form will apply.

Passwords sent here are not stored: they are dropped with the response, and bodies are never logged.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from instagram_clone import routes
from instagram_clone.domain.core import rate_limits
from instagram_clone.domain.core.errors import DomainError, Invalid, NotSignedIn
from instagram_clone.domain.people.credentials import credentials, passwords, recovery
from instagram_clone.web import cookies
from instagram_clone.web.http.accounts import read_form, refusal
from instagram_clone.web.http.client import address_of, viewer_of

REFUSED_LEVEL = 1

Measure = Callable[[dict[str, str]], Awaitable[int]]


async def for_sign_up(request: Request) -> Response:
    """POST {email, name, username, password}: answers {level} 2 to 4, or {level: 1, why} if refused."""

    async def measure(form: dict[str, str]) -> int:
        return await passwords.strength(form["password"], form["username"], form["name"], form["email"])

    return await _answer(request, measure)


async def for_reset(request: Request) -> Response:
    """POST {password} with the cookie of an opened link: answers like `for_sign_up`."""
    link = cookies.link_in(request.headers.get("cookie", ""))
    return await _answer(request, lambda form: recovery.strength(link, form["password"]))


async def for_change(request: Request) -> Response:
    """POST {password} as the viewer: answers like `for_sign_up`."""

    async def measure(form: dict[str, str]) -> int:
        viewer = await viewer_of(request.scope)
        if viewer is None:
            raise NotSignedIn
        return await credentials.strength(viewer, form["password"])

    return await _answer(request, measure)


async def _answer(request: Request, measure: Measure) -> Response:
    try:
        form = await read_form(request, "email", "name", "username", "password")
        await rate_limits.take("password-check", address_of(request.scope))
        try:
            level, why = await measure(form), ""
        except Invalid as error:
            level, why = REFUSED_LEVEL, str(error)
    except DomainError as error:
        return refusal(request, error, routes.HOME)
    return JSONResponse({"level": level, "why": why}, headers={"cache-control": "no-store"})
