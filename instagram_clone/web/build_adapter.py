"""What is used of Reflex that it does not document, where it is configured, built and started.

No other module touches these parts; each function says what it relies on, and a contract test
(`tests/web/test_build_contract.py`) names what a new version has changed. Importing this needs no app:
rxconfig.py does.
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
"""What Reflex's script imports the addresses of its endpoints from."""

SERVER = "  server: {\n"
PLUGINS = "  plugins: [\n"
ALIASES = "    alias: [\n"
GROUPS = "          groups: [\n"
"""Lines of the vite.config.js that Reflex writes; what is added goes before or after one of them."""


def serve_production_with(run: Callable[..., None]) -> None:
    """Have `reflex run --env prod` call a function of ours to serve. Reflex has no setting for that."""
    reflex_exec.run_granian_backend_prod = run


def app_target() -> str:
    """Where the app is to be imported from, as `module:name`."""
    return reflex_exec.get_app_instance()


def is_production() -> bool:
    """Tell whether this is a production's build, or server."""
    return reflex_exec.is_prod_mode()


def web_folder() -> Path:
    """Where Reflex writes what it compiles, and Vite what it builds of it."""
    return get_web_dir()


def backend_port() -> int:
    """Where the backend listens in development."""
    return get_config().backend_port or 8000


def endpoints() -> dict[str, str]:
    """The addresses of Reflex's endpoints, by the names under which its script looks for them."""
    return {endpoint.name: endpoint.get_url() for endpoint in Endpoint}


def other_settings() -> dict[str, Any]:
    """What Reflex's script finds beside the endpoints."""
    return {"TRANSPORT": get_config().transport, "TEST_MODE": False}


def with_lines(source: str, before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """Put lines before and after some of those in Reflex's vite.config.js.

    Raises RuntimeError where it no longer has any of them: without ours pages would have no guard.
    """
    if not all(line in source for line in (SERVER, PLUGINS, ALIASES, GROUPS)):
        raise RuntimeError("The layout of vite.config.js has changed: adapt web/build_adapter.py")
    for line, added in before.items():
        source = source.replace(line, added + line, 1)
    for line, added in after.items():
        source = source.replace(line, line + added, 1)
    return source


def is_built_ahead(page: Any) -> bool:
    """Tell whether a page that is being compiled is built with its own address."""
    return "[" not in page.route and page.route != "404"


def leave_out_of_head(page: Any, *, title: bool) -> None:
    """Take the picture for links, and the title if asked to, out of a page that is being compiled.

    Reflex has put both among the children of its root.
    """
    left_out = (Image, Title) if title else (Image,)
    root: rx.Component = page.root_component
    root.children = [child for child in root.children if not isinstance(child, left_out)]
