"""Logging in, signing up and logging out: the only routes that set or clear the session cookie.

A form may arrive as JSON or URL-encoded, as browsers send it. A client that accepts HTML, such as a browser
before any script has run, gets a redirect or a page with the reason; all others are answered in JSON.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl, quote

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from instagram_clone import routes
from instagram_clone.domain.core.errors import DomainError, Invalid, TooMany
from instagram_clone.domain.core.text.characters import is_encodable
from instagram_clone.domain.people import accounts
from instagram_clone.domain.people.credentials import devices, sessions
from instagram_clone.web import cookies
from instagram_clone.web.html.unavailable_pages import refusal_page
from instagram_clone.web.http.client import address_of, viewer_of

MAX_BODY_BYTES = 16_384


async def log_in(request: Request) -> Response:
    """POST {login, password, next}: sets the cookie and answers {next}, or {alert} with the reason."""
    form: dict[str, str] = {}
    try:
        form = await read_form(request, "login", "password", "next")
        identity = await accounts.log_in(
            form["login"], form["password"], address_of(request.scope), _device(request)
        )
        token = await _start_session(request, identity.user_id, identity.password_number)
    except DomainError as error:
        return refusal(request, error, _with_next(routes.LOGIN, form))
    return _signed_in(request, identity.user_id, token, form)


async def sign_up(request: Request) -> Response:
    """POST {email, name, username, password, next}: creates an account and logs it in, or says why not."""
    form: dict[str, str] = {}
    try:
        form = await read_form(request, "email", "name", "username", "password", "next")
        user_id = await accounts.sign_up(
            *(form["email"], form["name"], form["username"], form["password"]),
            address_of(request.scope),
            confirm=True,
        )
        token = await _start_session(request, user_id)
    except DomainError as error:
        return refusal(request, error, _with_next(routes.SIGN_UP, form))
    return _signed_in(request, user_id, token, form)


async def log_out(request: Request) -> Response:
    """POST: ends the session in all of its tabs, clears the cookie and redirects to the log-in page."""
    viewer = await viewer_of(request.scope)
    if viewer is not None:
        await sessions.end(viewer)
    response = RedirectResponse(routes.LOGIN, 303)
    cookies.clear(response)
    return response


async def me(request: Request) -> Response:
    """GET: redirects to the viewer's own profile, for links made before the viewer is known."""
    viewer = await viewer_of(request.scope)
    target = routes.profile_url(viewer.username) if viewer else routes.LOGIN
    return RedirectResponse(target, 303, {"cache-control": "private, no-store"})


async def read_form(request: Request, *names: str) -> dict[str, str]:
    """Return some fields of a form, "" for missing ones. Raises Invalid for a malformed form."""
    body = b""
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_BODY_BYTES:
                raise Invalid("That is too long.")
    except ClientDisconnect:
        raise Invalid("That did not arrive completely. Try again.") from None
    try:
        parsed: Any = _fields(body) if _is_form(request) else json.loads(body)
    except (ValueError, RecursionError):
        raise Invalid("That could not be read. Try again.") from None
    if not isinstance(parsed, dict) or not all(_is_text(parsed.get(name, "")) for name in names):
        raise Invalid("That could not be read. Try again.")
    return {name: parsed.get(name, "") for name in names}


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and is_encodable(value)


def _is_form(request: Request) -> bool:
    return request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")


def _fields(body: bytes) -> dict[str, str]:
    return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=20))


def wants_page(request: Request) -> bool:
    """Return whether the browser itself made the request, before any script has run."""
    return "text/html" in request.headers.get("accept", "")


async def _start_session(request: Request, user_id: str, password_number: int = 0) -> str:
    agent, address = request.headers.get("user-agent", ""), address_of(request.scope)
    return await sessions.start(user_id, agent, address, password_number=password_number)


def _signed_in(request: Request, user_id: str, token: str, form: dict[str, str]) -> Response:
    target = form["next"] if routes.is_local_path(form["next"]) else routes.HOME
    response = RedirectResponse(target, 303) if wants_page(request) else JSONResponse({"next": target})
    cookies.put(response, token)
    cookies.put_device(response, devices.remember(_device(request), user_id))
    return response


def _device(request: Request) -> str:
    return request.cookies.get(cookies.DEVICE, "")


def _with_next(path: str, form: dict[str, str]) -> str:
    target = form.get("next", "")
    return f"{path}?next={quote(target, safe='')}" if target else path


def refusal(request: Request, error: DomainError, back: str) -> Response:
    """Return the response that says why a form was refused; `back` is the address of the form."""
    status, headers = (
        (429, {"retry-after": str(error.seconds)}) if isinstance(error, TooMany) else (422, {})
    )
    if wants_page(request):
        return refusal_page(str(error), back, status, headers)
    if isinstance(error, Invalid) and error.fields:
        return JSONResponse({"errors": error.fields}, status, headers)
    return JSONResponse({"alert": str(error)}, status, headers)
