"""What of a page's head is no longer true once the browser shows another page."""

from __future__ import annotations

import reflex as rx

from instagram_clone.web.browser.core import Js, document, effect, name, new, use, when, where

_PREVIEW = "[data-preview]"


@rx.memo
def preview_watch() -> rx.Component:
    """Take what the server said of the page that was opened (html/previews.py) away when another is shown:
    browsers share the canonical address, wherever one has gone since.

    A page that brings a title puts it before the one that was there, which nobody takes away.
    """
    path = use("useLocation", library="react-router").pathname

    def forget(link: Js) -> Js:
        told = new(name("URL"), link.href).pathname.toLowerCase()
        every = document.querySelectorAll(_PREVIEW)
        return when(told != path.toLowerCase(), every.forEach(lambda one: one.remove()))

    link = document.querySelector("link[rel=canonical]")
    titles = name("Array.from")(document.querySelectorAll("head > title"))
    former = titles.slice(1).forEach(lambda one: one.remove())
    return rx.fragment(
        effect(
            lambda: [where(link, lambda found: when(found, forget(found))), former, name("undefined")], path
        )
    )
