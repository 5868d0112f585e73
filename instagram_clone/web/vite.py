"""What Vite is told besides what Reflex tells it.

In development its server passes our HTTP routes on and guards its pages. What it builds asks whatever
origin it is served from, so that one build serves on any port and under any name.
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
"""In place of Reflex's env.json, which has the addresses of the machine that built it."""

_LINKS = rf"^({'|'.join(routes.LINKED)})/?\?(.*&)?token="
"""Links of mails, whose tokens the server takes out of the address."""

_ON_EVERY_PAGE = (
    "react",
    "react-dom",
    "react-router",
    "scheduler",
    "socket.io-client",
    "socket.io-parser",
    "engine.io-client",
    "engine.io-parser",
)
"""Packages that no page does without, in one script of their own.

Over HTTP/1.1 a browser takes six files at a time, and all are as fast: each large script less is a larger
part of a slow line for the first photo.
"""

_FOUND_LATE = ["lucide-react", "react-dom", "react-router"]

# What production says, less what Vite's own scripts and socket need.
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


class OneOrigin(rx.plugins.Plugin):
    """Has pages, events, cookies and photos share one origin, in development and when built."""

    def pre_compile(self, **context: Any) -> None:
        """Change the generated Vite configuration."""
        context["add_save_task"](lambda: (_ORIGIN, module(_addresses())))
        context["add_modify_task"]("vite.config.js", _one_origin)


def _addresses() -> dict[str, Any]:
    """Reflex's addresses at whatever origin the page came from, and the settings beside them."""
    here = default(name("globalThis.location").origin, "http://localhost")

    def at(url: str) -> Any:
        address = urlsplit(url)
        origin = here.replace("http", "ws") if address.scheme.startswith("ws") else here
        return origin + address.path

    addresses = {name_: at(url) for name_, url in build_adapter.endpoints().items()}
    return {**addresses, **build_adapter.other_settings()}


def _one_origin(source: str) -> str:
    target = f"http://127.0.0.1:{build_adapter.backend_port()}"
    behind = {"target": target, "xfwd": True}
    proxy = json.dumps({"^/(api|media)/": behind, _LINKS: behind})
    # What is found while the first page is being read would end that visit in an error.
    early = json.dumps({"include": _FOUND_LATE})
    before = {build_adapter.SERVER: f"  optimizeDeps: {early},\n"}
    after = {
        build_adapter.SERVER: f"    proxy: {proxy},\n",
        build_adapter.GROUPS: f"            {_packages()!s},\n",
        build_adapter.PLUGINS: f"    {_page_headers()!s},\n",
    }
    if build_adapter.is_production():
        origin = str(build_adapter.web_folder().resolve() / _ORIGIN)
        alias = {"find": build_adapter.ENV_MODULE, "replacement": origin}
        after[build_adapter.ALIASES] = f"      {json.dumps(alias)},\n"
    return build_adapter.with_lines(source, before, after)


def _packages() -> Any:
    """What has the packages of every page built into one script."""
    named = "|".join(map(re.escape, _ON_EVERY_PAGE))
    return value(
        {"name": "packages", "test": new(name("RegExp"), rf"[\\/]node_modules[\\/](?:{named})[\\/]")}
    )


def _page_headers() -> Any:
    """A plugin that sets headers: Vite's own `server.headers` reach its modules and not the pages."""

    def answered(_: Js, answer: Js, go_on: Js) -> list[Any]:
        return [*(answer.setHeader(header, text) for header, text in _HEADERS.items()), go_on()]

    def configure(server: Js) -> list[Any]:
        # Vite would call what is returned.
        return [server.middlewares.use(answered), name("undefined")]

    return value({"name": "page-headers", "configureServer": configure})
