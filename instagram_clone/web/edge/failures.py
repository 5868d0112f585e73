"""What is answered when answering failed: a sentence, in the words of whoever asked."""

from __future__ import annotations

import logging

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from instagram_clone import availability, routes
from instagram_clone.web.edge.sorry import SECONDS, refused, sorry
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
"""Where the form is that is sent to a route."""


async def failed(request: Request, error: Exception) -> Response:
    """Answer a request whose handling failed: 503 when it will work again by itself, else 500."""
    outage = availability.is_outage(error)
    log.error("A request failed: %s", type(error).__name__, exc_info=None if outage else error)
    status, text = (503, UNREACHED) if outage else (500, BROKEN)
    headers = {"retry-after": str(SECONDS)} if outage else {}
    if "text/html" not in request.headers.get("accept", ""):
        # Forms read one of them, uploads the other.
        return JSONResponse({"alert": text, "error": text}, status, headers)
    if outage and request.method == "GET":
        return sorry()
    return refused(text, _FORMS.get(request.url.path, routes.LOGIN), status, headers)
