"""Responses to requests that failed: a sentence, as a page or as JSON depending on the client."""

from __future__ import annotations

import logging
import secrets
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from instagram_clone import availability, routes
from instagram_clone.web.html.unavailable_pages import RETRY_SECONDS, error_page, outage_page, refusal_page
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


async def failure_response(request: Request, error: Exception) -> Response:
    """Answer a request that failed: 503 for an outage, which ends by itself, else 500."""
    if wants_page(request) and request.method == "GET":
        return page_failure_response(request.url.path, error)
    number = _log_error(error)
    if number:
        return _response(request, 500, f"{BROKEN} (Error {number})")
    return _response(request, 503, UNREACHED, RETRY_SECONDS)


def page_failure_response(path: str, error: Exception) -> Response:
    """Answer with an error page; it retries by itself only after an outage, when that helps."""
    number = _log_error(error)
    return (
        error_page(number, quote(path) if routes.is_local_path(path) else routes.HOME)
        if number
        else outage_page()
    )


def busy_response(request: Request, text: str, seconds: int) -> Response:
    """Answer a request that exceeds the number allowed at once."""
    return _response(request, 429, text, seconds)


def _response(request: Request, status: int, text: str, seconds: int = 0) -> Response:
    headers = {"retry-after": str(seconds)} if seconds else {}
    if wants_page(request):
        return refusal_page(text, _FORMS.get(request.url.path, routes.LOGIN), status, headers)
    # Forms read `alert`, uploads read `error`.
    return JSONResponse({"alert": text, "error": text}, status, headers)


def _log_error(error: Exception) -> str:
    """Log a failure and return its number in the log, "" for an outage, which ends by itself."""
    if availability.is_outage(error):
        log.error("A request failed: %s", type(error).__name__)
        return ""
    number = secrets.token_hex(4)
    log.error("Error %s", number, exc_info=error)
    return number
