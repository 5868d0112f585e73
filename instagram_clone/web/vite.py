"""Development only: lets Vite's server on port 3000 pass our HTTP routes on to the backend."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex.config import get_config

_MARK = "  server: {\n"


class DevProxy(rx.plugins.Plugin):
    """Adds a proxy to Vite's development server, so that cookies and photos have one origin."""

    def pre_compile(self, **context: Any) -> None:
        """Change the generated Vite configuration."""
        context["add_modify_task"]("vite.config.js", _with_proxy)


def _with_proxy(source: str) -> str:
    if _MARK not in source:
        raise RuntimeError("The layout of vite.config.js has changed: adapt web/vite.py")
    target = f"http://127.0.0.1:{get_config().backend_port or 8000}"
    rule = f'{{ target: "{target}", xfwd: true }}'
    proxy = f'    proxy: {{ "^/(api|media)/": {rule} }},\n'
    return source.replace(_MARK, _MARK + proxy, 1)
