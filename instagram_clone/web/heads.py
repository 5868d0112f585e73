"""Removal of those parts of a page's head that the server fills in before any script runs."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone.web import build_adapter


class ServerHeadPlugin(rx.plugins.Plugin):
    """Removes Reflex's preview image from every page, and its title from pages that are not prerendered,
    where it would duplicate the server's (html/previews.py).
    """

    def compile_page(self, page_ctx: Any, /, **_: Any) -> None:
        """Change a page just before it is written."""
        build_adapter.remove_from_head(page_ctx, title=not build_adapter.is_prerendered(page_ctx))
