"""Copying to the clipboard, which browsers allow only on secure pages."""

from __future__ import annotations

from typing import Any

from instagram_clone.web.browser.core import Js, default, js, name, new, when, where, window
from instagram_clone.web.browser.layers.toasts import announce


def copy(text: Any, copied: str, otherwise: Any = "") -> Js:
    """Copy a text and announce `copied`, or `otherwise` if that fails. A step, in an `rx.memo`."""
    written = default(name("navigator").clipboard.writeText(text), name("Promise.reject")())
    refused = js(otherwise)
    return written.then(lambda: announce(copied), lambda: when(refused, announce(refused)))


def copy_link(path: Any) -> Js:
    """Copy the link to a page of this site; if that is not allowed, the message shows the link."""
    link = new(name("URL"), path, window.location.origin).href
    return where(link, lambda link: copy(link, "Link copied", "Copy this link: " + link))
