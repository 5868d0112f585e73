"""Development only: Vite's server on port 3000 passes our HTTP routes on, and guards its pages too."""

from __future__ import annotations

import json
from typing import Any

import reflex as rx
from reflex.config import get_config

_SERVER = "  server: {\n"
_PLUGINS = "  plugins: [\n"
_ISLANDS_IMPORT = ["lucide-react", "react-dom", "react-router"]

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


class DevProxy(rx.plugins.Plugin):
    """Adds a proxy to Vite's development server, so that cookies and photos have one origin."""

    def pre_compile(self, **context: Any) -> None:
        """Change the generated Vite configuration."""
        context["add_modify_task"]("vite.config.js", _with_proxy)


def _with_proxy(source: str) -> str:
    if _SERVER not in source or _PLUGINS not in source:
        raise RuntimeError("The layout of vite.config.js has changed: adapt web/vite.py")
    target = f"http://127.0.0.1:{get_config().backend_port or 8000}"
    rule = f'{{ target: "{target}", xfwd: true }}'
    proxy = f'    proxy: {{ "^/(api|media)/": {rule} }},\n'
    # Vite's own `server.headers` reach its modules and not the pages.
    guard = (
        "    { name: 'page-headers', configureServer(server) { server.middlewares.use("
        f"(_, answer, next) => {{ Object.entries({json.dumps(_HEADERS)})"
        ".forEach((pair) => answer.setHeader(...pair)); next(); }); } },\n"
    )
    # What only our islands import is found too late otherwise: the first visit would end in an error.
    early = f"  optimizeDeps: {{ include: {json.dumps(_ISLANDS_IMPORT)} }},\n"
    return source.replace(_SERVER, early + _SERVER + proxy, 1).replace(_PLUGINS, _PLUGINS + guard, 1)
