"""The undocumented parts of Reflex that are used where it is configured, built and started.

No other module touches these parts; each function says what it relies on, and a contract test
(`tests/web/test_build_contract.py`) names what a new version has changed. It can be imported
without an app, as rxconfig.py does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import reflex as rx
from reflex.config import get_config
from reflex.utils import exec as reflex_exec
from reflex.utils.prerequisites import get_web_dir
from reflex_base.constants import Endpoint, StateManagerMode
from reflex_components_core.base.meta import Image
from reflex_components_core.el.elements.base import BaseHTML
from reflex_components_core.el.elements.metadata import Title

__all__ = ["BaseHTML", "StateManagerMode"]

ENV_MODULE = "$/env.json"
"""The module from which Reflex's script imports the addresses of its endpoints."""

SERVER = "  server: {\n"
PLUGINS = "  plugins: [\n"
ALIASES = "    alias: [\n"
GROUPS = "          groups: [\n"
"""Lines of the vite.config.js that Reflex generates; additions go before or after one of them."""


def serve_production_with(run: Callable[..., None]) -> None:
    """Have `reflex run --env prod` serve with the given function; Reflex has no setting for this."""
    reflex_exec.run_granian_backend_prod = run


def app_target() -> str:
    """Return where the app is imported from, as `module:name`."""
    return reflex_exec.get_app_instance()


def is_production() -> bool:
    """Return whether this is a production build or server."""
    return reflex_exec.is_prod_mode()


def web_folder() -> Path:
    """Return the folder that Reflex compiles into, and in which Vite builds the result."""
    return get_web_dir()


def backend_port() -> int:
    """Return the port the backend listens on in development."""
    return get_config().backend_port or 8000


def endpoints() -> dict[str, str]:
    """Return the addresses of Reflex's endpoints, by the names its script looks them up under."""
    return {endpoint.name: endpoint.get_url() for endpoint in Endpoint}


def other_settings() -> dict[str, Any]:
    """Return the settings that Reflex's script reads from the same module as the endpoints."""
    return {"TRANSPORT": get_config().transport, "TEST_MODE": False}


def insert_lines(source: str, before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """Insert lines before and after known lines of Reflex's vite.config.js.

    Raises RuntimeError when any of the known lines is missing: pages would be served without protection.
    """
    if not all(line in source for line in (SERVER, PLUGINS, ALIASES, GROUPS)):
        raise RuntimeError("The layout of vite.config.js has changed: adapt web/build_adapter.py")
    for line, added in before.items():
        source = source.replace(line, added + line, 1)
    for line, added in after.items():
        source = source.replace(line, line + added, 1)
    return source


def is_prerendered(page: Any) -> bool:
    """Return whether the page being compiled is prerendered under its own address."""
    return "[" not in page.route and page.route != "404"


def remove_from_head(page: Any, *, title: bool) -> None:
    """Remove the preview image and, if asked to, the title from the page being compiled.

    Reflex puts both among the children of its root.
    """
    removed = (Image, Title) if title else (Image,)
    root: rx.Component = page.root_component
    root.children = [child for child in root.children if not isinstance(child, removed)]
