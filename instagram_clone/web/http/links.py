"""Mailed links: their tokens are taken out of the address before any page is shown.

Addresses end up in browser histories, proxy logs and Referer headers. So the token moves to a cookie that
is sent only with its form, and the browser is redirected to an address without it. Opening a link doesn't
use up its token: mail programs open links by themselves.
"""

from __future__ import annotations

from urllib.parse import parse_qs

from starlette.responses import RedirectResponse
from starlette.types import Scope

from instagram_clone import routes
from instagram_clone.domain.people.credentials import emails, recovery
from instagram_clone.web import cookies

_HEADERS = {"referrer-policy": "no-referrer", "cache-control": "private, no-store"}


async def open_link(scope: Scope) -> RedirectResponse | None:
    """Return the redirect for a link with a token, None for any other address."""
    path = scope["path"].rstrip("/")
    if path not in routes.LINKED:
        return None
    tokens = parse_qs(scope["query_string"].decode("latin-1")).get("token")
    if not tokens:
        return None
    token = tokens[-1]
    if path == routes.RESET:
        is_valid = await recovery.is_valid(token)
        target, api = (routes.RESET if is_valid else f"{routes.FORGOT}?link=dead"), routes.API_RESET
    else:
        purpose = await emails.link_purpose(token)
        is_valid = bool(purpose)
        target, api = f"{routes.CONFIRM}?about={purpose or 'dead'}", routes.API_CONFIRM
    response = RedirectResponse(target, 303, _HEADERS)
    if is_valid:
        cookies.put_link(response, token, api)
    return response
