"""The outermost HTTP layer: origin checks, redirects to the log-in page, and security and cache headers."""

from __future__ import annotations

import asyncio
import sys
from urllib.parse import parse_qs, quote

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from instagram_clone import availability, live, routes
from instagram_clone.addresses import ConcurrencyLimit, limit_key
from instagram_clone.config import settings
from instagram_clone.domain.core.errors import NotFound
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.messaging import conversations
from instagram_clone.domain.people import visibility
from instagram_clone.domain.people.credentials import sessions
from instagram_clone.domain.posts import posts
from instagram_clone.live.tabs import connections, socket_adapter
from instagram_clone.web import cookies
from instagram_clone.web.html import build, first_paint, previews
from instagram_clone.web.html.documents import document
from instagram_clone.web.http import failures, links, sockets
from instagram_clone.web.http.client import address_of, as_forwarded, is_origin_allowed, viewer_of

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
MAX_CONCURRENT_WRITES = 50
"""How many requests that may change something an address may have in flight; this limit also works behind a
proxy."""

PAGE_SECONDS = 6.0
"""Time limit for producing a page, as the database may hang."""

BUSY_SECONDS = 10
_BUSY = f"There are too many requests from your network. Try again in {BUSY_SECONDS} seconds."
_DISABLED = ("/_upload", "/_all_routes")
"""Reflex's own upload route has no limits and requires no log-in; ours is /api/media."""

_EVENTS = "/_event/"
_writes = ConcurrencyLimit()
_NOT_PAGES = ("assets", "api", "media", "_event", "ping", "_health", "_upload", "_all_routes")


