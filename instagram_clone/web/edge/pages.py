"""Pages on their way out: who is led to the log-in page, what may run in them, how long they keep."""

from __future__ import annotations

import base64
import functools
import hashlib
import logging
import re
from pathlib import Path
from urllib.parse import quote

from reflex.utils.prerequisites import get_web_dir
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from instagram_clone import live, routes
from instagram_clone.config import settings
from instagram_clone.domain import posts, sessions, sight
from instagram_clone.domain.errors import NotFound
from instagram_clone.domain.viewer import Viewer
from instagram_clone.web import cookies
from instagram_clone.web.edge.client import origin_allowed, viewer_of
from instagram_clone.web.edge.sorry import sorry

SAFE = ("GET", "HEAD", "OPTIONS")
log = logging.getLogger(__name__)
_INLINE = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.S)
_NOT_PAGES = ("assets", "api", "media", "_event", "ping", "_health", "_upload", "_all_routes")


class Edge:
    """The outermost ring: every request and every socket passes it, in and out."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse strangers' origins, redirect, and put headers on what goes out."""
        if scope["type"] == "websocket":
            if not origin_allowed(scope):
                await send({"type": "websocket.close", "code": 1008})
                return
            await self.app(live.with_line(scope, send), live.breakable(receive), send)
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = scope["path"]
        first = path.strip("/").partition("/")[0]
        if scope["method"] not in SAFE and not origin_allowed(scope):
            await PlainTextResponse("Forbidden", 403)(scope, receive, _headed(send, path))
            return
        # Reflex's own upload route has no limits and no log-in: ours is /api/media.
        if first in ("_upload", "_all_routes"):
            await PlainTextResponse("Not found", 404)(scope, receive, _headed(send, path))
            return
        if scope["method"] not in ("GET", "HEAD") or not _is_page(first, path):
            await self.app(scope, receive, _headed(send, path))
            return
        built = (_build() / path.strip("/") / "index.html").exists()
        try:
            viewer = await viewer_of(scope)
            redirect = _redirect(scope, path, signed_in=viewer is not None)
            status = None if built or redirect else await _status(path, viewer)
        except Exception:
            log.exception("A page could not be made")
            await sorry()(scope, receive, _headed(send, path))
            return
        if redirect is not None:
            await redirect(scope, receive, _headed(send, path))
            return
        renewed = None
        if viewer is not None:
            renewed = sessions.renewed(cookies.token_in(Headers(scope=scope).get("cookie", "")))
        if built and not path.endswith("/"):
            scope = {**scope, "path": f"{path}/"}
        await self.app(scope, receive, _headed(send, path, page=True, status=status, renewed=renewed))


def _is_page(first: str, path: str) -> bool:
    if first in _NOT_PAGES:
        return False
    return not (_build() / path.lstrip("/")).is_file()


def _redirect(scope: Scope, path: str, *, signed_in: bool) -> RedirectResponse | None:
    if not signed_in and routes.needs_account(path):
        wanted = path + (f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else "")
        if wanted == routes.HOME or not routes.is_local_path(wanted):
            return RedirectResponse(routes.LOGIN, 303)
        return RedirectResponse(f"{routes.LOGIN}?next={quote(wanted, safe='')}", 303)
    if signed_in and path.rstrip("/") in routes.PUBLIC:
        return RedirectResponse(routes.HOME, 303)
    return None


async def _status(path: str, viewer: Viewer | None) -> int | None:
    """Return 404 for the page of nobody and of no post, as the viewer sees it: Reflex serves its shell
    for any address.
    """
    parts = [part for part in path.split("/") if part]
    if not parts:
        return None
    if parts[0] == "p":
        reading = posts.access_post(viewer, "/".join(parts[1:]))
    elif len(parts) == 1 or (len(parts) == 2 and parts[1] in ("followers", "following")):
        reading = sight.profile(viewer, parts[0])
    else:
        return 404
    try:
        await reading
    except NotFound:
        return 404
    return None


def _headed(
    send: Send, path: str, *, page: bool = False, status: int | None = None, renewed: str | None = None
) -> Send:
    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            message.setdefault("headers", [])
            headers = MutableHeaders(scope=message)
            _secure(headers)
            # By its address, not its type: a 304 has none, and browsers take its headers all the same.
            if page:
                headers["content-security-policy"] = _policy()
                headers["cache-control"] = "no-cache"
                if status is not None and message["status"] == 200:
                    message["status"] = status
            elif path.startswith("/assets/") and message["status"] in (200, 304):
                headers["cache-control"] = "public, max-age=31536000, immutable"
            elif "cache-control" not in headers:
                headers["cache-control"] = "no-cache"
            if renewed is not None:
                keep = int(sessions.LIFETIME.total_seconds())
                headers.append("set-cookie", cookies.header(renewed, keep))
        await send(message)

    return with_headers


def _secure(headers: MutableHeaders) -> None:
    headers["x-content-type-options"] = "nosniff"
    headers["x-frame-options"] = "DENY"
    headers["referrer-policy"] = "strict-origin-when-cross-origin"
    headers["permissions-policy"] = "camera=(), microphone=(), geolocation=(), interest-cohort=()"
    headers["cross-origin-opener-policy"] = "same-origin"
    headers.setdefault("content-security-policy", "default-src 'none'; frame-ancestors 'none'")
    if settings().secure:
        headers["strict-transport-security"] = "max-age=31536000; includeSubDomains"


@functools.cache
def _policy() -> str:
    """The Content-Security-Policy of pages: our own files, and the inline scripts of this very build."""
    hashes = set()
    for page in _build().rglob("*.html"):
        for script in _INLINE.findall(page.read_text()):
            digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
            hashes.add(f"'sha256-{digest}'")
    return (
        f"default-src 'self'; script-src 'self' {' '.join(sorted(hashes))}; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' blob: data:; connect-src 'self'; "
        "object-src 'none'; base-uri 'self'; frame-ancestors 'none'; form-action 'self'"
    )


@functools.cache
def _build() -> Path:
    return get_web_dir() / "build" / "client"
