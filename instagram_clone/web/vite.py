"""Additions to the Vite configuration that Reflex generates.

In development, Vite's server proxies our HTTP routes and sets security headers on pages. A production build
connects to whatever origin it is served from, so that one build works on any port and under any host name.
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlsplit

import reflex as rx

from instagram_clone import routes
from instagram_clone.web import build_adapter
from instagram_clone.web.browser.core import Js, default, module, name, new, value

_ORIGIN = "origin.js"
"""Replaces Reflex's env.json, which contains the addresses of the machine that made the build."""

_LINK_PATTERN = rf"^({'|'.join(routes.LINKED)})/?\?(.*&)?token="
"""Mailed links; the server takes their tokens out of the address."""

_SHARED_PACKAGES = (
    "react",
    "react-dom",
    "react-router",
    "scheduler",
    "socket.io-client",
    "socket.io-parser",
    "engine.io-client",
    "engine.io-parser",
)
"""Packages that every page needs, bundled into one script.

Over HTTP/1.1 a browser downloads six files at a time, which share the bandwidth equally: every large script
saved leaves a larger share of a slow connection to the first photo.
"""

_DISCOVERED_LATE = ["lucide-react", "react-dom", "react-router"]

# Production's headers, relaxed as far as Vite's own scripts and socket need.
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' blob: data:; "
        "connect-src 'self' ws: http://localhost:* http://127.0.0.1:*; object-src 'none'; "
        "base-uri 'self'; frame-ancestors 'none'; form-action 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}


class SingleOriginPlugin(rx.plugins.Plugin):
    """Serves pages, events, cookies and photos from one origin, in development and in production."""

    def pre_compile(self, **context: Any) -> None:
        """Register the changes to the generated Vite configuration."""
        context["add_save_task"](lambda: (_ORIGIN, module(_addresses())))
        context["add_modify_task"]("vite.config.js", _patch_config)


def _addresses() -> dict[str, Any]:
    """Return Reflex's addresses on the origin the page came from, and the other settings of env.json."""
    here = default(name("globalThis.location").origin, "http://localhost")

    def at(url: str) -> Any:
        address = urlsplit(url)
        origin = here.replace("http", "ws") if address.scheme.startswith("ws") else here
        return origin + address.path

    addresses = {name_: at(url) for name_, url in build_adapter.endpoints().items()}
    return {**addresses, **build_adapter.other_settings()}


def _patch_config(source: str) -> str:
    target = f"http://127.0.0.1:{build_adapter.backend_port()}"
    backend = {"target": target, "xfwd": True}
    proxy = json.dumps({"^/(api|media)/": backend, _LINK_PATTERN: backend})
    # A dependency discovered while the first page loads would make that visit fail.
    prebundled = json.dumps({"include": _DISCOVERED_LATE})
    before = {build_adapter.SERVER: f"  optimizeDeps: {prebundled},\n"}
    after = {
        build_adapter.SERVER: f"    proxy: {proxy},\n",
        build_adapter.GROUPS: f"            {_packages()!s},\n",
        build_adapter.PLUGINS: f"    {_page_headers()!s},\n",
    }
    if build_adapter.is_production():
        origin = str(build_adapter.web_folder().resolve() / _ORIGIN)
        alias = {"find": build_adapter.ENV_MODULE, "replacement": origin}
        after[build_adapter.ALIASES] = f"      {json.dumps(alias)},\n"
    return build_adapter.insert_lines(source, before, after)


def _packages() -> Any:
    """Return the chunk group that bundles the packages of every page into one script."""
    named = "|".join(map(re.escape, _SHARED_PACKAGES))
    return value(
        {"name": "packages", "test": new(name("RegExp"), rf"[\\/]node_modules[\\/](?:{named})[\\/]")}
    )


def _page_headers() -> Any:
    """Return a plugin that sets headers: Vite's own `server.headers` apply to modules but not to pages."""

    def add_headers(_: Js, response: Js, proceed: Js) -> list[Any]:
        return [*(response.setHeader(header, text) for header, text in _HEADERS.items()), proceed()]

    def configure(server: Js) -> list[Any]:
        # Vite would call a returned function.
        return [server.middlewares.use(add_headers), name("undefined")]

    return value({"name": "page-headers", "configureServer": configure})
