"""Keeping the document's head true as the browser navigates between pages."""

from __future__ import annotations

import reflex as rx

from instagram_clone.web.browser.core import Js, document, effect, name, new, use, when, where

_PREVIEW = "[data-preview]"


@rx.memo
def preview_watch() -> rx.Component:
    """Remove the server's preview tags (html/previews.py) once a page other than the first is shown.

    Browsers share the canonical address, so a stale one would share the wrong page. A page with its own
    title inserts it before the previous one, which nothing else removes.
    """
    path = use("useLocation", library="react-router").pathname

    def remove_stale(link: Js) -> Js:
        described_path = new(name("URL"), link.href).pathname.toLowerCase()
        tags = document.querySelectorAll(_PREVIEW)
        return when(described_path != path.toLowerCase(), tags.forEach(lambda tag: tag.remove()))

    link = document.querySelector("link[rel=canonical]")
    titles = name("Array.from")(document.querySelectorAll("head > title"))
    remove_former_titles = titles.slice(1).forEach(lambda tag: tag.remove())
    return rx.fragment(
        effect(
            lambda: [
                where(link, lambda found: when(found, remove_stale(found))),
                remove_former_titles,
                name("undefined"),
            ],
            path,
        )
    )