class Edge:
    """The outermost ASGI middleware, which every request and every socket passes through."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Reject foreign origins, redirect, and set headers on responses."""
        if scope["type"] in ("http", "websocket"):
            scope = as_forwarded(scope)
        if scope["type"] == "websocket":
            if not is_origin_allowed(scope):
                await send({"type": "websocket.close", "code": 1008})
                return
            try:
                async with asyncio.timeout(PAGE_SECONDS):
                    viewer = await viewer_of(scope)
            except availability.OUTAGES:
                await send({"type": "websocket.close", "code": 1013})
                return
            with sockets.slot(scope, viewer) as granted:
                if granted:
                    is_tab = scope["path"].startswith(_EVENTS)
                    app = socket_adapter.event_app(connections.app()) if is_tab else self.app
                    await app(live.with_transport(scope, send), live.interruptible(receive, send), send)
                else:
                    await send({"type": "websocket.close", "code": 1013})
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = scope["path"]
        segment = path.strip("/").partition("/")[0]
        if scope["method"] not in SAFE_METHODS:
            await self._forward_write(scope, receive, send)
            return
        if path.startswith(_DISABLED):
            await PlainTextResponse("Not found", 404)(scope, receive, _with_headers(send, path))
            return
        if scope["method"] == "OPTIONS" or not _is_page(segment, path):
            await self.app(scope, receive, _with_headers(send, path))
            return
        try:
            async with asyncio.timeout(PAGE_SECONDS):
                viewer = await viewer_of(scope)
                response = await links.open_link(scope) or _redirect(
                    scope, path, signed_in=viewer is not None
                )
                if response is None:
                    response = await _document(scope, path, viewer)
        except Exception as error:
            await failures.page_failure_response(path, error)(scope, receive, _with_headers(send, path))
            return
        if isinstance(response, RedirectResponse):
            await response(scope, receive, _with_headers(send, path))
            return
        renewed = None
        if viewer is not None:
            renewed = sessions.renew(cookies.token_in(Headers(scope=scope).get("cookie", "")))
        if path.strip("/") in build.pages() and not path.endswith("/"):
            scope = {**scope, "path": f"{path}/"}
        await (response or self.app)(scope, receive, _with_headers(send, path, page=True, renewed=renewed))

    async def _forward_write(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a request that may change something and has a body to wait for, within limits."""
        path, address = scope["path"], limit_key(address_of(scope))
        if path.startswith(_DISABLED):
            await PlainTextResponse("Not found", 404)(scope, receive, _with_headers(send, path))
        elif not is_origin_allowed(scope):
            await PlainTextResponse("Forbidden", 403)(scope, receive, _with_headers(send, path))
        elif not _writes.take(address, MAX_CONCURRENT_WRITES if settings().limits else sys.maxsize):
            response = failures.busy_response(Request(scope), _BUSY, BUSY_SECONDS)
            await response(scope, receive, _with_headers(send, path))
        else:
            try:
                await self.app(scope, receive, _with_headers(send, path))
            finally:
                _writes.give_back(address)


def _is_page(segment: str, path: str) -> bool:
    return segment not in _NOT_PAGES and path.lstrip("/") not in build.files()


def _redirect(scope: Scope, path: str, *, signed_in: bool) -> RedirectResponse | None:
    if not signed_in and routes.needs_account(path):
        wanted = path + (f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else "")
        if wanted == routes.HOME or not routes.is_local_path(wanted):
            return RedirectResponse(routes.LOGIN, 303)
        return RedirectResponse(f"{routes.LOGIN}?next={quote(wanted, safe='')}", 303)
    if signed_in and path.rstrip("/") in routes.SIGNED_OUT_ONLY:
        wanted = parse_qs(scope["query_string"].decode("latin-1")).get("next", [""])[-1]
        return RedirectResponse(wanted if routes.is_local_path(wanted) else routes.HOME, 303)
    return None


async def _document(scope: Scope, path: str, viewer: Viewer | None) -> Response | None:
    """Return a page that the server adds something to, or None for one that is sent as built."""
    if path == routes.HOME and viewer is not None and "" in build.pages():
        return document(scope, await first_paint.home(viewer, build.pages()[""]), personal=True)
    if path.strip("/") in build.pages() or not build.fallback():
        return None
    try:
        if viewer is None:
            head, body = await previews.preview(path)
        else:
            head, body = await _head(path, viewer), previews.NOTHING
    except NotFound:
        # Without scripts of its own: missing pages must look the same at any address.
        return document(scope, build.with_head(build.fallback(), previews.MISSING), 404)
    if scope["query_string"]:
        # A post that opens over the page (`?p=`) would appear beneath the sent content.
        body = previews.NOTHING
    return document(scope, build.with_body(build.with_head(build.fallback(path), head), body))


async def _head(path: str, viewer: Viewer) -> str:
    """Return the head of a page for a signed-in viewer. Raises NotFound when they may see nothing there."""
    match [part for part in path.split("/") if part]:
        case ["p", post_id]:
            await posts.access_post(viewer, post_id)
        case ["messages", conversation_id]:
            await conversations.access(viewer, conversation_id)
        case [username] | [username, "followers" | "following"]:
            await visibility.profile(viewer, username)
        case [username, "saved"] if username.casefold() == viewer.username.casefold():
            pass
        case _:
            raise NotFound
    return previews.PLAIN


def _with_headers(send: Send, path: str, *, page: bool = False, renewed: str | None = None) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            message.setdefault("headers", [])
            headers = MutableHeaders(scope=message)
            _add_security_headers(headers)
            # By address, not by content type: a 304 has none, and browsers still apply its headers.
            if page:
                headers["content-security-policy"] = build.policy()
                headers.setdefault("cache-control", "no-cache")
            elif path.startswith("/assets/") and message["status"] in (200, 304):
                headers["cache-control"] = "public, max-age=31536000, immutable"
            elif "cache-control" not in headers:
                headers["cache-control"] = "no-cache"
            if renewed is not None:
                # A shared cache would hand the cookie out with the page.
                headers["cache-control"] = "private, no-store"
                max_age = int(sessions.LIFETIME.total_seconds())
                headers.append("set-cookie", cookies.header(renewed, max_age))
        await send(message)

    return send_with_headers


def _add_security_headers(headers: MutableHeaders) -> None:
    headers["x-content-type-options"] = "nosniff"
    headers["x-frame-options"] = "DENY"
    headers.setdefault("referrer-policy", "strict-origin-when-cross-origin")
    headers["permissions-policy"] = "camera=(), microphone=(), geolocation=(), interest-cohort=()"
    headers["cross-origin-opener-policy"] = "same-origin"
    headers.setdefault("content-security-policy", "default-src 'none'; frame-ancestors 'none'")
    if settings().secure:
        headers["strict-transport-security"] = "max-age=31536000; includeSubDomains"
