"""Which parts of a page's head are left to the server, which knows them before any script runs."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex_components_core.base.meta import Image
from reflex_components_core.el.elements.metadata import Title


class ServersHeads(rx.plugins.Plugin):
    """Leaves out what Reflex puts into every page: a picture for links, and of pages that are not built
    ahead the title, which would stand beside the server's (edge/previews.py).
    """

    def compile_page(self, page_ctx: Any, /, **_: Any) -> None:
        """Change a page that is ready to be written."""
        sent_by_server = "[" in page_ctx.route or page_ctx.route == "404"
        left_out = (Image, Title) if sent_by_server else (Image,)
        root = page_ctx.root_component
        root.children = [child for child in root.children if not isinstance(child, left_out)]
