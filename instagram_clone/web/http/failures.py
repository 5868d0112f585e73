"""Responses to requests that failed: a sentence, as a page or as JSON depending on the client."""

from __future__ import annotations

import logging
import secrets
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from instagram_clone import availability, routes
from instagram_clone.web.html.unavailable_pages import SECONDS, broken, refused, sorry
from instagram_clone.web.http.accounts import wants_page
from instagram_clone.web.notices import BROKEN, UNREACHED

log = logging.getLogger(__name__)

_FORMS = {
    routes.API_SIGN_UP: routes.SIGN_UP,
    routes.API_FORGOT: routes.FORGOT,
    routes.API_RESET: routes.RESET,
    routes.API_CONFIRM: routes.CONFIRM,
    routes.API_REFUSE: routes.CONFIRM,
    routes.API_PASSWORD: routes.SETTINGS_SECURITY,
    routes.API_EMAIL: routes.SETTINGS_ACCOUNT,
}
"""The page with the form, by the route that the form is sent to."""


async def failed(request: Request, error: Exception) -> Response:
    """Answer a request that failed: 503 for an outage, which ends by itself, else 500."""
    if wants_page(request) and request.method == "GET":
        return page_failed(request.url.path, error)
    number = _noted(error)
    if number:
        return _answer(request, 500, f"{BROKEN} (Error {number})")
    return _answer(request, 503, UNREACHED, SECONDS)


def page_failed(again: str, error: Exception) -> Response:
    """Answer with an error page; it retries by itself only after an outage, when that helps."""
    number = _noted(error)
    return (
        broken(number, quote(again) if routes.is_local_path(again) else routes.HOME) if number else sorry()
    )


def busy(request: Request, text: str, seconds: int) -> Response:
    """Answer a request that exceeds the number allowed at once."""
    return _answer(request, 429, text, seconds)


def _answer(request: Request, status: int, text: str, seconds: int = 0) -> Response:
    headers = {"retry-after": str(seconds)} if seconds else {}
    if wants_page(request):
        return refused(text, _FORMS.get(request.url.path, routes.LOGIN), status, headers)
    # Forms read `alert`, uploads read `error`.
    return JSONResponse({"alert": text, "error": text}, status, headers)


def _noted(error: Exception) -> str:
    """Log a failure and return its number in the log, "" for an outage, which ends by itself."""
    if availability.is_outage(error):
        log.error("A request failed: %s", type(error).__name__)
        return ""
    number = secrets.token_hex(4)
    log.error("Error %s", number, exc_info=error)
    return number
