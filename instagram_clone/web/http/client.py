"""What can be trusted about a request: where it comes from, and whose session it belongs to.

Proxies name the client they forward for in headers, but anybody can send those: only `TRUSTED_PROXIES` are
trusted.
"""

from __future__ import annotations

import functools
import ipaddress
import logging
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope

from instagram_clone.addresses import is_in
from instagram_clone.config import is_local, settings
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people.credentials import sessions
from instagram_clone.web import build_adapter, cookies

log = logging.getLogger(__name__)


async def viewer_of(scope: Scope) -> Viewer | None:
    """Return the viewer, identified only by the session cookie."""
    return await sessions.viewer(cookies.token_in(Headers(scope=scope).get("cookie", "")))


def is_origin_allowed(scope: Scope) -> bool:
    """Return whether the origin may open a socket or post: only ours and, in development, any local one."""
    origin = Headers(scope=scope).get("origin", "")
    if origin == settings().public_url:
        return True
    return (
        settings().local
        and not build_adapter.is_production()
        and bool(urlsplit(origin).scheme)
        and is_local(origin)
    )


def address_of(scope: Scope) -> str:
    """Return the caller's address, for limits."""
    return (scope.get("client") or ("unknown",))[0]


def as_forwarded(scope: Scope) -> Scope:
    """Return a request as it was before trusted proxies forwarded it.

    Its address is the last one in X-Forwarded-For that isn't a trusted proxy's. If the peer itself isn't
    trusted, such headers are removed, so that nothing downstream can rely on them.
    """
    headers = Headers(scope=scope)
    if "x-forwarded-for" not in headers and "x-forwarded-proto" not in headers:
        return scope
    proxies = settings().trusted_proxies
    peer = address_of(scope)
    if not is_in(peer, proxies):
        _warn_untrusted_proxy(peer)
        kept = [(name, value) for name, value in scope["headers"] if not name.startswith(b"x-forwarded-")]
        return {**scope, "headers": kept}
    address = peer
    for hop in reversed(",".join(headers.getlist("x-forwarded-for")).split(",")):
        if not _is_address(hop.strip()):
            break
        address = hop.strip()
        if not is_in(address, proxies):
            break
    secure = headers.get("x-forwarded-proto", "").rpartition(",")[2].strip() == "https"
    scheme = (
        {"http": "https", "ws": "wss"}.get(scope["scheme"], scope["scheme"]) if secure else scope["scheme"]
    )
    return {**scope, "client": (address, 0), "scheme": scheme}


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


@functools.lru_cache(1)
def _warn_untrusted_proxy(peer: str) -> None:
    log.warning("Ignoring X-Forwarded-For from %s, which is not in TRUSTED_PROXIES.", peer)
