"""What is believed about a request: where it comes from, and whose session it carries."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from reflex.utils.exec import is_prod_mode
from starlette.datastructures import Headers
from starlette.types import Scope

from instagram_clone.config import is_local, settings
from instagram_clone.domain import sessions
from instagram_clone.domain.viewer import Viewer
from instagram_clone.web import cookies


async def viewer_of(scope: Scope) -> Viewer | None:
    """Return who is asking, by the session cookie alone."""
    return await sessions.viewer(cookies.token_in(Headers(scope=scope).get("cookie", "")))


def origin_allowed(scope: Scope) -> bool:
    """Tell whether a page may open a socket or post: ours, and in development any local one."""
    origin = Headers(scope=scope).get("origin", "")
    if origin == settings().public_url:
        return True
    return settings().local and not is_prod_mode() and bool(urlsplit(origin).scheme) and is_local(origin)


def address_of(scope: Scope) -> str:
    """Return the caller's address, for throttles.

    Behind a proxy on this machine or its private network it is the last X-Forwarded-For entry,
    the one the proxy itself has written.
    """
    peer = (scope.get("client") or ("unknown",))[0]
    forwarded = Headers(scope=scope).get("x-forwarded-for", "").rpartition(",")[2].strip()
    if forwarded and _near(peer):
        return forwarded[:64]
    return peer


def _near(peer: str) -> bool:
    try:
        return ipaddress.ip_address(peer).is_private
    except ValueError:
        return False
