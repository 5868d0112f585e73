"""Clicks on links that the app handles itself."""

from __future__ import annotations

from instagram_clone.web.browser.core import Js


def opens_new_tab(event: Js) -> Js:
    """Return whether a click on a link has a modifier key: the browser opens it elsewhere, or saves it."""
    return event.metaKey | event.ctrlKey | event.shiftKey | event.altKey
