"""Which parts of a page's head are left to the server, which knows them before any script runs."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone.web import build_adapter


class ServersHeads(rx.plugins.Plugin):
    """Leaves out what Reflex puts into every page: a picture for links, and of pages that are not built
    ahead the title, which would stand beside the server's (html/previews.py).
    """

    def compile_page(self, page_ctx: Any, /, **_: Any) -> None:
        """Change a page that is ready to be written."""
        build_adapter.leave_out_of_head(page_ctx, title=not build_adapter.is_built_ahead(page_ctx))
