"""What Vite is told besides what Reflex tells it.

In development its server passes our HTTP routes on and guards its pages. What it builds asks whatever
origin it is served from, so that one build serves on any port and under any name.
"""

from __future__ import annotations

import json
from typing import Any

import reflex as rx
from reflex.config import get_config

_SERVER = "  server: {\n"
_PLUGINS = "  plugins: [\n"
_SAME_ORIGIN = """import { readFileSync } from "node:fs";

const sameOrigin = {
  name: "same-origin",
  apply: "build",
  enforce: "pre",
  resolveId: (source) => (source.endsWith("/env.json") ? "\\0env.json.js" : null),
  load(id) {
    if (id !== "\\0env.json.js") return null;
    const env = readFileSync(new URL("./env.json", import.meta.url), "utf8");
    return `const here = typeof window === "undefined" ? "http://localhost" : window.location.origin;
      const at = (value) => /^(http|ws)s?:/.test(value)
        ? here.replace("http", value.startsWith("ws") ? "ws" : "http") + new URL(value).pathname : value;
      export default Object.fromEntries(Object.entries(${env}).map(([key, value]) => [key, at(value)]));`;
  },
};

"""
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


class OneOrigin(rx.plugins.Plugin):
    """Has pages, events, cookies and photos share one origin, in development and when built."""

    def pre_compile(self, **context: Any) -> None:
        """Change the generated Vite configuration."""
        context["add_modify_task"]("vite.config.js", _one_origin)


def _one_origin(source: str) -> str:
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
    source = source.replace(_SERVER, early + _SERVER + proxy, 1)
    return _SAME_ORIGIN + source.replace(_PLUGINS, f"{_PLUGINS}    sameOrigin,\n{guard}", 1)
